"""Encoded records -> rows of which one's name is another name of the other's.

A given name in the family name's place, a family name that is the other's maiden name: `costly_code` looks at
other fields of both rows there, so that what two names say is not settled by these names alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.comparison.program import Comparison, other_names_of, partner_of
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn

Rows = npt.NDArray[np.uint32]


class CrossedNames:
    """Which rows of two sides are crossed, and what that may be worth beyond what their values say.

    Parameters
    ----------
    records : EncodedRecords
    scorer : Scorer
        Of these comparisons, with its weights.
    sides : tuple of slice
        Rows on the left and on the right.
    """

    def __init__(
        self,
        records: EncodedRecords,
        scorer: Scorer,
        comparisons: Sequence[Comparison],
        sides: tuple[slice, slice],
    ) -> None:
        self._joins: list[tuple[_Held, _Held, int]] = []
        for i, item in enumerate(comparisons):
            if item.operation.name != "part":
                continue
            partner = partner_of(item.field, records.schema)
            others = other_names_of(item.field, records.schema)
            if partner is None and not others:
                continue
            gain = scorer.most_gained(i)
            own = [_names(records, item.name, side, words=False) for side in sides]
            named = [
                _together(
                    [_names(records, name, side, words=name in others) for name in {partner, *others} if name]
                )
                for side in sides
            ]
            self._joins += [(own[0], named[1], gain), (named[0], own[1], gain)]
        self._right = [right.by_hash() for _, right, _ in self._joins]

    def of(self, begin: int, end: int) -> tuple[npt.NDArray[np.int64], Rows, npt.NDArray[np.int32]]:
        """Which rows on the right are crossed with each of the rows begin..end on the left.

        Returns
        -------
        tuple
            first : int64[end - begin + 1], which of the others are of each row; others : uint32[m], rows on
            the right; gains : int32[m], 1/256 bit.
        """
        found: list[tuple[Rows, Rows, int]] = []
        for (left, _, gain), right in zip(self._joins, self._right, strict=True):
            some = slice(*left.rows.searchsorted([begin, end]))
            first, last = (right.hashes.searchsorted(left.hashes[some], side) for side in ("left", "right"))
            n = last - first
            at = np.arange(n.sum()) + np.repeat(first - (n.cumsum() - n), n)
            found.append((np.repeat(left.rows[some], n), right.rows[at], gain))
        rows = np.concatenate([left for left, _, _ in found] or [np.empty(0, np.uint32)])
        order = rows.argsort(kind="stable")
        others = np.concatenate([right for _, right, _ in found] or [rows])[order]
        gains = np.repeat([gain for _, _, gain in found], [len(left) for left, _, _ in found])
        bounds = rows[order].searchsorted(np.arange(begin, end + 1))
        return bounds, others, gains[order].astype(np.int32)


class _Held(NamedTuple):
    """Hashes of names and the rows that have them, by row."""

    hashes: npt.NDArray[np.uint64]
    rows: Rows

    def by_hash(self) -> _Held:
        """The same by hash."""
        order = self.hashes.argsort(kind="stable")
        return _Held(self.hashes[order], self.rows[order])


def _names(records: EncodedRecords, name: str, side: slice, *, words: bool) -> _Held:
    """A name's hash without diacritics, of rows that have it; and those of its words, if it has several."""
    column = records.columns[name]
    assert isinstance(column, TextColumn)
    value = column.values[records.rows[side, records.words[name]]]
    rows = np.arange(len(value), dtype=np.uint32)
    hashes, of = [value["folded"]], [rows]
    for k in range(value["tokens"].shape[1] if words else 0):
        several = (value["n_tokens"] > 1) & (value["n_tokens"] > k)
        hashes.append(column.tokens["folded"][value["tokens"][several, k]])
        of.append(rows[several])
    joined = _Held(np.concatenate(hashes), np.concatenate(of))
    return _together([_Held(joined.hashes[joined.hashes != 0], joined.rows[joined.hashes != 0])])


def _together(held: Sequence[_Held]) -> _Held:
    """All of them, by row."""
    hashes, rows = np.concatenate([h.hashes for h in held]), np.concatenate([h.rows for h in held])
    order = rows.argsort(kind="stable")
    return _Held(hashes[order], rows[order])
