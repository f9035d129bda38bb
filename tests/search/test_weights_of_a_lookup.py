"""Weights of a look-up are a dedupe's to the last bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import linkage
from linkage.model.absence import for_lookups
from tests.search.asking import records_of, scored
from tests.search.drawn import drawn_register
from tests.segment.registers import generated, segment_of_people, trained


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
