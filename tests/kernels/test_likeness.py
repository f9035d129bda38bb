"""Which pairs of rows are looked at closely, against the naive twin."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.likeness import thin_unlike
from linkage.fields.row_store import RowFile, moved_rows

FIELDS = [(0, 1), (1, 2), (3, 1), (4, 1)]
words = st.sampled_from([0, 1, 2, 2**32 - 1])
tables = st.lists(st.lists(words, min_size=5, max_size=5), min_size=1, max_size=12)


def are_unlike(a: list[int], b: list[int]) -> bool:
    """Whether more than twice as many fields differ as agree, of those that both rows hold."""
    values = [(tuple(a[w : w + n]), tuple(b[w : w + n])) for w, n in FIELDS]
    held = [(x, y) for x, y in values if any(x) and any(y)]
    agree = sum(x == y for x, y in held)
    return len(held) - agree > 2 * agree


@given(tables, st.integers(1, 255))
def test_pairs_that_are_alike_all_stay(table, one_of):
    rows = np.array(table, np.uint32)
    left, right = (a.ravel().astype(np.uint32) for a in np.indices((len(table), len(table))))
    found = thin_unlike(rows, left, right, FIELDS, one_of)
    for i, j, stands_for in zip(left.tolist(), right.tolist(), found.tolist(), strict=True):
        assert stands_for in ((0, one_of) if are_unlike(table[i], table[j]) else (1,))


def test_of_the_others_a_share_stands_for_all_and_does_not_depend_on_what_is_beside():
    rows = np.arange(1, 5 * 301 + 1, dtype=np.uint32).reshape(-1, 5)
    left, right = np.triu_indices(len(rows), 1)
    left, right = left.astype(np.uint32), right.astype(np.uint32)
    found = thin_unlike(rows, left, right, FIELDS, 8)
    assert set(found.tolist()) == {0, 8}
    assert found.sum() == pytest.approx(len(left), rel=0.05)
    assert (thin_unlike(rows, left[::3].copy(), right[::3].copy(), FIELDS, 8) == found[::3]).all()


def test_rows_in_a_file_give_the_same(tmp_path: Path):
    random = np.random.default_rng(2)
    table = random.integers(0, 3, (2_000, 5), dtype=np.uint32)
    rows, pages = moved_rows(table, RowFile(tmp_path, 1 << 60))
    assert pages is not None
    left, right = random.integers(0, len(table), (2, 5_000), dtype=np.uint32)
    expected = thin_unlike(table, left, right, FIELDS, 4)
    assert (thin_unlike(rows, left, right, FIELDS, 4, pages.handle + 1) == expected).all()


def test_what_lies_beyond_the_rows_is_refused():
    rows, pair = np.ones((2, 5), np.uint32), np.ones(1, np.uint32)
    for fields in ([(5, 1)], [(4, 2)], [(-1, 1)], [(0, 3)]):
        with pytest.raises(ValueError, match="leaves the 5 words"):
            thin_unlike(rows, pair, pair, fields, 8)
    with pytest.raises(ValueError, match="a row beyond 2"):
        thin_unlike(rows, pair, pair + 1, FIELDS, 8)
    for one_of, other in ((0, pair), (256, pair), (8, pair[:0])):
        with pytest.raises(ValueError, match="1 to 255"):
            thin_unlike(rows, pair, other, FIELDS, one_of)
    with pytest.raises(ValueError, match="at most 64 fields"):
        thin_unlike(rows, pair, pair, [(0, 1)] * 65, 8)
