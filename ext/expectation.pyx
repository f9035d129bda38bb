# Agreement patterns, cut into runs of comparisons, and what each run says -> expected counts: EM's E-step.
"""The expectation step of EM over agreement patterns, all classes of pairs at once."""

import numpy as np

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t

from classes cimport CLASSES, Step, add_rows, expect, sum_rows


def run_sums(const int32_t[::1] offsets not None, const int16_t[::1] members not None,
             const double[:, ::1] rows not None):
    """For each run the sum of its members' rows; float64[n_runs, 8]."""
    cdef Py_ssize_t k, n = offsets.shape[0] - 1
    if rows.shape[1] != CLASSES:
        raise ValueError(f"expected rows of {CLASSES} columns")
    check_runs(offsets, members, rows.shape[0])
    out = np.zeros((n, CLASSES))
    cdef double[:, ::1] view = out
    with nogil:
        for k in range(n):
            if offsets[k + 1] > offsets[k]:
                sum_rows(&view[k, 0], &rows[0, 0], &members[offsets[k]], offsets[k + 1] - offsets[k])
    return out


cdef check_runs(const int32_t[::1] offsets, const int16_t[::1] members, Py_ssize_t size):
    if not offsets.shape[0] or offsets[0] or offsets[offsets.shape[0] - 1] > members.shape[0] \
            or np.any(np.diff(offsets) < 0):
        raise ValueError("the runs do not fit their members")
    if members.shape[0] and not 0 <= np.min(members) <= np.max(members) < size:
        raise ValueError("a run's member lies beyond the tables")


def expectation(const int16_t[:, ::1] contents not None, const int64_t[::1] begins not None,
                const double[::1] counts not None, const double[::1] rarity not None,
                const double[::1] rarity_shared not None, const double[:, ::1] bits not None,
                const int32_t[::1] offsets not None, const int16_t[::1] members not None,
                const double[::1] prior not None, const uint8_t[::1] any_rarity not None,
                double[:, :, ::1] expected not None, double[::1] posterior not None,
                double[::1] best not None, double doubt=0):
    """Expected counts of matches and of each class of relatives, by kind of pattern and entry of the tables.

    Parameters
    ----------
    contents : int16[n_patterns, n_runs]
        Rows of `bits` that a pattern sums: the content of each of its runs of comparisons.
    begins : int64[n_kinds + 1]
        Where the patterns of each kind begin, and where the last one's end.
    counts : float64[n_patterns]
        Pairs with the pattern.
    rarity, rarity_shared : float64[n_patterns]
        Term-frequency bits of all comparisons, and of those that relatives share.
    bits : float64[n_contents, 8]
        log2 of each class's probability over the strangers'; class 0 are the matches, unused classes 0.
    offsets : int32[n_contents + 1]
    members : int16[offsets[-1]]
        Entries in the flat tables of each content.
    prior : float64[n_classes]
        log2 odds against strangers.
    any_rarity : uint8[n_classes]
        1 where the class agrees on rare values as on frequent ones in every field, 0 only in shared ones.
    expected : float64[n_kinds, size, 8]
        Filled with expected counts per entry of the tables and class.
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
    cdef Py_ssize_t k, kind, n = contents.shape[0], n_kinds = begins.shape[0] - 1, n_contents = bits.shape[0]
    cdef int c, n_runs = contents.shape[1], n_classes = prior.shape[0]
    cdef Step step
    if n_classes > CLASSES or bits.shape[1] != CLASSES or expected.shape[2] != CLASSES:
        raise ValueError(f"expected at most {CLASSES} classes, and {CLASSES} columns of bits and counts")
    if not (counts.shape[0] == rarity.shape[0] == rarity_shared.shape[0] == posterior.shape[0]
            == best.shape[0] == n) or any_rarity.shape[0] != n_classes:
        raise ValueError("expected one count, rarity and place a pattern, one flag a class")
    if n_kinds != expected.shape[0] or n_kinds < 0 or begins[0] or begins[n_kinds] != n or np.any(np.diff(begins) < 0):
        raise ValueError("the kinds do not fit the patterns")
    if n and not 0 <= np.min(contents) <= np.max(contents) < n_contents:
        raise ValueError("a pattern's content lies beyond the tables")
    if offsets.shape[0] != n_contents + 1:
        raise ValueError("expected one run a content")
    check_runs(offsets, members, expected.shape[1])
    for c in range(CLASSES):
        step.prior[c] = prior[c] if c < n_classes else -1e6
        step.own[c] = c < n_classes and any_rarity[c]
        step.shared[c] = c < n_classes and not any_rarity[c]
        step.is_class[c] = c < n_classes
        step.sums[c] = 0
    step.doubt = doubt
    cdef double[:, ::1] of_contents = np.empty((n_contents, CLASSES))
    with nogil:
        expected[:, :, :] = 0
        for kind in range(n_kinds):
            if begins[kind] == begins[kind + 1]:
                continue
            of_contents[:, :] = 0
            for k in range(begins[kind], begins[kind + 1]):
                expect(&step, &bits[0, 0], &of_contents[0, 0], &contents[k, 0], n_runs,
                       counts[k], rarity[k], rarity_shared[k], &posterior[k], &best[k])
            for k in range(n_contents):
                if offsets[k + 1] > offsets[k]:
                    add_rows(&expected[kind, 0, 0], &members[offsets[k]], offsets[k + 1] - offsets[k], &of_contents[k, 0])
    return np.array([step.sums[c] for c in range(n_classes)])
