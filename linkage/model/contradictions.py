"""Matches by agreement pattern, and rules -> fields of which a rule's matches say something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison
from linkage.model.patterns import Patterns
from linkage.percent import percent

Array = npt.NDArray[np.float64]

LEAST_OF_A_RULE = 50.0
"""Matches that a rule must show before what it says counts."""
MOST_APART = 0.2
"""Difference of two shares from which on one rule's matches are no sample of all."""
PATTERNS_AT_ONCE = 1 << 12
"""Patterns whose matches are added up at a time, in the caches."""


class Contradiction(NamedTuple):
    """A rule whose matches agree on a field far less or far more often than all matches do."""

    rule: str
    field: str
    of_rule: float
    of_all: float

    @property
    def message(self) -> str:
        """In words."""
        of_rule, of_all = percent(self.of_rule), percent(self.of_all)
        return (
            f"matches that agree on {self.rule} agree on {self.field} in {of_rule}, all matches in {of_all}:"
            " errors are not independent, or the rule finds other people; weights are learned from all rules"
            " together, not from each alone"
        )

    @property
    def message_vi(self) -> str:
        """The same in Vietnamese."""
        of_rule, of_all = percent(self.of_rule), percent(self.of_all)
        return (
            f"các cặp khớp trùng {self.rule} thì trùng {self.field} ở {of_rule}, mọi cặp khớp thì ở {of_all}:"
            " các lỗi không độc lập với nhau, hoặc quy tắc tìm ra những người khác; trọng số được học từ mọi"
            " quy tắc cùng nhau, không phải từ riêng từng quy tắc"
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
    (of_all, *of_rules), (_, *seen_of_rules) = _shares(patterns, matches, comparisons, list(rules.values()))
    shared = {i for i, c in enumerate(comparisons) if c.field.is_shared}
    farthest: dict[int, Contradiction] = {}
    for (name, fields), shares, seen in zip(rules.items(), of_rules, seen_of_rules, strict=True):
        # Who agrees on one part of an address agrees on the others: that is no news.
        told = set(fields) | (shared if shared.intersection(fields) else set())
        for i, item in enumerate(comparisons):
            found = Contradiction(name, item.name, float(shares[i]), float(of_all[i]))
            enough = i not in told and seen[i] >= LEAST_OF_A_RULE
            if enough and _apart(found) > max(MOST_APART, _apart(farthest.get(i))):
                farthest[i] = found
    return sorted(farthest.values(), key=_apart, reverse=True)


def _shares(
    patterns: Patterns, matches: Array, comparisons: Sequence[Comparison], rules: Sequence[Sequence[int]]
) -> tuple[Array, Array]:
    """Of the matches that hold a field on both sides, the share that agrees on it, and their number.

    Of all matches, then of those that agree on each rule's fields; float64[1 + n_rules, n_comparisons].
    """
    n = len(comparisons)
    least = np.array([c.operation.alike or c.operation.n_codes - 1 for c in comparisons])
    sums = np.zeros((1 + len(rules), 2 * n))
    chosen = np.flatnonzero(matches)
    for at in range(0, len(chosen), PATTERNS_AT_ONCE):
        part = chosen[at : at + PATTERNS_AT_ONCE]
        codes = patterns.codes[part]
        equal = codes >= least
        agree = [np.ones(len(part), bool), *(equal[:, list(fields)].all(axis=1) for fields in rules)]
        sums += (np.stack(agree) * matches[part]) @ np.hstack([equal, codes > 0]).astype(np.float64)
    equal_sums, seen = sums[:, :n], sums[:, n:]
    return equal_sums / np.maximum(seen, 1e-300), seen


def _apart(found: Contradiction | None) -> float:
    return 0.0 if found is None else abs(found.of_rule - found.of_all)
