"""Normalisation of names and texts against its naive twin."""

import runpy
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage._kernels.normalise import (
    ACCENTED,
    NONLATIN,
    SUSPECT,
    TRUNCATED,
    normalise_one,
    phonetic_one,
)
from linkage.vietnam.phonetics import phonetic_key
from linkage.vietnam.syllables import ONSETS, RIMES, add_tone
from tests.reference.normalise import normalise
from tests.reference.short_names import class_word

LETTERS = "aăâeêioôơuưyđbcdghklmnpqrstvxwfjz"
CHARS = st.one_of(
    st.sampled_from(LETTERS + LETTERS.upper() + "  .,-'’0123456789()?^~"),
    st.sampled_from("áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵÐðƉ"),
    st.sampled_from("\u0300\u0301\u0302\u0303\u0306\u0308\u0309\u031b\u0323\u0327\u0340\u0344\u034f"),
    st.sampled_from("ᄀᄒ가힣ᅡᅵᆨᇂがカﾞｶ\u3099ยนท๐๑٠١۰۱०१أإآةىيکیعみミ々ςΣσϊΐёеЁїєқәй"),
    st.characters(max_codepoint=0x6FF, exclude_categories=["Cs"]),
    st.characters(min_codepoint=0x1E00, max_codepoint=0x20FF),
    st.characters(exclude_categories=["Cs"]),
)
SYLLABLES = st.sampled_from(
    [add_tone(onset + rime, tone) for onset in ONSETS for rime in RIMES for tone in (0, 1, 5)]
)
TITLED = st.sampled_from(["ông", "Ong", "bà", "BA", "Dr.", "ts", "Ths.", "cụ", "mr", "Nguyễn", "Cao"])
NAMES = st.one_of(
    st.text(CHARS, max_size=24),
    st.lists(SYLLABLES, max_size=6).map(" ".join),
    st.lists(st.one_of(TITLED, SYLLABLES), max_size=6).map(" ".join),
)
PLACE_WORDS = st.sampled_from(
    """phường Phuong P. p P5 xã XA X. quận q. tỉnh Tinh T. thị thi trấn xã thành Thanh phố
    Pho TP. tx tt khu hồ ho chi minh TPHCM số nhà no. Nr ул. д. ул дом Street ST. hauptstraße
    HAUPTSTRASSE Kerkstraat steret stret avenu Hauptstrase strassse calle rue 5 12 , - ;
    Mai An đường D. kp""".split()  # noqa: SIM905
)
KINDS = st.sampled_from(["name", "text", "place"])


def check_twin(data, kind):
    exact, spelling, folded, n_tokens, flags = normalise_one(data, kind)
    twin = normalise(data, kind)
    assert (exact, spelling, folded, n_tokens) == twin[:4]
    assert (bool(flags & ACCENTED), bool(flags & NONLATIN)) == twin[4:]


@given(NAMES, KINDS)
@example("q\u0302\u0323y", "name")
@example("r\u0304\u0323\u0327", "name")
@example("ṝ\u0327", "name")
@example("y\u0301 hy qúy", "name")
@example("1\u0302a", "text")
@example("ông cụ cụ âu a a", "name")
@example("Y1", "text")
def test_equals_twin(text, kind):
    check_twin(text.encode(), kind)


@given(st.lists(PLACE_WORDS, max_size=30).map(" ".join))
def test_places_as_the_twin(text):
    check_twin(text.encode(), "place")


