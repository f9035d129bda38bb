# Distinct values of one comparison in two tables -> the pairs of values that are more than all others, with their levels.
"""Distinct values of a comparison -> which of them are near, and at which level."""

import numpy as np

from comparisons cimport OP_DATE, OP_IDENTIFIER, Comparison, term_frequency
from found cimport longer
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from linkage._kernels.score cimport Scorer, copy_of
from number_levels cimport are_far_dates, is_whole_date
from similarity cimport larger, popcount
from sketch cimport count_digits, digits_of, is_far
from value_levels cimport MOST_KEYS, has_letters, keys_of, level_of_values, most_letters

count_digits()      # the tables of each kernel that makes sketches are its own


# What is found, growing.
cdef struct Near:
    Py_ssize_t n, capacity
    uint32_t *right
    int32_t *level


# One value at a glance: the letters of a text and how many of them may differ, the digits of an identifier, or a date.
cdef struct Glance:
    uint64_t signature
    int32_t most
    bint is_whole               # a date, with day and month

# All values of the right side, those that are close to one of the left, and for which one each was last looked at.
cdef struct Glances:
    Py_ssize_t n
    Glance *of
    uint32_t *seen
    uint32_t *close


cdef void drop_glances(Glances *g) noexcept nogil:
    free(g.of)
    free(g.seen)
    free(g.close)


cdef inline Glance glance_at(const Comparison *c, uint64_t x) noexcept nogil:
    cdef Glance g
    g.signature, g.most, g.is_whole = 0, 64, False
    if has_letters(c):
        g.signature = c.values[x].letters
        g.most = most_letters(c, &c.values[x])
    elif c.op == OP_IDENTIFIER:
        g.signature = digits_of(x)
    elif c.op == OP_DATE:
        g.signature = x
        g.is_whole = is_whole_date(<uint32_t> x)
    return g


# -1 without memory.
cdef int read_glances(Glances *g, const Comparison *c, const uint64_t[::1] values) noexcept nogil:
    cdef Py_ssize_t k
    g.n = values.shape[0]
    g.of = <Glance *> malloc((g.n + 1) * sizeof(Glance))
    g.seen = <uint32_t *> calloc(g.n + 1, 4)
    g.close = <uint32_t *> malloc(4 * (g.n + 1))
    if g.of == NULL or g.seen == NULL or g.close == NULL:
        return -1
    for k in range(g.n):
        g.of[k] = glance_at(c, values[k])
    return 0


# Values of the right side, from the first held one on, that may be near this one; how many.
cdef Py_ssize_t list_close(Glances *g, const Comparison *c, Glance x) noexcept nogil:
    cdef Py_ssize_t k, n_close = 0
    if c.op == OP_IDENTIFIER:
        for k in range(1, g.n):
            g.close[n_close] = <uint32_t> k
            n_close += not is_far(<uint32_t> g.of[k].signature, <uint32_t> x.signature)
    elif c.op == OP_DATE:
        for k in range(1, g.n):
            g.close[n_close] = <uint32_t> k
            n_close += not (x.is_whole & g.of[k].is_whole and are_far_dates(<uint32_t> g.of[k].signature, <uint32_t> x.signature))
    else:
        for k in range(1, g.n):
            g.close[n_close] = <uint32_t> k
            n_close += popcount(g.of[k].signature ^ x.signature) <= larger(x.most, g.of[k].most)
    return n_close


# Note a pair of values unless they are all others; -1 without memory. A level's rarity is that against strangers.
cdef inline int note_near(Near *near, const Comparison *c, uint64_t x, uint64_t y, uint32_t place) noexcept nogil:
    cdef int code = level_of_values(c, x, y)
    cdef int32_t rarity = 0
    cdef Py_ssize_t capacity
    if code == 1 and not c.tf_part[1]:
        return 0
    if c.tf_part[code] and c.rarity_of[0]:
        rarity = term_frequency(c, code, <uint32_t> x, <uint32_t> y)
    if near.n == near.capacity:
        capacity = 2 * near.capacity if near.capacity else 4096
        if longer(<void **> &near.right, 4 * capacity) or longer(<void **> &near.level, 4 * capacity):
            return -1
        near.capacity = capacity
    near.right[near.n] = place
    near.level[near.n] = code + 256 * rarity
    near.n += 1
    return 0


