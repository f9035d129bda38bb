"""Clusters and pair probabilities -> how much likelier pairs are for the company that their records keep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linkage.clusters.components import group_sizes
from linkage.clusters.refusal import TRUST, Contradict, most_probable
from linkage.clusters.support import LARGEST

Records = NDArray[np.uint32]
Floats = NDArray[np.float64]
Kinds = NDArray[np.uint8]
OTHER, LONE, SINGLE = 0, 1, 2
"""What a pair's records have beside each other: neither has any partner (`LONE`); one has partners of whom
none contradicts the other, which has none (`SINGLE`); anything else."""

LIKELIEST, LEAST_LIKELY = 0.95, 0.03
"""Probabilities, by the pair alone, between which pairs tell how often others keep which company."""

LEAST_ODDS = 0.5
"""Being lone makes no pair less likely: EM then takes for others what the clusters did not foretell."""

EXPECTED = 30.0
"""Pairs that the expectation is worth that company says nothing: a few cannot tell it."""

ROUNDS = 100


def in_company(
    labels: Records,
    left: Records,
    right: Records,
    probability: Floats,
    *,
    threshold: float,
    contradict: Contradict,
    never: NDArray[np.bool_],
) -> tuple[Records, Floats]:
    """Clusters and probabilities with what company adds.

    Parameters
    ----------
    labels : uint32[n_records]
        Cluster of each record, its smallest row.
    left, right : uint32[n_pairs]
        Each pair once.
    probability : float64[n_pairs]
        By the pair alone.
    threshold : float
        Clusters join from this probability on, where each is the other's best.
    contradict : callable
        Rows of pairs -> whether they hold something that two records of one person hardly would.
    never : bool[n_pairs]
        Pairs that hold together what two records of one person never do, as two originals of a register do:
        these are mostly alone, and that says nothing.

    Returns
    -------
    labels : uint32[n_records]
    probability : float64[n_pairs]
    """
    sizes = group_sizes(labels, len(labels))
    kinds = company_of(sizes, labels[left], labels[right], never)
    asked = np.where(kinds == SINGLE, 0.5, 0.0)
    most = most_probable(labels, left, right, probability, probability, asked, contradict, largest=LARGEST)
    kinds[most < 0.5] = OTHER
    unsure = (probability >= LEAST_LIKELY) & (probability < LIKELIEST)
    unsure &= (labels[left] != labels[right]) | (kinds == LONE)
    likely = likelier(probability, company_odds(sizes, probability[unsure], kinds[unsure])[kinds])
    return join_best(labels, left, right, np.where(kinds == OTHER, 0.0, likely), threshold), likely


def company_of(sizes: Records, left: Records, right: Records, never: NDArray[np.bool_]) -> Kinds:
    """The kind of company of each pair; uint8[n_pairs].

    Parameters
    ----------
    sizes : uint32[n_records]
        Records of each cluster.
    left, right : uint32[n_pairs]
        The clusters of each pair's records.
    never : bool[n_pairs]
        Pairs that are `OTHER` in any case.
    """
    of_left, of_right, together = sizes[left], sizes[right], left == right
    kinds = np.full(len(left), OTHER, np.uint8)
    kinds[~together & ((of_left == 1) != (of_right == 1))] = SINGLE
    kinds[np.where(together, of_left == 2, (of_left == 1) & (of_right == 1))] = LONE
    kinds[never] = OTHER
    return kinds


def company_odds(sizes: Records, probability: Floats, kinds: Kinds) -> Floats:
    """How many times likelier than others of the same weight the pairs of each kind are to match.

    A record that looks like one of another person mostly has better partners, its own person's other
    records, and these contradict the pair; two damaged records of one person need not have others, and their
    own do not contradict. How often matches keep which company follows from the clusters: a damaged record's
    person has one other record as often as records in clusters are in one of two; of third records `TRUST`
    are believed. How often different people do is read from the unsure pairs by expectation-maximisation
    (Dempster, Laird & Rubin 1977) over their probabilities. The ratio is the likelihood ratio of the kind.

    Parameters
    ----------
    sizes : uint32[n_records]
        Records of each cluster.
    probability : float64[n_unsure]
        By the pair alone.
    kinds : uint8[n_unsure]

    Returns
    -------
    float64[3]
        By kind; 1 for `OTHER`, and where few pairs tell.
    """
    in_two, in_more = 2 * np.count_nonzero(sizes == 2), int(sizes[sizes > 2].sum())
    lone = (in_two + EXPECTED / 2) / (in_two + in_more + EXPECTED)
    of_matches = np.array([1 - TRUST, TRUST * lone, TRUST * (1 - lone)])
    values, which = np.unique(probability, return_inverse=True)
    n_pairs = np.bincount(which * 3 + kinds, minlength=3 * len(values)).reshape(-1, 3)
    of_others = of_matches
    for _ in range(ROUNDS):
        others = 1 - likelier(values[:, None], of_matches / of_others)
        expected = (others * n_pairs).sum(axis=0) + EXPECTED * of_matches
        of_others = expected / expected.sum()
    odds: Floats = of_matches / of_others
    odds[OTHER] = 1.0
    # Of a person with many records each is single beside some: what was counted says too much of them.
    odds[LONE] = max(odds[LONE], LEAST_ODDS)
    odds[SINGLE] = np.clip(odds[SINGLE], 1.0, max(odds[LONE], 1.0))
    return odds


def likelier(probability: Floats, odds: Floats | float) -> Floats:
    """Probabilities whose odds are so many times as high."""
    found: Floats = probability * odds / (1 + probability * (odds - 1))
    return found


def join_best(
    labels: Records, left: Records, right: Records, probability: Floats, threshold: float
) -> Records:
    """The clusters, those joined of which a pair is above the threshold and the best for both.

    Parameters
    ----------
    labels : uint32[n_records]
        Cluster of each record, its smallest row.
    probability : float64[n_pairs]
        With what company adds; 0 of pairs that may not join.
    """
    apart = np.flatnonzero((labels[left] != labels[right]) & (probability >= threshold))
    a, b = labels[left[apart]], labels[right[apart]]
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((high, low, -probability[apart]))
    ends = np.stack([low[order], high[order]], axis=1).ravel()
    # The first pair of a cluster, best first, is its best one.
    first = np.zeros(len(ends), bool)
    first[np.unique(ends, return_index=True)[1]] = True
    best = first.reshape(-1, 2).all(axis=1)
    name = np.arange(len(labels), dtype=np.uint32)
    name[high[order][best]] = low[order][best]
    return name[labels]
