"""What the company of a pair's records says, counted; who joins, against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters.company import (
    LONE,
    OTHER,
    SINGLE,
    company_odds,
    company_of,
    in_company,
    join_best,
    likelier,
)


def rows(*values):
    return np.array(values, np.uint32)


def test_lone_and_single_records():
    labels = rows(0, 1, 2, 2, 4, 4, 4)
    sizes = rows(1, 1, 2, 0, 3, 0, 0)
    left, right = labels[[0, 0, 2, 4, 2, 6]], labels[[1, 2, 3, 5, 4, 1]]
    never = np.zeros(6, bool)
    kinds = [LONE, SINGLE, LONE, OTHER, OTHER, SINGLE]
    assert company_of(sizes, left, right, never).tolist() == kinds
    never[[0, 1]] = True
    assert company_of(sizes, left, right, never).tolist() == [OTHER, OTHER, *kinds[2:]]


def odds_of(n_two, n_three, unsure):
    """Of so many clusters of two and of three, and unsure pairs: (kind, probability) of each."""
    kinds, p = np.array([k for k, _ in unsure], np.uint8), np.array([v for _, v in unsure], float)
    return company_odds(np.repeat(rows(2, 3), [n_two, n_three]), p, kinds)


def test_odds_of_a_mixture_are_found_without_labels():
    rng = np.random.default_rng(7)
    p = rng.choice([0.05, 0.2, 0.5, 0.8, 0.9], 200_000)
    matches = rng.random(len(p)) < p
    of_matches, of_others = [0.07, 0.93 * 0.75, 0.93 * 0.25], [0.9, 0.06, 0.04]
    kinds = np.where(matches, rng.choice(3, len(p), p=of_matches), rng.choice(3, len(p), p=of_others))
    found = odds_of(300_000, 66_667, list(zip(kinds.tolist(), p.tolist(), strict=True)))
    assert found[OTHER] == 1
    assert found[LONE] == pytest.approx(0.93 * 0.75 / 0.06, rel=0.05)
    assert found[SINGLE] == pytest.approx(0.93 * 0.25 / 0.04, rel=0.05)


def test_single_is_never_better_than_lone():
    unsure = [(SINGLE, 0.9)] * 500 + [(LONE, 0.5)] * 3000 + [(OTHER, 0.1)] * 3000
    found = odds_of(10, 1000, unsure)
    assert found[SINGLE] == max(found[LONE], 1)


def test_few_pairs_say_nothing():
    np.testing.assert_allclose(odds_of(50, 20, []), 1)
    np.testing.assert_allclose(odds_of(0, 0, [(LONE, 0.9), (OTHER, 0.1)]), 1, atol=0.2)


def nobody(left, right):
    return np.zeros(len(left), bool)


def everybody(left, right):
    return np.ones(len(left), bool)


def test_a_single_record_joins_where_no_third_one_contradicts_it():
    # Many lone pairs that match, and unlike records that others contradict: company says much.
    n = 4000
    lone = np.arange(2 * n).reshape(2, -1)
    three = 2 * n + np.arange(3 * n).reshape(3, -1)
    left = np.concatenate([lone[0], three[0], three[0]]).astype(np.uint32)
    right = np.concatenate([lone[1], three[1], three[2]]).astype(np.uint32)
    p = np.repeat([0.9, 0.999, 0.4], n)
    labels = np.arange(5 * n, dtype=np.uint32)
    labels[three[1]] = three[0]
    never = np.zeros(3 * n, bool)
    by_others = {"threshold": 0.95, "contradict": everybody, "never": never}
    refused, likely = in_company(labels, left, right, p, **by_others)
    assert (refused[three[2]] == three[2]).all() and (likely[2 * n :] == 0.4).all()
    assert (refused[lone[1]] == lone[0]).all() and (likely[:n] > 0.95).all()
    joined, likely = in_company(labels, left, right, p, **{**by_others, "contradict": nobody})
    assert (likely[2 * n :] >= 0.4).all() and (joined[three[2]] == three[2]).all()
    p[2 * n :] = 0.96
    joined, likely = in_company(labels, left, right, p, **{**by_others, "contradict": nobody})
    assert (joined[three[2]] == three[0]).all()
    _, of_originals = in_company(labels, left, right, p, **{**by_others, "never": ~never})
    np.testing.assert_array_equal(of_originals, p)


def test_odds_are_multiplied():
    p = np.array([0.0, 0.2, 0.5, 1.0])
    np.testing.assert_allclose(likelier(p, 4.0), [0, 0.5, 0.8, 1])
    np.testing.assert_allclose(likelier(p, 1.0), p)


@given(st.data())
def test_clusters_join_where_each_is_the_others_best(data):
    n = data.draw(st.integers(2, 8))
    labels = np.arange(n, dtype=np.uint32)
    if n > 3 and data.draw(st.booleans()):
        labels[1] = 0
    every = [(i, j) for i in range(n) for j in range(i + 1, n)]
    kept = data.draw(st.lists(st.sampled_from(every), unique=True))
    p = np.array(
        data.draw(st.lists(st.sampled_from([0.5, 0.9, 0.96, 0.98]), min_size=len(kept), max_size=len(kept)))
    )
    left, right = (np.array([pair[k] for pair in kept], np.uint32) for k in (0, 1))
    named = [(-v, *sorted(labels[list(pair)].tolist())) for pair, v in zip(kept, p, strict=True)]
    ranked = sorted(r for r in named if r[0] <= -0.95 and r[1] != r[2])
    name = list(range(n))
    for v, a, b in ranked:
        best = [next(r for r in ranked if i in r[1:]) for i in (a, b)]
        if best == [(v, a, b)] * 2:
            name[b] = a
    naive = [name[i] for i in labels.tolist()]
    swapped = data.draw(st.booleans())
    ends = (right, left) if swapped else (left, right)
    assert join_best(labels, *ends, p, 0.95).tolist() == naive
    order = np.array(data.draw(st.permutations(range(len(kept)))), int)
    assert join_best(labels, left[order], right[order], p[order], 0.95).tolist() == naive
