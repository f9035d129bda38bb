"""Agreement patterns and the flat tables [comparison][code of parent][code] that count and weigh them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.statistics import table_entries
from linkage.comparison.program import Comparison
from linkage.model.model import layout

Array = npt.NDArray[np.float64]

M_STRENGTH = 8.0
"""Pairs that the prior expectation of m is worth: it decides small data and vanishes in large."""

U_STRENGTH = 2.0

PARENT_STRENGTH = 40.0
"""Pairs by which a table given its parent leans on the table without: rare parents decide nothing."""


@dataclass
class Patterns:
    """Distinct agreement patterns.

    Attributes
    ----------
    codes : uint8[n_patterns, n_comparisons]
        0 = missing, else gamma + 1.
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
            np.ascontiguousarray(self.codes[chosen]), self.counts[chosen].copy(),
            self.rarity[chosen].copy(), self.rarity_shared[chosen].copy(),
        )  # fmt: skip

    def every(self, step: int) -> Patterns:
        """Every `step`-th pattern, counting for those left out."""
        part = self.take(slice(None, None, step))
        part.counts *= step
        return part


class Maximiser:
    """The M-step's arithmetic for one layout of tables."""

    def __init__(self, comparisons: Sequence[Comparison], parents: list[int]) -> None:
        self.comparisons = comparisons
        self.parents = parents
        self.bases, self.size = layout(comparisons, parents)
        self.n_codes = np.array([c.operation.n_codes for c in comparisons], np.int32)
        self._places = [np.array(x, np.int32) for x in (self.bases, parents)]
        self.informative = [c.field.missing == "informative" for c in comparisons]

    def entries(self, patterns: Patterns) -> npt.NDArray[np.int16]:
        """Where each pattern's levels stand in the flat tables; int16[n_patterns, n_comparisons]."""
        found: npt.NDArray[np.int16] = table_entries(
            patterns.codes, self._places[0], self._places[1], self.n_codes
        )
        return found

    def table(self, flat: Array, i: int) -> Array:
        """View of one comparison's table, [code of parent, code]."""
        n_parent = self.n_codes[self.parents[i]] if self.parents[i] >= 0 else 1
        n = int(n_parent * self.n_codes[i])
        return flat[self.bases[i] : self.bases[i] + n].reshape(int(n_parent), int(self.n_codes[i]))

    def probabilities(self, counts: Array, prior: Sequence[Array], strength: float) -> Array:
        """Counts -> probabilities of levels given the parent's level, drawn towards a prior."""
        out = np.ones(self.size)
        for i in range(len(self.comparisons)):
            observed, result = self.table(counts, i), self.table(out, i)
            whole = _normalised(observed.sum(axis=0)[1:] + strength * prior[i])
            if self.parents[i] < 0:
                result[0, 1:] = whole
            else:
                result[:, 1:] = _normalised(observed[:, 1:] + PARENT_STRENGTH * whole)
                # What was never seen may still be as frequent as half a pair among those looked at.
                seen = np.maximum(observed[:, 1:].sum(axis=1, keepdims=True), 1.0)
                result[:, 1:] = _normalised(np.maximum(result[:, 1:], np.minimum(whole, 0.5 / seen)))
            if self.informative[i]:
                missing = observed[:, :1].sum() / max(observed.sum(), 1.0)
                result[:, 0] = np.clip(missing, 1e-4, 1.0)
                result[:, 1:] *= 1 - min(missing, 0.999)
        return out


def _normalised(counts: Array) -> Array:
    shares: Array = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def level_counts(patterns: Patterns, weights: Array, shape: Maximiser) -> Array:
    """Weighted counts of levels given the parent's level; float64[size] in the layout of `shape`."""
    out = np.zeros(shape.size)
    for i in range(len(shape.comparisons)):
        at = patterns.codes[:, i].astype(np.int64)
        if shape.parents[i] >= 0:
            at += patterns.codes[:, shape.parents[i]].astype(np.int64) * int(shape.n_codes[i])
        table = shape.table(out, i)
        table += np.bincount(at, weights, minlength=table.size).reshape(table.shape)
    return out
