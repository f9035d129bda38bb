"""Tables that write names in other letters are linked by them: Cyrillic, Greek and Japanese meet Latin."""

import pyarrow as pa
import pytest

import linkage
from linkage.fields.consonants import in_consonants
from linkage.fields.latin_letters import in_latin_letters, letters_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Щербаков Юрий", "SHCHERBAKOV YURII"),
        ("Соловьёв Илья", "Soloviev Ilia"),
        ("Євген Шевченко", "Yevhen Shevchenko"),
        ("Παπαδόπουλος Νικόλαος", "Papadopoulos Nikolaos"),
        ("サトウ ショウタ", "Sato Shota"),
        ("ﾀｶﾊｼ ﾀｶｼ", "Takahashi Takashi"),
        ("つちや ちよ", "Tsuchiya Chiyo"),
    ],
)
def test_one_name_in_two_scripts(one, other):
    assert len(set(in_latin_letters(pa.array([one, other])).to_pylist())) == 1


def test_letters_are_told():
    texts = {
        "LATIN": "Łódź",
        "CYRILLIC": "Иванов A.",
        "KATAKANA": "さとう ﾏﾅﾌﾞ",
        "CJK": "佐藤",
        "": "12-3",
    }
    assert {letters_of(pa.array([text])): text for text in texts.values()} == texts


def test_nothing_is_lost_on_the_way():
    assert in_latin_letters(pa.array(["Иван", None, "", "Иван"])).to_pylist() == ["ivan", None, "", "ivan"]


FAMILY = [f"{a}{b}" for a in ("Ков", "Пет", "Сид", "Мор", "Лаз", "Гри", "Зай") for b in ("ов", "енко", "ин")]
GIVEN = ["Иван", "Олег", "Анна", "Вера", "Юрий", "Нина", "Пётр", "Жанна", "Щука", "Илья"]


def test_a_bank_and_its_passports_are_linked():
    people = [(f, g, f"{1950 + k % 50}-0{1 + k % 9}-{10 + k % 19}") for k, (f, g) in enumerate(
        (f, g) for f in FAMILY for g in GIVEN)]  # fmt: skip
    latin = {x: in_latin_letters(pa.array([x])).to_pylist()[0] for x in FAMILY + GIVEN}
    left = [{"ФИО": f"{f} {g}", "Дата рождения": day} for f, g, day in people]
    right = [
        {"surname": latin[f].upper(), "given_names": latin[g].upper(), "dob": day} for f, g, day in people
    ]
    result = linkage.link(pa.Table.from_pylist(left), pa.Table.from_pylist(right[::-1]))
    pairs = result.pairs.to_pydict()
    sure = [
        (a, b)
        for a, b, p in zip(
            pairs["record_id_l"], pairs["record_id_r"], pairs["match_probability"], strict=True
        )
        if p > 0.95
    ]
    assert len(sure) > 0.95 * len(people)
    assert all(a + b == len(people) - 1 for a, b in sure)


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("محمد أحمد", "Mohamed Ahmed"),
        ("مُحَمَّد", "Muhammad"),
        ("عبد الرحمن السيد", "Abdel-Rahman El Sayed"),
        ("عبدالله", "ʿAbd Allah"),
        ("فاطمة يوسف", "Fatima Youssef"),
        ("جمال", "Jamal"),
        ("حسین پرویز", "Hossein Parviz"),
    ],
)
def test_arabic_names_meet_latin_ones_by_their_consonants(arabic, latin):
    one, other = in_consonants(pa.array([arabic, latin])).to_pylist()
    assert one == other


def test_a_table_in_arabic_letters_is_linked_with_one_in_latin_letters():
    names = {
        "محمد": "Mohamed",
        "أحمد": "Ahmed",
        "خالد": "Khaled",
        "منى": "Mona",
        "سعاد": "Soad",
        "كريم": "Karim",
    }
    people = [(a, b, c) for a in names for b in names for c in names]
    days = [f"{1950 + i % 50}-0{1 + i % 9}-1{i % 10}" for i in range(len(people))]
    left = pa.table({"الاسم": [" ".join(p) for p in people], "تاريخ الميلاد": days})
    right = pa.table(
        {"Full name": [" ".join(names[n] for n in p) for p in people[:60]], "Birth date": days[:60]}
    )
    result = linkage.link(left, right)
    assert sum(p >= 0.95 for p in result.pairs["match_probability"].to_pylist()) >= 55
