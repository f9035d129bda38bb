"""One-to-one: valid, independent of order, and of the largest total gain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.clusters import one_to_one
from linkage.errors import InputError
from tests.reference import clusters as naive

records = st.integers(0, 3)
pair_gains = st.dictionaries(st.tuples(records, records), st.integers(-3, 9), max_size=12)


def arrays(pairs):
    left, right = np.array([*pairs], np.uint32).reshape(-1, 2).T
    return left, right, np.array([*pairs.values()], np.int32)


@settings(deadline=None)  # the first call imports scipy
@given(pair_gains)
def test_total_gain_is_the_largest(pairs):
    left, right, weight = arrays(pairs)
    chosen = one_to_one(left, right, weight)
    assert len(set(left[chosen])) == len(set(right[chosen])) == chosen.sum()
    assert not (weight[chosen] < 0).any()
    assert (weight[chosen] + 1).sum() == naive.best_assignment(pairs)


@settings(deadline=None)
@given(pair_gains, st.randoms(use_true_random=False), st.sampled_from([1, 1000]))
def test_the_order_of_pairs_does_not_matter(pairs, random, max_cells):
    shuffled = list(pairs.items())
    random.shuffle(shuffled)
    found = one_to_one(*arrays(pairs), max_cells=max_cells)
    again = one_to_one(*arrays(dict(shuffled)), max_cells=max_cells)
    chosen = {pair for pair, yes in zip(pairs, found, strict=True) if yes}
    assert chosen == {pair for (pair, _), yes in zip(shuffled, again, strict=True) if yes}


def test_greedy_above_the_limit_takes_the_heaviest_first():
    left, right = np.array([[0, 0, 1], [5, 6, 5]], np.uint32)
    chosen = one_to_one(left, right, np.array([10, 9, 9], np.int32), max_cells=1)
    assert chosen.tolist() == [True, False, False]


def test_a_component_of_just_the_limit_is_solved_exactly():
    left, right = np.array([[0, 0, 1], [5, 6, 5]], np.uint32)
    weight = np.array([10, 9, 9], np.int32)
    assert one_to_one(left, right, weight, max_cells=4).tolist() == [False, True, True]
    assert one_to_one(left, right, weight, max_cells=3).tolist() == [True, False, False]


def test_two_links_at_the_threshold_are_more_than_one():
    left, right = np.array([[0, 1, 1], [6, 5, 6]], np.uint32)
    assert one_to_one(left, right, np.full(3, 7, np.int32), threshold=7).tolist() == [True, True, False]


def test_threshold_is_included():
    left, right = np.array([[0, 1], [0, 1]], np.uint32)
    weight = np.array([7, 6], np.int32)
    assert one_to_one(left, right, weight, threshold=7).tolist() == [True, False]


def test_a_pair_given_twice_is_refused():
    twice = np.zeros(2, np.uint32)
    with pytest.raises(InputError, match="twice"):
        one_to_one(twice, twice, np.zeros(2, np.int32))


def test_memory_a_pair():
    """A country's link has as many pairs as claims: what choosing among them takes is part of its peak."""
    import tracemalloc

    n = 200_000
    left, right = np.arange(n, dtype=np.uint32), np.arange(n, dtype=np.uint32) // 2
    weight = np.arange(n, dtype=np.int32) % 5_000
    one_to_one(left[:4], right[:4], weight[:4])  # what is imported on first use
    tracemalloc.start()
    one_to_one(left, right, weight)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 * n
