"""Agreement patterns and the flat tables [comparison][code of parent][code] that count and weigh them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.expectation import run_sums
from linkage._kernels.patterns import entry_counts, level_shares, number_pairs, table_entries
from linkage._kernels.relatives import bound_tables
from linkage.comparison.program import Comparison
from linkage.model.weights import layout

Array = npt.NDArray[np.float64]

M_STRENGTH = 8.0
"""Pairs that the prior expectation of m is worth: it decides small data and vanishes in large."""

U_STRENGTH = 2.0

PARENT_STRENGTH = 40.0
"""Pairs by which a table given its parent leans on the table without: rare parents decide nothing.
Where damage to the parent spares the field, a rare kind of damage leans on all other kinds."""

PLACES = ("address", "text", "category")
"""Kinds of the fields that tell a place, where a family shares them."""

MOVED = 0.6
"""Of pairs that differ in one part of an address, the share expected to differ in the next one too."""


def tells_place(item: Comparison) -> bool:
    """Whether a comparison is of a part of an address."""
    return item.field.is_shared and item.field.kind in PLACES


def is_of_person(item: Comparison) -> bool:
    """Whether a comparison is of what a person is called or when they were born, not of where they live."""
    return not item.field.is_shared or item.field.part == "family"


def changes_with(one: Comparison, other: Comparison) -> bool:
    """Whether one event changes both: a move the parts of an address, a swap the parts of a name."""
    if one.operation.name == "part":
        return other.operation.name == "part"
    return tells_place(one) and tells_place(other)


def spares(one: Comparison, other: Comparison) -> bool:
    """Whether damage to the one may spare the other: both are of the person, and no event changes both."""
    return is_of_person(one) and is_of_person(other) and not changes_with(one, other)


def who_moved(levels: Array) -> Array:
    """The shares of a part of an address where another part differs: `MOVED` at least differ here too."""
    moved = levels.copy()
    moved[0] = max(MOVED, levels[0])
    moved[1:] *= (1 - moved[0]) / max(float(levels[1:].sum()), 1e-300)
    return moved


@dataclass
class Patterns:
    """Distinct agreement patterns.

    Attributes
    ----------
    codes : uint8[n_patterns, n_comparisons]
        0 = missing, else gamma + 1. One comparison's codes side by side (Fortran's order).
    counts : float64[n_patterns]
        Pairs (of all pairs, also when only a sample was seen).
    rarity, rarity_shared : float64[n_patterns]
        Surprisal (bits) of the values that agree: over all comparisons, and over those that relatives
        share. An average value's surprisal, `centre`, is subtracted in the tables.
    """

    codes: npt.NDArray[np.uint8]
    counts: Array
    rarity: Array
    rarity_shared: Array

    def __len__(self) -> int:
        return len(self.counts)

    def take(self, chosen: Any) -> Patterns:
        """The patterns where a mask holds or of a slice."""
        return Patterns(
            np.ascontiguousarray(self.codes.T[:, chosen]).T, self.counts[chosen].copy(),
            self.rarity[chosen].copy(), self.rarity_shared[chosen].copy(),
        )  # fmt: skip

    def every(self, step: int) -> Patterns:
        """Every `step`-th pattern, counting for those left out."""
        if step == 1:
            return self
        part = self.take(slice(None, None, step))
        part.counts *= step
        return part


CONTENTS_OF_A_RUN = 1024
"""Distinct contents of a run of comparisons, at most: their tables stay in the caches."""


@dataclass
class Runs:
    """Patterns cut into runs of neighbouring comparisons; what many patterns share is summed once.

    At 1.1 million records 140,000 patterns of 20 comparisons have some 4,000 contents in 6 runs: the E-step
    takes a third of the time it takes entry by entry.

    Attributes
    ----------
    of_patterns : int16[n_patterns, n_runs]
        Content of each run; numbers count through all runs.
    offsets : int32[n_contents + 1]
    members : int16[offsets[-1]]
        Entries in the flat tables of each content.
    """

    of_patterns: npt.NDArray[np.int16]
    offsets: npt.NDArray[np.int32]
    members: npt.NDArray[np.int16]

    def every(self, step: int) -> Runs:
        """Those of every `step`-th pattern."""
        return Runs(np.ascontiguousarray(self.of_patterns[::step]), self.offsets, self.members)

    def sums(self, rows: Array) -> Array:
        """Rows of the flat tables -> for each content their sum; float64[n_contents, 8]."""
        found: Array = run_sums(self.offsets, self.members, rows)
        return found


def cut_into_runs(entries: npt.NDArray[np.int16], pool: ThreadPoolExecutor) -> Runs:
    """Entries of patterns (`Maximiser.entries`) -> runs, each of as many comparisons as have few contents."""
    n = entries.shape[1]
    halves = list(pool.map(lambda part: _runs_of(entries[:, part]), (slice(0, n // 2), slice(n // 2, n))))
    columns = [column for half in halves for column, _ in half]
    members = [contents for half in halves for _, contents in half]
    begins = np.cumsum([0, *(len(m) for m in members[:-1])])
    of_patterns = np.empty((len(entries), len(columns)), np.int16)
    for k, (column, begin) in enumerate(zip(columns, begins, strict=True)):
        np.add(column, begin, out=of_patterns[:, k], casting="unsafe")
    lengths = np.concatenate([np.full(len(m), m.shape[1]) for m in members])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return Runs(of_patterns, offsets, np.concatenate([m.ravel() for m in members]))


def _runs_of(
    entries: npt.NDArray[np.int16],
) -> list[tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]]:
    """Per run the number of each pattern's content, and the entries of each content."""
    n, n_comparisons = entries.shape
    first = np.empty(CONTENTS_OF_A_RUN, np.int32)
    found = []
    begin, numbers, start = 0, np.zeros(n, np.int16), first[:0]
    for f in range(n_comparisons):
        longer = np.empty(n, np.int16)
        n_longer = number_pairs(numbers, entries[:, f], longer, first)
        if n_longer < 0:
            found.append((numbers, np.ascontiguousarray(entries[start, begin:f])))
            begin = f
            n_longer = number_pairs(np.zeros(n, np.int16), entries[:, f], longer, first)
        numbers, start = longer, first[:n_longer].copy()
    if begin < n_comparisons:
        found.append((numbers, np.ascontiguousarray(entries[start, begin:])))
    return found


