"""Scored pairs of two tables -> whether one holds a person twice, and which pairs are with a double."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linkage.resolve import Resolution

Rows = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]
Doubles = tuple[Flags, Flags]
MOST_SHARED = 0.02
"""Share of sure links whose record has a second sure partner that is surely the first one's double, up to
which both tables count as free of duplicates: a few are chance. A second partner that is unlike the first is
another person, a relative mostly, and speaks for one partner each."""
MOST_ALIKE, FEW_STRONGEST = 0.1, 0.1
"""The same where what looks like a double may be a brother: of three records of one person the two in one
table are often the two most alike, of a person and two brothers hardly ever. Where that is so in fewer than a
tenth of the cases, up to a tenth of the sure links may have such a second partner."""


def have_one_partner(resolution: Resolution, threshold: int) -> tuple[bool, bool]:
    """Whether a record of the left table has one partner at most, and one of the right table.

    Parameters
    ----------
    resolution : Resolution
        All scored pairs, before partners are chosen among them.
    threshold : int
        Match weight from which a pair is sure, in 1/256 bit.
    """
    sure = resolution.pairs.take(resolution.pairs.weight >= threshold)
    if not len(sure.left):
        return True, True
    of_left, of_right = (
        _count_doubles(resolution, record, partner, sure.weight, threshold)
        for record, partner in ((sure.left, sure.right), (sure.right, sure.left))
    )
    if _are_few(of_left[0] + of_right[0], of_left[1] + of_right[1], len(sure.left)):
        return True, True
    left, right = (_are_few(doubles, strongest, len(sure.left)) for doubles, strongest in (of_left, of_right))
    if left and right:
        return of_left <= of_right, of_left > of_right
    return left, right


def _are_few(doubles: int, strongest: int, n: int) -> bool:
    few = MOST_ALIKE if strongest < FEW_STRONGEST * doubles else MOST_SHARED
    return doubles <= few * n


def _count_doubles(
    resolution: Resolution, record: Rows, partner: Rows, weight: npt.NDArray[np.int32], threshold: int
) -> tuple[int, int]:
    """Second and later partners of a record that match the one before them, the surer ones first.

    Also how many of them match it as surely as the record itself does.
    """
    in_order = np.sort(record)
    is_shared = np.zeros(resolution.records.n_records, np.bool_)
    is_shared[in_order[1:][in_order[1:] == in_order[:-1]]] = True
    kept = np.flatnonzero(is_shared[record])
    kept = kept[np.lexsort((partner[kept], -weight[kept], record[kept]))]
    again = np.flatnonzero(record[kept[1:]] == record[kept[:-1]])
    one, other = partner[kept[again]], partner[kept[again + 1]]
    between = resolution.weights_of(np.minimum(one, other), np.maximum(one, other))
    match = between >= threshold
    return int(np.count_nonzero(match)), int(np.count_nonzero(match & (between >= weight[kept[again]])))


def of_doubles(resolution: Resolution, chosen: Flags, threshold: int) -> Doubles:
    """Pairs whose right record matches their left record's chosen partner, and the other way round.

    Where a table holds a person twice these two are that person, so such a pair says nothing against the
    chosen one.

    Parameters
    ----------
    resolution : Resolution
        All scored pairs.
    chosen : bool[n_pairs]
        The assignment, one partner each.
    threshold : int
        Match weight from which two records of one table are doubles, in 1/256 bit.

    Returns
    -------
    tuple of bool[n_pairs]
    """
    pairs = resolution.pairs
    nobody = np.uint32(resolution.records.n_records)
    partner = np.full(nobody, nobody, np.uint32)
    partner[pairs.left[chosen]] = pairs.right[chosen]
    partner[pairs.right[chosen]] = pairs.left[chosen]

    def match(one: Rows, other: Rows) -> Flags:
        asked = np.flatnonzero((one != nobody) & ~chosen)
        one, other = one[asked], other[asked]
        found = np.zeros(len(chosen), np.bool_)
        found[asked] = resolution.weights_of(np.minimum(one, other), np.maximum(one, other)) >= threshold
        return found

    return match(partner[pairs.left], pairs.right), match(partner[pairs.right], pairs.left)
