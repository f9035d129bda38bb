"""Strangers among unsure pairs are counted on records that have a sure partner already."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters.rivals import LEAST, MOST, SURE, bits_without_rivals

NONE = 0.0


def a_link(rng, n, *, said, stray, n_matches=600):
    """Sure pairs of n // 2 records, unsure matches among the others, and strangers anywhere, all said to be
    of one weight; `stray` strangers a record."""
    half = n // 2
    sure = np.arange(half)
    open_ = half + np.arange(n_matches)
    strangers = rng.integers(0, n, (2, int(stray * n)))
    strangers = strangers[:, strangers[0] != strangers[1]]
    left, right = (np.concatenate([sure, open_, side]).astype(np.uint32) for side in strangers)
    _, once = np.unique(left.astype(np.int64) * n + right, return_index=True)
    left, right = left[np.sort(once)], right[np.sort(once)]
    weight = np.where((left == right) & (left < half), 20.0, said)
    return left, right, weight, left == right


@pytest.mark.parametrize(("said", "stray"), [(-2.0, 0.3), (0.0, 0.3), (0.0, 0.03), (3.0, 0.03), (3.0, 0.3)])
def test_the_share_of_strangers_is_found_whatever_was_said(said, stray):
    left, right, weight, chosen = a_link(np.random.default_rng(3), 4000, said=said, stray=stray)
    bits = bits_without_rivals(left, right, weight, chosen, 4000, 4000)
    is_open = (left >= 2000) & (right >= 2000)
    true = (left == right)[is_open].mean()
    found = 1 / (1 + np.exp2(-(weight + bits)[is_open]))
    assert abs(found.mean() - true) < 0.05


def test_records_with_another_sure_partner_gain_nothing_and_the_order_stays():
    left, right, weight, chosen = a_link(np.random.default_rng(4), 4000, said=-2.0, stray=0.03)
    bits = bits_without_rivals(left, right, weight, chosen, 4000, 4000)
    elsewhere = (left != right) & ((left < 2000) | (right < 2000))
    assert bits[~elsewhere].min() == bits.max() > 0
    assert not bits[elsewhere].any()


def test_few_pairs_and_sides_that_disagree_say_nothing():
    left, right = np.array([0, 1, 2], np.uint32), np.array([0, 1, 2], np.uint32)
    weight, chosen = np.array([20.0, 20.0, 1.0]), np.ones(3, bool)
    assert np.abs(bits_without_rivals(left, right, weight, chosen, 3, 3)).max() < 0.5
    # Strangers look like the left records alone: the right ones, which are sure, look like none.
    n = 1000
    left = np.r_[np.arange(500), np.arange(500, 700), np.arange(300)].astype(np.uint32)
    right = np.r_[np.arange(500), np.arange(500, 700), 500 + np.arange(300)].astype(np.uint32)
    weight = np.where(np.arange(n) < 500, 20.0, 0.0)
    assert not bits_without_rivals(left, right, weight, left == right, n, n).any()


def test_doubtful_pairs_with_relatives_leave_likely_ones_as_they_are():
    """Who has a sure partner looks like its relatives, who say nothing of likelier pairs."""
    left, right, weight, chosen = a_link(np.random.default_rng(5), 4000, said=4.5, stray=0.0)
    near = np.arange(1500)
    left, right = np.r_[left, near].astype(np.uint32), np.r_[right, 2000 + near[::-1]].astype(np.uint32)
    weight, chosen = np.r_[weight, np.full(1500, -2.0)], np.r_[chosen, np.zeros(1500, bool)]
    left, right = np.r_[left, 2000 + near[::-1]].astype(np.uint32), np.r_[right, near].astype(np.uint32)
    weight, chosen = np.r_[weight, np.full(1500, -2.0)], np.r_[chosen, np.zeros(1500, bool)]
    assert bits_without_rivals(left, right, weight, chosen, 4000, 4000).min() == 0


def test_no_pair_at_all():
    none = np.zeros(0, np.uint32)
    assert len(bits_without_rivals(none, none, np.zeros(0), np.zeros(0, bool), 3, 4)) == 0


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(-10, 30)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_bits_are_one_number_or_none_and_the_order_of_pairs_does_not_matter(pairs, rng):
    of = {(a, b): w for a, b, w in pairs}
    a, b = (np.array([p[i] for p in of], np.uint32) for i in (0, 1))
    w = np.array(list(of.values()), float)
    chosen, taken = np.zeros(len(of), bool), (set(), set())
    for i in np.argsort(-w, kind="stable"):
        if a[i] not in taken[0] and b[i] not in taken[1]:
            chosen[i] = True
            taken[0].add(a[i])
            taken[1].add(b[i])
    bits = bits_without_rivals(a, b, w, chosen, 10, 10)
    assert len(set(bits.tolist()) - {NONE}) <= 1 and np.abs(bits).max(initial=0) <= MOST
    assert not bits[(w < LEAST) | (w >= SURE)].min(initial=0) < 0
    order = np.array(rng.sample(range(len(of)), len(of)), np.intp)
    again = bits_without_rivals(a[order], b[order], w[order], chosen[order], 10, 10)
    np.testing.assert_allclose(again, bits[order], atol=1e-9)
