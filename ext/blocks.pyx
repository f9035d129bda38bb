# Sorted keys with rows -> runs of equal keys that hold at least one pair.
"""Sorted packed keys -> blocks: runs of equal keys with at least one pair."""

import numpy as np

from hashing cimport mix, prefetch, prefetch_write
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memset

cdef enum:
    PART_BITS = 14        # about 2 to this power entries a part: its bitmaps and its sort stay in the cache
    MOST_PART_BITS = 9
    LEAST_BITMAP_BITS = 12
    MOST_BITMAP_BITS = 30
    AHEAD = 16            # pairs whose keys are on their way
    RUNS_AT_ONCE = 1 << 12      # entries that are looked at before memory is asked for again
    LEFT_BITS = 24        # of a key that is mixed with another one; those above stay, and with them the parts to sort


def pack_keys(const uint32_t[:] keys not None, uint64_t[::1] packed not None):
    """Fill packed with key << 32 | row of the rows that have a key; returns how many."""
    cdef Py_ssize_t i, n = keys.shape[0], used = 0
    if packed.shape[0] < n:
        raise ValueError("packed is shorter than keys")
    with nogil:
        for i in range(n):
            packed[used] = <uint64_t> keys[i] << 32 | <uint64_t> i
            used += keys[i] != 0
    return used


