"""Pairs by falling weight, then by rows, as a sort of the three says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.predict import ScoredPairs

rows = st.one_of(st.integers(0, 5), st.integers(0, 2**32 - 1))
weights = st.one_of(st.integers(-3, 3), st.integers(-(2**31), 2**31 - 1))


@given(st.dictionaries(st.tuples(rows, rows), weights, max_size=40))
def test_the_order_is_that_of_a_sort_by_three_keys(pairs):
    left, right = (np.array([pair[k] for pair in pairs], np.uint32) for k in (0, 1))
    weight, none = np.array(list(pairs.values()), np.int32), np.zeros(len(pairs), np.uint64)
    found = ScoredPairs(left, right, weight, none, none.astype(np.uint8), len(pairs), [])
    order = found.by_weight()
    assert np.array_equal(order, np.lexsort((right, left, -weight.astype(np.int64))))
