"""Weights of a look-up are a dedupe's to the last bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import linkage
from linkage.comparison.levels import PART
from linkage.model.absence import for_lookups
from linkage.segment.segment import Segment
from tests.search.asking import records_of, scored
from tests.search.drawn import MOVING, drawn_register
from tests.segment.registers import generated, segment_of, segment_of_people, trained


def assert_weights_equal(segment, table, model, least=1):
    """Every pair that a dedupe scores, asked the one way and the other."""
    resolution = linkage.dedupe(table, for_lookups(model), threads=2).resolution
    found = resolution.pairs
    assert len(found.left) >= least
    ids = segment.record_ids(np.arange(len(segment), dtype=np.uint32))
    row_of = {record_id: row for row, record_id in enumerate(ids)}
    names = resolution.records.record_id(np.arange(len(segment), dtype=np.uint32)).to_pylist()
    records = {
        r["record_id"]: {k: v for k, v in r.items() if k in segment.positions} for r in records_of(segment)
    }
    for left, right, weight, gamma in zip(found.left, found.right, found.weight, found.gamma, strict=True):
        for a, b in ((left, right), (right, left)):
            answer = scored(segment, records[names[a]], [row_of[names[b]]])[0]
            assert (answer[0], answer[1]) == (weight, gamma), (names[a], names[b])
    return len(found.left)


def test_weights_are_those_of_a_dedupe():
    table = generated()[0].drop_columns(["entity"])
    assert_weights_equal(segment_of_people(), table, trained(), 200)


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_weights_are_those_of_a_dedupe_under_any_model(seed):
    segment, table, model = drawn_register(seed)
    assert_weights_equal(segment, table, model, 0)


FORMER = PART.levels.index("swapped with another part of the name")


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from(MOVING))
def test_a_family_name_that_moved_weighs_as_in_a_dedupe(seed, schema):
    segment, table, model = drawn_register(seed, schema=schema)
    assert_weights_equal(segment, table, model, 0)


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_a_former_name_that_the_index_alone_holds_is_at_the_level_of_a_link(seed):
    """Every pair of a link whose left table lacks the column; its values are as rare as both tables say."""
    _, table, model = drawn_register(seed, schema="family names that move")
    left, right = table.slice(0, 60).drop_columns(["maiden name"]), table.slice(60)
    segment = segment_of(right, model)
    pairs = linkage.link(left, right, for_lookups(model), threads=2).resolution.pairs
    ids = segment.record_ids(np.arange(len(segment), dtype=np.uint32))
    row_of = {int(record_id) - 60: row for row, record_id in enumerate(ids)}
    queries = left.drop_columns(["record_id"]).to_pylist()
    for a, b, gamma in zip(pairs.left, pairs.right, pairs.gamma, strict=True):
        assert scored(segment, queries[a], [row_of[b - 60]])[0][1] == gamma


def level_of_family(segment, query, record_id):
    """The level of the family name, in words."""
    row = int(segment.rows_of_record_id(record_id)[0])
    gamma = scored(segment, query, [row])[0][1]
    item = next(c for c in segment.scorer if c["name"] == "family_name")
    return item["levels"][(gamma >> item["shift"] & ((1 << item["bits"]) - 1)) - 1]


def test_segments_of_an_older_version_look_for_no_former_names():
    _, table, model = drawn_register(1, schema="family names that move")
    record = {f: None for f in table.column_names} | {
        "record_id": "a", "given_name": "Ana", "family_name": "Weber", "maiden name": "de la Cruz",
    }  # fmt: skip
    segment = segment_of([record], model)
    query = {"given_name": "Ana", "family_name": "Cruz"}
    assert level_of_family(segment, query, "a") == PART.levels[FORMER]
    assert level_of_family(segment, query | {"family_name": "Santos"}, "a") == "all others"
    segment.container.meta["version"] = 9
    for item in segment.container.meta["scorer"]:
        del item["others"]
    assert level_of_family(Segment(segment.container), query, "a") == "all others"
