# Value counts and agreement patterns -> group totals and the expectation step of EM.
"""Group totals of value counts, and the expectation step of EM over agreement patterns."""

import numpy as np

from libc.math cimport exp2
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free

cdef extern from *:
    """
    typedef double linkage_classes __attribute__((vector_size(64), aligned(8), may_alias));
    static inline void linkage_sum_rows(double *w, const double *rows, const int16_t *at, int n) {
        linkage_classes sum = *(const linkage_classes *)(rows + 8 * (long)at[0]);
        for (int i = 1; i < n; i++) sum += *(const linkage_classes *)(rows + 8 * (long)at[i]);
        *(linkage_classes *)w = sum;
    }
    static inline void linkage_add_rows(double *rows, const int16_t *at, int n, const double *w) {
        const linkage_classes added = *(const linkage_classes *)w;
        for (int i = 0; i < n; i++) *(linkage_classes *)(rows + 8 * (long)at[i]) += added;
    }
    // 2^x of eight numbers between -1000 and 0, to 1e-12 of the value: a whole power and a Taylor series of
    // the rest, at most half. Adding 1.5 * 2^52 rounds to a whole number, which then stands in the low bits.
    static inline void linkage_powers(double *w) {
        typedef long long whole __attribute__((vector_size(64), aligned(8), may_alias));
        const linkage_classes x = *(linkage_classes *)w;
        const linkage_classes shifted = x + 6755399441055744.0;
        const linkage_classes rest = (x - (shifted - 6755399441055744.0)) * 0.69314718055994531;
        linkage_classes p = rest * (1.0 / 39916800) + 1.0 / 3628800;
        p = p * rest + 1.0 / 362880;
        p = p * rest + 1.0 / 40320;
        p = p * rest + 1.0 / 5040;
        p = p * rest + 1.0 / 720;
        p = p * rest + 1.0 / 120;
        p = p * rest + 1.0 / 24;
        p = p * rest + 1.0 / 6;
        p = p * rest + 0.5;
        p = p * rest + 1.0;
        p = p * rest + 1.0;
        *(whole *)w = (whole)p + ((whole)shifted << 52);
    }
    """
    void sum_rows "linkage_sum_rows"(double *w, const double *rows, const int16_t *at, int n) noexcept nogil
    void add_rows "linkage_add_rows"(double *rows, const int16_t *at, int n, const double *w) noexcept nogil
    void powers "linkage_powers"(double *w) noexcept nogil

cdef enum:
    CLASSES = 8


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


def table_entries(const uint8_t[:, ::1] codes not None, const int32_t[::1] base not None,
                  const int32_t[::1] parent not None, const int32_t[::1] n_codes not None):
    """Where each pattern's levels stand in tables [comparison][code of parent][code].

    Returns
    -------
    int16[n_patterns, n_comparisons]
    """
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int f, at, n_comparisons = codes.shape[1]
    out = np.empty((n, n_comparisons), np.int16)
    cdef int16_t[:, ::1] view = out
    with nogil:
        for k in range(n):
            for f in range(n_comparisons):
                at = base[f] + codes[k, f]
                if parent[f] >= 0:
                    at += codes[k, parent[f]] * n_codes[f]
                view[k, f] = <int16_t> at
    return out


def expectation(const int16_t[:, ::1] entries not None, const double[::1] counts not None,
                const double[::1] rarity not None, const double[::1] rarity_shared not None,
                const double[:, ::1] bits not None, const double[::1] prior not None,
                const uint8_t[::1] any_rarity not None, double[:, ::1] expected not None,
                double[::1] posterior not None, double doubt=0):
    """Expected level counts of matches and of each class of relatives.

    Parameters
    ----------
    entries : int16[n_patterns, n_comparisons]
        See `table_entries`.
    counts : float64[n_patterns]
        Pairs with the pattern.
    rarity, rarity_shared : float64[n_patterns]
        Term-frequency bits of all comparisons, and of those that relatives share.
    bits : float64[n_table, 8]
        log2 of each class's probability over the strangers'; class 0 are the matches.
    prior : float64[n_classes]
        log2 odds against strangers.
    any_rarity : uint8[n_classes]
        1 where the class agrees on rare values as on frequent ones in every field, 0 only in shared ones.
    expected : float64[n_table, 8]
        Filled with expected counts per class.
    posterior : float64[n_patterns]
        Filled with the probability of a match.
    doubt : float
        Patterns less likely to match than this do not count as matches at all.

    Returns
    -------
    float64[n_classes]
        Expected pairs of each class.
    """
    cdef Py_ssize_t k, n = entries.shape[0]
    cdef int c, n_comparisons = entries.shape[1], n_classes = prior.shape[0]
    cdef double w[CLASSES]
    cdef double top, total, stranger
    cdef const int16_t *at
    sums = np.zeros(n_classes)
    cdef double[::1] total_of = sums
    if n_classes > CLASSES or bits.shape[1] != CLASSES or expected.shape[1] != CLASSES:
        raise ValueError(f"expected at most {CLASSES} classes, and {CLASSES} columns of bits and counts")
    if bits.shape[0] != expected.shape[0] or (n and not 0 <= np.min(entries) <= np.max(entries) < bits.shape[0]):
        raise ValueError("a pattern's entry lies beyond the tables")
    expected[:, :] = 0
    with nogil:
        for k in range(n):
            at = &entries[k, 0]
            sum_rows(w, &bits[0, 0], at, n_comparisons)
            top = 0
            for c in range(n_classes):
                w[c] += prior[c] + (rarity[k] if any_rarity[c] else rarity_shared[k])
                top = w[c] if w[c] > top else top
            for c in range(n_classes, CLASSES):
                w[c] = 0
            for c in range(CLASSES):
                w[c] = w[c] - top if w[c] - top > -60 else -60
            stranger = -top if top < 60 else -60
            powers(w)
            total = exp2(stranger)
            for c in range(n_classes):
                total += w[c]
            posterior[k] = w[0] / total
            if posterior[k] < doubt:
                w[0] = 0
            for c in range(CLASSES):
                w[c] = w[c] * counts[k] / total if c < n_classes and w[c] > 1e-9 * total else 0
            for c in range(n_classes):
                total_of[c] += w[c]
            add_rows(&expected[0, 0], at, n_comparisons, w)
    return sums


def match_bits(const int16_t[:, ::1] entries not None, const double[::1] rarity not None,
               const double[::1] bits not None, double prior):
    """log2 odds of one class against strangers of each pattern; float64[n_patterns]."""
    cdef Py_ssize_t k, n = entries.shape[0]
    cdef int f, n_comparisons = entries.shape[1]
    cdef double w
    out = np.empty(n)
    cdef double[::1] view = out
    if n and not 0 <= np.min(entries) <= np.max(entries) < bits.shape[0]:
        raise ValueError("a pattern's entry lies beyond the tables")
    with nogil:
        for k in range(n):
            w = prior + rarity[k]
            for f in range(n_comparisons):
                w += bits[entries[k, f]]
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
