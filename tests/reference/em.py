"""Naive twin of ext/statistics.pyx: one pattern after the other, with plain probabilities."""

import numpy as np


def table_entries(codes, base, parent, n_codes):
    """Entry of each comparison's table [code of parent][code] that a pattern reads."""
    return [
        [
            base[f] + int(code) + (int(pattern[parent[f]]) * n_codes[f] if parent[f] >= 0 else 0)
            for f, code in enumerate(pattern)
        ]
        for pattern in codes
    ]


def unpack_levels(patterns, shift, n_bits):
    return [[p >> at & (1 << n) - 1 for at, n in zip(shift, n_bits, strict=True)] for p in patterns]


def entry_counts(entries, counts, size):
    return [sum(c for at, c in zip(entries, counts, strict=True) for a in at if a == k) for k in range(size)]


def number_pairs(pairs):
    """The number of each pair, and where each number stands first."""
    places = [i for i, pair in enumerate(pairs) if pair not in pairs[:i]]
    return [[pairs[i] for i in places].index(pair) for pair in pairs], places


def expectation(entries, counts, rarity, rarity_shared, bits, prior, any_rarity, doubt):
    """Expected pairs of each class, counts per class (columns), posterior of a match, best log2 odds."""
    n_classes = len(prior)
    expected, sums, posterior, best = np.zeros_like(bits), np.zeros(n_classes), [], []
    for at, count, own, shared in zip(entries, counts, rarity, rarity_shared, strict=True):
        odds = [
            2.0 ** (prior[c] + (own if any_rarity[c] else shared) + sum(bits[a, c] for a in at))
            for c in range(n_classes)
        ]
        share = np.array(odds) / (sum(odds) + 1)
        posterior.append(share[0])
        best.append(np.log2(max(odds)))
        if share[0] < doubt:
            share[0] = 0
        sums += count * share
        for a in at:
            expected[a, :n_classes] += count * share
    return sums, expected, np.array(posterior), np.array(best)


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


def level_shares(tables, priors, moves, spares, informative, strength, parent_strength, moved):
    """Tables of counts, [code of parent, code], one row where there is no parent -> tables of shares."""

    def shares(counts):
        return counts / counts.sum(axis=-1, keepdims=True)

    found = []
    for observed, prior, moves_too, spared, tells in zip(
        tables, priors, moves, spares, informative, strict=True
    ):
        result = np.ones(observed.shape)
        whole = shares(observed.sum(axis=0)[1:] + strength * prior)
        if len(observed) == 1:
            result[0, 1:] = whole
        else:
            usual = np.tile(whole, (len(result), 1))
            if moves_too:
                usual[1, 1:] *= (1 - max(moved, whole[0])) / max(whole[1:].sum(), 1e-300)
                usual[1, 0] = max(moved, whole[0])
            if spared:
                damaged = range(2, len(result) - 1)
                for i in damaged:
                    others = sum((observed[j, 1:] for j in damaged if j != i), np.zeros(len(whole)))
                    usual[i] = shares(others + parent_strength * whole)
            seen = np.maximum(observed[:, 1:].sum(axis=1, keepdims=True), 1)
            drawn = shares(observed[:, 1:] + parent_strength * usual)
            result[:, 1:] = shares(np.maximum(drawn, np.minimum(usual, 0.5 / seen)))
        if tells:
            n = max(observed.sum(), 1)
            missing = observed[:, 0].sum() / n
            result[:, 0] = np.clip(missing, 1e-4, 1)
            result[:, 1:] *= max(1 - missing, 0.5 / n)
        found.append(result)
    return found


def bound_tables(
    tables, personal, alike, leans, most, *, u_strength, strength, alike_strength, chance, most_chance
):
    """Tables of one class of relatives by comparison, [code of parent, code] -> the same within bounds.

    Each of `tables`: the class's own shares, its expected pairs, those of all (or None), m and u.
    """
    found = []
    for (own, expected, together, m, u), p, a, leaning, share in zip(
        tables, personal, alike, leans, most, strict=True
    ):
        own = own.copy()
        if leaning:
            usual = u_strength * u[:, 1:]
            if together is not None:
                usual += together[:, 1:]
                usual *= min(strength / usual.sum(), 1)
            counts = expected[:, 1:] + usual
            held, n = (part.sum(axis=1, keepdims=True) for part in (own[:, 1:], counts))
            own[:, 1:] = held * counts / n
            own[:, p:] = (own[:, p:] * n + u[:, p:] * alike_strength) / (n + alike_strength)
            _rest_sums_to(own, p, held)
        if a:
            held, of_m = (part[:, a:].sum(axis=1, keepdims=True) for part in (own, m))
            own[:, a:] = m[:, a:] * held / of_m
        if share >= 0:
            most_own = u[:, p:] + np.minimum(chance * u[:, p:], most_chance) + share * m[:, p:]
            own[:, p:] = np.minimum(own[:, p:], most_own)
            _rest_sums_to(own, p, 1)
        found.append(own)
    return found


def _rest_sums_to(own, personal, whole):
    """The levels below the personal ones scaled so that all of a row's levels sum to `whole`."""
    rest = own[:, 1:personal]
    rest *= (whole - own[:, personal:].sum(axis=1, keepdims=True)) / rest.sum(axis=1, keepdims=True)