def pack_repeated(const uint32_t[::1] keys not None, uint64_t[::1] packed not None):
    """As `pack_keys`, but leaves out most rows whose key no other row has, and parts the others by their key.

    Each part's keys are above those of the part before: sorted one by one, in the cache, all are sorted.

    Returns
    -------
    ends : list of int
        Where each part ends in packed; the last one is how many entries there are.
    """
    cdef Py_ssize_t i, n = keys.shape[0], used = 0, begin, end, k
    cdef int part_bits = min(max((n >> PART_BITS).bit_length(), 0), MOST_PART_BITS)
    cdef int shift = 32 - part_bits
    cdef Py_ssize_t n_parts = 1 << part_bits
    cdef uint64_t *ends = NULL
    cdef uint64_t *once = NULL
    cdef uint64_t *again = NULL
    cdef uint32_t key
    cdef uint64_t to, largest = 0
    cdef int bits
    if packed.shape[0] < n:
        raise ValueError("packed is shorter than keys")
    if packed.shape[0] == 0:
        return [0] * n_parts
    ends = <uint64_t *> calloc(n_parts + 1, sizeof(uint64_t))
    if ends == NULL:
        raise MemoryError
    try:
        with nogil:
            for i in range(n):
                ends[(<uint64_t> keys[i] >> shift) + 1] += keys[i] != 0
            for k in range(n_parts):
                largest = ends[k + 1] if ends[k + 1] > largest else largest
                ends[k + 1] += ends[k]
            # A row without a key is written where part 0 ends, without a branch: leave a place there.
            to = ends[n_parts] < <uint64_t> n
            for k in range(n_parts - 1, 0, -1):
                ends[k] += to
            for i in range(n):
                key = keys[i]
                k = <Py_ssize_t> (<uint64_t> key >> shift)
                packed[ends[k]] = <uint64_t> key << 32 | <uint64_t> i
                ends[k] += key != 0
        bits = _bitmap_bits(largest)
        once = <uint64_t *> malloc(2 * ((1 << bits) // 8))
        if once == NULL:
            raise MemoryError
        found = []
        begin = 0
        for k in range(n_parts):
            end = ends[k]
            with nogil:
                bits = _bitmap_bits(end - begin)
                again = once + (1 << bits) // 64
                used = keep_repeated(&packed[0], begin, end, used, part_bits, bits, once, again)
            found.append(used)
            begin = end + (k == 0 and to)
        return found
    finally:
        free(ends)
        free(once)


# At least eight bits an entry: of the keys that occur once, one in eight is taken for repeated.
cdef int _bitmap_bits(uint64_t n) noexcept nogil:
    cdef int bits = LEAST_BITMAP_BITS
    while bits < MOST_BITMAP_BITS and <uint64_t> 1 << bits < 8 * n:
        bits += 1
    return bits


# Move the entries whose key seems to be repeated to `used`, by two bitmaps: seen, and seen again; the new end.
cdef Py_ssize_t keep_repeated(uint64_t *packed, Py_ssize_t begin, Py_ssize_t end, Py_ssize_t used, int part_bits,
                              int bits, uint64_t *once, uint64_t *again) noexcept nogil:
    cdef Py_ssize_t i
    cdef uint64_t bit, entry
    cdef uint32_t at
    memset(once, 0, 2 * ((1 << bits) // 8))
    for i in range(begin, end):
        at = <uint32_t> (packed[i] >> 32) << part_bits >> (32 - bits)
        bit = <uint64_t> 1 << (at & 63)
        again[at >> 6] |= once[at >> 6] & bit
        once[at >> 6] |= bit
    for i in range(begin, end):
        entry = packed[i]
        at = <uint32_t> (entry >> 32) << part_bits >> (32 - bits)
        packed[used] = entry
        used += again[at >> 6] >> (at & 63) & 1
    return used


def keep_blocks(uint64_t[::1] packed not None, uint32_t split):
    """Drop, in place, the runs without a pair.

    Parameters
    ----------
    packed : uint64[n]
        key << 32 | row, sorted.
    split : int
        For a link, rows below it are left and a run needs both sides; 0 for a dedupe.

    Returns
    -------
    kept : int
        Entries kept at the front of packed.
    lengths, lefts : uint32[n_blocks]
        Records of each block, and those of them that are left ones (0 for a dedupe).
    """
    cdef Py_ssize_t n = packed.shape[0], begin = 0, end, i, kept = 0, n_blocks = 0
    cdef uint32_t left
    lengths = np.empty(n // 2 + 1, np.uint32)
    lefts = np.empty(n // 2 + 1 if split else 0, np.uint32)
    cdef uint32_t[::1] length_of = lengths, left_of = lefts
    if not split:
        with nogil:
            kept = keep_runs(packed, length_of, &n_blocks)
        return kept, lengths[:n_blocks].copy(), np.zeros(n_blocks, np.uint32)
    with nogil:
        while begin < n:
            end = begin + 1
            while end < n and packed[end] >> 32 == packed[begin] >> 32:
                end += 1
            left = 0
            for i in range(begin, end):
                left += <uint32_t> (<uint32_t> packed[i] < split)
            if left > 0 and left < <uint32_t> (end - begin):
                length_of[n_blocks] = <uint32_t> (end - begin)
                left_of[n_blocks] = left
                n_blocks += 1
                for i in range(begin, end):
                    packed[kept] = packed[i]
                    kept += 1
            begin = end
    return kept, lengths[:n_blocks].copy(), lefts[:n_blocks].copy()


# Drop the entries whose key no neighbour has; how many are kept, and the lengths of their runs. No branch depends on a
# run, as most hold two or three entries.
cdef Py_ssize_t keep_runs(uint64_t[::1] packed, uint32_t[::1] lengths, Py_ssize_t *n_runs) noexcept nogil:
    cdef Py_ssize_t n = packed.shape[0], i, kept = 0, n_found = 0
    cdef uint64_t entry
    cdef bint goes_on = False, follows
    for i in range(n):
        entry = packed[i]
        follows = i + 1 < n and packed[i + 1] >> 32 == entry >> 32
        lengths[n_found] = <uint32_t> kept          # where the run begins, if one does
        n_found += follows & (not goes_on)
        packed[kept] = entry
        kept += follows | goes_on
        goes_on = follows
    for i in range(n_found):
        lengths[i] = (lengths[i + 1] if i + 1 < n_found else <uint32_t> kept) - lengths[i]
    n_runs[0] = n_found
    return kept


def part_blocks(uint64_t[::1] packed not None, const uint32_t[::1] lengths not None, uint32_t cap, room=None):
    """Move the blocks of more than cap entries out of packed, in place, in their order.

    Parameters
    ----------
    packed : uint64[n]
    lengths : uint32[n_blocks]
    cap : int
    room : uint64[m] or None
        Other memory, to whose front they go where it is large enough.

    Returns
    -------
    large : uint64[n]
        The entries of these blocks; those of the others are in front of packed.
    """
    cdef Py_ssize_t i, k, at = 0, kept = 0, moved = 0, n_large = 0, total = 0
    with nogil:
        for k in range(lengths.shape[0]):
            total += lengths[k]
            n_large += lengths[k] if lengths[k] > cap else 0
    if total != packed.shape[0]:
        raise ValueError("the blocks do not fill packed")
    large = np.empty(n_large, np.uint64) if room is None or len(room) < n_large else room[:n_large]
    cdef uint64_t[::1] out = large
    with nogil:
        for k in range(lengths.shape[0]):
            if lengths[k] > cap:
                for i in range(at, at + lengths[k]):
                    out[moved] = packed[i]
                    moved += 1
            else:
                for i in range(at, at + lengths[k]):
                    packed[kept] = packed[i]
                    kept += 1
            at += lengths[k]
    return large


def mix_keys(uint64_t[::1] packed not None, const uint32_t[::1] finer not None, uint32_t[::1] keys not None):
    """Mix a further key into those of packed, in place, and note it in keys[row]; their upper eight bits stay."""
    cdef Py_ssize_t i, n = packed.shape[0]
    cdef uint64_t key, n_rows = keys.shape[0]
    cdef bint beyond = False
    if finer.shape[0] != n:
        raise ValueError(f"expected {n} further keys, got {finer.shape[0]}")
    with nogil:
        for i in range(n):
            beyond |= <uint32_t> packed[i] >= n_rows
        if not beyond:
            for i in range(n):
                if i + AHEAD < n:
                    prefetch_write(&keys[<uint32_t> packed[i + AHEAD]])
                key = (packed[i] >> 32) * <uint64_t> 0x9E3779B97F4A7C15u ^ finer[i] * <uint64_t> 0xC2B2AE3D27D4EB4Fu
                key = key * <uint64_t> 0xE7037ED1A0B428DBu >> (64 - LEFT_BITS)
                key |= packed[i] >> (32 + LEFT_BITS) << LEFT_BITS
                key += key == 0
                keys[<uint32_t> packed[i]] = <uint32_t> key
                packed[i] = key << 32 | <uint32_t> packed[i]
    if beyond:
        raise ValueError(f"an entry names a row beyond {n_rows}")


def cut_blocks(const uint64_t[::1] packed not None, uint32_t split, uint64_t cost):
    """Cut blocks into tasks of at least this many pairs and entries together, between blocks.

    Returns
    -------
    list of int
        Where each task ends in packed.
    """
    cdef Py_ssize_t n = packed.shape[0], begin = 0, end, i
    cdef uint64_t left, done = 0
    ends = []
    while begin < n:
        with nogil:
            begin = end_of_task(packed, begin, cost) if not split else begin
            while split and begin < n and done < cost:
                end = begin + 1
                while end < n and packed[end] >> 32 == packed[begin] >> 32:
                    end += 1
                left = 0
                for i in range(begin, end):
                    left += <uint32_t> packed[i] < split
                done += left * (end - begin - left) + (end - begin)
                begin = end
        ends.append(begin)
        done = 0
    return ends


# Where a task of whole blocks ends whose pairs and entries come to at least `cost`; a block's k-th entry costs k.
cdef Py_ssize_t end_of_task(const uint64_t[::1] packed, Py_ssize_t begin, uint64_t cost) noexcept nogil:
    cdef Py_ssize_t n = packed.shape[0], i
    cdef uint64_t done = 0, place = 0, before = ~packed[begin]
    for i in range(begin, n):
        place = (place if packed[i] >> 32 == before >> 32 else 0) + 1
        if done >= cost and place == 1 and i > begin:
            return i
        before = packed[i]
        done += place
    return n


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
