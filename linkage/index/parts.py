"""A segment and which of its records have ended: what a search goes through."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from linkage.index.engine import Rows, SegmentLike

Bits = npt.NDArray[np.uint8]


class Part(NamedTuple):
    """One segment as a snapshot sees it.

    Attributes
    ----------
    segment : Segment
    dead : uint8[ceil(n_records / 8)] or None
        Bit ``row & 7`` of byte ``row >> 3`` is set when the record has been deleted or replaced; None when
        none has. Never written to once made.
    n_dead : int
    """

    segment: SegmentLike
    dead: Bits | None
    n_dead: int

    @property
    def n_live(self) -> int:
        """Records that have not ended."""
        return self.segment.n_records - self.n_dead

    def is_dead(self, row: int) -> bool:
        """Whether this record has ended."""
        return self.dead is not None and bool(self.dead[row >> 3] >> (row & 7) & 1)


def part_of(segment: SegmentLike, dead: BitMap) -> Part:
    """A segment with a bitmap of rows, all below its number of records."""
    if not dead:
        return Part(segment, None, 0)
    return with_dead(Part(segment, None, 0), np.frombuffer(dead.to_array(), np.uint32), len(dead))


def with_dead(part: Part, rows: Rows, n_new: int) -> Part:
    """A copy of the part in which these `n_new` rows, live so far, have ended as well."""
    size = (part.segment.n_records + 7) // 8
    bits = np.zeros(size, np.uint8) if part.dead is None else part.dead.copy()
    np.bitwise_or.at(bits, rows >> 3, np.left_shift(1, rows & 7).astype(np.uint8))
    bits.flags.writeable = False
    return Part(part.segment, bits, part.n_dead + n_new)


def live_rows(part: Part) -> Rows:
    """The rows that have not ended, ascending."""
    n = part.segment.n_records
    if part.dead is None:
        return np.arange(n, dtype=np.uint32)
    dead = np.unpackbits(part.dead, bitorder="little", count=n)
    return np.flatnonzero(dead == 0).astype(np.uint32)
