"""Places of pairs against a dict."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.pair_places import PairPlaces

ROWS = st.integers(0, 9) | st.sampled_from([2**31, 2**32 - 2, 2**32 - 1])
PAIRS = st.lists(st.tuples(ROWS, ROWS).filter(lambda pair: pair[0] != pair[1]), unique_by=frozenset)


def columns(pairs):
    return [np.array([pair[k] for pair in pairs], np.uint32) for k in (0, 1)]


@given(PAIRS, st.lists(st.tuples(ROWS, ROWS)))
def test_a_pair_is_found_whichever_row_comes_first(pairs, asked):
    asked += [*pairs, *(pair[::-1] for pair in pairs)]
    known = {frozenset(pair): k for k, pair in enumerate(pairs)}
    found = PairPlaces(*columns(pairs)).find(*columns(asked))
    assert found.tolist() == [known.get(frozenset(pair), len(pairs)) for pair in asked]


def test_many_pairs_are_told_apart():
    random = np.random.default_rng(1)
    names = np.unique(random.integers(0, 2**40, 300_000, np.uint64))
    left, right = (names >> np.uint64(20)).astype(np.uint32), (names & np.uint64(2**20 - 1)).astype(np.uint32)
    right += np.uint32(2**21)
    assert (PairPlaces(left, right).find(right, left) == np.arange(len(left))).all()
    assert (PairPlaces(left, right).find(left, right + np.uint32(2**22)) == len(left)).all()


def test_what_is_no_pair_is_refused():
    one, two = np.zeros(1, np.uint32), np.ones(2, np.uint32)
    with pytest.raises(ValueError, match="a row with itself"):
        PairPlaces(one, one)
    with pytest.raises(ValueError, match="expected 1 right rows, got 2"):
        PairPlaces(one, two)
    with pytest.raises(ValueError, match="expected 2 right rows, got 1"):
        PairPlaces(one, one + np.uint32(1)).find(two, one)
