"""The scan of all records for many queries answers as the exhaustive look-up of each does."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks import full_scan
from benchmarks.full_scan import LIMIT, Scan, ask_quickly, compare, needed_fields
from linkage.search.find import find
from tests.search.queries import damaged
from tests.segment.registers import Part, generated, segment_of_people


def drawn_queries(n):
    """Claims, every third whole, every third of four fields, the others damaged."""
    segment = segment_of_people()
    claims = generated()[1].to_pylist()
    held = [{f: c[f] for f in segment.positions if f in c} for c in claims]
    random = Random(4)
    queries = []
    for k, query in enumerate(held[:n]):
        if k % 3 == 1:
            query = {f: query[f] for f in full_scan.FIELDS if f in query}
        elif k % 3 == 2:
            query = {f: text for f, text in damaged(query, random, held).items() if text}
        queries.append(query)
    return [{f: text for f, text in query.items() if text} for query in queries if any(query.values())]


@pytest.mark.parametrize("sketches", [True, False])
@pytest.mark.parametrize("chunk", [97, 1 << 16])
def test_the_scan_is_the_exhaustive_look_up_of_each_query(monkeypatch, sketches, chunk):
    monkeypatch.setattr(full_scan, "CHUNK", chunk)
    segment, queries = segment_of_people(), drawn_queries(40)
    floors = [ask_quickly(segment, query)[2] for query in queries]
    found = Scan(segment, queries, floors, sketches=sketches).run(2)
    for query, answer in zip(queries, found, strict=True):
        every, _ = find([Part(segment)], query, limit=LIMIT, exhaustive=True)
        assert answer == [(hit[0], hit[2]) for hit in every], query


def test_quick_look_ups_are_compared():
    queries = drawn_queries(60)
    found = compare(segment_of_people(), queries)
    assert found["n"] == found["n_same"] + len(found["different"]) == len(queries)
    assert found["n_different_unsaid"] == 0
    assert found["n_answered"] > 30


def test_fields_that_bear_on_a_query():
    schema = segment_of_people().container.meta["fields"]
    names = [field["name"] for field in schema]
    wanted = needed_fields(_schema(), {"id_number"})
    assert wanted == [name for name in names if name in ("id_number", "old_id_number")]
    assert needed_fields(_schema(), {"full_name"}) == ["full_name"]


def _schema():
    return Scan(segment_of_people(), [{"full_name": "An"}], [0], sketches=True).schema
