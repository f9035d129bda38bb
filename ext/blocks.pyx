# Sorted keys with rows -> runs of equal keys that hold at least one pair.
"""Sorted packed keys -> blocks: runs of equal keys with at least one pair."""

import numpy as np

from libc.stdint cimport uint32_t, uint64_t


def pack_keys(const uint32_t[:] keys not None, uint64_t[::1] packed not None):
    """Fill packed with key << 32 | row of the rows that have a key; returns how many."""
    cdef Py_ssize_t i, n = keys.shape[0], used = 0
    if packed.shape[0] < n:
        raise ValueError("packed is shorter than keys")
    with nogil:
        for i in range(n):
            packed[used] = <uint64_t> keys[i] << 32 | <uint64_t> i
            used += keys[i] != 0
    return used


def pack_repeated(const uint32_t[::1] keys not None, uint64_t[::1] packed not None):
    """As `pack_keys`, but leaves out most rows whose key no other row has: they need no sorting.

    Two bitmaps by the upper bits of the keys, at least eight bits a row: seen, and seen again.
    """
    cdef Py_ssize_t i, n = keys.shape[0], used = 0
    cdef int shift = 32 - min(max((8 * n).bit_length(), 12), 32)
    cdef uint64_t bit
    cdef uint32_t at
    if packed.shape[0] < n:
        raise ValueError("packed is shorter than keys")
    cdef uint64_t[::1] once = np.zeros((1 << (32 - shift)) // 64, np.uint64)
    cdef uint64_t[::1] again = np.zeros((1 << (32 - shift)) // 64, np.uint64)
    with nogil:
        for i in range(n):
            at = keys[i] >> shift
            bit = (<uint64_t> 1 << (at & 63)) * <uint64_t> (keys[i] != 0)
            again[at >> 6] |= once[at >> 6] & bit
            once[at >> 6] |= bit
        for i in range(n):
            at = keys[i] >> shift
            packed[used] = <uint64_t> keys[i] << 32 | <uint64_t> i
            used += (again[at >> 6] >> (at & 63) & 1) & <uint64_t> (keys[i] != 0)
    return used


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
    lefts = np.empty(n // 2 + 1, np.uint32)
    cdef uint32_t[::1] length_of = lengths, left_of = lefts
    with nogil:
        while begin < n:
            end = begin + 1
            while end < n and packed[end] >> 32 == packed[begin] >> 32:
                end += 1
            if end - begin > 1:
                left = 0
                if split:
                    for i in range(begin, end):
                        left += <uint32_t> (<uint32_t> packed[i] < split)
                if not split or (left > 0 and left < <uint32_t> (end - begin)):
                    length_of[n_blocks] = <uint32_t> (end - begin)
                    left_of[n_blocks] = left
                    n_blocks += 1
                    for i in range(begin, end):
                        packed[kept] = packed[i]
                        kept += 1
            begin = end
    return kept, lengths[:n_blocks].copy(), lefts[:n_blocks].copy()
