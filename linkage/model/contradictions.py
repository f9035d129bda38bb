"""Matches by agreement pattern, and rules -> fields of which a rule's matches say something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison
from linkage.model.patterns import Patterns

Array = npt.NDArray[np.float64]
Bits = npt.NDArray[np.bool_]

LEAST_OF_A_RULE = 50.0
"""Matches that a rule must show before what it says counts."""
MOST_APART = 0.2
"""Difference of two shares from which on one rule's matches are no sample of all."""


class Contradiction(NamedTuple):
    """A rule whose matches agree on a field far less or far more often than all matches do."""

    rule: str
    field: str
    of_rule: float
    of_all: float

    @property
    def message(self) -> str:
        """In words."""
        return (
            f"matches that agree on {self.rule} agree on {self.field} in {self.of_rule:.0%}, all matches in"
            f" {self.of_all:.0%}: errors are not independent, or the rule finds other people; weights are"
            " learned from all rules together, not from each alone"
        )


def find_contradictions(
    patterns: Patterns,
    matches: Array,
    comparisons: Sequence[Comparison],
    rules: Mapping[str, Sequence[int]],
) -> list[Contradiction]:
    """What training rules teach about the fields that they do not hold, against what all matches teach.

    Parameters
    ----------
    patterns : Patterns
    matches : float64[n_patterns]
        Expected matches of each.
    comparisons : sequence of Comparison
    rules : mapping of str to sequence of int
        A rule's name and the comparisons of its keys.

    Returns
    -------
    list of Contradiction
        For each field the rule that is farthest off, the farthest first.
    """
    chosen = np.flatnonzero(matches)
    codes, matches = patterns.codes[chosen], matches[chosen]
    held = codes > 0
    equal = codes >= np.array([c.operation.alike or c.operation.n_codes - 1 for c in comparisons])
    shared = {i for i, c in enumerate(comparisons) if c.field.is_shared}
    of_all = _shares(matches, equal, held)[0]
    farthest: dict[int, Contradiction] = {}
    for name, fields in rules.items():
        shares, seen = _shares(matches * equal[:, list(fields)].all(axis=1), equal, held)
        # Who agrees on one part of an address agrees on the others: that is no news.
        told = set(fields) | (shared if shared.intersection(fields) else set())
        for i, item in enumerate(comparisons):
            found = Contradiction(name, item.name, float(shares[i]), float(of_all[i]))
            enough = i not in told and seen[i] >= LEAST_OF_A_RULE
            if enough and _apart(found) > max(MOST_APART, _apart(farthest.get(i))):
                farthest[i] = found
    return sorted(farthest.values(), key=_apart, reverse=True)


def _shares(matches: Array, equal: Bits, held: Bits) -> tuple[Array, Array]:
    """Of the matches that hold a field on both sides, the share that agrees on it; and their number."""
    seen = matches @ held
    return (matches @ equal) / np.maximum(seen, 1e-300), seen


def _apart(found: Contradiction | None) -> float:
    return 0.0 if found is None else abs(found.of_rule - found.of_all)
