# One key a row -> entries key << 32 | row to be sorted, without most of those whose key no other row has.
"""Keys, one a row -> packed keys: entries of key << 32 | row."""

from hashing cimport prefetch_write
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

cdef enum:
    PART_BITS = 14        # about 2 to this power entries a part: its bitmaps and its sort stay in the cache
    MOST_PART_BITS = 9
    LEAST_BITMAP_BITS = 12
    MOST_BITMAP_BITS = 30
    AHEAD = 16            # rows whose keys are on their way
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


def pack_repeated(const uint32_t[::1] keys not None, uint64_t[::1] packed not None, uint32_t limit=0xFFFFFFFFu):
    """As `pack_keys`, but leaves out most rows whose key no other row has, and parts the others by their key.

    Each part's keys are above those of the part before: sorted one by one, in the cache, all are sorted.

    Parameters
    ----------
    limit : int
        Rows whose key is above it are left out.

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
                ends[(<uint64_t> keys[i] >> shift) + 1] += keys[i] != 0 and keys[i] <= limit
            for k in range(n_parts):
                largest = ends[k + 1] if ends[k + 1] > largest else largest
                ends[k + 1] += ends[k]
            # A row without a key is written where part 0 ends, without a branch: leave a place there.
            to = ends[n_parts] < <uint64_t> n
            for k in range(n_parts - 1, 0, -1):
                ends[k] += to
            for i in range(n):
                key = keys[i] if keys[i] <= limit else 0
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
