# Packed agreement patterns -> levels, places in tables of levels, and counts of levels alone and in pairs.
"""Levels of agreement patterns: unpacked, placed in tables, counted."""

import numpy as np

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset


def unpack_levels(const uint64_t[::1] gamma not None, const int32_t[::1] shift not None,
                  const int32_t[::1] n_bits not None, uint8_t[::1, :] out not None):
    """Packed patterns -> codes, out[n_patterns, n_comparisons]: n_bits from bit `shift` on of each pattern."""
    cdef Py_ssize_t k, n = gamma.shape[0]
    cdef int f, at, mask, n_comparisons = shift.shape[0]
    if n_bits.shape[0] != n_comparisons or out.shape[0] != n or out.shape[1] != n_comparisons:
        raise ValueError("expected a shift and a width a comparison, and room for every code")
    if n_comparisons and (np.min(shift) < 0 or np.min(n_bits) < 0 or np.max(shift) > 63 or np.max(n_bits) > 8):
        raise ValueError("a level lies beyond the 64 bits of a pattern")
    with nogil:
        for f in range(n_comparisons):
            at = shift[f]
            mask = (1 << n_bits[f]) - 1
            for k in range(n):
                out[k, f] = <uint8_t> ((gamma[k] >> at) & mask)


def count_levels(const uint64_t[::1] gamma not None, const int32_t[::1] shift not None,
                 const int32_t[::1] n_bits not None, int64_t[:, ::1] out not None):
    """Add how often each code occurs in packed patterns to out[n_comparisons, 16]."""
    cdef Py_ssize_t k, n = gamma.shape[0]
    cdef int f, at, mask, n_comparisons = shift.shape[0]
    # Two counts apart: most patterns hold the same level, and one addition would wait for the one before.
    cdef int64_t apart[2][16]
    if n_bits.shape[0] != n_comparisons or out.shape[0] != n_comparisons or out.shape[1] != 16:
        raise ValueError("expected a shift, a width and 16 counts a comparison")
    if n_comparisons and (np.min(shift) < 0 or np.min(n_bits) < 0 or np.max(shift) > 63 or np.max(n_bits) > 4):
        raise ValueError("a level lies beyond the 64 bits of a pattern")
    with nogil:
        for f in range(n_comparisons):
            memset(&apart[0][0], 0, sizeof(apart))
            at = shift[f]
            mask = (1 << n_bits[f]) - 1
            for k in range(n):
                apart[k & 1][(gamma[k] >> at) & mask] += 1
            for k in range(16):
                out[f, k] += apart[0][k] + apart[1][k]


def table_entries(const uint8_t[::1, :] codes not None, const int32_t[::1] base not None,
                  const int32_t[::1] parent not None, const int32_t[::1] n_codes not None):
    """Where each pattern's levels stand in tables [comparison][code of parent][code].

    Returns
    -------
    int16[n_patterns, n_comparisons], one comparison's entries side by side
    """
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int f, p, at, n_comparisons = codes.shape[1]
    out = np.empty((n, n_comparisons), np.int16, order="F")
    cdef int16_t[::1, :] view = out
    with nogil:
        for f in range(n_comparisons):
            p = parent[f]
            at = base[f]
            if p < 0:
                for k in range(n):
                    view[k, f] = <int16_t> (at + codes[k, f])
            else:
                for k in range(n):
                    view[k, f] = <int16_t> (at + codes[k, f] + codes[k, p] * n_codes[f])
    return out