ONE_PLACE = [
    ("57 Hai Bà Trưng, P. Minh Khai, T. Hà Nội", "57 HAI BA TRUNG, PHUONG MINH KHAI, TINH HA NOI"),
    ("Phường 5, Quận 3, Thành phố Hồ Chí Minh", "P5, Q.3, TP.HCM"),
    ("thị trấn Phố Ràng", "TT. Pho Rang"),
    ("Khu phố 3, phường Tân Phú", "KP3, Tan Phu"),
    ("Số nhà 12 đường Láng", "12 Láng"),
    ("12 Main Street, Apartment 5", "12 Main St., Apt 5"),
    ("12 Park Avenue", "12 Park Aveneu"),
    ("Hauptstrasse 7", "Hauptstrase 7"),
    ("Hauptstraße 7", "HAUPTSTR. 7"),
    ("Avenida da Liberdade, nº 10", "Av. da Liberdade 10"),
    ("улица Ленина, дом 5, кв. 12", "Ленина 5-12"),
]
SEVERAL_PLACES = [
    ("Phương Mai", "Mai"), ("PHUONG MAI", "MAI"), ("Hà Tĩnh", "Hà"), ("Phường", "Quận"),
    ("Park Street", "Park Road"), ("Load", "Road"), ("Láng", "Lane"), ("Phường 5", "Quận 5"),
    ("Austin, TX 78701", "Austin 78701"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ONE_PLACE)
def test_ways_to_write_one_place(one, other):
    assert normalise_one(one.encode(), "place")[2] == normalise_one(other.encode(), "place")[2]


@pytest.mark.parametrize(("one", "other"), SEVERAL_PLACES)
def test_places_of_their_own(one, other):
    assert normalise_one(one.encode(), "place")[2] != normalise_one(other.encode(), "place")[2]


@given(st.binary(max_size=40), KINDS)
def test_hostile_bytes(data, kind):
    check_twin(data, kind)


def test_every_character_of_the_table():
    for code in (*range(1, 0x700), *range(0x1E00, 0x2100), *range(0x3000, 0x3100), *range(0xFF00, 0x10000)):
        check_twin(f"a {chr(code)}b".encode(), "name")


@given(NAMES, st.binary(max_size=8), KINDS)
def test_reads_nothing_behind_the_text(text, behind, kind):
    data = text.encode()
    assert normalise_one(data + behind, kind, length=len(data)) == normalise_one(data, kind)


@given(NAMES)
def test_unicode_form_and_case_do_not_matter(text):
    text = "".join(c for c in text if ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00)
    one = normalise_one(text.encode())
    assert normalise_one(unicodedata.normalize("NFC", text).encode())[:4] == one[:4]
    assert normalise_one(unicodedata.normalize("NFD", text).encode())[:4] == one[:4]


@given(st.lists(SYLLABLES, max_size=5).map(" ".join))
def test_case_does_not_matter(text):
    assert normalise_one(text.upper().encode())[:4] == normalise_one(text.encode())[:4]


@given(NAMES)
def test_folded_is_idempotent(text):
    folded = normalise_one(text.encode(), "text")[2]
    assert normalise_one(folded, "text")[2] == folded


@given(st.text(CHARS, max_size=80), st.integers(0, 90), KINDS)
def test_capacity(text, capacity, kind):
    exact, spelling, folded, _, flags = normalise_one(text.encode(), kind, capacity=capacity)
    assert max(len(exact), len(spelling), len(folded)) <= capacity
    exact.decode(), spelling.decode(), folded.decode()
    assert not exact.endswith(b" ")
    if not flags & TRUNCATED:
        assert normalise_one(text.encode(), kind)[0] == exact


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("hòa", "hoa2"),
        ("hoà", "hoa2"),
        ("Qúy", "quy1"),
        ("Ðặng ĐỨC", "đăng5 đưc1"),
        ("H'Hen Niê", "h hen niê"),
        ("H-Hen Niê", "h hen niê"),
        ("Hʼ Hen\u00a0Niê", "h hen niê"),
        ("O'Brien", "obrien"),
        ("N.V.A.", "n v a"),
        ("ＮＧＵＹＥＮ\u200b Văn", "nguyen văn"),
        ("PGS.TS. Lê Anh", "lê anh"),
        ("Ông Trần Văn Ba", "trân2 văn ba"),
        ("Ông Cao Thắng", "ông cao thăng1"),
        ("Bá Thị Hoa", "ba1 thi5 hoa"),
        ("Nguyễn Văn A 2", "nguyên4 văn a"),
        ("Łukasz Jørgensen", "łukasz jørgensen"),
    ],
)
def test_names(text, exact):
    assert normalise_one(text.encode())[0].decode() == exact


def test_spelling_unifies_i_and_y():
    for one, other in (("Mỹ", "Mĩ"), ("Quý", "Quí"), ("Thy", "Thi"), ("Y", "I")):
        assert normalise_one(one.encode())[1] == normalise_one(other.encode())[1]
        assert normalise_one(one.encode())[0] != normalise_one(other.encode())[0]
    assert normalise_one("Thuý Tây".encode())[1].decode() == "thuy1 tây"


@pytest.mark.parametrize(
    ("text", "suspect"),
    [
        *(("Nguye6n4 Van A", True), ("NguyÔn V¨n A", True), ("Traàn Vaên", True)),
        *(("Nguyá»…n", True), ("Nguyeenx Van", True), ("Leej Vawn", True), ("A (Tí)", True)),
        *(("Lê A tức Ba", True), ("Nguyễn Văn Hùng 2", False), ("Hoàng Oanh", False)),
        *(
            ("Trần Thị Hoài", False),
            ("Harris Smith", False),
            ("Andrew", False),
            ("Quý Toàn", False),
        ),
    ],
)
def test_suspects(text, suspect):
    assert bool(normalise_one(text.encode())[4] & SUSPECT) == suspect


