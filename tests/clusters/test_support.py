import numpy as np

from linkage.clusters.support import assigned_probability, cluster_pairs, supported_probability


def rows(*values):
    return np.array(values, np.uint32)


def test_pairs_of_clusters_of_three_and_more():
    left, right = cluster_pairs(rows(0, 1, 0, 1, 0))
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 2), (0, 4), (2, 4)]


def test_a_third_record_supports_a_pair():
    p = np.array([0.9, 0.8, 0.3])
    left, right = rows(0, 1, 0), rows(1, 2, 2)
    found = supported_probability(rows(0, 0, 0), left, right, p, threshold=0.95)
    naive = [1 - 0.1 * (1 - 0.3 * 0.8), 1 - 0.2 * (1 - 0.9 * 0.3), 1 - 0.7 * (1 - 0.9 * 0.8)]
    np.testing.assert_allclose(found, naive)


def test_a_refused_pair_is_undecided_and_a_pair_of_two_stays():
    p = np.array([0.99, 0.6, 0.97])
    found = supported_probability(rows(0, 1, 2, 2), rows(0, 0, 2), rows(1, 2, 3), p, threshold=0.95)
    np.testing.assert_allclose(found, [0.5, 0.6, 0.97])


def test_rivals_lower_an_assigned_pair():
    left, right, weight = rows(0, 0, 1), rows(5, 6, 6), np.array([4.0, 2.0, 3.0])
    chosen = np.array([True, False, True])
    found = assigned_probability(left, right, weight, chosen, 0.5)
    np.testing.assert_allclose(found, [16 / (16 + 4 + 0.5), 8 / (8 + 4 + 0.5)])
