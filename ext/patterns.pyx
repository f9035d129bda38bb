# Packed agreement patterns -> levels, places in tables of levels, counts of levels alone and in pairs, shares.
"""Levels of agreement patterns: unpacked, placed in tables, counted, and the shares that counts make."""

import numpy as np

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

cdef enum:
    MOST_CODES = 256      # of a comparison, missing among them


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


cdef inline double total(const double *values, int n) noexcept nogil:
    cdef double found = 0
    cdef int k
    for k in range(n):
        found += values[k]
    return found


# One row of a table: its levels' counts and what is usual -> shares, none below what it may still be.
cdef inline void shares_of_row(const double *counts, const double *usual, int n, double strength, double *out) noexcept nogil:
    cdef double n_all = 0, seen = total(counts, n), least, again = 0
    cdef int k
    seen = seen if seen > 1 else 1
    for k in range(n):
        out[k] = counts[k] + strength * usual[k]
        n_all += out[k]
    for k in range(n):
        least = usual[k] if usual[k] < 0.5 / seen else 0.5 / seen
        out[k] = out[k] / n_all if out[k] / n_all > least else least
        again += out[k]
    for k in range(n):
        out[k] /= again


# As `who_moved` in linkage/model/patterns.py says.
cdef inline void draw_to_moved(double *levels, int n, double moved) noexcept nogil:
    cdef double first = levels[0] if levels[0] > moved else moved, rest = total(levels + 1, n - 1)
    cdef int k
    for k in range(1, n):
        levels[k] *= (1 - first) / (rest if rest > 1e-300 else 1e-300)
    levels[0] = first


def level_shares(const double[::1] counts not None, const int32_t[::1] base not None, const int32_t[::1] parent not None,
                 const int32_t[::1] n_codes not None, const double[::1] prior not None, const uint8_t[::1] moves not None,
                 const uint8_t[::1] spares not None, const uint8_t[::1] informative not None, double strength,
                 double parent_strength, double moved):
    """Counts of levels -> their shares given the parent's level; float64, in the layout of the counts.

    Parameters
    ----------
    counts : float64[size]
        Tables [comparison][code of parent][code], one behind the other from `base` on.
    prior : float64
        What is expected of each comparison's levels, one comparison behind the other, worth `strength` counts.
    moves, spares, informative : uint8[n_comparisons]
        Whether a row of those who differ in the parent is drawn to `moved`; whether each kind of damage to the
        parent leans on all others; whether what is missing says something.
    parent_strength : float
        Counts that a comparison's shares without its parent are worth in each row.
    """
    cdef Py_ssize_t size = counts.shape[0], n_prior = 0
    cdef int f, i, j, k, n, m, rows, n_comparisons = base.shape[0], at_prior = 0
    cdef double usual[2][MOST_CODES]
    cdef double others[MOST_CODES]
    cdef const double *held
    cdef double *to
    cdef double n_all, missing, rest
    if not parent.shape[0] == n_codes.shape[0] == moves.shape[0] == spares.shape[0] == informative.shape[0] == n_comparisons:
        raise ValueError("expected a base, a parent, codes and flags a comparison")
    for f in range(n_comparisons):
        if not 2 <= n_codes[f] <= MOST_CODES or parent[f] >= n_comparisons:
            raise ValueError(f"expected 2 to {MOST_CODES} codes and parents that are there")
        rows = n_codes[parent[f]] if parent[f] >= 0 else 1
        if base[f] < 0 or base[f] + rows * n_codes[f] > size:
            raise ValueError("a table leaves the counts")
        n_prior += n_codes[f] - 1
    if prior.shape[0] != n_prior:
        raise ValueError(f"expected {n_prior} prior shares, got {prior.shape[0]}")
    out = np.ones(size)
    cdef double[::1] view = out
    with nogil:
        for f in range(n_comparisons):
            m = n_codes[f]
            n = m - 1
            rows = n_codes[parent[f]] if parent[f] >= 0 else 1
            held, to = &counts[base[f]], &view[base[f]]
            n_all = 0
            for k in range(n):
                usual[0][k] = strength * prior[at_prior + k]
                for i in range(rows):
                    usual[0][k] += held[i * m + 1 + k]
                n_all += usual[0][k]
            at_prior += n
            for k in range(n):
                usual[0][k] /= n_all
                usual[1][k] = usual[0][k]
            if moves[f]:
                draw_to_moved(usual[1], n, moved)
            for i in range(rows):
                if parent[f] < 0:
                    for k in range(n):
                        to[1 + k] = usual[0][k]
                elif spares[f] and 2 <= i < rows - 1:
                    for k in range(n):
                        others[k] = parent_strength * usual[0][k]
                        for j in range(2, rows - 1):
                            if j != i:
                                others[k] += held[j * m + 1 + k]
                    n_all = total(others, n)
                    for k in range(n):
                        others[k] /= n_all
                    shares_of_row(held + i * m + 1, others, n, parent_strength, to + i * m + 1)
                else:
                    shares_of_row(held + i * m + 1, usual[i == 1], n, parent_strength, to + i * m + 1)
            if informative[f]:
                n_all = total(held, rows * m)
                n_all = n_all if n_all > 1 else 1
                missing = 0
                for i in range(rows):
                    missing += held[i * m]
                missing /= n_all
                rest = 1 - missing if 1 - missing > 0.5 / n_all else 0.5 / n_all
                for i in range(rows):
                    to[i * m] = min(max(missing, 1e-4), 1.0)
                    for k in range(n):
                        to[i * m + 1 + k] *= rest
    return out
