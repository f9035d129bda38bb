"""Provinces: the tables agree with each other, and names, abbreviations and codes are found."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.vietnam.provinces import (
    MERGED_INTO,
    MERGER,
    NEW_PROVINCES,
    PROVINCES,
    REUSED_CODES,
    find_province,
    province_at,
    province_class,
)


def test_tables():
    assert len(PROVINCES) == 63
    assert len(NEW_PROVINCES) == 34
    assert {int(p.code) for p in PROVINCES} == set(MERGED_INTO)
    assert {int(p.code) for p in NEW_PROVINCES} == set(MERGED_INTO.values())
    assert sorted(REUSED_CODES) == [15, 24, 44, 52, 80, 82, 91]
    for new in NEW_PROVINCES:
        old = province_at(new.code, date(2025, 6, 30))
        assert (old.name != new.name) == (int(new.code) in REUSED_CODES or new.name == "Huế")
    assert province_at("010", MERGER) is None


@pytest.mark.parametrize("province", PROVINCES, ids=lambda p: p.name)
def test_every_name_is_found(province):
    code = int(province.code)
    for text in (
        province.name,
        f"Tỉnh {province.name}",
        f"xã A, {province.name.upper()}, Việt Nam",
    ):
        assert province_class(text) == (code, MERGED_INTO[code])
    assert province_class(province.code) == (0 if code in REUSED_CODES else code, MERGED_INTO[code])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("TPHCM", (79, 79)), ("TP.HCM", (79, 79)), ("HCM", (79, 79)), ("SG", (79, 79))),
        *(("Sài Gòn", (79, 79)), ("HN", (1, 1)), ("BRVT", (77, 79)), ("BR-VT", (77, 79))),
        *(("TTH", (46, 46)), ("Tp. Huế", (46, 46)), ("Thừa Thiên - Huế", (46, 46))),
        *(("Đắc Lắc", (66, 66)), ("Daklak", (66, 66)), ("ĐN", (0, 0)), ("Hải Hưng", (0, 0))),
        *(("quan 1 tp hcm", (79, 79)), ("Hà Tây", (1, 1)), ("Sông Bé", (0, 0)), ("15", (0, 15))),
        *(("", (0, 0)), ("xyz", (0, 0)), ("Lào", (0, 0)), ("999", (0, 0))),
    ],
)
def test_forms(text, expected):
    assert province_class(text) == expected


def test_ambiguous_abbreviation():
    assert {code for code, _ in find_province("ĐN")} == {"048", "075"}


@given(st.text(max_size=40))
def test_any_text(text):
    old, new = province_class(text)
    assert old == 0 or MERGED_INTO[old] == new
