"""Small indexes that are asked again and again: by their distinct values, and what that must not change."""

from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage._kernels.lookup import HeldValues
from linkage.search.find import find
from linkage.segment.scratch import make_searcher
from linkage.segment.segment import Segment
from tests.search.asking import (
    assert_damaged_query_is_brute_force,
    assert_finds_all,
    records_of,
)
from tests.search.drawn import MOVING, drawn_register
from tests.search.queries import ODD, damaged
from tests.search.test_words import LAYOUTS, written
from tests.search.test_words import register as foreign
from tests.segment.registers import Part, generated, segment_of_people


@cache
def people():
    """Citizens: names, dates, numbers that are routed, categories, relatives' names."""
    segment = Segment(segment_of_people().container)
    segment.hold_values()
    return segment


@cache
def held(layout):
    segment = Segment(foreign(layout).container)
    segment.hold_values()
    return segment


def by_values(segment, query):
    """Whether the quick search looks at all records by their values."""
    find([Part(segment)], query, limit=1)
    searcher = segment.borrow()
    segment.give_back(searcher)
    return searcher.n_scanned == len(segment)


def exchanged(query):
    """Given and family name in each other's place."""
    return {**query, "first_name": query.get("last_name"), "last_name": query.get("first_name")}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_distinct_values_answer_as_all_records_do(layout):
    segment = held(layout)
    random = Random(5)
    for i in range(0, 3100, 25):  # the last ones are strangers
        query = {k: v for k, v in written(i, LAYOUTS[layout], 7).items() if v}
        if i % 75 == 0 and "first_name" in query and "last_name" in query:
            query = exchanged(query)
        elif i % 75 == 25:
            query = dict(random.sample(sorted(query.items()), random.randint(1, len(query))))
        _, cut = assert_finds_all(segment, query, random.randint(1, 7))
        assert not cut
    assert by_values(segment, query)


def test_citizens_too():
    segment = people()
    claims = generated()[1].to_pylist()
    fields = [f for f in claims[0] if f in segment.positions]
    others = [{f: c[f] for f in fields} for c in claims]
    random = Random(3)
    answered = 0
    for k in range(300):
        query = damaged(others[k], random, others) if k % 4 else others[k]
        hits, _ = assert_finds_all(segment, query, random.randint(1, 8))
        answered += bool(hits)
    assert answered > 180


@cache
def drawn(which, schema=None):
    segment = Segment(drawn_register(which, schema=schema)[0].container)
    segment.hold_values()
    return segment


@settings(max_examples=100)
@given(st.integers(0, 30), st.integers(0, 2**32))
def test_other_schemas_and_models_against_brute_force(which, seed):
    segment = drawn(which)
    assert_damaged_query_is_brute_force(segment, seed)


@settings(max_examples=60)
@given(st.integers(0, 8), st.integers(0, 2**32), st.sampled_from(MOVING))
def test_family_names_that_move_against_brute_force(which, seed, schema):
    assert_damaged_query_is_brute_force(drawn(which, schema), seed)


@settings(max_examples=60)
@given(st.data())
def test_made_up_queries(data):
    segment = people()
    fields = data.draw(st.lists(st.sampled_from(segment.field_names), min_size=1, unique=True))
    record = records_of(segment, np.array([data.draw(st.integers(0, len(segment) - 1))], np.uint32))[0]
    query = {
        f: data.draw(st.one_of(st.just(record[f]), st.sampled_from(ODD), st.text(max_size=20)))
        for f in fields
    }
    assert_finds_all(segment, query, data.draw(st.integers(1, 20)))


def test_records_that_are_hidden_or_not_allowed_are_no_answers():
    segment = held("whole name and town")
    query = {k: v for k, v in written(3, LAYOUTS["whole name and town"], 1).items() if v}
    best = find([Part(segment)], query, limit=3)[0][0][2]
    bits = np.zeros(len(segment) // 8 + 1, np.uint8)
    bits[best >> 3] |= 1 << (best & 7)
    assert [h[2] for h in find([Part(segment)], query, limit=3, allowed=[bits])[0]] == [best]
    assert best not in [h[2] for h in find([Part(segment)], query, limit=3, allowed=[~bits])[0]]


def test_an_index_asked_again_and_again_holds_its_values(monkeypatch):
    monkeypatch.setattr("linkage.segment.lending.MOST_HELD", 1 << 17)
    layout = "apart and town"
    segment = Segment(foreign(layout).container)
    query = {k: v for k, v in written(9, LAYOUTS[layout], 1).items() if v}
    answers = [find([Part(segment)], query, limit=4) for _ in range(12)]
    assert all(a == answers[0] for a in answers)
    assert by_values(segment, query)


def test_more_searchers_than_there_is_room_for_search_as_before():
    layout = "whole name and mail"
    segment = Segment(foreign(layout).container)
    segment.hold_values()
    query = {k: v for k, v in written(20, LAYOUTS[layout], 2).items() if v}
    expected = find([Part(segment)], query, limit=4)
    borrowed = [segment.borrow() for _ in range(40)]
    for searcher in borrowed[-1], borrowed[0], borrowed[20]:
        segment.give_back(searcher)
        assert find([Part(segment)], query, limit=4) == expected


def test_values_of_other_records_are_refused():
    values = HeldValues(make_searcher(held("whole name and mail")))
    with pytest.raises(ValueError, match="other records"):
        make_searcher(people()).hold(values)


def test_every_record_finds_itself():
    segment = held("apart and address")
    rows = np.arange(0, len(segment), 97, dtype=np.uint32)
    for record in records_of(segment, rows):
        query = {k: v for k, v in record.items() if k in segment.positions and v}
        assert_finds_all(segment, query, 2)