def number_pairs(const int16_t[::1] left not None, const int16_t[::1] right not None, int16_t[::1] out not None,
                 int32_t[::1] first not None):
    """Number the distinct pairs of two columns in order of appearance.

    Parameters
    ----------
    left, right : int16[n]
        None negative.
    out : int16[n]
        Filled with each pair's number.
    first : int32[most]
        Filled with where each number stands first; at most 16384.

    Returns
    -------
    int
        How many there are, or -1 if there are more than `most`.
    """
    cdef Py_ssize_t k, n = left.shape[0]
    cdef uint32_t slot, mask = 16
    cdef uint64_t key
    cdef int n_found = 0, most = first.shape[0]
    if right.shape[0] != n or out.shape[0] != n or most > 16384:
        raise ValueError("expected columns of one length and at most 16384 numbers")
    if n and (np.min(left) < 0 or np.min(right) < 0):
        raise ValueError("expected no negative number")
    while mask < 2 * <uint32_t> most:
        mask *= 2
    keys, numbers = np.zeros(mask, np.uint32), np.empty(mask, np.int16)
    mask -= 1
    cdef uint32_t[::1] held = keys
    cdef int16_t[::1] number = numbers
    with nogil:
        for k in range(n):
            key = (<uint64_t> left[k] << 16 | <uint64_t> right[k]) + 1
            slot = <uint32_t> ((key * 0x9E3779B97F4A7C15u) >> 32) & mask
            while held[slot] and held[slot] != key:
                slot = (slot + 1) & mask
            if held[slot] == 0:
                if n_found == most:
                    n_found = -1
                    break
                held[slot] = <uint32_t> key
                number[slot] = <int16_t> n_found
                first[n_found] = <int32_t> k
                n_found += 1
            out[k] = number[slot]
    return n_found


def entry_counts(const int16_t[::1, :] entries not None, const double[::1] counts not None, int size):
    """The sum of the patterns' counts at each entry of the tables; float64[size]."""
    cdef Py_ssize_t k, n = entries.shape[0]
    cdef int f, n_comparisons = entries.shape[1]
    # Four sums apart: most patterns hold the same level, and one addition would wait for the one before.
    out = np.zeros((4, size))
    cdef double[:, ::1] view = out
    if counts.shape[0] != n:
        raise ValueError("entries and counts differ in length")
    if n and n_comparisons and not 0 <= np.min(entries) <= np.max(entries) < size:
        raise ValueError("a pattern's entry lies beyond the tables")
    with nogil:
        for f in range(n_comparisons):
            for k in range(n):
                view[k & 3, entries[k, f]] += counts[k]
    return out.sum(axis=0)


def joint_counts(const uint8_t[::1, :] codes not None, const double[::1] counts not None):
    """Weighted counts of every pair of codes of every pair of comparisons; float64[f, f, 16, 16].

    Entry [i, j, a, b] for j < i: patterns with code a of comparison i and b of comparison j. Patterns are
    counted where both codes differ from their comparison's most frequent one; the rest follows from the sums.
    """
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int i, j, a, b, x, y, n_rare, f = codes.shape[1]
    cdef double rest, least
    cdef int usual[64]
    cdef int rare[64]
    cdef double apart[4][16]
    if f > 64 or counts.shape[0] != n:
        raise ValueError("expected at most 64 comparisons, and one count a pattern")
    if n and f and np.max(codes) > 15:
        raise ValueError("a code lies beyond 15")
    single, out = np.zeros((f, 16)), np.zeros((f, f, 16, 16))
    cdef double[:, ::1] alone = single
    cdef double[:, :, :, ::1] view = out
    with nogil:
        for i in range(f):
            memset(&apart[0][0], 0, sizeof(apart))
            for k in range(n):
                apart[k & 3][codes[k, i]] += counts[k]
            usual[i] = 0
            for a in range(16):
                alone[i, a] = apart[0][a] + apart[1][a] + apart[2][a] + apart[3][a]
            for a in range(16):
                if alone[i, a] > alone[i, usual[i]]:
                    usual[i] = a
        for k in range(n):
            if counts[k] == 0:
                continue
            n_rare = 0
            for i in range(f):
                rare[n_rare] = i
                n_rare += codes[k, i] != usual[i]
            for x in range(n_rare):
                i = rare[x]
                a = codes[k, i]
                for y in range(x):
                    j = rare[y]
                    view[i, j, a, codes[k, j]] += counts[k]
        for i in range(f):
            for j in range(i):
                least = 0
                for a in range(16):
                    least += alone[i, a]
                least *= 1e-12           # what rounding leaves is no count
                for a in range(16):
                    if a == usual[i]:
                        continue
                    rest = alone[i, a]
                    for b in range(16):
                        rest -= view[i, j, a, b]
                    view[i, j, a, usual[j]] = rest if rest > least else 0
                for b in range(16):
                    rest = alone[j, b]
                    for a in range(16):
                        rest -= view[i, j, a, b]
                    view[i, j, usual[i], b] = rest if rest > least else 0
    return out
