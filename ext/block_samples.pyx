# Sorted packed keys -> the pairs of some of their blocks, for training, without those that other rules find.
"""Sorted packed keys -> sampled pairs."""

import numpy as np

from hashing cimport mix, prefetch
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport free, realloc

cdef enum:
    AHEAD = 16                  # pairs whose keys are on their way
    RUNS_AT_ONCE = 1 << 12      # entries that are looked at before memory is asked for again


def sample_blocks(const uint64_t[::1] packed not None, int rule, uint32_t split, uint64_t limit):
    """The pairs of the blocks whose hashed key is at most limit: the same ones in every run.

    Returns
    -------
    left, right : uint32[n]
    """
    cdef Py_ssize_t n = packed.shape[0], n_begins = 0, begin, end, i, j, k, middle, n_pairs = 0, at = 0
    cdef int turn
    cdef uint32_t *begins = NULL
    cdef uint32_t[::1] to_left, to_right
    left = right = np.empty(0, np.uint32)
    with nogil:
        n_begins = chosen_runs(packed, rule, limit, &begins)
    if n_begins < 0:
        raise MemoryError
    try:
        for turn in range(2):                  # count, then fill
            if turn:
                left, right = np.empty(n_pairs, np.uint32), np.empty(n_pairs, np.uint32)
            to_left, to_right = left, right
            with nogil:
                for k in range(n_begins):
                    begin = begins[k]
                    end = begin + 1
                    while end < n and packed[end] >> 32 == packed[begin] >> 32:
                        end += 1
                    middle = end - 1
                    if split:
                        middle = begin
                        while middle < end and <uint32_t> packed[middle] < split:
                            middle += 1
                    for i in range(begin, middle):
                        j = middle if split else i + 1
                        if not turn:
                            n_pairs += end - j
                            continue
                        while j < end:
                            to_left[at] = <uint32_t> packed[i]
                            to_right[at] = <uint32_t> packed[j]
                            at += 1
                            j += 1
    finally:
        free(begins)
    return left, right


# Where the runs begin whose hashed key is at most limit, in memory that the caller frees; -1 where there is none.
cdef Py_ssize_t chosen_runs(const uint64_t[::1] packed, int rule, uint64_t limit, uint32_t **begins) noexcept nogil:
    cdef Py_ssize_t n = packed.shape[0], first = 0, last, i, n_found = 0, room = 0
    cdef uint64_t before = 0
    cdef uint32_t *grown
    while first < n:
        last = first + RUNS_AT_ONCE if first + RUNS_AT_ONCE < n else n
        if n_found + RUNS_AT_ONCE > room:
            room = 2 * room + RUNS_AT_ONCE
            grown = <uint32_t *> realloc(begins[0], room * sizeof(uint32_t))
            if grown == NULL:
                free(begins[0])
                begins[0] = NULL
                return -1
            begins[0] = grown
        before = ~packed[first] if first == 0 else packed[first - 1]
        for i in range(first, last):
            begins[0][n_found] = <uint32_t> i
            n_found += (packed[i] >> 32 != before >> 32) & (mix(packed[i] >> 32, rule) <= limit)
            before = packed[i]
        first = last
    return n_found


def keep_unequal(const uint32_t[::1] keys not None, uint32_t[::1] left not None, uint32_t[::1] right not None):
    """Move the pairs of rows whose keys differ, or are none (0), to the front, in their order; how many they are."""
    cdef Py_ssize_t i, n = left.shape[0], kept = 0
    cdef uint32_t key, largest = 0
    if right.shape[0] != n:
        raise ValueError("left and right differ in length")
    with nogil:
        for i in range(n):
            largest = left[i] if left[i] > largest else largest
            largest = right[i] if right[i] > largest else largest
    if n and largest >= <uint64_t> keys.shape[0]:
        raise ValueError(f"a pair names a row beyond the {keys.shape[0]} keys")
    with nogil:
        for i in range(n):
            if i + AHEAD < n:
                prefetch(&keys[left[i + AHEAD]])
                prefetch(&keys[right[i + AHEAD]])
            key = keys[left[i]]
            left[kept] = left[i]
            right[kept] = right[i]
            kept += key == 0 or key != keys[right[i]]
    return kept
