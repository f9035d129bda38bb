"""`get` and `get_many` against a dict over all records; damaged bytes; what cannot be searched by."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.identifiers import pack_one
from linkage.errors import InputError
from linkage.search.get import exact_fields, get, get_many, rows_of, search_of
from tests.search.register import Register

KINDS = {
    "id_number": "personal",
    "old_id_number": "old",
    "health_insurance_number": "health",
    "tax_code": "tax",
    "phone": "phone",
    "household_id": "generic",
}


def content(field: str, text: str | None) -> int:
    return pack_one(text.encode(), KINDS[field])[0] if text else 0


def by_content(register: Register, field: str) -> dict[int, set[str]]:
    """Naive twin: record ids by what their field says; nine digits count in both places."""
    found: dict[int, set[str]] = defaultdict(set)
    both = ("id_number", "old_id_number")
    for record in register.live():
        for name in both if field in both else (field,):
            code = content(name, record[name])
            if code and (name == field or (code >> 32 and not code >> 36)):
                found[code].add(record["record_id"])
    return found


@pytest.mark.parametrize("field", KINDS)
def test_get_is_a_dict_over_the_records(register: Register, field: str) -> None:
    expected = by_content(register, field)
    texts = {r[field] for r in register.records if r[field]} | {"079123456789", "123456780", "x", ""}
    texts |= {r["id_number"] for r in register.records if r["id_number"] and len(r["id_number"]) == 9}
    for text in texts:
        found = get(register.parts, field, text)
        ids = [r.record_id for r in found]
        assert len(ids) == len(set(ids))
        assert set(ids) == expected.get(content(field, text), set())


def test_an_old_number_in_the_new_numbers_place_is_found_from_both(register: Register) -> None:
    moved = [r for r in register.live() if r["id_number"] and len(r["id_number"]) == 9]
    assert moved
    for record in moved:
        for field in ("id_number", "old_id_number"):
            assert record["record_id"] in [
                r.record_id for r in get(register.parts, field, record["id_number"])
            ]


def test_a_record_comes_back_as_it_was_given(register: Register) -> None:
    for record in register.live()[::50]:
        (found,) = get(register.parts, "record_id", record["record_id"])
        assert found.record == {k: record[k] or None for k in found.record}
        assert found == get(register.parts, "record_id", record["record_id"])[0]
        assert record["full_name"] not in repr(found)
    for record_id in register.dead:
        assert get(register.parts, "record_id", record_id) == []


def test_ways_of_writing_are_one_number(register: Register) -> None:
    record = next(r for r in register.live() if r["id_number"] and len(r["id_number"]) == 12)
    number = record["id_number"]
    for text in (f"{number[:3]} {number[3:]}", f"{number[:3]}.{number[3:]}", number.lstrip("0")):
        assert record["record_id"] in [r.record_id for r in get(register.parts, "id_number", text)]


@pytest.mark.parametrize("field", [*KINDS, "record_id"])
@pytest.mark.parametrize("threads", [1, 3])
def test_many_are_one_by_one(register: Register, field: str, threads: int) -> None:
    values = [r[field] for r in register.records] + [None, "", "no such number"]
    table = get_many(register.parts, field, pa.array(values), record_ids=True, threads=threads)
    expected = [
        (i, k, row)
        for i, value in enumerate(values)
        if value
        for k, part in enumerate(register.parts)
        for row in rows_of(part, field, value)
    ]
    assert list(zip(*(table[c].to_pylist() for c in ("query", "part", "row")), strict=True)) == expected
    parts = register.parts
    named = [parts[k].segment.record_ids(np.array([row], np.uint32))[0] for _, k, row in expected[:300]]
    assert table["record_id"].to_pylist()[:300] == named


@given(st.text(max_size=30), st.sampled_from([*KINDS, "record_id"]))
def test_any_text_is_a_query(register: Register, text: str, field: str) -> None:
    for record in get(register.parts, field, text):
        if field == "record_id":
            assert record.record_id == text


def test_fields_that_cannot_be_searched_by(register: Register) -> None:
    for field in ("full_name", "mother_name", "sex", "nothing"):
        with pytest.raises(InputError, match=r"expected a field of id_number.*record_id"):
            get(register.parts, field, "x")
    with pytest.raises(InputError, match=r"got 'id_numbr'; did you mean 'id_number'\?"):
        get(register.parts, "id_numbr", "x")
    assert set(exact_fields(register.parts[0].segment)) == set(KINDS)


def test_a_range_beyond_the_column(register: Register) -> None:
    search = search_of(register.parts[0].segment, "phone")
    with pytest.raises(ValueError, match="range"):
        search.find_many(np.zeros(2, np.int32), np.zeros(0, np.uint8), None, 0, 2)
    with pytest.raises(ValueError, match="offsets"):
        search.find_many(np.array([0, 9], np.int32), np.zeros(3, np.uint8), None, 0, 1)
    with pytest.raises(ValueError, match="bits"):
        search.find(b"0901", np.zeros(1, np.uint8))
