"""Filters against the conditions themselves, record by record; look-ups among those who may be found."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.dates import parse_one
from linkage.errors import InputError
from linkage.fields.categories import SEXES
from linkage.search.filters import compile_filter, compile_filters
from linkage.search.lookup import lookup
from linkage.vietnam.provinces import province_class
from tests.search.register import MadePart, Register


def chosen(part: MadePart, **conditions: Any) -> set[str]:
    segment = part.segment
    bits = compile_filter(segment, **conditions)
    assert bits.dtype == np.uint8 and len(bits) == (segment.n_records + 7) // 8
    unpacked = np.unpackbits(bits, bitorder="little")
    assert not unpacked[segment.n_records :].any()
    return set(segment.record_ids(np.flatnonzero(unpacked).astype(np.uint32)))


def of_part(register: Register, part: MadePart) -> list[dict[str, Any]]:
    rows = np.arange(part.segment.n_records, dtype=np.uint32)
    held = set(part.segment.record_ids(rows))
    return [r for r in register.records if r["record_id"] in held]


def parts_of(text: str | None) -> tuple[int, int, int]:
    packed = parse_one((text or "").encode())
    return packed >> 9 & 0x3FFF, packed >> 5 & 15, packed & 31


def born_between(text: str | None, first: date, last: date) -> bool:
    """Naive twin: whether some day that the text leaves possible lies in the range."""
    year, month, day = parts_of(text)
    if not 1880 <= year < 2060:
        return False
    low = (year, month or 1, day or 1)
    high = (year, month or 12, day or 31)
    return low <= (last.year, last.month, last.day) and high >= (first.year, first.month, first.day)


days = st.dates(date(1900, 1, 1), date(2026, 12, 31))


@given(days, days)
def test_a_range_of_days(register: Register, first: date, last: date) -> None:
    for part in register.parts:
        expected = {
            r["record_id"]
            for r in of_part(register, part)
            if first <= last and born_between(r["date_of_birth"], first, last)
        }
        assert chosen(part, born=(first, last)) == expected


@given(days, st.integers(0, 110), st.integers(0, 110))
def test_ages(register: Register, on: date, youngest: int, oldest: int) -> None:
    part = register.parts[1]
    found = chosen(part, age=(youngest, oldest), on=on)
    for record in of_part(register, part):
        year, month, day = parts_of(record["date_of_birth"])
        if not day:
            continue
        completed = on.year - year - ((on.month, on.day) < (month, day))
        assert (record["record_id"] in found) == (youngest <= completed <= oldest)


def test_open_ends_and_years(register: Register) -> None:
    part = register.parts[0]
    dated = chosen(part, born=(None, None))
    assert chosen(part, born=(1990, 1999)) == chosen(part, born=("1990-01-01", "1999-12-31"))
    assert chosen(part, born=(None, 1989)) | chosen(part, born=(1990, None)) == dated
    assert chosen(part, age=(None, None)) == dated
    assert chosen(part) == {r["record_id"] for r in of_part(register, part)}
    assert chosen(part, born=(3000, None)) == chosen(part, born=(1999, 1990)) == set()


def test_sex_however_it_is_written(register: Register) -> None:
    for part in register.parts:
        women = {
            r["record_id"]
            for r in of_part(register, part)
            if r["sex"] in ("Nữ", "F", "nữ", "female", "2", "0")
        }
        assert women and women <= chosen(part, sex="Nữ")
        assert chosen(part, sex="female") == chosen(part, sex="Nữ")
        assert chosen(part, sex=["Nữ", "Nam"]) == chosen(part, sex="Nữ") | chosen(part, sex="Nam")
        assert not chosen(part, sex="Nữ") & chosen(part, sex="Nam")
    assert SEXES["nu"] == 2


@pytest.mark.parametrize("province", ["Hà Nội", "Hà Nam", "Ninh Bình", "TP Hồ Chí Minh", "Bình Dương"])
def test_a_province_before_and_after_the_merger(register: Register, province: str) -> None:
    before, after = province_class(province)
    for part in register.parts:
        expected = set()
        for record in of_part(register, part):
            was, became = province_class(record["birth_province"] or "")
            if became and became == after and (was == before or not was or not before):
                expected.add(record["record_id"])
        assert chosen(part, birth_province=province) == expected


def test_conditions_hold_together(register: Register) -> None:
    part = register.parts[0]
    both = chosen(part, sex="Nam", born=(1980, 1999))
    assert both == chosen(part, sex="Nam") & chosen(part, born=(1980, 1999))


def test_only_those_who_may_be_found_are(register: Register) -> None:
    allowed = compile_filters(register.parts, sex="Nữ", born=(1970, 2000))
    ids = set().union(*(chosen(p, sex="Nữ", born=(1970, 2000)) for p in register.parts))
    found = 0
    for claim in register.claims[:100]:
        query = {"full_name": claim["full_name"], "date_of_birth": claim["date_of_birth"]}
        for match in lookup(register.parts, query, allowed=allowed):
            found += 1
            assert match.record_id in ids - register.dead
    assert found


def test_conditions_that_do_not_fit(register: Register) -> None:
    segment = register.parts[0].segment
    with pytest.raises(InputError, match=r"category of sex.*got 'full_name'"):
        compile_filter(segment, full_name="x")
    with pytest.raises(InputError, match="as text, got int"):
        compile_filter(segment, sex=[1])  # type: ignore[list-item]
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        compile_filter(segment, born=("31/12/1999", None))
    with pytest.raises(InputError, match="whole numbers"):
        compile_filter(segment, age=(-1, 5))
    assert not compile_filter(segment, sex="no such sex").any()
