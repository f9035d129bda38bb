"""Clusters and pairs in doubt -> how much likelier these are, where different people would be doubled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from linkage.clusters.company import LEAST_LIKELY, likelier
from linkage.clusters.components import group_sizes

Records = NDArray[np.uint32]
Floats = NDArray[np.float64]

BELIEVED = 0.6
"""How often pairs in doubt that are of two people are doubled on both sides, at least, as a share of how
often those are that surely are of two: .68, .75 and .94 in registers of families, by what these hold."""

EXPECTED = 10.0
"""Pairs with as many fields told that must be sure before how often they are doubled is half believed."""

TOLD = 5.0
"""Pairs doubled on both sides that the expectation is worth by which the probabilities are right."""

MOST_TIMES = 10.0
"""Bits that the odds may gain."""

ROUNDS = 40


def as_others_are_doubled(
    labels: Records,
    left: Records,
    right: Records,
    probability: Floats,
    told: NDArray[np.intp],
) -> Floats:
    """Probabilities as high as it takes for pairs in doubt to hold no more different people than they show.

    People who live together, or look alike otherwise, are each as often in a cluster of their own as any
    record. So of pairs of different people a part is so on both sides, and a damaged record of one person
    is not: it is alone. A table without families that holds given names put in place of others looks to EM
    like one with families; here it shows, for hardly one of its pairs in doubt is doubled on both sides.

    Parameters
    ----------
    labels : uint32[n_records]
        Cluster of each record.
    left, right : uint32[n_pairs]
        Pairs that are not sure to match, each once.
    probability : float64[n_pairs]
        By the pair alone; below `LIKELIEST`.
    told : intp[n_pairs]
        Fields that both records of a pair hold: fuller records are damaged less, and doubled in other shares.

    Returns
    -------
    float64[n_pairs]
        Higher for pairs in doubt that are not doubled on both sides, else as given.
    """
    of_left, of_right = labels[left], labels[right]
    sizes = group_sizes(labels, len(labels))
    apart = of_left != of_right
    both = apart & (sizes[of_left] > 1) & (sizes[of_right] > 1)
    surely = apart & (probability < LEAST_LIKELY)
    unsure = apart & (probability >= LEAST_LIKELY)
    n_told = int(told.max(initial=0)) + 1
    others = np.bincount(told[surely], 1 - probability[surely], minlength=n_told)
    doubled = np.bincount(told[surely & both], minlength=n_told) / (others + EXPECTED)
    often = BELIEVED * doubled[told[unsure]]
    odds = odds_of_doubt(probability[unsure], often, int(np.count_nonzero(both & unsure)))
    out = probability.copy()
    lone = unsure & ~both
    out[lone] = likelier(probability[lone], odds)
    return out


def odds_of_doubt(probability: Floats, often: Floats, n_seen: int) -> float:
    """By how much all odds must rise for so many pairs to be doubled on both sides; 1 where none need.

    Parameters
    ----------
    probability : float64[n]
        Between 0 and 1, by the pair alone.
    often : float64[n]
        How often a pair of two people is doubled on both sides.
    n_seen : int
        How many are.
    """
    values, which = np.unique(probability, return_inverse=True)
    weights = np.bincount(which, often + TOLD / max(len(probability), 1), minlength=len(values))
    wanted = n_seen + TOLD * (1 - probability).sum() / max(len(probability), 1)
    low, high = 0.0, MOST_TIMES
    for _ in range(ROUNDS):
        bits = (low + high) / 2
        if ((1 - likelier(values, float(np.exp2(bits)))) * weights).sum() > wanted:
            low = bits
        else:
            high = bits
    return float(np.exp2(low))
