"""Codes and tokens -> posting keys; the twin of `ext/postings.pxd`, over arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.uint32]
_GOLDEN = 0x9E3779B97F4A7C15


def mixed(x: Hashes) -> Hashes:
    """The finaliser of MurmurHash3: every bit of x moves every bit of the result."""
    x = x ^ (x >> np.uint64(33))
    x = x * np.uint64(0xFF51AFD7ED558CCD)
    x = x ^ (x >> np.uint64(33))
    x = x * np.uint64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> np.uint64(33))


def posting_keys(hashes: Hashes, family: int) -> Keys:
    """Keys of one family of postings from content hashes; 0 stays 0 = missing."""
    salt = np.uint64((family + 1) * _GOLDEN % 2**64)
    keys = (mixed(hashes ^ salt) >> np.uint64(32)).astype(np.uint32)
    return np.where(hashes == 0, np.uint32(0), np.maximum(keys, np.uint32(1)))


def name_hashes(values: npt.NDArray[np.void], tokens: npt.NDArray[np.void]) -> Hashes:
    """Per value, a hash of its tokens' dialect classes in any order; 0 for a value without tokens."""
    parts = token_parts(tokens)
    total = np.zeros(len(values), np.uint64)
    for k in range(values["tokens"].shape[1]):
        total += parts[values["tokens"][:, k]]
    return total


def token_parts(tokens: npt.NDArray[np.void]) -> Hashes:
    """What each token adds to a name's hash; the first one, which is none, nothing."""
    parts = mixed(tokens["phonetic"].astype(np.uint64) + np.uint64(_GOLDEN))
    parts[:1] = 0
    return parts
