# Coded values and keys -> how often each occurs.
"""Counts of values, totals of groups, numbers of distinct keys."""

import numpy as np

from hashing cimport prefetch, prefetch_write
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from linkage._kernels.row_pages cimport settle_pages


cdef enum:
    MOST_WORDS = 64       # that are counted in one pass over the rows
    ROWS_BETWEEN = 1 << 12      # two looks at what the process holds
    AHEAD = 16            # entries whose places are on their way

cdef struct Counted:
    Py_ssize_t word
    uint64_t n
    uint32_t mask
    int64_t *counts


def count_words(const uint32_t[:, ::1] rows not None, list wanted not None):
    """How often each value of some words occurs in the rows, which are read once.

    Parameters
    ----------
    wanted : list of (word, mask, n)
        At most 64; values as far as the mask shows them, all below n.

    Returns
    -------
    list of int64[n]
    """
    cdef Py_ssize_t i, n_beyond = 0
    cdef int k, n_words = len(wanted)
    cdef uint32_t x
    cdef const uint32_t *row
    cdef Counted items[MOST_WORDS]
    cdef int64_t[::1] counts
    if n_words > MOST_WORDS:
        raise ValueError(f"expected at most {MOST_WORDS} words, got {n_words}")
    found = []
    for k, (word, mask, n) in enumerate(wanted):
        if not 0 <= word < rows.shape[1]:
            raise ValueError(f"expected one of {rows.shape[1]} words, got {word}")
        found.append(np.zeros(max(n, 1), np.int64))
        counts = found[k]
        items[k].word, items[k].mask, items[k].n, items[k].counts = word, mask, n, &counts[0]
    with nogil:
        for i in range(rows.shape[0] if n_words else 0):
            if i % ROWS_BETWEEN == 0:
                settle_pages()
            row = &rows[i, 0]
            for k in range(n_words):
                x = row[items[k].word] & items[k].mask
                if x < items[k].n:
                    items[k].counts[x] += 1
                else:
                    n_beyond += 1
    if n_beyond:
        raise ValueError(f"{n_beyond} values lie beyond what was expected")
    return [counted[:n] for counted, (_, _, n) in zip(found, wanted)]


cdef struct Group:
    uint64_t key
    int64_t total


def group_totals(const uint64_t[::1] keys not None, const int64_t[::1] counts not None):
    """For each entry the sum of counts over all entries with its key; int64[n]."""
    cdef Py_ssize_t i, n = keys.shape[0]
    cdef uint64_t size = 16, mask, at
    if counts.shape[0] != n:
        raise ValueError("keys and counts differ in length")
    while size < 2 * <uint64_t> n:
        size *= 2
    mask = size - 1
    cdef Group *groups = <Group *> calloc(size, sizeof(Group))
    if groups == NULL:
        raise MemoryError
    out = np.empty(n, np.int64)
    cdef int64_t[::1] view = out        # of each entry the place of its group, then the total there
    cdef uint64_t key
    with nogil:
        for i in range(n):
            key = keys[i] + (keys[i] == 0)
            view[i] = <int64_t> ((key * 0x9E3779B97F4A7C15u) >> 20 & mask)
        for i in range(n):
            if i + AHEAD < n:
                prefetch_write(&groups[view[i + AHEAD]])
            key = keys[i] + (keys[i] == 0)
            at = <uint64_t> view[i]
            while groups[at].key and groups[at].key != key:
                at = (at + 1) & mask
            groups[at].key = key
            groups[at].total += counts[i]
            view[i] = <int64_t> at
        for i in range(n):
            if i + AHEAD < n:
                prefetch(&groups[view[i + AHEAD]])
            view[i] = groups[view[i]].total
    free(groups)
    return out


def number_distinct(const uint64_t[::1] keys not None):
    """Number the distinct keys in order of appearance.

    Returns
    -------
    tuple
        first : int64[n_distinct], where each number stands first; numbers : int32[n].
    """
    cdef Py_ssize_t i, n = keys.shape[0], n_found = 0
    cdef uint64_t size = 1024, mask, at
    if n >= 1 << 31:
        raise ValueError("expected fewer than two billion keys")
    while size < 2 * <uint64_t> n:
        size *= 2
    mask = size - 1
    slots, out, firsts = np.zeros(size, np.int32), np.empty(n, np.int32), np.empty(n, np.int64)
    cdef int32_t[::1] held = slots, numbers = out
    cdef int64_t[::1] first = firsts
    with nogil:
        for i in range(n):
            at = (keys[i] ^ keys[i] >> 29) * 0x9E3779B97F4A7C15u >> 20 & mask
            while held[at] and keys[first[held[at] - 1]] != keys[i]:
                at = (at + 1) & mask
            if held[at] == 0:
                first[n_found] = i
                n_found += 1
                held[at] = <int32_t> n_found
            numbers[i] = held[at] - 1
    return firsts[:n_found].copy(), out
