# Pairs of encoded rows -> fewer of them: of those whose rows differ in most fields, a share.
"""Pairs of rows -> which of them are worth a closer look, and for how many each stands."""

import numpy as np

from gathered cimport read_row
from hashing cimport mix, prefetch
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from linkage._kernels.row_pages cimport settle_pages
from pairs cimport pair_of

cdef enum:
    MOST_FIELDS = 64
    AHEAD = 16                  # pairs whose rows are on their way
    PAIRS_BETWEEN = 1 << 12     # two looks at what the process holds

cdef struct Fields:
    int n
    int words[MOST_FIELDS]
    bint are_two[MOST_FIELDS]   # a value of two words

# Whether two rows differ in more than twice as many fields as they agree in, of those that both hold.
cdef inline bint are_unlike(const Fields *f, const uint32_t *a, const uint32_t *b) noexcept nogil:
    cdef int k, n_equal = 0, n_held = 0
    cdef uint64_t x, y
    for k in range(f.n):
        x = a[f.words[k]]
        y = b[f.words[k]]
        if f.are_two[k]:
            x |= <uint64_t> a[f.words[k] + 1] << 32
            y |= <uint64_t> b[f.words[k] + 1] << 32
        n_held += (x != 0) & (y != 0)
        n_equal += (x != 0) & (x == y)
    return n_held > 3 * n_equal


def thin_unlike(const uint32_t[:, ::1] rows not None, const uint32_t[::1] left not None,
                const uint32_t[::1] right not None, list fields not None, int one_of, int rows_file=0):
    """Keep one of so many pairs whose rows differ in more than twice as many fields as they agree in.

    Parameters
    ----------
    rows : uint32[n_records, n_words]
    left, right : uint32[n]
    fields : list of (word, n_words)
        Where a field's value begins, and how many words it has: one or two. 0 is a missing value.
    one_of : int
        1 to 255. Which ones are kept depends on the two rows alone.
    rows_file : int
        Where the rows lie in a file its descriptor plus one.

    Returns
    -------
    uint8[n]
        For how many pairs each stands: 0 those that are left out, 1 those that are alike, else `one_of`.
    """
    cdef Py_ssize_t i, n = left.shape[0], width = rows.shape[1]
    cdef uint64_t n_rows = rows.shape[0], largest = 0
    cdef int k, n_words
    cdef const uint32_t *a
    cdef const uint32_t *b
    cdef Fields f
    if right.shape[0] != n or not 1 <= one_of <= 255 or len(fields) > MOST_FIELDS:
        raise ValueError(f"expected pairs of rows, one of 1 to 255 of them, and at most {MOST_FIELDS} fields")
    f.n = len(fields)
    for k, (word, n_words) in enumerate(fields):
        if not 1 <= n_words <= 2 or not 0 <= word <= width - n_words:
            raise ValueError(f"field {k} leaves the {width} words of a row")
        f.words[k], f.are_two[k] = word, n_words == 2
    counts = np.ones(n, np.uint8)
    cdef uint8_t[::1] out = counts
    cdef uint32_t[::1] near = np.empty(2 * max(width, 1), np.uint32)
    with nogil:
        for i in range(n):
            largest = left[i] if left[i] > largest else largest
            largest = right[i] if right[i] > largest else largest
    if n and largest >= n_rows:
        raise ValueError(f"a pair names a row beyond {n_rows}")
    with nogil:
        for i in range(n if width else 0):
            if rows_file:
                if i % PAIRS_BETWEEN == 0:
                    settle_pages()
                a, b = &near[0], &near[width]
                read_row(rows_file, &rows[0, 0], width, left[i], &near[0])
                read_row(rows_file, &rows[0, 0], width, right[i], &near[width])
            else:
                if i + AHEAD < n:
                    prefetch(&rows[left[i + AHEAD], 0])
                    prefetch(&rows[left[i + AHEAD], width - 1])
                    prefetch(&rows[right[i + AHEAD], 0])
                    prefetch(&rows[right[i + AHEAD], width - 1])
                a, b = &rows[left[i], 0], &rows[right[i], 0]
            if are_unlike(&f, a, b):
                out[i] = one_of if mix(pair_of(left[i], right[i]), 17) % one_of == 0 else 0
    return counts
