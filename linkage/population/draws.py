"""Numbers -> random numbers, without state: (seed, field, number) always draws the same."""

import hashlib

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_C1 = np.uint64(0xBF58476D1CE4E5B9)
_C2 = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11, _S32 = (np.uint64(s) for s in (27, 30, 31, 11, 32))


def mix(numbers: U64) -> U64:
    """Scatter 64-bit numbers (finaliser of SplitMix64, Steele, Lea & Flood 2014); a new array."""
    x = numbers ^ (numbers >> _S30)
    x *= _C1
    x ^= x >> _S27
    x *= _C2
    x ^= x >> _S31
    return x


class Draws:
    """Random fields of numbered things: every draw is a function of (seed, field, number).

    Any person can be drawn again at any time in any order, so a duplicate may be made far away
    from its original without remembering either.

    Parameters
    ----------
    seed : the whole data set's seed.
    """

    def __init__(self, seed: int) -> None:
        self.seed = int(seed)
        self._keys: dict[str, np.uint64] = {}

    def key(self, field: str) -> np.uint64:
        """The 64-bit key of a field: a hash of the seed and the field's name."""
        key = self._keys.get(field)
        if key is None:
            digest = hashlib.blake2b(f"{self.seed}:{field}".encode(), digest_size=8).digest()
            key = np.uint64(int.from_bytes(digest, "little"))
            self._keys[field] = key
        return key

    def bits(self, field: str, numbers: U64) -> U64:
        """64 random bits per number."""
        x = numbers * _GOLDEN
        x += self.key(field)
        return mix(x)

    def uniform(self, field: str, numbers: U64) -> F64:
        """Uniform in [0, 1), 53 bits."""
        out: F64 = (self.bits(field, numbers) >> _S11).astype(np.float64) * (2.0**-53)
        return out

    def below(self, field: str, numbers: U64, limit: int) -> I64:
        """Whole numbers in [0, limit), limit at most 2**32."""
        x = self.bits(field, numbers) >> _S32
        x *= np.uint64(limit)
        x >>= _S32
        return x.view(np.int64)


def permute(positions: I64, size: int, key: np.uint64 | U64) -> I64:
    """A keyed one-to-one map of [0, size) onto itself: a Feistel network that walks its cycles.

    Parameters
    ----------
    positions : int64[n] in [0, size).
    size : the size of the domain, at least 1.
    key : the permutation's key, or one key per position (each its own permutation).

    Returns
    -------
    int64[n] in [0, size), distinct for distinct positions.
    """
    bits = max(2, int(size - 1).bit_length())
    low = np.uint64(bits // 2)
    low_mask = np.uint64((1 << (bits // 2)) - 1)
    high_mask = np.uint64((1 << (bits - bits // 2)) - 1)
    out = _feistel(positions.astype(np.uint64), key, low, low_mask, high_mask)
    outside = np.flatnonzero(out >= np.uint64(size))
    while outside.size:
        here = key[outside] if isinstance(key, np.ndarray) else key
        out[outside] = _feistel(out[outside], here, low, low_mask, high_mask)
        outside = outside[out[outside] >= np.uint64(size)]
    return out.view(np.int64)


def _feistel(x: U64, key: np.uint64 | U64, low: np.uint64, low_mask: np.uint64, high_mask: np.uint64) -> U64:
    left, right = x >> low, x & low_mask
    for turn in range(3):
        left ^= mix(right * _GOLDEN + (key ^ np.uint64(2 * turn))) & high_mask
        right ^= mix(left * _GOLDEN + (key ^ np.uint64(2 * turn + 1))) & low_mask
    left <<= low
    left |= right
    return left


def affine(numbers: I64, size: int, *, step: int, start: int) -> I64:
    """The map number -> (number * step + start) mod size, one-to-one if step is coprime to size."""
    return (numbers * step + start) % size


def quantised(weights: F64, bits: int) -> npt.NDArray[np.uint16]:
    """A table that draws with given weights: uint16[2**bits] of positions into `weights`."""
    size = 1 << bits
    edges = np.cumsum(weights) / np.sum(weights) * size
    table = np.searchsorted(edges, np.arange(size) + 0.5)
    return np.minimum(table, len(weights) - 1).astype(np.uint16)
