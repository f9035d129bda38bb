"""Repair of names: what was typed or decoded wrongly comes back, foreign names stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.normalise import SUSPECT, normalise_one
from linkage.vietnam.keyboard import decode_telex, decode_viqr, decode_vni
from linkage.vietnam.legacy import decode_tcvn3, decode_viscii, decode_vni_win
from linkage.vietnam.spelling import repair_name
from linkage.vietnam.syllables import (
    ONSETS,
    RIMES,
    add_tone,
    is_toned_syllable,
    split_syllable,
    split_tone,
)
from tests.reference.keyboards import read_vni_win, to_telex, to_viqr, to_vni, to_vni_win


@st.composite
def syllables(draw):
    toneless = draw(st.sampled_from(ONSETS[:-1])) + draw(st.sampled_from(sorted(RIMES)))
    tone = draw(st.integers(0, 5))
    return add_tone(toneless, tone) if is_toned_syllable(toneless, tone) else "nguyễn"


def exact(text):
    return normalise_one(text.encode())[0]


@given(syllables())
def test_decoders_invert_the_keyboards(syllable):
    if split_tone(syllable)[0] != to_vni(syllable):
        assert exact(decode_vni(to_vni(syllable))) == exact(syllable)
    if to_viqr(syllable) != syllable:
        assert exact(decode_viqr(to_viqr(syllable))) == exact(syllable)
    if to_telex(syllable) != syllable and "oo" not in split_tone(syllable)[0]:
        assert exact(decode_telex(to_telex(syllable))[0]) == exact(syllable)
    if "ió" not in to_vni_win(syllable):
        assert decode_vni_win(to_vni_win(syllable)) == syllable


@given(syllables())
def test_viscii_and_tcvn3(syllable):
    tables = (decode_viscii, decode_tcvn3)
    for decode in tables:
        inverse = {decode(chr(code)): chr(code) for code in reversed(range(0x80, 0x100))}
        assert decode("".join(inverse.get(char, char) for char in syllable)) == syllable


NAMES = ["Nguyễn Văn Hùng", "Trần Thị Hòa", "Đặng Đức Quý", "Hoàng Minh Tuấn", "Phạm Thị Phượng"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", [to_telex, to_vni, to_viqr, to_vni_win])
def test_whole_names(name, damage):
    damaged = " ".join(damage(syllable) for syllable in name.split()).title()
    assert normalise_one(damaged.encode())[4] & SUSPECT
    assert exact(repair_name(damaged)) == exact(name)


def test_a_foreign_name_beside_clear_keystrokes_is_one_of_them():
    assert repair_name("Lee Thij Ngocj Linh") == "Lê Thị Ngọc Linh"
    assert repair_name("Lee Harris") == "Lee Harris"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_mojibake(name, encoding):
    damaged = "".join(
        bytes([b]).decode(encoding) if encoding == "latin-1" or b not in b"\x81\x8d\x8f\x90\x9d" else chr(b)
        for b in name.encode()
    )
    assert normalise_one(damaged.encode())[4] & SUSPECT
    assert repair_name(damaged) == name


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("Nguyễn Văn A (Tí)", "Nguyễn Văn A"),
        ("Lê Văn Bình tức Tám", "Lê Văn Bình"),
        ("Nguyễn Thij Hoaf", "Nguyễn Thị Hòa"),
        ("NguyÔn V¨n A", "Nguyễn Văn A"),
        ("JosÃ© MarÃ\xada", "José María"),
    ],
)
def test_forms(text, repaired):
    assert repair_name(text) == repaired


@pytest.mark.parametrize(
    "name",
    [
        *("Andrew", "Lewis", "Lee", "Aaron", "Moss", "Jeff", "Lee Min Ho", "Van Ross", "Hans Thor"),
        *(
            "Müller",
            "Schröder",
            "Núñez",
            "Zoë",
            "Škoda",
            "O'Brien",
            "Nguyen Max",
            "R2D2 Smith",
            "van hees",
        ),
        *(
            "loos",
            "tows",
            "tanar",
            "Nguyễn Văn Hùng",
            "Tran Thi Hoa",
            "Nguyen Van Hung2",
            "(Tí)",
            "",
        ),
    ],
)
def test_stays(name):
    assert repair_name(name) == name


@given(st.lists(syllables(), min_size=1, max_size=5).map(" ".join))
def test_vietnamese_stays(name):
    assert repair_name(name) == name


@pytest.mark.parametrize("name", ["Neáng Hoàng Hải", "NEÁNG SA NHI", "Néang Thị Lan", "Tjị Hoàng Đoân"])
def test_what_was_decoded_rightly_is_not_decoded_again(name):
    """In VNI for Windows "eá" is ế and "oà" ồ; read so, Neáng Hoàng Hải was Nếng Hồng Hải."""
    assert repair_name(name) == name


@given(st.text(max_size=30))
def test_any_text(text):
    assert isinstance(repair_name(text), str)


@given(syllables())
def test_syllable_parts_join(syllable):
    toneless, tone = split_tone(syllable)
    assert "".join(split_syllable(toneless)) == toneless
    assert split_tone(add_tone(toneless, tone)) == (toneless, tone)


def test_vni_for_windows_is_read_character_by_character():
    random = np.random.default_rng(0)
    letters = list("aeouyôöAEOUYÔÖâáàåãäêéèúüëùøûõïñæóòîÑÆÓÒÎ nxÂÁÊÙ\u212b\u0301")
    for n in random.integers(0, 9, 3000):
        text = "".join(random.choice(letters, n))
        assert decode_vni_win(text) == read_vni_win(text)
