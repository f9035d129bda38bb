"""Weighted pairs of two tables, one without duplicates -> one partner there for each record of the other.

Claims and a register: a person has many claims and one entry, so a claim's entry stands against the claim's
other entries and against none, while the entry's other claims are no rivals of it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from linkage.clusters.support import MOST_COVERED

Records = NDArray[np.uint32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Match = Callable[[Records, Records], Flags]


def one_partner(record: Records, partner: Records, weight: NDArray[np.int32], match: Match) -> Flags:
    """Which pairs are those of a record with its best partner, or with a double of that.

    Parameters
    ----------
    record, partner : uint32[n_pairs]
        Rows of the table whose records may be several of one person, and of the other table.
    weight : int32[n_pairs]
        Match weights; of equal ones the smallest partner is the best.
    match : callable
        Two rows of partners each -> whether they match each other: a table without duplicates has a few.
    """
    order = np.lexsort((partner, -weight, record))
    first = np.ones(len(order), np.bool_)
    np.not_equal(record[order[1:]], record[order[:-1]], out=first[1:])
    begins = np.flatnonzero(first)
    best = order[np.repeat(begins, np.diff(begins, append=len(order)))]
    chosen = np.zeros(len(order), np.bool_)
    chosen[order[first]] = True
    rest = np.flatnonzero(~first & (weight[order] >= 0))
    one, other = partner[best[rest]], partner[order[rest]]
    chosen[order[rest]] = match(np.minimum(one, other), np.maximum(one, other))
    return chosen


def partner_probability(record: Records, weight: Floats, chosen: Flags, coverage: float) -> Floats:
    """Probability of each chosen pair: its odds against those of rivals and of having no partner.

    Parameters
    ----------
    record : uint32[n_pairs]
        Rows counted from 0 to n_records, those with a pair or without.
    weight : float64[n_pairs]
        Match weights in bits.
    chosen : bool[n_pairs]
        What `one_partner` has chosen.
    coverage : float
        Share of the records that have a partner; at most `MOST_COVERED` is believed.

    Returns
    -------
    float64[n_chosen]
    """
    odds = np.exp2(np.minimum(weight, 60.0))
    rivals = np.bincount(record[~chosen], odds[~chosen], minlength=int(record.max(initial=0)) + 1)
    none = 1 - min(max(coverage, 0.0), MOST_COVERED)
    probability: Floats = odds[chosen] / (odds[chosen] + rivals[record[chosen]] + none)
    return probability
