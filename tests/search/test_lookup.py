"""The quick search finds what the exhaustive does."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.full_scan import compare
from linkage._kernels.lookup import TRUNCATED
from linkage.search.find import find, prepare
from tests.search.asking import (
    assert_damaged_query_is_brute_force,
    assert_finds_all,
    assert_is_brute_force,
    records_of,
)
from tests.search.drawn import MOVING, drawn_register
from tests.search.queries import ODD, damaged
from tests.segment.registers import Part, generated, segment_of_people

NOTHING = -(1 << 30)


def test_queries_from_claims():
    segment = segment_of_people()
    claims = generated()[1].to_pylist()
    fields = [f for f in claims[0] if f in segment.positions]
    others = [{f: c[f] for f in fields} for c in claims]
    random = Random(1)
    answered = cuts = 0
    for k in range(400):
        query = damaged(others[k % len(others)], random, others) if k % 4 else others[k % len(others)]
        hits, cut = assert_finds_all(segment, query, random.randint(1, 8))
        answered += bool(hits)
        cuts += cut
    assert answered > 250 and cuts < 20


def test_a_larger_register_against_every_record():
    """Whole, damaged and odd queries, and single fields, each against all of 22,000 records."""
    segment = segment_of_people(20_000, 3)
    claims = generated(20_000, 3)[1].to_pylist()
    fields = [f for f in claims[0] if f in segment.positions]
    people = [{f: c[f] for f in fields} for c in claims]
    random = Random(2)
    queries = []
    for k in range(300):
        query = people[k * 37 % len(people)]
        if k % 3 == 1:
            query = damaged(query, random, people)
        elif k % 3 == 2:
            held = {f: query[f] for f in ("full_name", "date_of_birth", "sex", "birth_province") if query[f]}
            query = dict(random.sample(sorted(held.items()), random.randint(1, len(held))))
        queries.append({f: text for f, text in query.items() if text})
    for query in queries[::13]:
        assert_finds_all(segment, query, 6)
    # All of them by the kernels of a dedupe: a twentieth of what the exhaustive search takes.
    found = compare(segment, queries)
    assert found["n_different_unsaid"] == 0, [queries[i] for i in found["different"]]
    assert found["n_answered"] > 200 and found["n_truncated"] < 20


@settings(max_examples=60)
@given(st.data())
def test_made_up_queries(data):
    segment = segment_of_people()
    fields = data.draw(st.lists(st.sampled_from(segment.field_names), min_size=1, unique=True))
    record = records_of(
        segment, data.draw(st.lists(st.integers(0, len(segment) - 1), min_size=1, max_size=1))
    )[0]
    query = {
        f: data.draw(st.one_of(st.just(record[f]), st.sampled_from(ODD), st.text(max_size=20)))
        for f in fields
    }
    assert_finds_all(segment, query, data.draw(st.integers(1, 20)))


@settings(max_examples=60)
@given(st.integers(0, 30), st.integers(0, 2**32))
def test_other_schemas_and_models_against_brute_force(which, seed):
    segment, _, _ = drawn_register(which)
    assert_damaged_query_is_brute_force(segment, seed)


@settings(max_examples=60)
@given(st.integers(0, 8), st.integers(0, 2**32), st.sampled_from(MOVING))
def test_family_names_that_move_against_brute_force(which, seed, schema):
    segment, _, _ = drawn_register(which, schema=schema)
    assert_damaged_query_is_brute_force(segment, seed)


def test_looking_everywhere_is_brute_force():
    segment = segment_of_people()
    claims = generated()[1].to_pylist()
    others = [{f: c[f] for f in c if f in segment.positions} for c in claims]
    random = Random(2)
    for k in range(25):
        query = damaged(others[k], random, others)
        limit = random.choice([1, 3, 50, 5000])
        hits, _ = find([Part(segment)], query, limit=limit, exhaustive=True)
        assert_is_brute_force(segment, query, limit, hits)
    hits, cut = find([Part(segment)], {"sex": "Nam"}, limit=10_000, exhaustive=True)
    assert not cut
    assert_is_brute_force(segment, {"sex": "Nam"}, 10_000, hits)


@pytest.mark.parametrize("exhaustive", [False, True])
def test_hidden_and_allowed_rows(exhaustive):
    segment = segment_of_people()
    random = np.random.default_rng(3)
    n_bytes = (len(segment) + 7) // 8
    searcher = segment.borrow()
    for claim in generated()[1].to_pylist()[:40]:
        texts, words = prepare(segment, {k: claim[k] for k in ("full_name", "date_of_birth", "sex")})
        every = searcher.search(texts, words, 1000, NOTHING, 1 << 30, exhaustive=True)
        hidden, allowed = (random.integers(0, 256, n_bytes).astype(np.uint8) for _ in range(2))
        found = searcher.search(
            texts, words, 1000, NOTHING, 1 << 30, hidden=hidden, allowed=allowed, exhaustive=exhaustive
        )
        is_open = np.unpackbits(allowed & ~hidden, bitorder="little")
        if len(every[0]) == 1000 or found[3] & TRUNCATED:
            assert all(is_open[row] for row in found[0])
            continue
        kept = [k for k, row in enumerate(every[0]) if is_open[row]]
        assert found[0] == [every[0][k] for k in kept] and found[1] == [every[1][k] for k in kept]
