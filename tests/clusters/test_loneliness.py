"""What being alone says of a pair, counted; who joins, against brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters.loneliness import EXPECTED, are_lone, join_lone, likelier, lone_odds


def rows(*values):
    return np.array(values, np.uint32)


def test_lone_are_two_without_partners_or_a_cluster_of_two():
    labels = rows(0, 1, 2, 2, 4, 4, 4)
    left, right = rows(0, 0, 2, 4, 2), rows(1, 2, 3, 5, 4)
    assert are_lone(labels, left, right).tolist() == [True, False, True, False, False]


def pairs(n_sure, n_sure_lone, n_none, n_none_lone):
    """Pairs that match, in clusters of two or with a third one, and that do not, of lone records or not."""
    n = n_sure + n_none
    left, right = np.arange(2 * n, dtype=np.uint32).reshape(2, -1)
    third = np.arange(2 * n, 3 * n, dtype=np.uint32)
    labels = np.arange(3 * n, dtype=np.uint32)
    sure = np.arange(n) < n_sure
    labels[right[sure]] = left[sure]
    crowded = np.where(sure, np.arange(n) >= n_sure_lone, np.arange(n) - n_sure >= n_none_lone)
    labels[third[crowded]] = left[crowded]
    return labels, left, right, np.where(sure, 0.999, 0.002)


def test_the_ratio_of_both_shares():
    found = lone_odds(*pairs(30_000, 18_000, 20_000, 2_000))
    assert found == pytest.approx(0.6 / 0.1, rel=0.03)


def test_few_pairs_say_nothing():
    assert lone_odds(*pairs(3, 3, 3, 0)) == pytest.approx(1, abs=0.1)
    none = rows()
    assert lone_odds(rows(0, 1), none, none, np.zeros(0)) == 1


def test_expectation_counts_as_so_many_pairs():
    share = 500 / 2000
    expected = (400 + EXPECTED * share) / (100 + EXPECTED * share)
    assert lone_odds(*pairs(1000, 400, 1000, 100)) == pytest.approx(expected)


def test_odds_are_multiplied():
    p = np.array([0.0, 0.2, 0.5, 1.0])
    np.testing.assert_allclose(likelier(p, 4.0), [0, 0.5, 0.8, 1])
    np.testing.assert_allclose(likelier(p, 1.0), p)


@given(st.data())
def test_two_join_where_each_is_the_others_best(data):
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
    alone = [i for i in range(n) if (labels == labels[i]).sum() == 1]
    ranked = sorted(
        (-v, *pair) for pair, v in zip(kept, p, strict=True) if v >= 0.95 and all(i in alone for i in pair)
    )
    naive = labels.tolist()
    for v, a, b in ranked:
        best = [next(r for r in ranked if i in r[1:]) for i in (a, b)]
        if best == [(v, a, b)] * 2:
            naive[b] = a
    swapped = data.draw(st.booleans())
    ends = (right, left) if swapped else (left, right)
    assert join_lone(labels, *ends, p, 0.95).tolist() == naive
    order = np.array(data.draw(st.permutations(range(len(kept)))), int)
    assert join_lone(labels, left[order], right[order], p[order], 0.95).tolist() == naive
