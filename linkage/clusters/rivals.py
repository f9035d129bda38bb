"""Weighted pairs of two tables, and who has a sure partner -> how much likelier the other pairs are, in bits.

Whoever has a sure partner has no other: what else looks like them are strangers, and as many strangers look
like those without a partner. So strangers among the unsure pairs of records without a sure partner are
counted, not believed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Records = NDArray[np.uint32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Side = tuple[Flags, Flags, Flags]
"""Which of a table's records are taken; for each pair whether its record there is, and whether the other."""
SURE, LEAST = 8.0, -5.0
"""Bits from which a chosen pair is sure, and down to which pairs tell of strangers."""
LIKELY = 2.0
"""Bits from which a pair is likely: these have to have more strangers themselves to become less so."""
EXPECTED = 4.0
"""Pairs that the expectation is worth that the weights are right: a few cannot tell."""
MOST = 4.0
"""Bits that are added or taken at most."""
HALVINGS = 50


def bits_without_rivals(
    left: Records, right: Records, weight: Floats, chosen: Flags, n_left: int, n_right: int,
    has_one: tuple[bool, bool] = (True, True),
) -> Floats:  # fmt: skip
    """Bits to add to each pair's weight.

    Parameters
    ----------
    left, right : uint32[n_pairs]
        Records of the left and of the right table, each counted from 0.
    weight : float64[n_pairs]
        Match weights, bits.
    chosen : bool[n_pairs]
        The assignment, one partner each; doubles of one partner may be chosen with it.
    n_left, n_right : int
        Records of each table.
    has_one : (bool, bool)
        Whether a left record has one partner at most, and a right one: a register's entry has many claims.

    Returns
    -------
    float64[n_pairs]
        One number for all pairs of records without another sure partner, 0 for others. What would make a
        pair less likely is not taken from sure ones.
    """
    sure = chosen & (weight >= SURE)
    taken = [_flags(left[sure & has_one[0]], n_left), _flags(right[sure & has_one[1]], n_right)]
    of_left, of_right = taken[0][left], taken[1][right]
    unsure = (weight >= LEAST) & (weight < SURE)
    bits = np.zeros(len(weight))
    is_open = unsure & ~of_left & ~of_right
    if not is_open.any():
        return bits
    sides = [(taken[0], of_left, of_right), (taken[1], of_right, of_left)]
    sides = [side for side, one in zip(sides, has_one, strict=True) if one]
    more = _more(weight, unsure, chosen, sides)
    if more < 0:  # the doubtful ones, most of them strangers anyway, say little of the others
        likely = _more(weight, unsure & (weight >= LIKELY), chosen, sides)
        more = max(more, min(likely, 0.0))
    bits[is_open] = more
    if more > 0:
        bits[~(of_left | of_right) | sure] = more
    return bits


def _more(weight: Floats, unsure: Flags, chosen: Flags, sides: Sequence[Side]) -> float:
    """Bits by which unsure pairs are likelier than their weights, by the strangers of whoever is taken."""
    of_open = weight[unsure & ~sides[0][1] & ~sides[0][2]]
    strangers = float((1 / (1 + np.exp2(of_open))).sum())
    ratios = []
    for flags, mine, other in sides:
        n_taken = int(np.count_nonzero(flags))
        seen = np.count_nonzero(unsure & mine & ~other & ~chosen)
        foretold = strangers * n_taken / (len(flags) - n_taken) if n_taken < len(flags) else 0.0
        ratios.append((seen + EXPECTED) / (foretold + EXPECTED))
    ratio = _nearest_to_one(ratios)
    return _shift(of_open, strangers * ratio) if ratio != 1 and len(of_open) else 0.0


def _nearest_to_one(ratios: Sequence[float]) -> float:
    """What all sides say at least: more strangers than foretold, or fewer; 1 where they disagree."""
    return max(min(ratios), min(max(ratios), 1.0))


def _flags(records: Records, n: int) -> Flags:
    flags = np.zeros(n, np.bool_)
    flags[records] = True
    return flags


def _shift(weight: Floats, strangers: float) -> float:
    """Bits that make so many strangers of pairs of these weights, within `MOST` of none."""
    low, high = -MOST, MOST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if (1 / (1 + np.exp2(weight + middle))).sum() > strangers:
            low = middle
        else:
            high = middle
    return (low + high) / 2
