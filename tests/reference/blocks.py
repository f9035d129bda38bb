"""Naive twin of blocking: keys of records -> each pair with the first rule that finds it."""

from itertools import combinations


def is_pair(i, j, n_left):
    """Of a dedupe any two records, of a link one of each side."""
    return i < j and (not n_left or (i < n_left <= j))


def pairs_of_rule(keys, n_left):
    """All pairs of records with equal keys; None = no key."""
    return {
        (i, j)
        for i, j in combinations(range(len(keys)), 2)
        if is_pair(i, j, n_left) and keys[i] is not None and keys[i] == keys[j]
    }


def first_rules(pairs_of_rules):
    """Each pair -> the first rule that finds it."""
    found = {}
    for k, pairs in enumerate(pairs_of_rules):
        for pair in pairs:
            found.setdefault(pair, k)
    return found


def sampled(packed, split, is_drawn):
    """Pairs, in order, of the runs of packed keys for which is_drawn holds."""
    rows = {}
    for entry in packed:
        rows.setdefault(entry >> 32, []).append(entry & 0xFFFFFFFF)
    return [
        (i, j)
        for key, members in rows.items()
        if is_drawn(key)
        for i, j in combinations(members, 2)
        if is_pair(i, j, split)
    ]


def keep(entries, split):
    """Sorted (key, row) -> those of keys that hold a pair; each key's records, and left ones."""
    kept, lengths, lefts = [], [], []
    for key in sorted({k for k, _ in entries}):
        rows = [r for k, r in entries if k == key]
        left = [r for r in rows if r < split]
        if len(rows) > 1 and (not split or 0 < len(left) < len(rows)):
            kept += [(key, r) for r in rows]
            lengths.append(len(rows))
            lefts.append(len(left))
    return kept, lengths, lefts
