# Coded values and keys -> how often each occurs.
"""Counts of values, totals of groups, numbers of distinct keys."""

import numpy as np

from comparisons cimport day_index
from dtypes cimport MAX_TOKENS, Value
from hashing cimport prefetch
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from linkage._kernels.row_pages cimport settle_pages


cdef enum:
    MOST_WORDS = 64       # that are counted in one pass over the rows
    ROWS_BETWEEN = 1 << 12      # two looks at what the process holds
    AHEAD = 16            # entries whose places are on their way

cdef struct Counted:
    Py_ssize_t word
    int64_t n
    int64_t *counts
    uint32_t mask
    bint is_date


# Where a word is counted; the last two places of days are for dates that are not whole and for none.
cdef inline int64_t place_of_word(const Counted *item, uint32_t x) noexcept nogil:
    cdef int64_t day
    if not item.is_date:
        return x & item.mask
    day = day_index(x) if x else -1
    if day >= 0:
        return day if day < item.n - 2 else item.n
    return item.n - 2 if x else item.n - 1


cdef inline uint64_t slot_of_key(uint64_t key, uint64_t mask) noexcept nogil:
    return (key ^ key >> 29) * <uint64_t> 0x9E3779B97F4A7C15u >> 20 & mask


def count_words(const uint32_t[:, ::1] rows not None, list wanted not None):
    """How often each value of some words occurs in the rows, which are read once.

    Parameters
    ----------
    wanted : list of (word, mask, n)
        At most 64; values as far as the mask shows them, all below n. Without a mask (None) the words are
        dates: n - 2 days, as `day_index` counts them, then dates that are not whole, then none.

    Returns
    -------
    list of int64[n]
    """
    cdef Py_ssize_t i, n_beyond = 0, n_rows = rows.shape[0]
    cdef int k, n_words = len(wanted)
    cdef int64_t at
    cdef const uint32_t *row
    cdef Counted items[MOST_WORDS]
    cdef int64_t[::1] counts
    if n_words > MOST_WORDS:
        raise ValueError(f"expected at most {MOST_WORDS} words, got {n_words}")
    found = []
    for k, (word, mask, n) in enumerate(wanted):
        if not 0 <= word < rows.shape[1]:
            raise ValueError(f"expected one of {rows.shape[1]} words, got {word}")
        if mask is None and n < 2:
            raise ValueError(f"expected two places or more for dates, got {n}")
        found.append(np.zeros(max(n, 1), np.int64))
        counts = found[k]
        items[k].word, items[k].mask, items[k].is_date = word, mask or 0, mask is None
        items[k].n, items[k].counts = n, &counts[0]
    with nogil:
        for i in range(n_rows if n_words else 0):
            if i % ROWS_BETWEEN == 0:
                settle_pages()
            row = &rows[min(i + AHEAD, n_rows - 1), 0]
            for k in range(n_words):
                prefetch(&items[k].counts[place_of_word(&items[k], row[items[k].word])])
            row = &rows[i, 0]
            for k in range(n_words):
                at = place_of_word(&items[k], row[items[k].word])
                if at < items[k].n:
                    items[k].counts[at] += 1
                else:
                    n_beyond += 1
    if n_beyond:
        raise ValueError(f"{n_beyond} values lie beyond what was expected")
    return [counted[:n] for counted, (_, _, n) in zip(found, wanted)]


def ends_of_names(const uint8_t[::1] values not None):
    """Of each value what it is grouped by: its folded form, its first and last token, its last token.

    Returns
    -------
    tuple
        folded, ends : uint64[n], first token << 32 | last token; last : uint32[n].
    """
    cdef Py_ssize_t i, n = values.shape[0] // sizeof(Value)
    cdef const Value *value = <const Value *> &values[0] if n else NULL
    folded, ends, last = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.uint32)
    cdef uint64_t[::1] whole = folded, both = ends
    cdef uint32_t[::1] end = last
    with nogil:
        for i in range(n):
            whole[i] = value[i].folded
            end[i] = value[i].tokens[min(max(value[i].n_tokens, 1), MAX_TOKENS) - 1]
            both[i] = <uint64_t> value[i].tokens[0] << 32 | end[i]
    return folded, ends, last


def group_totals(const uint64_t[::1] keys not None, const int64_t[::1] counts not None):
    """For each entry the sum of counts, none negative, over all entries with its key; int64[n]."""
    cdef Py_ssize_t i, n = keys.shape[0]
    cdef uint64_t size = 16, mask, at
    if counts.shape[0] != n:
        raise ValueError("keys and counts differ in length")
    if n >= 1 << 31:
        raise ValueError("expected fewer than two billion keys")
    while size < 2 * <uint64_t> n:
        size *= 2
    mask = size - 1
    # Of each group the place of its first entry, from 1 on: a quarter of the memory that keys and totals took.
    cdef uint32_t *firsts = <uint32_t *> calloc(size, sizeof(uint32_t))
    if firsts == NULL:
        raise MemoryError
    out = np.empty(n, np.int64)
    cdef int64_t[::1] totals = out      # of a group's first entry its total, of others the first one's place, negative
    cdef int64_t first
    with nogil:
        for i in range(n):
            if i + AHEAD < n:
                prefetch(&firsts[slot_of_key(keys[i + AHEAD], mask)])
            at = slot_of_key(keys[i], mask)
            while firsts[at] and keys[firsts[at] - 1] != keys[i]:
                at = (at + 1) & mask
            first = <int64_t> firsts[at] - 1
            if first < 0:
                firsts[at] = <uint32_t> (i + 1)
                totals[i] = counts[i]
            else:
                totals[first] += counts[i]
                totals[i] = -1 - first
        for i in range(n):
            if totals[i] < 0:
                totals[i] = totals[-1 - totals[i]]
    free(firsts)
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
            at = slot_of_key(keys[i], mask)
            while held[at] and keys[first[held[at] - 1]] != keys[i]:
                at = (at + 1) & mask
            if held[at] == 0:
                first[n_found] = i
                n_found += 1
                held[at] = <int32_t> n_found
            numbers[i] = held[at] - 1
    return firsts[:n_found].copy(), out
