"""Tables that write names in other letters are linked by them: Cyrillic, Greek and Japanese meet Latin."""

import pyarrow as pa
import pytest

import linkage
from linkage.fields.scripts.consonants import in_consonants
from linkage.fields.scripts.latin_letters import in_latin_letters, letters_of
from linkage.reading import find_schema
from linkage.tables.opening import open_source


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
        ("李小明", "LI XIAOMING"),
        ("欧阳 娜娜", "Ouyang Nana"),
        ("曾志偉", "Zeng Zhiwei"),
        ("单雄信", "Shan Xiongxin"),
        ("Каримов Анвар Рустам угли", "KARIMOV ANVAR RUSTAM OʻGʻLI"),
        ("Каримова Барно Рустам қизи", "Karimova Barno Rustam"),
        ("Əliyeva Səbinə", "Алиева Сабина"),
        ("सुनीता मिश्रा", "Sunita Mishra"),
        ("राजेश कुमार", "Rajesh Kumar"),
        ("ਸੁਨੀਤਾ", "Sunita"),
        ("સુનીતા", "Sunita"),
        ("సునీత", "Sunit"),
        ("მერაბ ჟღენტი", "Merab Zhghenti"),
        ("ხვიჩა კვარაცხელია", "Khvicha Kvaratskhelia"),
        ("Ոսկան Երևանցի", "Voskan Yerevantsi"),
        ("Հարություն Խաչատրյան", "Harutyun Khachatryan"),
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
        "GEORGIAN": "გიორგი",
        "ARMENIAN": "Արամ Սարգսյան",
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
        ("الحسني", "Hassani"),
        ("القحطاني", "Al-Qahtani"),
        ("القحطاني", "Alqahtani"),
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


def test_chinese_names_meet_given_and_family_names():
    parts = [("Li", "Xiaoming", "李小明"), ("Wang", "Fang", "王芳"), ("Ouyang", "Nana", "欧阳娜娜")] * 3
    left = pa.table({"姓名": [p[2] for p in parts]})
    right = pa.table({"given name": [p[1] for p in parts], "family name": [p[0] for p in parts]})
    sources = open_source(left), open_source(right)
    headers = find_schema(list(sources), None, [])[1]
    one, other = (
        next(source.batches([column])).column(0).to_pylist()
        for source, header in zip(sources, headers, strict=True)
        for column in header.values()
    )
    assert one == other


def test_given_names_meet_under_headers_of_two_languages():
    left = pa.table({"ΕΠΩΝΥΜΟ": ["ΡΗΓΑΣ", "ΒΛΑΧΟΣ"] * 30, "ΟΝΟΜΑ": ["ΕΛΕΝΗ", "ΝΙΚΟΣ", "ΖΩΗ"] * 20})
    right = pa.table({"Surname": ["RIGAS", "VLACHOS"] * 30, "Name": ["ELENI", "NIKOS", "ZOI"] * 20})
    headers = find_schema([open_source(left), open_source(right)], None, [])[1]
    assert sorted(headers[1].values()) == ["Name in Latin letters", "Surname in Latin letters"]


FAMILIES = ["Щербаков", "Соловьёв", "Кузнецов", "Васильев", "Жуков", "Цветков", "Яковлев", "Чернов"]
GIVEN = ["Юрий", "Илья", "Евгений", "Михаил", "Николай", "Фёдор", "Захар", "Пётр"]
MIXED = {
    "CYRILLIC": [f"{f} {g}" for f in FAMILIES for g in GIVEN],
    "GREEK": [
        f"{f} {g}"
        for f in ("Παπαδόπουλος", "Γεωργίου", "Νικολάου", "Δημητρίου", "Αλεξίου", "Βασιλείου", "Ιωάννου")
        for g in ("Ελένη", "Μαρία", "Κώστας", "Γιάννης", "Πέτρος", "Σοφία", "Άννα", "Ηλίας")
    ],
}


@pytest.mark.parametrize("script", MIXED)
@pytest.mark.parametrize(
    ("n_latin", "is_mixed"), [(0, False), (3, False), (200, True), (980, True), (1000, False)]
)
def test_one_table_with_names_in_two_scripts(script, n_latin, is_mixed):
    """Where all are Latin nothing is rewritten: accents tell."""
    own = (MIXED[script] * 20)[:1000]
    names = [*in_latin_letters(pa.array(own[:n_latin], pa.string())).to_pylist(), *own[n_latin:]]
    table = pa.table({"full name": names, "born": [f"19{i % 90 + 10}-05-17" for i in range(1000)]})
    schema, headers = find_schema([open_source(table)], None, [])
    named = next(f.name for f in schema.fields if f.kind == "person_name")
    assert named.endswith(" in Latin letters") == is_mixed
    assert headers[0][named] == named


def test_one_persons_records_in_two_scripts_match():
    own = MIXED["CYRILLIC"] * 4
    days = [f"19{10 + i % 83}-{1 + i % 12:02d}-{1 + i % 27:02d}" for i in range(len(own))]
    latin = in_latin_letters(pa.array(own[:64])).to_pylist()
    table = pa.table({"name": [*own, *(n.title() for n in latin)], "born": days + days[:64]})
    result = linkage.dedupe(table)
    rows, probability = result.ordered_pairs
    found = {(a, b) for a, b, p in zip(rows.left, rows.right, probability, strict=True) if p >= 0.95}
    assert sum((i, len(own) + i) in found for i in range(64)) >= 60


def test_names_in_two_scripts_meet_under_the_presets_headers():
    """Its blocking rules go by the name of the field, which says how the column is read."""
    names = [f"{a} {b}" for a in FAMILY for b in GIVEN]
    days = [f"{1950 + k % 50}-0{1 + k % 9}-{10 + k % 17}" for k in range(len(names))]
    cyrillic = pa.table({"full_name": names, "date_of_birth": days})
    latin = pa.table({"full_name": in_latin_letters(pa.array(names)), "date_of_birth": days})
    result = linkage.link(cyrillic, latin)
    assert "full_name in Latin letters" in result.resolution.records.schema
    assert len(result.pairs) >= 0.9 * len(names)
