# Sorted keys with rows -> runs of equal keys that hold at least one pair.
"""Sorted packed keys -> blocks: runs of equal keys with at least one pair."""

import numpy as np

from libc.stdint cimport uint32_t, uint64_t


def keep_blocks(uint64_t[::1] packed not None, uint32_t split):
    """Drop, in place, the runs without a pair.

    Parameters
    ----------
    packed : uint64[n]
        key << 32 | row, sorted.
    split : int
        For a link, rows below it are left and a run needs both sides; 0 for a dedupe.

    Returns
    -------
    kept : int
        Entries kept at the front of packed.
    lengths, lefts : uint32[n_blocks]
        Records of each block, and those of them that are left ones (0 for a dedupe).
    """
    cdef Py_ssize_t n = packed.shape[0], begin = 0, end, i, kept = 0, n_blocks = 0
    cdef uint32_t left
    lengths = np.empty(n // 2 + 1, np.uint32)
    lefts = np.empty(n // 2 + 1 if split else 0, np.uint32)
    cdef uint32_t[::1] length_of = lengths, left_of = lefts
    if not split:
        with nogil:
            kept = keep_runs(packed, length_of, &n_blocks)
        return kept, lengths[:n_blocks].copy(), np.zeros(n_blocks, np.uint32)
    with nogil:
        while begin < n:
            end = begin + 1
            while end < n and packed[end] >> 32 == packed[begin] >> 32:
                end += 1
            left = 0
            for i in range(begin, end):
                left += <uint32_t> (<uint32_t> packed[i] < split)
            if left > 0 and left < <uint32_t> (end - begin):
                length_of[n_blocks] = <uint32_t> (end - begin)
                left_of[n_blocks] = left
                n_blocks += 1
                for i in range(begin, end):
                    packed[kept] = packed[i]
                    kept += 1
            begin = end
    return kept, lengths[:n_blocks].copy(), lefts[:n_blocks].copy()


# Drop the entries whose key no neighbour has; how many are kept, and the lengths of their runs. No branch depends on a
# run, as most hold two or three entries.
cdef Py_ssize_t keep_runs(uint64_t[::1] packed, uint32_t[::1] lengths, Py_ssize_t *n_runs) noexcept nogil:
    cdef Py_ssize_t n = packed.shape[0], i, kept = 0, n_found = 0
    cdef uint64_t entry
    cdef bint goes_on = False, follows
    for i in range(n):
        entry = packed[i]
        follows = i + 1 < n and packed[i + 1] >> 32 == entry >> 32
        lengths[n_found] = <uint32_t> kept          # where the run begins, if one does
        n_found += follows & (not goes_on)
        packed[kept] = entry
        kept += follows | goes_on
        goes_on = follows
    for i in range(n_found):
        lengths[i] = (lengths[i + 1] if i + 1 < n_found else <uint32_t> kept) - lengths[i]
    n_runs[0] = n_found
    return kept


def part_blocks(uint64_t[::1] packed not None, const uint32_t[::1] lengths not None, uint32_t cap, room=None):
    """Move the blocks of more than cap entries out of packed, in place, in their order.

    Parameters
    ----------
    packed : uint64[n]
    lengths : uint32[n_blocks]
    cap : int
    room : uint64[m] or None
        Other memory, to whose front they go where it is large enough.

    Returns
    -------
    large : uint64[n]
        The entries of these blocks; those of the others are in front of packed.
    """
    cdef Py_ssize_t i, k, at = 0, kept = 0, moved = 0, n_large = 0, total = 0
    with nogil:
        for k in range(lengths.shape[0]):
            total += lengths[k]
            n_large += lengths[k] if lengths[k] > cap else 0
    if total != packed.shape[0]:
        raise ValueError("the blocks do not fill packed")
    large = np.empty(n_large, np.uint64) if room is None or len(room) < n_large else room[:n_large]
    cdef uint64_t[::1] out = large
    with nogil:
        for k in range(lengths.shape[0]):
            if lengths[k] > cap:
                for i in range(at, at + lengths[k]):
                    out[moved] = packed[i]
                    moved += 1
            else:
                for i in range(at, at + lengths[k]):
                    packed[kept] = packed[i]
                    kept += 1
            at += lengths[k]
    return large


def cut_blocks(const uint64_t[::1] packed not None, Py_ssize_t n_tasks):
    """Cut blocks into at most so many tasks of about as many entries, between blocks.

    Keys are hashes: blocks follow one another in no order of their sizes, so that as many entries have as many pairs.

    Returns
    -------
    list of int
        Where each task ends in packed.
    """
    cdef Py_ssize_t n = packed.shape[0], k, last = 0, at = 0
    if n_tasks < 1:
        raise ValueError(f"expected one task or more, got {n_tasks}")
    ends = []
    for k in range(1, n_tasks + 1):
        at = max(at, n * k // n_tasks)
        while 0 < at < n and packed[at] >> 32 == packed[at - 1] >> 32:
            at += 1
        if at > last:
            ends.append(at)
        last = at
    return ends
