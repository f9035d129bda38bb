"""Patterns and expected matches -> how often matches differ in what is a person's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.model.patterns import Maximiser

Array = npt.NDArray[np.float64]
OWN = ("name", "part", "date", "category")
"""Comparisons of what a person hardly changes."""


def own_fields(shape: Maximiser, shared: Sequence[bool]) -> list[int]:
    """Comparisons of what is a person's own and hardly changes."""
    return [i for i, item in enumerate(shape.comparisons) if not shared[i] and item.operation.name in OWN]


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
