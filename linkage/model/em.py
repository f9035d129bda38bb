"""Agreement patterns with their counts -> m, u and priors of matches, relatives and strangers, by EM."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from linkage.model.e_step import CLASSES, EStep
from linkage.model.estimate import Estimate, Known
from linkage.model.m_step import maximise
from linkage.model.own import is_elsewhere, n_unlike, own_fields, shape_of_matches, without_likenesses
from linkage.model.patterns import Maximiser, Patterns, Runs
from linkage.model.sure import fields_asked, most_at_levels
from linkage.model.sure_relatives import most_alike, names_asked

Array = npt.NDArray[np.float64]
KINDS = 6
"""Of patterns: unlike in 0, 1, 2 and more of the own fields, and in 3 to 5 the same, elsewhere."""

NEGLIGIBLE = 1e-6

ASK_EVERY = 4
"""Iterations between two looks at what matches that are sure without a field say of it."""

DOUBT = 0.2
"""Pairs less likely to match do not shape m. At a million records millions of strangers share a name and an
age, more often than independence says; a hundredth of a match each would outnumber the true ones. Strangers
grow with the pairs, matches with the records: the odds go with the root of the number of records."""


def posterior(
    e: Estimate, known: Known, shape: Maximiser, patterns: Patterns, runs: Runs, pool: ThreadPoolExecutor
) -> Array:
    """Probability of a match of each pattern; float64[n_patterns]."""
    step = EStep(patterns, runs, np.zeros(len(patterns), np.int64), 1, shape.size, pool)
    step.expect(runs.sums(_bits(e, known, shape)), np.log2(e.prior), known.relatives)
    return step.likely(len(patterns))[0]


def _bits(e: Estimate, known: Known, shape: Maximiser) -> Array:
    """log2 of each class's probability over the strangers'; float64[size, 8], unused classes 0."""
    bits = np.log2(np.vstack([e.m[None], e.family]) / e.u)
    bits[0] -= e.centre
    for i, is_shared in enumerate(known.shared):
        for row, kind in zip(bits[1:], known.relatives, strict=True):
            # Relatives agree on a shared field whatever its rarity, as one person does.
            if is_shared or kind.any_rarity:
                shape.table(row, i)[:] -= shape.table(e.centre, i)
    out = np.zeros((shape.size, CLASSES))
    out[:, : len(bits)] = bits.T
    return out


def doubt_of(n_records: int) -> float:
    """Probability below which a pair does not shape m, by the size of the table."""
    odds = DOUBT / (1 - DOUBT) * math.sqrt(n_records / 1_000_000)
    return min(max(odds / (1 + odds), 0.02), 0.5)


def fit(
    patterns: Patterns,
    runs: Runs,
    start: Estimate,
    known: Known,
    shape: Maximiser,
    *,
    pool: ThreadPoolExecutor,
    iterations: int = 40,
    tolerance: float = 1e-3,
    asks_own: bool = True,
) -> Estimate:
    """Expectation-maximisation of m, the prior, and the relatives' class; u is given.

    Parameters
    ----------
    patterns : Patterns
        Of the candidate pairs of all rules together, each pair once. Pairs that no rule finds count as
        strangers, so no rule's own agreement biases m.
    runs : Runs
        Of these patterns' entries in the layout of `shape`.
    start : Estimate
        First m, u, family and priors in the layout of `shape`.
    known : Known
    asks_own : bool
        Whether matches that are sure without a field of one's own bound how often it differs, as they do of
        names of relatives (`most_at_levels`).
    """
    e, doubt = start, doubt_of(known.n_records)
    own = own_fields(shape, known.shared)
    unlike = np.minimum(n_unlike(patterns.codes, shape, own), 2)
    kinds = unlike + 3 * is_elsewhere(patterns.codes, patterns.counts, shape)
    e_step = EStep(patterns, runs, kinds, KINDS, shape.size, pool)
    asked = fields_asked(shape, known.shared, own=asks_own)
    names = names_asked(shape, known.shared, known.relatives)
    entries = shape.entries(patterns) if asked or names else np.empty((0, 0), np.int16)
    most: dict[int, Array] = {}
    alike: dict[tuple[int, int], Array] = {}
    for step in range(iterations):
        bits, prior = runs.sums(_bits(e, known, shape)), np.log2(e.prior)
        found = e_step.expect(bits, prior, known.relatives, doubt)
        expected, of_m = found.by_kind.sum(axis=0), _of_m(found.by_kind, shape, own)
        # Before the first step of a large table half the patterns may match still: twice the work.
        if (asked or names) and step % ASK_EVERY == (0 if asks_own else 1):
            likely, best = e_step.likely(len(patterns))
            most = most_at_levels(patterns, runs, entries, likely, bits, e, known, shape, asked, pool)
            alike = most_alike(patterns, runs, entries, likely, best, bits, e, known, shape, names)
        if step == 0:
            # The others can be nothing but strangers, and change nothing.
            live = e_step.likely(len(patterns))[1] > np.log2(NEGLIGIBLE)
            e_step = EStep(patterns, runs, np.where(live, kinds, -1), KINDS, shape.size, pool)
        sums = found.of_classes
        change = maximise(e, known, shape, expected, of_m, sums, most, alike)
        e.history.append({"matches": float(sums[0]), "relatives": float(sums[1:].sum()), "change": change})
        e.iterations = step + 1
        if change < tolerance:
            e.converged = True
            break
    return e


def _of_m(by_kind: Array, shape: Maximiser, own: Sequence[int]) -> Array:
    """Expected matches that shape m, by entry of the tables, of what is expected by kind, class and entry."""
    of_m = shape_of_matches(by_kind[:3, 0] + by_kind[3:, 0], shape, own)
    by_place = [shape_of_matches(part[:, 0], shape, own) for part in (by_kind[:3], by_kind[3:])]
    without_likenesses(of_m, by_place, shape, own)
    return of_m
