# One 32-bit key a record -> packed keys to be sorted, and sorted ones -> buckets and entries (ext/postings.pxd).
"""The two passes of building postings; between them the packed keys are sorted."""

import numpy as np

from dtypes cimport Token
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from spellings cimport MOST_SPELLINGS, spelling_keys


def pack_keys(list chunks not None, const uint32_t[::1] ranks not None):
    """Keys of records, in chunks one after the other, 0 = none -> key << 32 | the record's rank; uint64, unsorted."""
    cdef const uint32_t[::1] keys
    cdef Py_ssize_t i, first = 0
    cdef uint64_t n = 0
    for chunk in chunks:
        n += np.count_nonzero(chunk)
        first += len(chunk)
    if first != ranks.shape[0]:
        raise ValueError(f"expected keys of {ranks.shape[0]} records, got {first}")
    packed = np.empty(n, np.uint64)
    cdef uint64_t[::1] out = packed
    first = n = 0
    for chunk in chunks:
        keys = chunk
        with nogil:
            for i in range(keys.shape[0]):
                if keys[i]:
                    out[n] = <uint64_t> keys[i] << 32 | ranks[first + i]
                    n += 1
        first += keys.shape[0]
    return packed


def unpack_keys(uint64_t[::1] packed not None, int row_bits, uint32_t n_buckets):
    """Sorted packed keys -> buckets (uint32[n_buckets + 1]) and entries (uint32[n], written over the packed keys)."""
    cdef Py_ssize_t i, n = packed.shape[0]
    cdef uint64_t b, bucket = 0, key, mask
    if not 1 <= row_bits <= 32 or n_buckets == 0:
        raise ValueError("expected a bucket, and 1 to 32 bits for a row")
    mask = (<uint64_t> 1 << (32 - row_bits)) - 1
    buckets = np.empty(<Py_ssize_t> n_buckets + 1, np.uint32)
    cdef uint32_t[::1] firsts = buckets
    entries = np.asarray(packed).view(np.uint32)[:n]
    cdef uint32_t[::1] out = entries
    with nogil:
        for i in range(n):
            key = packed[i] >> 32
            b = key * n_buckets >> 32
            while bucket <= b:
                firsts[bucket] = <uint32_t> i
                bucket += 1
            out[i] = <uint32_t> ((key & mask) << row_bits | (packed[i] & 0xFFFFFFFFu))
        while bucket <= n_buckets:
            firsts[bucket] = <uint32_t> n
            bucket += 1
    return buckets, entries


def keys_of_spellings(const uint8_t[:, ::1] tokens not None):
    """Keys of all spellings of tokens (one `Token` a row): uint64, key << 32 | the token's place, unsorted."""
    cdef Py_ssize_t i, n = tokens.shape[0], room = 0
    cdef uint64_t at = 0
    cdef uint32_t keys[MOST_SPELLINGS]
    cdef int k, n_keys
    if n and tokens.shape[1] != sizeof(Token):
        raise ValueError(f"expected {sizeof(Token)} bytes a token")
    for i in range(n):
        room += spelling_keys(<const Token *> &tokens[i, 0], keys)
    packed = np.empty(room, np.uint64)
    cdef uint64_t[::1] out = packed
    with nogil:
        for i in range(n):
            n_keys = spelling_keys(<const Token *> &tokens[i, 0], keys)
            for k in range(n_keys):
                out[at] = <uint64_t> keys[k] << 32 | <uint32_t> i
                at += 1
    return packed
