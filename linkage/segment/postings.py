"""One 32-bit key a record -> postings: buckets of fingerprints and rows, and back as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PER_BUCKET = 12
"""Entries of a bucket on average: one cache line a look-up, a third of a byte of buckets an entry."""


@dataclass(frozen=True)
class Postings:
    """Entries sorted by key, then row.

    Attributes
    ----------
    buckets : uint32[n_buckets + 1]
        Bucket b holds the entries buckets[b] to buckets[b + 1]; a key belongs to key * n_buckets >> 32.
    entries : uint32[n]
        The key's low bits as a fingerprint above the row's `row_bits`.
    """

    buckets: npt.NDArray[np.uint32]
    entries: npt.NDArray[np.uint32]


def row_bits(n_records: int) -> int:
    """Bits of a row number in an entry; the rest of 32 is fingerprint."""
    return max((n_records - 1).bit_length(), 1)


def build_postings(keys: npt.NDArray[np.uint32], n_records: int) -> Postings:
    """Postings of one key a row, 0 = none. O(n log n); 16 bytes an entry while it runs."""
    rows = np.flatnonzero(keys).astype(np.uint32)
    packed = keys[rows].astype(np.uint64) << np.uint64(32) | rows
    packed.sort()
    sorted_keys = packed >> np.uint64(32)
    n_buckets = max(len(rows) // PER_BUCKET, 1)
    firsts = (np.arange(n_buckets + 1, dtype=np.uint64) << np.uint64(32)) + np.uint64(n_buckets - 1)
    firsts = firsts // np.uint64(n_buckets)
    buckets = np.searchsorted(sorted_keys, firsts).astype(np.uint32)
    bits = row_bits(n_records)
    mask = np.uint64((1 << (32 - bits)) - 1)
    entries = ((sorted_keys & mask) << np.uint64(bits) | packed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return Postings(buckets, entries)
