"""Components, correlation clustering and assignment, spelled out for small inputs."""

from collections.abc import Sequence
from itertools import combinations, permutations

Gains = dict[tuple[int, int], int]


def connected_components(n: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    label = list(range(n))
    changed = True
    while changed:
        changed = False
        for a, b in edges:
            low = min(label[a], label[b])
            if label[a] != low or label[b] != low:
                label[a] = label[b] = low
                changed = True
    return label


def total_gain(label: Sequence[int], gains: Gains) -> int:
    return sum(g for (a, b), g in gains.items() if label[a] == label[b])


def correlate(n: int, gains: Gains) -> list[int]:
    """Contraction and moves in turn; of ties the smallest pair, the smallest label."""

    def between(i: int, j: int) -> int:
        return gains[min(i, j), max(i, j)]

    def joint(a: int, b: int) -> int:
        return sum(between(i, j) for i in range(n) for j in range(n) if label[i] == a != label[j] == b)

    def contract() -> bool:
        merged = False
        while True:
            pairs = list(combinations(sorted(set(label)), 2))
            best = max(pairs, key=lambda p: (joint(*p), -p[0], -p[1]), default=None)
            if best is None or joint(*best) <= 0:
                return merged
            label[:] = [best[0] if c == best[1] else c for c in label]
            merged = True

    def towards(i: int, c: int) -> int:
        return sum(between(i, j) for j in range(n) if j != i and label[j] == c)

    def move() -> bool:
        moved, again = False, True
        while again:
            again = False
            for i in range(n):
                found = label[i]
                for c in sorted(set(label)):
                    if towards(i, c) > towards(i, found):
                        found = c
                if towards(i, found) < 0:
                    found = min(set(range(n)) - set(label))
                if found != label[i]:
                    label[i] = found
                    moved = again = True
        return moved

    label = list(range(n))
    merged = contract()
    while merged and move():
        merged = contract()
    return [label.index(c) for c in label]


def contract_in_rounds(n: int, gains: Gains, missing_gain: int) -> list[int]:
    """Join all pairs of clusters that are each other's best partner, until there are none."""
    label = list(range(n))

    def joint(a: int, b: int) -> int:
        across = [(i, j) for i in range(n) for j in range(n) if label[i] == a and label[j] == b]
        known = [gains[min(p), max(p)] for p in across if (min(p), max(p)) in gains]
        return sum(known) + missing_gain * (len(across) - len(known)) if known else 0

    while True:
        live = sorted(set(label))
        best: dict[int, int] = {}
        for a in live:
            partners = [b for b in live if b != a and joint(min(a, b), max(a, b)) > 0]
            if partners:
                best[a] = max(
                    partners,
                    key=lambda b: (joint(min(a, b), max(a, b)), -min(a, b), -max(a, b)),
                )
        joins = {b: a for a, b in best.items() if a < b and best.get(b) == a}
        if not joins:
            return label
        label = [joins.get(c, c) for c in label]


def best_assignment(pairs: Gains) -> int:
    """The largest sum of (gain + 1) over pairs that share no record; gains below 0 never count."""
    lefts, rights = sorted({a for a, _ in pairs}), sorted({b for _, b in pairs})
    slots = [*rights, *([None] * len(lefts))]
    best = 0
    for chosen in set(permutations(slots, len(lefts))):
        gains = [pairs.get((a, b), -1) for a, b in zip(lefts, chosen, strict=True)]
        best = max(best, sum(g + 1 for g in gains if g >= 0))
    return best
