"""Rows told by their categories, or by their words, many at once, against a loop over one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.hot_rows import rows_that_pass, rows_with_words


def as_sets(passes):
    """Bit (x >> 4 & 7) of byte (x & 15) + 16 * (x >> 7)."""
    sets = np.zeros((4, 32), np.uint8)
    for k, x in zip(*np.nonzero(passes), strict=True):
        sets[k, (x & 15) + 16 * (x >> 7)] |= 1 << (x >> 4 & 7)
    return sets


@st.composite
def rows_and_sets(draw):
    rng = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    n = draw(st.integers(1, 70))
    share = draw(st.sampled_from([0, 0.1, 0.9, 1]))
    passes = rng.random((4, 256)) < share
    passes[rng.random(4) < 0.3] = True
    begin = draw(st.integers(0, n - 1))
    return rng.integers(0, 256, (n, 4), np.uint8), passes, begin, draw(st.integers(begin + 1, n))


@given(rows_and_sets())
def test_rows_by_categories_as_the_naive_twin(drawn):
    categories, passes, begin, end = drawn
    expected = [row for row in range(begin, end) if all(passes[k, x] for k, x in enumerate(categories[row]))]
    assert rows_that_pass(categories, as_sets(passes), begin, end).tolist() == expected


def test_each_number_of_each_category():
    passes = np.ones((4, 256), bool)
    for k in range(4):
        categories = np.zeros((256, 4), np.uint8)
        categories[:, k] = np.arange(256)
        only = passes.copy()
        only[k] = np.arange(256) % 7 == 3
        assert rows_that_pass(categories, as_sets(only), 0, 256).tolist() == list(range(3, 256, 7))


def test_rows_beyond_those_there_are():
    with pytest.raises(ValueError, match="four categories"):
        rows_that_pass(np.zeros((4, 4), np.uint8), np.zeros((4, 32), np.uint8), 0, 5)


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 65_535, 65_536, 65_537])
def test_rows_by_words_as_the_naive_twin(n):
    rng = np.random.default_rng(n)
    hot = rng.integers(0, 1 << 16, (n, 4), np.uint16)
    wanted = np.zeros(1 << 16, np.uint8)
    wanted[rng.integers(0, 1 << 16, 9_000)] = 1
    wanted[[0, 65_535]] = 1
    bits = np.full((n + 7) // 8, 255, np.uint8)
    rows_with_words(hot, wanted, bits)
    expected = [any(wanted[word] for word in words) for words in hot.tolist()]
    assert np.unpackbits(bits, count=n, bitorder="little").astype(bool).tolist() == expected


@pytest.mark.parametrize(
    ("hot", "wanted", "bits"), [((9, 3), 1 << 16, 2), ((9, 4), 65_535, 2), ((9, 4), 1 << 16, 1)]
)
def test_rows_by_words_of_other_shapes(hot, wanted, bits):
    with pytest.raises(ValueError, match="four words a row"):
        rows_with_words(np.zeros(hot, np.uint16), np.zeros(wanted, np.uint8), np.zeros(bits, np.uint8))


def test_words_are_wanted_or_not():
    with pytest.raises(ValueError, match="0 or 1"):
        rows_with_words(np.zeros((1, 4), np.uint16), np.full(1 << 16, 2, np.uint8), np.zeros(1, np.uint8))
