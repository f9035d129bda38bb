"""Readable twin of `ext/counts.pyx`: forms of values as content hashes, and how often each occurs."""

import numpy as np

from linkage.segment.hashing import mixed

GOLDEN = 0x9E3779B97F4A7C15
HASH_MASK = np.uint64(0xFFFFFFFFFFFF0000)


def pair_hashes(first, last):
    """One hash of two, in this order."""
    return mixed(mixed(first + np.uint64(GOLDEN)) ^ last)


def forms(column, ids, n_parts):
    """Content hashes of values: exact, folded, first and last token, last token; uint64[n, n_parts]."""
    values = column.values[ids]
    out = np.empty((len(ids), n_parts), np.uint64)
    out[:, 0] = column.exact[ids]
    if n_parts >= 2:
        out[:, 1] = values["folded"]
    if n_parts >= 3:
        token = np.ascontiguousarray(column.tokens["folded"])
        last_at = np.clip(values["n_tokens"].astype(np.int64) - 1, 0, 7)
        first = token[values["tokens"][:, 0]]
        last = token[values["tokens"][np.arange(len(ids)), last_at]]
        out[:, 2] = pair_hashes(first, last)
        out[:, 3] = last
    return out


def repeated(hashes, counts):
    """Hashes by their upper 48 bits that occur more than once, and how often."""
    totals = {}
    for h, n in zip((hashes & HASH_MASK).tolist(), counts, strict=True):
        totals[h] = totals.get(h, 0) + n
    return {h: n for h, n in totals.items() if n > 1}
