"""Patterns of strangers and of matches -> for each comparison the earlier one it depends on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from linkage._kernels.patterns import joint_counts
from linkage.comparison.program import Comparison
from linkage.model.patterns import Patterns, changes_with, spares, tells_place

Array = npt.NDArray[np.float64]
PARENT_PATTERNS = 200_000
LEAST_PAIRS = 1000
"""Pairs from which on what two fields say together counts."""

LEAST_MOVED, MOVED_BEYOND_CHANCE = 20, 15.0
"""Matches, and G of one degree of freedom, from which on parts of an address are moved at once."""

LEAST_SPARED, SPARED_BEYOND_CHANCE = 200, 30.0
"""Matches, and the statistic G of one degree of freedom, from which on damage to one field spares another."""


class OneClass:
    """Patterns of pairs of one class, how many have each, and what any two fields say together."""

    def __init__(self, patterns: Patterns, weights: Array) -> None:
        self.codes, self.weights = patterns.codes[:PARENT_PATTERNS], weights[:PARENT_PATTERNS]
        self.weights = self.weights * min(1.0, PARENT_PATTERNS / max(self.weights.sum(), 1.0))

    @cached_property
    def counts(self) -> Array:
        """By any two comparisons, and the codes of both; float64[n, n, n_codes, n_codes]."""
        counts: Array = joint_counts(np.asfortranarray(self.codes), self.weights)
        return counts


def choose_parents(
    comparisons: Sequence[Comparison], *classes: OneClass, clean: bool = True, alone: Collection[int] = ()
) -> tuple[list[int], list[bool]]:
    """For each comparison the earlier one it depends on most, -1 for none; and if it does in the first class.

    A tree as of Chow & Liu 1968, for all classes together (strangers; matches): the sum of their mutual
    information counts. But each comparison may only lean on an earlier one, and only what is beyond chance
    by far counts (G > 60 + 12 per degree of freedom; two by two for matches who moved, which decides among
    parts of an address). While the first
    class is not `clean`, matches may be among its pairs, and only what one event changes together may depend
    on each other. Among matches damage to one field may also spare another. Who is `alone` leans on none.
    """
    n = len(comparisons)
    information = np.zeros((len(classes), n, n))
    strangers = classes[0].counts
    for k, one_class in enumerate(classes):
        counts = one_class.counts
        mutual = _information(counts, comparisons)
        for i in range(1, n):
            for j in range(i):
                one, other, joint = comparisons[i], comparisons[j], counts[i, j, 1:, 1:]
                # Other dependences among what training takes for matches are those of strangers it has
                # taken in, and would keep them in.
                if (k == 0 and clean) or changes_with(one, other):
                    information[k, i, j] = mutual[i, j]
                    if k > 0 and tells_place(one) and tells_place(other):
                        _, moved = _moved(joint, strangers[i, j, 1:, 1:])
                        information[k, i, j] = max(information[k, i, j], moved)
                elif k > 0 and spares(one, other):
                    held = joint[: one.operation.n_codes - 1, : other.operation.n_codes - 1]
                    information[k, i, j] = _spared(held)
        if k > 0:
            _by_moves(information[k], one_class, strangers, comparisons)
    information[:, list(alone)] = 0
    whole = information.sum(axis=0)
    parents = [int(whole[i].argmax()) if whole[i].max() > 0 else -1 for i in range(n)]
    return parents, [p >= 0 and information[0, i, p] > 0 for i, p in enumerate(parents)]


def places_in_a_chain(comparisons: Sequence[Comparison]) -> list[int]:
    """Parents to begin with: each field that tells the place leans on the one before it."""
    parents, last = [-1] * len(comparisons), -1
    for i, item in enumerate(comparisons):
        if tells_place(item):
            parents[i], last = last, i
    return parents


def _information(counts: Array, comparisons: Sequence[Comparison]) -> Array:
    """Mutual information of any two comparisons' levels, nats a pair; 0 where it may be chance.

    float64[n, n], of counts by both comparisons and the codes of both; missing ones say nothing.
    """
    joint = counts[:, :, 1:, 1:]
    total = np.maximum(joint.sum(axis=(2, 3)), 1)
    expected = joint.sum(axis=3)[..., None] * joint.sum(axis=2)[:, :, None] / total[..., None, None]
    ratio = np.divide(joint, expected, out=np.ones_like(joint), where=joint > 0)
    g = 2 * np.einsum("ijkl,ijkl->ij", joint, np.log(ratio))
    levels = np.array([item.operation.n_codes - 2 for item in comparisons])
    beyond_chance = (total >= LEAST_PAIRS) & (g > 60 + 12 * np.outer(levels, levels))
    found: Array = np.where(beyond_chance, g / (2 * total), 0.0)
    return found


def _spared(joint: Array) -> float:
    """What it tells that of two fields mostly one is damaged, nats a pair; 0 where it may be chance.

    Strangers among the matches differ in both fields, so this dependence cannot be theirs.
    """
    whole = np.array([[joint[:-1, :-1].sum(), joint[:-1, -1].sum()], [joint[-1, :-1].sum(), joint[-1, -1]]])
    total = float(whole.sum())
    if total < LEAST_SPARED:
        return 0.0
    both, g = _two_by_two(whole)
    return g / (2 * total) if both < 0 and g > SPARED_BEYOND_CHANCE else 0.0


def _by_moves(
    information: Array, matches: OneClass, strangers: Array, comparisons: Sequence[Comparison]
) -> None:
    """Let a part of an address lean, in place, on the one that tells most of its moves, where enough are.

    All parts tell how both records are written, in capitals or without diacritics, and that is nothing of the
    person. They are compared over the same pairs, those that hold all parts: where one is missing, another is
    often written in another way though nobody moved.
    """
    places = [i for i, c in enumerate(comparisons) if tells_place(c) and c.operation.name != "category"]
    if len(places) < 3:
        return
    held = (matches.codes[:, places] > 0).all(axis=1)
    counts = joint_counts(np.asfortranarray(matches.codes[held][:, places]), matches.weights[held])
    for at, i in enumerate(places):
        moved = [_moved(counts[at, k, 1:, 1:], strangers[i, j, 1:, 1:]) for k, j in enumerate(places[:at])]
        if len(moved) > 1 and min(both for both, _ in moved) >= LEAST_MOVED:
            information[i, places[:at]] = [told for _, told in moved]


def _moved(matches: Array, strangers: Array) -> tuple[float, float]:
    """How many differ in two parts of an address, and what that tells, nats a pair; 0 where it may be chance.

    Some hundred matches cannot fill a table of all levels, but thirty who moved are seen in two by two: the
    levels that strangers reach more often than matches are those of another place.
    """
    total = float(matches.sum())
    if total < LEAST_MOVED or not strangers.any():
        return 0.0, 0.0
    one, other = (_of_strangers(matches.sum(axis=axis), strangers.sum(axis=axis)) for axis in (1, 0))
    whole = np.array([[matches[a][:, b].sum() for b in (other, ~other)] for a in (one, ~one)])
    both, g = _two_by_two(whole)
    return float(whole[0, 0]), g / (2 * total) if both > 0 and g > MOVED_BEYOND_CHANCE else 0.0


def _of_strangers(matches: Array, strangers: Array) -> npt.NDArray[np.bool_]:
    """Levels that strangers reach more often than matches."""
    found: npt.NDArray[np.bool_] = strangers / strangers.sum() > matches / matches.sum()
    return found


def _two_by_two(whole: Array) -> tuple[float, float]:
    """Pairs that are both, beyond what chance makes them; and G of that, of one degree of freedom."""
    expected = np.outer(whole.sum(axis=1), whole.sum(axis=0)) / whole.sum()
    seen = whole > 0
    g = 2 * float((whole[seen] * np.log(whole[seen] / expected[seen])).sum())
    return float(whole[0, 0] - expected[0, 0]), g
