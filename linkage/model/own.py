"""Patterns and expected matches -> how often matches differ in what is a person's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.model.patterns import Maximiser, tells_place

Array = npt.NDArray[np.float64]
ENOUGH_TO_TELL = 200
"""Matches at one place, and of other places, from which on the share that differs is told by either."""

LEAST_HELD = 0.1
"""Share of pairs that must hold a part of an address on both sides for it to tell where anybody lives."""

OWN = ("name", "part", "date", "category")
"""Comparisons of what a person hardly changes."""


def own_fields(shape: Maximiser, shared: Sequence[bool]) -> list[int]:
    """Comparisons of what is a person's own and hardly changes."""
    return [i for i, item in enumerate(shape.comparisons) if not shared[i] and item.operation.name in OWN]


def only_own(shape: Maximiser, shared: Sequence[bool]) -> int | None:
    """The comparison of what is a person's own and more than a category, where there is one alone."""
    own = [i for i in own_fields(shape, shared) if shape.comparisons[i].operation.name != "category"]
    return own[0] if len(own) == 1 else None


def n_unlike(codes: npt.NDArray[np.uint8], shape: Maximiser, own: Sequence[int]) -> npt.NDArray[np.int64]:
    """Of each pattern, in how many of the own fields the values are more than damaged."""
    n = np.zeros(len(codes), np.int64)
    for i in own:
        n += (codes[:, i] > 0) & (codes[:, i] < unlike_below(shape, i))
    return n


def unlike_below(shape: Maximiser, i: int) -> int:
    """The first code that a damaged value reaches."""
    operation = shape.comparisons[i].operation
    return operation.personal if operation.personal < operation.n_codes else operation.differ + 1


def shape_of_matches(by_unlike: Array, shape: Maximiser, own: Sequence[int]) -> Array:
    """Expected matches unlike in 0, 1, more own fields, float64[3, size] -> counts that m is made of.

    Damage befalls a person's fields one by one; two members of a family differ in several at once. So the
    share in which matches differ in one field is counted where the others agree. Of independent damage
    that is the same share, and families that look like matches do not shape it.
    """
    counts: Array = by_unlike[0] + by_unlike[1]
    for i in own:
        clean = unlike_below(shape, i)
        shape.table(counts, i)[:, clean:] = shape.table(by_unlike[0], i)[:, clean:]
    return counts


def is_elsewhere(codes: npt.NDArray[np.uint8], counts: Array, shape: Maximiser) -> npt.NDArray[np.bool_]:
    """Of each pattern, whether no part of an address narrower than a category is the same, but for damage.

    A text that few pairs hold on both sides (another name, a remark) tells of no place.
    """
    here = np.zeros(len(codes), bool)
    for i, item in enumerate(shape.comparisons):
        if not tells_place(item) or item.operation.name == "category":
            continue
        if counts[codes[:, i] > 0].sum() >= LEAST_HELD * counts.sum():
            here |= codes[:, i] >= unlike_below(shape, i)
    return ~here


def without_likenesses(
    counts: Array, by_place: Sequence[Array], shape: Maximiser, own: Sequence[int]
) -> None:
    """Bound the share of matches that differ altogether in an own field, in place.

    Nobody has another date of birth for having moved. Where of the matches that live elsewhere more differ in
    an own field than of those at one place (`by_place`: first these, counted alike), like-named people are
    among them; so the share at one place holds for all.
    """
    for i in own:
        most = shape.comparisons[i].operation.differ
        here, elsewhere = (shape.table(part, i)[:, 1:] for part in by_place)
        if min(here.sum(), elsewhere.sum()) < ENOUGH_TO_TELL:
            continue
        whole = shape.table(counts, i)[:, 1:]
        here_share, share = (table[:, :most].sum() / table.sum() for table in (here, whole))
        if share > here_share:
            whole[:, :most] *= here_share * (1 - share) / ((1 - here_share) * share)
