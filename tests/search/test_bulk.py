"""`lookup_many` against `lookup` one by one, on any table, in one thread and several."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage.errors import InputError
from linkage.search.bulk import lookup_many
from linkage.search.lookup import lookup
from tests.search.register import Register

FIELDS = ("full_name", "date_of_birth", "sex", "birth_province")


def expected(register: Register, queries: list[dict[str, Any]], limit: int) -> list[tuple[Any, ...]]:
    lines: list[tuple[Any, ...]] = []
    for i, query in enumerate(queries):
        found = lookup(register.parts, query, limit=limit)
        for rank, match in enumerate(found, 1):
            answer = (match.record_id, match.match_weight, round(match.match_probability, 12))
            lines.append((i, rank, *answer, found.gap, found.ambiguous, found.truncated))
    return lines


def lines_of(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = {name: table[name].to_pylist() for name in table.column_names}
    # Probabilities of many are computed with NumPy, whose powers of two may differ in the last bit.
    columns["match_probability"] = [round(p, 12) for p in columns["match_probability"]]
    return list(zip(*columns.values(), strict=True))


@pytest.mark.parametrize("limit", [1, 3])
@pytest.mark.parametrize("fields", [FIELDS, (*FIELDS, "id_number", "phone", "mother_name"), ("full_name",)])
def test_many_are_one_by_one(register: Register, limit: int, fields: tuple[str, ...]) -> None:
    queries = [{k: c[k] for k in fields} for c in register.claims[:250]]
    queries[3] = dict.fromkeys(fields)
    queries[7] = {**queries[7], "full_name": "Nguyeenx Vawn Hungf"}
    table = pa.Table.from_pylist(queries)
    lines = expected(register, queries, limit)
    assert len(lines) > (2 if len(fields) == 1 else 150)
    for threads in (1, 3):
        assert lines_of(lookup_many(register.parts, table, limit=limit, threads=threads)) == lines


def test_a_table_in_pieces_with_other_headers(register: Register) -> None:
    queries = [{k: c[k] for k in FIELDS} for c in register.claims[:120]]
    whole = pa.Table.from_pylist(queries)
    renamed = whole.rename_columns(["Họ và tên", "Ngày sinh", "Giới tính", "Nơi sinh"])
    pieces = pa.concat_tables([renamed.slice(0, 50), renamed.slice(50)]).append_column(
        "entity", pa.array(np.arange(120))
    )
    assert lookup_many(register.parts, pieces) == lookup_many(register.parts, whole)


def test_several_records_that_fit_are_ambiguous(register: Register) -> None:
    table = lookup_many(register.parts, pa.table({"full_name": ["Nguyễn Văn"], "sex": ["Nam"]}), limit=5)
    for gap, ambiguous in zip(table["gap"].to_pylist(), table["ambiguous"].to_pylist(), strict=True):
        assert ambiguous == (gap < math.log2(20))


def test_tables_that_do_not_fit(register: Register) -> None:
    with pytest.raises(InputError, match="expected a column of full_name"):
        lookup_many(register.parts, pa.table({"nothing": ["x"]}))
    with pytest.raises(InputError, match="limit"):
        lookup_many(register.parts, pa.table({"full_name": ["x"]}), limit=0)
    assert lookup_many(register.parts, pa.table({"full_name": pa.array([], pa.string())})).num_rows == 0


def test_a_searcher_refuses_columns_that_do_not_fit(register: Register) -> None:
    segment = register.parts[0].segment
    n = len(segment.fields)
    room = (np.zeros((2, 1), np.uint32), np.zeros((2, 1), np.int32), np.zeros((2, 1), np.uint64))
    ends = (np.zeros(2, np.uint32), np.zeros(2, np.uint8))
    floors = np.zeros(2, np.int32)
    both = np.arange(2, dtype=np.uint32)
    bad = (np.array([0, 5, 9], np.int32), np.zeros(3, np.uint8), None)
    searcher = segment.borrow()
    with pytest.raises(ValueError, match="texts"):
        searcher.search_many([bad, *[None] * (n - 1)], [None] * n, both, 1, floors, 0, *room, *ends)
    with pytest.raises(ValueError, match="beyond"):
        searcher.search_many([None] * n, [None] * n, both + 1, 1, floors, 0, *room, *ends)
    with pytest.raises(ValueError, match="room"):
        searcher.search_many([None] * n, [None] * n, both, 2, floors, 0, *room, *ends)
    with pytest.raises(ValueError, match="words"):
        words = [np.zeros(1, np.uint32), *[None] * (n - 1)]
        searcher.search_many([None] * n, words, both, 1, floors, 0, *room, *ends)