class Maximiser:
    """The M-step's arithmetic for one layout of tables."""

    def __init__(self, comparisons: Sequence[Comparison], parents: list[int]) -> None:
        self.comparisons = comparisons
        self.parents = parents
        self.bases, self.size = layout(comparisons, parents)
        self.n_codes = np.array([c.operation.n_codes for c in comparisons], np.int32)
        self._places = [np.array(x, np.int32) for x in (self.bases, parents)]
        shapes = [
            (comparisons[p].operation.n_codes if p >= 0 else 1, c.operation.n_codes)
            for c, p in zip(comparisons, parents, strict=True)
        ]
        self._tables = [
            (slice(int(base), int(base) + n * m), (n, m))
            for base, (n, m) in zip(self.bases, shapes, strict=True)
        ]
        self.moves = [
            p >= 0 and len(c.operation.prior) > 1 and tells_place(c) and tells_place(comparisons[p])
            for c, p in zip(comparisons, parents, strict=True)
        ]
        self._spares = np.array(
            [p >= 0 and spares(c, comparisons[p]) for c, p in zip(comparisons, parents, strict=True)],
            np.uint8,
        )
        self._moves = np.array(self.moves, np.uint8)
        self._informative = np.array([c.field.missing != "neutral" for c in comparisons], np.uint8)
        self._personal = np.array([c.operation.personal for c in comparisons], np.int32)
        self._alike = np.array([c.operation.alike for c in comparisons], np.int32)

    def entries(self, patterns: Patterns) -> npt.NDArray[np.int16]:
        """Where each pattern's levels stand in the flat tables; int16[n_patterns, n_comparisons]."""
        found: npt.NDArray[np.int16] = table_entries(
            patterns.codes, self._places[0], self._places[1], self.n_codes
        )
        return found

    def table(self, flat: Array, i: int) -> Array:
        """View of one comparison's table, [code of parent, code]."""
        place, shape = self._tables[i]
        return flat[place].reshape(shape)

    def probabilities(self, counts: Array, prior: Sequence[Array], strength: float) -> Array:
        """Counts -> probabilities of levels given the parent's level, drawn towards a prior."""
        base, parent = self._places
        return level_shares(
            counts, base, parent, self.n_codes, np.concatenate(prior), self._moves, self._spares,
            self._informative, strength, PARENT_STRENGTH, MOVED,
        )  # fmt: skip

    def bound(
        self,
        own: Array,
        expected: Array,
        together: Array | None,
        m: Array,
        u: Array,
        leans: npt.NDArray[np.uint8],
        most: Array,
        *,
        u_strength: float,
        strength: float,
        alike_strength: float,
        chance: float,
        most_chance: float,
    ) -> None:
        """Keep what a class of relatives agrees on within bounds, in place; as of `bound_tables`."""
        base, parent = self._places
        bound_tables(
            own, expected, together, m, u, base, parent, self.n_codes, self._personal, self._alike, leans,
            most, u_strength=u_strength, strength=strength, alike_strength=alike_strength, chance=chance,
            most_chance=most_chance,
        )  # fmt: skip


def level_counts(patterns: Patterns, weights: Array, shape: Maximiser) -> Array:
    """Weighted counts of levels given the parent's level; float64[size] in the layout of `shape`."""
    found: Array = entry_counts(shape.entries(patterns), weights, shape.size)
    return found
