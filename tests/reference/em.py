"""Naive twin of ext/statistics.pyx: one pattern after the other, with plain probabilities."""

import numpy as np


def table_at(codes, base, parent, n_codes):
    """Entry of each comparison's table that a pattern reads."""
    return [
        base[f] + code + (codes[parent[f]] * n_codes[f] if parent[f] >= 0 else 0)
        for f, code in enumerate(codes)
    ]


def expectation(
    codes, counts, rarity, rarity_shared, base, parent, n_codes, bits, prior, any_rarity, doubt
):
    n_classes, size = bits.shape
    expected, sums, posterior = np.zeros((n_classes + 1, size)), np.zeros(n_classes), []
    for pattern, count, own, shared in zip(codes, counts, rarity, rarity_shared, strict=True):
        at = table_at(pattern.astype(int), base, parent, n_codes)
        odds = [
            2.0 ** (prior[c] + (own if any_rarity[c] else shared) + sum(bits[c, a] for a in at))
            for c in range(n_classes)
        ]
        share = np.array([*odds, 1.0]) / (sum(odds) + 1)
        posterior.append(share[0])
        if share[0] < doubt:
            share[0] = 0
        sums += count * share[:-1]
        for a in at:
            expected[:, a] += count * share
    return sums, expected, np.array(posterior)


def group_totals(keys, counts):
    return [sum(c for k, c in zip(keys, counts, strict=True) if k == key) for key in keys]


def joint_counts(codes, counts):
    n = codes.shape[1]
    out = np.zeros((n, n, 16, 16))
    for pattern, count in zip(codes, counts, strict=True):
        for i in range(n):
            for j in range(i):
                out[i, j, pattern[i], pattern[j]] += count
    return out
