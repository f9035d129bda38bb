"""Pairwise probabilities and clusters (or an assignment) -> probabilities that know of the other records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linkage.clusters.components import group_sizes
from linkage.clusters.refusal import Contradict, most_probable

Records = NDArray[np.uint32]
Floats = NDArray[np.float64]
LARGEST = 200
"""Records of a cluster up to which its pairs are looked at all together."""
MOST_COVERED = 0.9
"""Share of records with a partner that a one-to-one link may assume at most."""


def cluster_pairs(labels: Records) -> tuple[Records, Records]:
    """All pairs inside clusters of three to `LARGEST` records; left < right, cluster by cluster."""
    order = _clustered(labels, group_sizes(labels))
    _, begin, size = np.unique(labels[order], return_index=True, return_counts=True)
    left, right = [], []
    for n in np.flatnonzero(np.bincount(size[(size >= 3) & (size <= LARGEST)])):
        members = order[begin[size == n][:, None] + np.arange(n)]
        i, j = np.triu_indices(int(n), 1)
        left.append(members[:, i].ravel())
        right.append(members[:, j].ravel())
    if not left:
        return np.empty(0, np.uint32), np.empty(0, np.uint32)
    return np.concatenate(left), np.concatenate(right)


def _clustered(labels: Records, sizes: Records) -> Records:
    """The records of clusters of three and more, cluster by cluster: few of a table's."""
    rows = np.flatnonzero((sizes >= 3)[labels]).astype(np.uint32)
    return rows[np.argsort(labels[rows], kind="stable")]


def supported_probability(
    labels: Records,
    left: Records,
    right: Records,
    probability: Floats,
    likely: Floats,
    *,
    threshold: float,
    contradict: Contradict,
) -> Floats:
    """Probability of each pair given what third records say.

    Two records that both match a third are one person: within a cluster a pair holds if it matches by
    itself or over any third member, ``1 - (1 - p_ac) * prod_b (1 - p_ab * p_bc)``. A pair across clusters is
    no likelier than third records leave it (`most_probable`), and at most one half where it is above the
    threshold: it has been refused.

    Parameters
    ----------
    labels : uint32[n_records]
        Cluster of each record.
    left, right : uint32[n_pairs]
        Each pair once; all pairs of clusters of three and more (see `cluster_pairs`) should be among them.
    probability, likely : float64[n_pairs]
        By the pair alone, and with what its records' company adds (`linkage/clusters/company.py`).
    threshold : float
        Probability from which on pairs have been joined to clusters.
    contradict : callable
        Rows of pairs -> whether they hold something that two records of one person hardly would.

    Returns
    -------
    float64[n_pairs]

    Notes
    -----
    O(sum of cluster sizes cubed), clusters of up to `LARGEST` records; larger ones keep their probabilities.
    """
    out = _inside_clusters(labels, left, right, likely)
    out[(labels[left] != labels[right]) & (likely >= threshold)] = 0.5
    most = most_probable(labels, left, right, probability, out, out, contradict, largest=LARGEST)
    return np.minimum(out, most)


def _inside_clusters(labels: Records, left: Records, right: Records, probability: Floats) -> Floats:
    """Probabilities with what third records add; those across clusters as they are."""
    together = labels[left] == labels[right]
    out = probability.copy()
    sizes = group_sizes(labels, len(labels))
    size = sizes[labels[left]]
    inside = np.flatnonzero(together & (size >= 3) & (size <= LARGEST))
    if not len(inside):
        return out
    order = _clustered(labels, sizes)
    place = np.zeros(len(labels), np.uint32)
    place[order] = np.arange(len(order)) - np.searchsorted(labels[order], labels[order])
    for n in np.flatnonzero(np.bincount(size[inside])):
        chosen = inside[size[inside] == n]
        clusters, which = np.unique(labels[left[chosen]], return_inverse=True)
        table = np.zeros((len(clusters), n, n))
        i, j = place[left[chosen]], place[right[chosen]]
        table[which, i, j] = table[which, j, i] = probability[chosen]
        doubt = np.log1p(-np.minimum(probability[chosen], 1 - 1e-12))
        for b in range(n):
            over_b = table[which, i, b] * table[which, j, b]
            doubt += np.log1p(-np.minimum(over_b, 1 - 1e-12))
        out[chosen] = -np.expm1(doubt)
    return out


def assigned_probability(
    left: Records,
    right: Records,
    weight: Floats,
    chosen: NDArray[np.bool_],
    coverage: float,
    doubles: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None,
) -> Floats:
    """Probability of each chosen pair of a one-to-one link.

    A record has one partner or none: the pair's odds stand against those of its rivals and against having
    no partner at all, ``odds / (odds + rivals + 1 - coverage)``.

    Parameters
    ----------
    left, right : uint32[n_pairs]
        All scored pairs.
    weight : float64[n_pairs]
        Match weight in bits.
    chosen : bool[n_pairs]
        The assignment.
    coverage : float
        Share of records of the smaller table that have a partner; at most `MOST_COVERED` is believed.
    doubles : tuple of bool[n_pairs], or None
        Pairs that are no rivals to the chosen one of their left, of their right record: with a double of its
        partner.

    Returns
    -------
    float64[n_chosen]
    """
    odds = np.exp2(np.minimum(weight, 60.0))
    by_left, by_right = (odds, odds) if doubles is None else (np.where(own, 0, odds) for own in doubles)
    of_left = np.bincount(left, by_left, minlength=int(left.max(initial=0)) + 1)
    of_right = np.bincount(right, by_right, minlength=int(right.max(initial=0)) + 1)
    own = odds[chosen]
    rivals = of_left[left[chosen]] + of_right[right[chosen]] - 2 * own
    none = 1 - min(max(coverage, 0.0), MOST_COVERED)
    probability: Floats = own / (own + np.maximum(rivals, 0) + none)
    return probability