@given(st.lists(st.text("aeiouyhcgnmptlrsdvxqkbzw", min_size=1, max_size=9), min_size=2, max_size=9))
@example(["gi", "gin", "gia", "giua", "qua", "ngh", "ng", "uou", "huyen", "phq", "aaaaaaaa", "nghieng"])
def test_phonetic_hash_is_the_hash_of_the_class(tokens):
    tokens = [class_word(token) for token in tokens]
    keys = {phonetic_key(token): phonetic_one(token.encode()) for token in tokens}
    assert len(set(keys.values())) == len(keys)
    for token in tokens:
        assert phonetic_one(token.encode()) == keys[phonetic_key(token)]


def test_bad_arguments():
    with pytest.raises(ValueError, match="kind"):
        normalise_one(b"a", "date")
    with pytest.raises(ValueError, match="capacity"):
        normalise_one(b"a", capacity=513)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        *(("أحمد", "احمد"), ("فاطمة", "فاطمه"), ("علی", "علي"), ("مُحَمَّد", "محمد"), ("محمــد", "محمد")),
        *(("ヤマザキ", "ヤマサ\u3099キ"), ("ヤマザキ", "ﾔﾏｻﾞｷ"), ("がく", "ガク")),
        *(("김영수", "\u1100\u1175\u11b7\u110b\u1167\u11bc\u1109\u116e"), ("각", "가\u11a8")),
        *(("ΓΕΩΡΓΙΟΣ", "Γεώργιος"), ("Γεώργιοσ", "γεωργιος"), ("ΝΙΚΟΛΑΪΔΗΣ", "Νικολαΐδης")),
        *(("Королёв", "Королев"), ("Королёв", "Короле\u0308в"), ("Қанат Әсел", "Канат Асел")),
        *(("Євген", "Евген"), ("Андрій", "Андріи\u0306")),
        *(("さとう", "サトウ"), ("ถนน ๑๒", "ถนน 12"), ("गली १२", "गली 12"), ("شارع ١٢", "شارع 12")),
    ],
)
def test_scripts_written_in_two_ways_fold_alike(text, other):
    assert normalise_one(text.encode(), "text")[2] == normalise_one(other.encode(), "text")[2]


def test_characters_of_a_name_are_tokens():
    for text, folded in (
        ("佐々木花", "佐 々 木 花"),
        ("김영수", "김 영 수"),
        ("屠 志远", "屠 志 远"),
        ("李Wei", "李 wei"),
    ):
        assert normalise_one(text.encode(), "name")[2].decode() == folded
    assert normalise_one("中央町".encode(), "text")[3] == 1


def test_every_code_point_of_the_compiled_table_is_read_as_unicode_describes_it():
    """The table is made before compiling: an old one, or one shifted by an entry, would say other things."""
    letters = runpy.run_path(str(Path(__file__).parent.parent / "ext" / "letters.py"))
    n_letters = 0
    for code in (high << 8 | low for high in letters["PAGES"] for low in range(256)):
        kind, tone, _, exact, folded = letters["describe"](chr(code))
        n_letters += kind == "LETTER"
        if kind in ("LETTER", "DIGIT"):
            expected = [f"x{exact}x{tone or ''}", f"x{folded}x"]
        elif kind in ("SPACE", "LOST"):
            expected = ["x x", "x x"]
        elif kind == "IGNORED" and not 0x300 <= code < 0x370:  # marks compose with the letter before them
            expected = ["xx", "xx"]
        else:
            continue
        forms = normalise_one(f"x{chr(code)}x".encode(), "text")
        assert [forms[0].decode(), forms[2].decode()] == expected, hex(code)
    assert n_letters > 2000


def test_no_import_describes_letters():
    """It did, and an interrupt meanwhile was passed over: every letter after it read as nothing."""
    command = "import unicodedata as u; u.category = None; import linkage._kernels.dictionary; print(1)"
    result = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr) == ("1\n", "")


def test_letters_are_written_once(tmp_path):
    """A header that is as it should be is not touched: all kernels would be compiled again."""
    write = runpy.run_path(str(Path(__file__).parent.parent / "ext" / "letters.py"))["write_table"]
    header = tmp_path / "include" / "letters_table.h"
    write(header)
    header.touch()
    before = header.stat().st_mtime_ns
    write(header)
    assert header.stat().st_mtime_ns == before
    header.write_text("old")
    write(header)
    assert "linkage_chars" in header.read_text()
