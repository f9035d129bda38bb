"""Pairs of records with equal values against counting them one by one."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.training import agreeing

ROWS = st.integers(1, 2).flatmap(lambda n: st.lists(st.lists(st.integers(0, 2), min_size=n, max_size=n)))


@given(ROWS, ROWS, st.integers(1, 5))
def test_equal_pairs_are_counted_in_pieces(left, right, at_once):
    width = len(left[0]) if left else 1
    right = [row for row in right if len(row) == width]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreeing, "RECORDS_AT_ONCE", at_once)
        a, b = (agreeing._sorted_values(np.array(t, np.uint32).reshape(-1, width)) for t in (left, right))
        inside, across = agreeing._equal_pairs(a, None), agreeing._equal_pairs(a, b)
    held = [row for row in left if any(row)]
    assert inside == sum(x == y for x, y in combinations(held, 2))
    assert across == sum(x == y for x, y in product(held, right))
