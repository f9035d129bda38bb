import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters.refusal import AGAINST, TRUST, most_probable
from linkage.clusters.support import MOST_COVERED, assigned_probability, cluster_pairs, supported_probability


def rows(*values):
    return np.array(values, np.uint32)


def always(left, right):
    return np.ones(len(left), bool)


def by_sum(left, right):
    return (left + right) % 3 > 0


def test_pairs_of_clusters_of_three_and_more():
    left, right = cluster_pairs(rows(0, 1, 0, 1, 0))
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 2), (0, 4), (2, 4)]


def test_a_third_record_supports_a_pair():
    p = np.array([0.9, 0.8, 0.3])
    left, right = rows(0, 1, 0), rows(1, 2, 2)
    found = supported_probability(rows(0, 0, 0), left, right, p, p, threshold=0.95, contradict=always)
    naive = [1 - 0.1 * (1 - 0.3 * 0.8), 1 - 0.2 * (1 - 0.9 * 0.3), 1 - 0.7 * (1 - 0.9 * 0.8)]
    np.testing.assert_allclose(found, naive)


def test_a_refused_pair_is_undecided_and_a_pair_of_two_stays():
    p = np.array([0.99, 0.6, 0.97])
    found = supported_probability(
        rows(0, 1, 2, 3, 4, 4), rows(0, 0, 4), rows(1, 2, 5), p, p, threshold=0.95, contradict=always
    )
    np.testing.assert_allclose(found, [0.5, 0.6, 0.97])


@given(st.data())
def test_a_pair_across_clusters_is_no_likelier_than_third_records_leave_it(data):
    n = data.draw(st.integers(2, 9))
    labels = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), np.uint32)
    labels = np.array([int(np.flatnonzero(labels == own)[0]) for own in labels], np.uint32)
    every = [(i, j) for i in range(n) for j in range(i + 1, n)]
    kept = data.draw(st.lists(st.sampled_from(every), unique=True, min_size=1))
    p = np.array(
        data.draw(st.lists(st.floats(0, 1) | st.floats(0, 0.1), min_size=len(kept), max_size=len(kept)))
    )
    s = np.maximum(p, 0.5)
    left, right = (np.array([pair[k] for pair in kept], np.uint32) for k in (0, 1))
    alone = {**dict(zip(kept, p, strict=True)), **{(j, i): v for (i, j), v in zip(kept, p, strict=True)}}
    with_others = {key: max(v, 0.5) for key, v in alone.items()}
    naive = [1.0] * len(kept)
    for k, pair in enumerate(kept):
        for a, c in (pair, pair[::-1]):
            for b in range(n):
                across = labels[pair[0]] != labels[pair[1]]
                if (
                    across
                    and labels[a] == labels[b]
                    and b != a
                    and alone.get((b, c), 0) < AGAINST
                    and (b + c) % 3
                ):
                    most = 1 - TRUST * with_others.get((a, b), 0) * (1 - alone.get((b, c), 0))
                    naive[k] = min(naive[k], most)
    asked = st.lists(st.sampled_from([0, 0.5, 1]), min_size=len(kept), max_size=len(kept))
    below = np.array(data.draw(asked))
    found = most_probable(labels, left, right, p, s, below, by_sum, largest=200)
    np.testing.assert_allclose(found, np.where(naive < below, naive, 1))


def test_pairs_that_two_records_speak_against_are_hardly_any():
    # 0 is 1, and 1 is not 2: 0 and 2 look alike.
    p = np.array([0.999, 0.97, 0.6])
    found = supported_probability(
        rows(0, 0, 2, 3), rows(0, 0, 0), rows(1, 2, 3), p, p, threshold=0.95, contradict=always
    )
    np.testing.assert_allclose(found, [0.999, 1 - TRUST * 0.999, 1 - TRUST * 0.999])


def test_rivals_lower_an_assigned_pair():
    left, right, weight = rows(0, 0, 1), rows(5, 6, 6), np.array([4.0, 2.0, 3.0])
    chosen = np.array([True, False, True])
    found = assigned_probability(left, right, weight, chosen, 0.5)
    np.testing.assert_allclose(found, [16 / (16 + 4 + 0.5), 8 / (8 + 4 + 0.5)])


def test_doubles_of_a_partner_are_no_rivals_to_their_own_side_alone():
    left, right, weight = rows(0, 0, 1), rows(5, 6, 6), np.array([4.0, 2.0, 3.0])
    chosen, none = np.array([True, False, True]), np.zeros(3, np.bool_)
    found = assigned_probability(left, right, weight, chosen, 0.5, (~chosen, none))
    np.testing.assert_allclose(found, [16 / (16 + 0.5), 8 / (8 + 4 + 0.5)])


def test_where_all_others_have_a_partner_none_is_still_possible():
    """A coverage of 1 is not believed: a weak pair without rivals would be certain."""
    left, right = rows(0), rows(5)
    (found,) = assigned_probability(left, right, np.array([-6.0]), np.array([True]), 1.0)
    np.testing.assert_allclose(found, 2**-6 / (2**-6 + 1 - MOST_COVERED))
    assert found < 0.95
