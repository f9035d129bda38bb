# Texts and rows -> the texts of these rows side by side, as Arrow lays out a column of strings.
"""Texts taken by row."""

import numpy as np

from hashing cimport prefetch
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memcpy

cdef enum:
    AT_ONCE = 16                # bytes that are copied of a short text, whatever its length
    AHEAD = 24                  # texts that are on their way
    MOST_BYTES = 0x7FFFFFFF     # that offsets of 32 bits tell apart


def take_texts(const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
               const uint32_t[::1] rows not None):
    """Take the texts of these rows.

    Returns
    -------
    tuple
        int32[n + 1], uint8: offsets and bytes; with some bytes behind the last text.

    Raises
    ------
    OverflowError
        Offsets of 32 bits would not do.
    """
    cdef Py_ssize_t i, n = rows.shape[0], n_texts = offsets.shape[0] - 1
    cdef int64_t total = 0, begin, end, length, n_bytes = data.shape[0]
    cdef bint fits = True
    cdef const uint8_t *source = &data[0] if n_bytes else NULL
    begins = np.empty(n + 1, np.int32)
    cdef int32_t[::1] to = begins
    cdef uint8_t[::1] out
    to[0] = 0
    with nogil:
        for i in range(n):
            if i + AHEAD < n and rows[i + AHEAD] < n_texts:
                prefetch(&offsets[rows[i + AHEAD]])
            if rows[i] >= n_texts:
                fits = False
                break
            begin, end = offsets[rows[i]], offsets[rows[i] + 1]
            if not 0 <= begin <= end <= n_bytes:
                fits = False
                break
            total += end - begin
            to[i + 1] = <int32_t> total
    if not fits:
        raise ValueError(f"a row lies beyond the {n_texts} texts, or a text beyond their {n_bytes} bytes")
    if total > MOST_BYTES:
        raise OverflowError(f"{total} bytes of text are more than offsets of 32 bits tell apart")
    texts = np.empty(total + AT_ONCE, np.uint8)
    out = texts
    with nogil:
        for i in range(n):
            if i + AHEAD < n:
                prefetch(source + offsets[rows[i + AHEAD]])
            begin, length = offsets[rows[i]], to[i + 1] - to[i]
            # A text after the other: what is copied too much the next one replaces.
            if length <= AT_ONCE and begin + AT_ONCE <= n_bytes:
                memcpy(&out[to[i]], source + begin, AT_ONCE)
            elif length:
                memcpy(&out[to[i]], source + begin, length)
    return begins, texts
