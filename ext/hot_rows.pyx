# Hot rows -> those whose categories, or one of whose words, are in a set.
"""Rows of a segment that are told by their hot rows alone."""

import numpy as np

from libc.stdint cimport uint16_t, uint32_t, uint8_t
from libc.string cimport memset
from row_tests cimport category_rows, quick_rows

cdef enum:
    AT_ONCE = 1 << 16


def rows_that_pass(const uint8_t[:, ::1] categories not None, const uint8_t[:, ::1] passes not None,
                   uint32_t begin, uint32_t end):
    """Rows begin to end whose four categories are each in a set, as a look-up tells them; for tests.

    Parameters
    ----------
    categories : uint8[n, 4]
    passes : uint8[4, 32]
        Sets, as in ext/row_tests.pxd.
    """
    if categories.shape[1] != 4 or passes.shape[0] != 4 or passes.shape[1] != 32 \
            or not begin < end <= categories.shape[0]:
        raise ValueError("expected rows of four categories and four sets")
    rows = np.empty(end - begin, np.uint32)
    cdef uint32_t[::1] out = rows
    return rows[:category_rows(&categories[0, 0], begin, end, &passes[0, 0], &out[0])]


def rows_with_words(const uint16_t[:, ::1] hot_words not None, const uint8_t[::1] wanted not None,
                    uint8_t[::1] bits not None):
    """Mark the rows that hold one of some words.

    Parameters
    ----------
    hot_words : uint16[n, 4]
    wanted : uint8[65536]
        1 for each word that is wanted, 0 for others.
    bits : uint8[ceil(n / 8)]
        Filled: bit ``row & 7`` of byte ``row >> 3``.
    """
    cdef uint32_t at = 0, stop, n = <uint32_t> hot_words.shape[0]
    cdef int i, found
    cdef uint8_t[5] passes
    if hot_words.shape[1] != 4 or wanted.shape[0] != 1 << 16 or bits.shape[0] != (n + 7) // 8:
        raise ValueError("expected four words a row, a byte a word and a bit a row")
    if np.asarray(wanted).max(initial=0) > 1:
        raise ValueError("expected 0 or 1 for each word")
    rows = np.empty(AT_ONCE, np.uint32)
    cdef uint32_t[::1] chosen = rows
    passes[0] = 0
    memset(&passes[1], 1, 4)
    bits[:] = 0
    with nogil:
        while at < n:
            stop = min(at + AT_ONCE, n)
            found = quick_rows(&hot_words[0, 0], at, stop, &wanted[0], passes, &chosen[0])
            for i in range(found):
                bits[chosen[i] >> 3] |= 1 << (chosen[i] & 7)
            at = stop