# All that are near one value: those that are close at a glance, then those that share a key. -1 without memory.
cdef int note_all(Near *near, Glances *g, const Comparison *c, uint64_t x, const uint64_t[::1] right, const int64_t[:, ::1] spans,
                  const uint32_t[::1] owners, uint32_t mark) noexcept nogil:
    cdef Py_ssize_t k, j, n_close
    cdef uint32_t place
    n_close = list_close(g, c, glance_at(c, x))
    for k in range(n_close):
        place = g.close[k]
        g.seen[place] = mark
        if note_near(near, c, x, right[place], place):
            return -1
    for j in range(spans.shape[0]):
        for k in range(spans[j, 0], spans[j, 1]):
            place = owners[k]
            if g.seen[place] != mark:
                g.seen[place] = mark
                if note_near(near, c, x, right[place], place):
                    return -1
    return 0


def value_keys(Scorer scorer not None, int i, const uint64_t[::1] values not None, bint asks):
    """What values have in common with all those that share no letters with them and are near all the same.

    Parameters
    ----------
    values : uint64[n]
        Distinct values of comparison i; 0 = missing.
    asks : bool
        Whether they are held against others', or these against them.

    Returns
    -------
    tuple
        keys : uint64[m]; owners : uint32[m], places of the values, ascending.
    """
    cdef const Comparison *c = comparison_of(scorer, i, values)
    cdef Py_ssize_t k, n = values.shape[0], m = 0, j
    cdef int some
    cdef bint texts = has_letters(c)
    keys = np.empty(n * MOST_KEYS if texts else 0, np.uint64)
    owners = np.empty(len(keys), np.uint32)
    cdef uint64_t[::1] out = keys
    cdef uint32_t[::1] of = owners
    if texts:
        with nogil:
            for k in range(n):
                some = keys_of(c, &c.values[values[k]], asks, &out[m]) if values[k] else 0
                for j in range(some):
                    of[m + j] = <uint32_t> k
                m += some
    return keys[:m], owners[:m]


def near_values(Scorer scorer not None, int i, const uint64_t[::1] left not None, const uint64_t[::1] right not None,
                const int64_t[::1] first not None, const int64_t[:, ::1] spans not None, const uint32_t[::1] owners not None):
    """The pairs of held values that are more than all others.

    Parameters
    ----------
    left, right : uint64[n]
        Distinct values of comparison i; right[0] is the missing one.
    first : int64[n_left + 1]
        Which spans are of each value on the left.
    spans : int64[n_spans, 2]
        Begin and end among the owners of values on the right that share a key with it.
    owners : uint32[m]
        Places of values on the right.

    Returns
    -------
    tuple
        counts : int64[n_left], how many are near each; right : uint32, their places; level : int32, their code, and
        256 times the rarity that they weigh against strangers (1/256 bit).
    """
    cdef const Comparison *c = comparison_of(scorer, i, left)
    cdef Py_ssize_t k, n = left.shape[0]
    cdef Glances glances
    cdef Near near
    cdef bint failed = False
    comparison_of(scorer, i, right)
    if first.shape[0] != n + 1 or spans.shape[1] != 2 or first[n] != spans.shape[0]:
        raise ValueError("spans do not fit the values")
    counts = np.zeros(n, np.int64)
    cdef int64_t[::1] count = counts
    near.n, near.capacity, near.right, near.level = 0, 0, NULL, NULL
    with nogil:
        failed = read_glances(&glances, c, right) < 0
        for k in range(n):
            if failed or left[k] == 0:
                continue
            count[k] = -near.n
            failed = note_all(&near, &glances, c, left[k], right, spans[first[k]:first[k + 1]], owners, <uint32_t> k + 1) < 0
            count[k] += near.n
    drop_glances(&glances)
    try:
        if failed:
            raise MemoryError("values that are near each other do not fit into memory")
        return counts, copy_of(near.right, 4 * near.n).view(np.uint32), copy_of(near.level, 4 * near.n).view(np.int32)
    finally:
        free(near.right)
        free(near.level)


cdef const Comparison *comparison_of(Scorer scorer, int i, const uint64_t[::1] values) except NULL:
    if not 0 <= i < scorer.program.n:
        raise ValueError(f"comparison {i} of {scorer.program.n}")
    cdef const Comparison *c = &scorer.program.comparisons[i]
    if c.values != NULL and values.shape[0] and np.max(values) >= <uint64_t> scorer.n_values[i]:
        raise ValueError(f"comparison {i}: a value beyond its {scorer.n_values[i]}")
    return c
