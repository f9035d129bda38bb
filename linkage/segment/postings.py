"""One 32-bit key a record -> postings: buckets of fingerprints and rows, and back as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage._kernels.postings import pack_keys, unpack_keys

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


def build_postings(
    keys: list[npt.NDArray[np.uint32]], ranks: npt.NDArray[np.uint32], n_records: int
) -> Postings:
    """Postings of one key a record (0 = none).

    Parameters
    ----------
    keys : list of uint32 arrays
        Of all records as they came, in any pieces; emptied.
    ranks : uint32[n_records]
        Each record's row.
    n_records : int

    Notes
    -----
    O(n log n); eight bytes an entry while it runs, and the entries are written over them.
    """
    packed = pack_keys(keys, ranks)
    keys.clear()
    packed.sort()
    buckets, entries = unpack_keys(packed, row_bits(n_records), max(len(packed) // PER_BUCKET, 1))
    return Postings(buckets, entries)
