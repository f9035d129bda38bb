"""Blocks too large to compare -> pieces of them that are not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ENTRIES_AT_ONCE = 1 << 20
"""Entries of large blocks that are cut into pieces at a time, and the rest of the last block."""
_ROW = np.uint64(0xFFFFFFFF)
Packed = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.uint32]


def pieces_of_blocks(packed: Packed, cap: int, split: int) -> Keys:
    """The piece of its block, at most cap records, that each entry belongs to.

    Neighbours in the order of the table stay together: exports list a place's people side by side. Of a link,
    both sides are cut alike, so that each piece holds its share of both. Some blocks at a time: places are
    counted in 64 bits, several of them an entry.
    """
    pieces = np.empty(len(packed), np.uint32)
    begin = 0
    while begin < len(packed):
        end = _end_of_blocks(packed, begin + ENTRIES_AT_ONCE)
        pieces[begin:end] = _pieces_of(packed[begin:end], cap, split)
        begin = end
    return pieces


def _end_of_blocks(packed: Packed, at: int) -> int:
    """Where the block of the entry before `at` ends."""
    if at >= len(packed):
        return len(packed)
    return int(np.searchsorted(packed, packed[at - 1] | _ROW, side="right"))


def _pieces_of(packed: Packed, cap: int, split: int) -> npt.NDArray[np.int64]:
    begins = np.flatnonzero(np.diff(packed >> np.uint64(32), prepend=np.uint64(0)))
    lengths = np.diff(begins, append=len(packed))
    position = np.arange(len(packed)) - np.repeat(begins, lengths)
    if not split:
        return position // cap
    is_left = (packed & _ROW) < split
    lefts = np.repeat(np.add.reduceat(is_left, begins, dtype=np.int64), lengths)
    lengths = np.repeat(lengths, lengths)
    position = np.where(is_left, position, position - lefts)
    of_side = np.where(is_left, lefts, lengths - lefts)
    # One less than cap: each side's share is rounded up.
    n_pieces = -(-lengths // (cap - 1))
    piece: npt.NDArray[np.int64] = position * n_pieces // of_side
    return piece
