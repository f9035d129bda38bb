"""Clusters and pair probabilities -> how much likelier pairs are whose records match no other record."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linkage.clusters.components import group_sizes

Records = NDArray[np.uint32]
Floats = NDArray[np.float64]
SURE, HOPELESS = 0.99, 0.01
"""Probabilities, by the pair alone, of pairs that are taken for matches, and for none."""

EXPECTED = 100.0
"""Pairs that the expectation is worth that loneliness says nothing: a few cannot tell it."""


def are_lone(labels: Records, left: Records, right: Records) -> NDArray[np.bool_]:
    """Whether neither record of a pair is in a cluster with a third one."""
    size = group_sizes(labels, len(labels))
    of_left, of_right = size[labels[left]], size[labels[right]]
    together = labels[left] == labels[right]
    lone: NDArray[np.bool_] = np.where(together, of_left == 2, (of_left == 1) & (of_right == 1))
    return lone


def lone_odds(labels: Records, left: Records, right: Records, probability: Floats) -> float:
    """How many times likelier than others of the same weight lone pairs are to match; 1 where few tell.

    A record that looks like one of another person mostly has better partners, its own person's other records;
    two damaged records of one person need not. Both are counted: of pairs that surely match, how many are the
    only two of their cluster, and would be alone without each other; of pairs that surely do not, how many
    have two records without a partner. Their ratio is the likelihood ratio of being alone.
    """
    lone = are_lone(labels, left, right)
    match, none = probability >= SURE, probability < HOPELESS
    counts = np.array([[np.count_nonzero(which), np.count_nonzero(which & lone)] for which in (match, none)])
    n, alone = counts.sum(axis=0)
    if not n or not alone:
        return 1.0
    shares = (counts[:, 1] + EXPECTED * alone / n) / (counts[:, 0] + EXPECTED)
    return float(shares[0] / shares[1])


def likelier(probability: Floats, odds: float) -> Floats:
    """Probabilities whose odds are so many times as high."""
    found: Floats = probability * odds / (1 + probability * (odds - 1))
    return found


def join_lone(
    labels: Records, left: Records, right: Records, probability: Floats, threshold: float
) -> Records:
    """The clusters, those records joined that match no other and are above the threshold, the best for both.

    Parameters
    ----------
    labels : uint32[n_records]
        Cluster of each record, its smallest row.
    probability : float64[n_pairs]
        With what loneliness adds.
    """
    apart = np.flatnonzero((labels[left] != labels[right]) & (probability >= threshold))
    apart = apart[are_lone(labels, left[apart], right[apart])]
    low, high = np.minimum(left[apart], right[apart]), np.maximum(left[apart], right[apart])
    order = np.lexsort((high, low, -probability[apart]))
    ends = np.stack([low[order], high[order]], axis=1).ravel()
    # The first pair of a record, best first, is its best one.
    first = np.zeros(len(ends), bool)
    first[np.unique(ends, return_index=True)[1]] = True
    best = first.reshape(-1, 2).all(axis=1)
    joined = labels.copy()
    joined[high[order][best]] = low[order][best]
    return joined
