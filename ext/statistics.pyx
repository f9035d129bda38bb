# Value counts and agreement patterns -> group totals and the expectation step of EM.
"""Group totals of value counts, and the expectation step of EM over agreement patterns."""

import numpy as np

from libc.math cimport exp2
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free


def group_totals(const uint64_t[::1] keys not None, const int64_t[::1] counts not None):
    """For each entry the sum of counts over all entries with its key; int64[n]."""
    cdef Py_ssize_t i, n = keys.shape[0]
    cdef uint64_t size = 16, mask, at
    if counts.shape[0] != n:
        raise ValueError("keys and counts differ in length")
    while size < 2 * <uint64_t> n:
        size *= 2
    mask = size - 1
    cdef uint64_t *held = <uint64_t *> calloc(size, 8)
    cdef int64_t *totals = <int64_t *> calloc(size, 8)
    if held == NULL or totals == NULL:
        free(held)
        free(totals)
        raise MemoryError
    out = np.empty(n, np.int64)
    cdef int64_t[::1] view = out
    cdef uint64_t key
    with nogil:
        for i in range(n):
            key = keys[i] | 1 if keys[i] == 0 else keys[i]
            at = (key * 0x9E3779B97F4A7C15u) >> 20 & mask
            while held[at] and held[at] != key:
                at = (at + 1) & mask
            held[at] = key
            totals[at] += counts[i]
        for i in range(n):
            key = keys[i] | 1 if keys[i] == 0 else keys[i]
            at = (key * 0x9E3779B97F4A7C15u) >> 20 & mask
            while held[at] != key:
                at = (at + 1) & mask
            view[i] = totals[at]
    free(held)
    free(totals)
    return out


def expectation(const uint8_t[:, ::1] codes not None, const double[::1] counts not None,
                const double[::1] rarity not None, const double[::1] rarity_shared not None,
                const int32_t[::1] base not None, const int32_t[::1] parent not None,
                const int32_t[::1] n_codes not None, const double[:, ::1] bits not None,
                const double[::1] prior not None, const uint8_t[::1] any_rarity not None,
                double[:, ::1] expected not None,
                double[::1] posterior not None, double doubt=0):
    """Expected level counts of matches, of each class of relatives, and of strangers.

    Parameters
    ----------
    codes : uint8[n_patterns, n_comparisons]
    counts : float64[n_patterns]
        Pairs with the pattern.
    rarity, rarity_shared : float64[n_patterns]
        Term-frequency bits of all comparisons, and of those that relatives share.
    base, parent, n_codes : int32[n_comparisons]
        Layout of the tables [comparison][code of parent][code].
    bits : float64[n_classes, n_table]
        log2 of the class's probability over the strangers'; class 0 are the matches.
    prior : float64[n_classes]
        log2 odds against strangers.
    any_rarity : uint8[n_classes]
        1 where the class agrees on rare values as on frequent ones in every field, 0 only in shared ones.
    expected : float64[n_classes + 1, n_table]
        Filled with expected counts; the last row is the strangers'.
    posterior : float64[n_patterns]
        Filled with the probability of a match.
    doubt : float
        Patterns less likely to match than this do not count as matches at all.

    Returns
    -------
    float64[n_classes]
        Expected pairs of each class.
    """
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int f, c, n_comparisons = codes.shape[1], n_classes = bits.shape[0]
    cdef int at[32]
    cdef double w[16]
    cdef double top, total
    sums = np.zeros(n_classes)
    cdef double[::1] total_of = sums
    if n_classes > 15 or n_comparisons > 32 or expected.shape[0] != n_classes + 1:
        raise ValueError("expected at most 15 classes and 32 comparisons, and a row of counts for each class")
    expected[:, :] = 0
    with nogil:
        for k in range(n):
            for f in range(n_comparisons):
                at[f] = base[f] + codes[k, f]
                if parent[f] >= 0:
                    at[f] += codes[k, parent[f]] * n_codes[f]
            top = 0
            for c in range(n_classes):
                w[c] = prior[c] + (rarity[k] if any_rarity[c] else rarity_shared[k])
                for f in range(n_comparisons):
                    w[c] += bits[c, at[f]]
                top = w[c] if w[c] > top else top
            w[n_classes] = exp2(-top)
            total = w[n_classes]
            for c in range(n_classes):
                w[c] = exp2(w[c] - top)
                total += w[c]
            posterior[k] = w[0] / total
            if posterior[k] < doubt:
                w[0] = 0
            for c in range(n_classes + 1):
                w[c] *= counts[k] / total
                if w[c] < 1e-9:
                    continue
                if c < n_classes:
                    total_of[c] += w[c]
                for f in range(n_comparisons):
                    expected[c, at[f]] += w[c]
    return sums


def match_bits(const uint8_t[:, ::1] codes not None, const double[::1] rarity not None,
               const int32_t[::1] base not None, const int32_t[::1] parent not None,
               const int32_t[::1] n_codes not None, const double[::1] bits not None, double prior):
    """log2 odds of one class against strangers of each pattern; float64[n_patterns]."""
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int f, at, n_comparisons = codes.shape[1]
    cdef double w
    out = np.empty(n)
    cdef double[::1] view = out
    with nogil:
        for k in range(n):
            w = prior + rarity[k]
            for f in range(n_comparisons):
                at = base[f] + codes[k, f]
                if parent[f] >= 0:
                    at += codes[k, parent[f]] * n_codes[f]
                w += bits[at]
            view[k] = w
    return out


def joint_counts(const uint8_t[:, ::1] codes not None, const double[::1] counts not None):
    """Weighted counts of every pair of codes of every pair of comparisons; float64[f, f, 16, 16].

    Entry [i, j, a, b] for j < i: patterns with code a of comparison i and b of comparison j.
    """
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int i, j, f = codes.shape[1]
    out = np.zeros((f, f, 16, 16))
    cdef double[:, :, :, ::1] view = out
    if n and np.max(codes) > 15:
        raise ValueError("a code lies beyond 15")
    with nogil:
        for k in range(n):
            for i in range(1, f):
                for j in range(i):
                    view[i, j, codes[k, i], codes[k, j]] += counts[k]
    return out
