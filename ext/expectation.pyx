# Agreement patterns and what each level says -> expected counts: the expectation step of EM.
"""The expectation step of EM over agreement patterns, all classes of pairs at once."""

import numpy as np

from libc.stdint cimport int16_t, int32_t, uint8_t

from classes cimport CLASSES, Step, add_rows, expect, sum_rows


def run_sums(const int32_t[::1] offsets not None, const int16_t[::1] members not None,
             const double[:, ::1] rows not None):
    """For each run the sum of its members' rows; float64[n_runs, 8]."""
    cdef Py_ssize_t k, n = offsets.shape[0] - 1
    check_runs(offsets, members, rows)
    out = np.zeros((n, CLASSES))
    cdef double[:, ::1] view = out
    with nogil:
        for k in range(n):
            if offsets[k + 1] > offsets[k]:
                sum_rows(&view[k, 0], &rows[0, 0], &members[offsets[k]], offsets[k + 1] - offsets[k])
    return out


def spread_runs(const int32_t[::1] offsets not None, const int16_t[::1] members not None,
                const double[:, ::1] rows not None, double[:, ::1] out not None):
    """Add each run's row to the rows of its members: what `run_sums` has gathered, back again."""
    cdef Py_ssize_t k, n = offsets.shape[0] - 1
    check_runs(offsets, members, out)
    if rows.shape[0] != n or rows.shape[1] != CLASSES:
        raise ValueError(f"expected {n} rows of {CLASSES} columns")
    with nogil:
        for k in range(n):
            if offsets[k + 1] > offsets[k]:
                add_rows(&out[0, 0], &members[offsets[k]], offsets[k + 1] - offsets[k], &rows[k, 0])


cdef check_runs(const int32_t[::1] offsets, const int16_t[::1] members, const double[:, ::1] rows):
    if rows.shape[1] != CLASSES or not offsets.shape[0] or offsets[0] or offsets[-1 + offsets.shape[0]] > members.shape[0] \
            or np.any(np.diff(offsets) < 0):
        raise ValueError("the runs do not fit their members, or the rows are no classes")
    if members.shape[0] and not 0 <= np.min(members) <= np.max(members) < rows.shape[0]:
        raise ValueError("a run's member lies beyond the tables")


def expectation(const int16_t[:, ::1] entries not None, const double[::1] counts not None,
                const double[::1] rarity not None, const double[::1] rarity_shared not None,
                const double[:, ::1] bits not None, const double[::1] prior not None,
                const uint8_t[::1] any_rarity not None, double[:, ::1] expected not None,
                double[::1] posterior not None, double[::1] best not None, double doubt=0):
    """Expected counts of matches and of each class of relatives, by entry.

    Parameters
    ----------
    entries : int16[n_patterns, n_entries]
        Rows of `bits` that a pattern sums: runs of comparisons (see `number_pairs`) or `table_entries`.
    counts : float64[n_patterns]
        Pairs with the pattern.
    rarity, rarity_shared : float64[n_patterns]
        Term-frequency bits of all comparisons, and of those that relatives share.
    bits : float64[n_table, 8]
        log2 of each class's probability over the strangers'; class 0 are the matches, unused classes 0.
    prior : float64[n_classes]
        log2 odds against strangers.
    any_rarity : uint8[n_classes]
        1 where the class agrees on rare values as on frequent ones in every field, 0 only in shared ones.
    expected : float64[n_table, 8]
        Filled with expected counts per class.
    posterior : float64[n_patterns]
        Filled with the probability of a match.
    best : float64[n_patterns]
        Filled with the log2 odds of the likeliest class against strangers.
    doubt : float
        Patterns less likely to match than this do not count as matches at all.

    Returns
    -------
    float64[n_classes]
        Expected pairs of each class.
    """
    cdef Py_ssize_t k, n = entries.shape[0]
    cdef int c, n_entries = entries.shape[1], n_classes = prior.shape[0]
    cdef Step step
    if n_classes > CLASSES or bits.shape[1] != CLASSES or expected.shape[1] != CLASSES:
        raise ValueError(f"expected at most {CLASSES} classes, and {CLASSES} columns of bits and counts")
    if not (counts.shape[0] == rarity.shape[0] == rarity_shared.shape[0] == posterior.shape[0]
            == best.shape[0] == n) or any_rarity.shape[0] != n_classes:
        raise ValueError("expected one count, rarity and place a pattern, one flag a class")
    if bits.shape[0] != expected.shape[0] or (n and not 0 <= np.min(entries) <= np.max(entries) < bits.shape[0]):
        raise ValueError("a pattern's entry lies beyond the tables")
    for c in range(CLASSES):
        step.prior[c] = prior[c] if c < n_classes else -1e6
        step.own[c] = c < n_classes and any_rarity[c]
        step.shared[c] = c < n_classes and not any_rarity[c]
        step.is_class[c] = c < n_classes
        step.sums[c] = 0
    step.doubt = doubt
    expected[:, :] = 0
    with nogil:
        for k in range(n):
            expect(&step, &bits[0, 0], &expected[0, 0], &entries[k, 0], n_entries,
                   counts[k], rarity[k], rarity_shared[k], &posterior[k], &best[k])
    return np.array([step.sums[c] for c in range(n_classes)])
