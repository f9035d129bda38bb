"""Correlation clusters: the naive twin, order, and people stay apart and whole."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage.clusters import connected_components, correlation, correlation_clusters
from linkage.evaluation import score_clusters
from tests.reference import clusters as naive

BIT = 256


@st.composite
def complete_components(draw):
    n = draw(st.integers(3, 8))
    pairs = list(combinations(range(n), 2))
    gains = draw(st.lists(st.integers(-6, 6), min_size=len(pairs), max_size=len(pairs)))
    return n, dict(zip(pairs, gains, strict=True))


def arrays(gains):
    left, right = np.array(list(gains), np.uint32).reshape(-1, 2).T
    return left, right, np.array(list(gains.values()), np.int32)


@given(complete_components())
def test_equals_the_naive_twin(component):
    n, gains = component
    left, right, weight = arrays(gains)
    options = {"threshold": 1, "fracture_threshold": 0}  # so that the gain is the weight itself
    found = correlation_clusters(n, left, right, weight, **options).tolist()
    joined = naive.connected_components(n, [p for p, g in gains.items() if g >= 1])
    expected = list(range(n))
    for root in set(joined):
        members = [i for i in range(n) if joined[i] == root]
        inside = {(i, j): gains[members[i], members[j]] for i, j in combinations(range(len(members)), 2)}
        label = naive.correlate(len(members), inside) if len(members) > 2 else [0] * len(members)
        for i, c in enumerate(label):
            expected[members[i]] = members[c]
    assert found == expected


@given(complete_components(), st.randoms(use_true_random=False))
def test_order_and_direction_of_edges_do_not_matter(component, random):
    n, gains = component
    shuffled = list(gains.items())
    random.shuffle(shuffled)
    shuffled = {(p if random.random() < 0.5 else p[::-1]): g for p, g in shuffled}
    for max_component in (2, 200):
        options = {"threshold": 0, "max_component": max_component, "missing_gain": -1}
        options["fracture_threshold"] = -2
        found = correlation_clusters(n, *arrays(gains), **options)
        again = correlation_clusters(n, *arrays(shuffled), **options)
        assert found.tolist() == again.tolist()


def test_missing_pairs_are_scored_once_in_one_call():
    calls = []

    def score(left, right):
        calls.append(sorted(zip(left.tolist(), right.tolist(), strict=True)))
        return np.full(len(left), -9 * BIT, np.int32)

    chains = np.array([0, 1, 4, 5, 6], np.uint32), np.array([1, 2, 5, 6, 7], np.uint32)
    weight = np.full(5, 6 * BIT, np.int32)
    found = correlation_clusters(9, *chains, weight, score_missing=score)
    assert calls == [[(0, 2), (4, 6), (4, 7), (5, 7)]]
    assert found.tolist() == [0, 0, 2, 3, 4, 4, 6, 6, 8]


def test_chunks_give_the_same_answer(monkeypatch):
    rng = np.random.default_rng(3)
    left, right = rng.integers(0, 400, (2, 700), dtype=np.uint32)
    weight = rng.integers(-2000, 6000, 700, dtype=np.int32)
    whole = correlation_clusters(400, left, right, weight)
    monkeypatch.setattr(correlation, "PAIRS_AT_ONCE", 5)
    assert correlation_clusters(400, left, right, weight).tolist() == whole.tolist()


def people(rng, sizes):
    """Entities; edges within: damaged records agree strongly with most, weakly with some."""
    entity = np.repeat(np.arange(len(sizes)), sizes)
    begin = np.concatenate([[0], np.cumsum(sizes)])
    pairs = np.concatenate(
        [np.array(list(combinations(range(b, e), 2)), np.int64).reshape(-1, 2) for b, e in pairwise(begin)]
    )
    damage = rng.gamma(1.2, 2, len(entity))  # bits that the record's errors cost each of its pairs
    weight = rng.normal(18, 4, len(pairs)) - damage[pairs[:, 0]] - damage[pairs[:, 1]]
    return entity, pairs, weight


def test_a_false_edge_does_not_merge_two_people():
    rng = np.random.default_rng(1)
    entity, pairs, weight = people(rng, rng.integers(1, 9, 2000))
    n = len(entity)
    false = rng.integers(0, n, (300, 2))
    false = false[entity[false[:, 0]] != entity[false[:, 1]]]
    left, right = np.concatenate([pairs, false]).astype(np.uint32).T
    bits = np.concatenate([weight, rng.uniform(4.5, 12, len(false))])

    def score(a, b):
        assert (entity[a] != entity[b]).all()
        return np.full(len(a), -14 * BIT, np.int32)

    weights = (bits * BIT).astype(np.int32)
    found = correlation_clusters(n, left, right, weights, score_missing=score)
    joins = weights >= 1088
    joined = connected_components(n, left[joins], right[joins])
    score_found = score_clusters(found.astype(np.int64), entity)
    score_joined = score_clusters(joined.astype(np.int64), entity)
    assert score_found.bcubed_precision > 0.999
    assert score_found.bcubed_precision > score_joined.bcubed_precision + 0.05
    assert score_found.bcubed_recall > score_joined.bcubed_recall - 0.005


@given(st.integers(-12 * BIT, 4 * BIT))
@example(-7 * BIT // 2)
@example(-5 * BIT)
def test_a_pair_speaks_against_joining_from_odds_of_one_in_sixteen_on(weight):
    """Damaged records of one person often disagree a little: only what clearly contradicts parts them."""
    at_threshold = 1088  # the weakest pair that joins, and so the first to be cut
    edges = np.array([0, 1, 0], np.uint32), np.array([1, 2, 2], np.uint32)
    found = correlation_clusters(3, *edges, np.array([40 * BIT, at_threshold, weight], np.int32))
    if weight >= -4 * BIT:
        assert found.tolist() == [0, 0, 0]
    elif weight < -4 * BIT - 1:
        assert found.tolist() == [0, 0, 2]


def test_people_with_twenty_damaged_records_stay_whole():
    rng = np.random.default_rng(2)
    entity, pairs, weight = people(rng, np.full(200, 20))
    found = correlation_clusters(len(entity), *pairs.astype(np.uint32).T, (weight * BIT).astype(np.int32))
    score = score_clusters(found.astype(np.int64), entity)
    assert (weight < 4.25).mean() > 0.04
    assert score.bcubed_recall > 0.99


def test_a_component_above_the_limit_is_cut_where_the_evidence_is_thin():
    rng = np.random.default_rng(4)
    entity, pairs, weight = people(rng, np.full(40, 6))
    bridges = np.array([[6 * i, 6 * i + 11] for i in range(39)])
    left, right = np.concatenate([pairs, bridges]).astype(np.uint32).T
    bits = np.concatenate([np.maximum(weight, 5), np.full(39, 6.0)])
    found = correlation_clusters(
        240, left, right, (bits * BIT).astype(np.int32), max_component=50, missing_gain=-512
    )
    assert found.tolist() == (6 * entity).tolist()


def test_no_edges_and_no_records():
    none = np.zeros(0, np.uint32)
    assert correlation_clusters(3, none, none, np.zeros(0, np.int32)).tolist() == [0, 1, 2]
    assert correlation_clusters(0, none, none, np.zeros(0, np.int32)).tolist() == []


def test_weight_of_another_type_is_refused():
    none = np.zeros(0, np.uint32)
    with pytest.raises(ValueError, match="expected int32"):
        correlation_clusters(3, none, none, np.zeros(0))
