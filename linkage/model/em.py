"""Agreement patterns with their counts -> m, u and priors of matches, relatives and strangers, by EM."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from linkage._kernels.expectation import expectation
from linkage.model.estimate import Estimate, Known
from linkage.model.m_step import maximise
from linkage.model.own import is_elsewhere, n_unlike, own_fields, shape_of_matches, without_likenesses
from linkage.model.patterns import Maximiser, Patterns, Runs
from linkage.model.relatives import Relatives
from linkage.model.sure import fields_asked, most_at_levels
from linkage.model.sure_relatives import most_alike, names_asked

Array = npt.NDArray[np.float64]
CLASSES = 8
"""Matches and up to seven classes of relatives, side by side in one row of a table."""

CHUNKS = 4
"""Parts of the E-step; fixed, so that sums round alike on any number of threads."""

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
    bits, prior = runs.sums(_bits(e, known, shape)), np.log2(e.prior)
    edges = np.linspace(0, len(patterns), CHUNKS + 1).astype(np.intp).tolist()
    parts = [_part(patterns, runs, slice(a, b)) for a, b in pairwise(edges)]
    _in_shares(pool, lambda part: part.expect(bits, prior, known.relatives), parts)
    return np.concatenate([part.posterior for part in parts])


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
    kinds = unlike + 3 * is_elsewhere(patterns.codes, shape)
    parts = _parts(patterns, runs, kinds, pool)
    asked = fields_asked(shape, known.shared, own=asks_own)
    names = names_asked(shape, known.shared, known.relatives)
    entries = shape.entries(patterns) if asked or names else np.empty((0, 0), np.int16)
    most: dict[int, Array] = {}
    alike: dict[tuple[int, int], Array] = {}
    for step in range(iterations):
        bits, prior = runs.sums(_bits(e, known, shape)), np.log2(e.prior)

        def one(part: _Part, bits: Array = bits, prior: Array = prior) -> Array:
            return part.expect(bits, prior, known.relatives, doubt)

        sums = sum(_in_shares(pool, one, parts), np.zeros(len(prior)))
        expected, of_m = _expected(parts, runs, shape, own)
        # Before the first step of a large table half the patterns may match still: twice the work.
        if (asked or names) and step % ASK_EVERY == (0 if asks_own else 1):
            likely, best = np.zeros(len(patterns)), np.full(len(patterns), -np.inf)
            for p in parts:
                likely[p.places], best[p.places] = p.posterior, p.best
            most = most_at_levels(patterns, runs, entries, likely, bits, e, known, shape, asked)
            alike = most_alike(patterns, runs, entries, likely, best, bits, e, known, shape, names)
        if step == 0:
            # The others can be nothing but strangers, and change nothing.
            live = np.zeros(len(patterns), bool)
            for p in parts:
                live[p.places] = p.best > np.log2(NEGLIGIBLE)
            parts = _parts(patterns, runs, np.where(live, kinds, -1), pool)
        change = maximise(e, known, shape, expected, of_m, sums, most, alike)
        e.history.append({"matches": float(sums[0]), "relatives": float(sums[1:].sum()), "change": change})
        e.iterations = step + 1
        if change < tolerance:
            e.converged = True
            break
    return e


@dataclass
class _Part:
    """A part of the patterns, without their codes, with room for its E-step.

    `places` are theirs among all patterns; of their `kind` they differ in 0, 1, 2 and more of the own fields,
    and in 3 to 5 the same, elsewhere.
    """

    counts: Array
    rarity: Array
    rarity_shared: Array
    runs: npt.NDArray[np.int16]
    expected: Array
    posterior: Array
    best: Array
    places: npt.NDArray[np.intp] | slice
    kind: int

    def expect(self, bits: Array, prior: Array, relatives: Sequence[Relatives], doubt: float = 0.0) -> Array:
        """Fill expected counts, the probability of a match, the best odds; expected pairs of each class."""
        any_rarity = np.array([True, *(kind.any_rarity for kind in relatives)], np.uint8)
        sums: Array = expectation(
            self.runs, self.counts, self.rarity, self.rarity_shared, bits, prior, any_rarity,
            self.expected, self.posterior, self.best, doubt,
        )  # fmt: skip
        return sums


def _parts(
    patterns: Patterns, runs: Runs, kinds: npt.NDArray[np.int64], pool: ThreadPoolExecutor
) -> list[_Part]:
    """Patterns of one kind together, each kind in a fixed number of parts; below 0 they are left out."""
    wanted = []
    for k in range(int(kinds.max(initial=-1)) + 1):
        places = np.flatnonzero(kinds == k)
        edges = np.linspace(0, len(places), CHUNKS + 1).astype(np.intp)
        wanted += [(places[a:b], k) for a, b in pairwise(edges) if len(places)]

    return list(pool.map(lambda part: _part(patterns, runs, *part), wanted))


def _part(patterns: Patterns, runs: Runs, places: npt.NDArray[np.intp] | slice, kind: int = 0) -> _Part:
    counts = patterns.counts[places]
    return _Part(
        counts, patterns.rarity[places], patterns.rarity_shared[places], runs.of_patterns[places],
        np.zeros((len(runs.offsets) - 1, CLASSES)),
        np.empty(len(counts)), np.empty(len(counts)), places, kind,
    )  # fmt: skip


def _in_shares(
    pool: ThreadPoolExecutor, work: Callable[[_Part], Array], parts: Sequence[_Part]
) -> list[Array]:
    """What becomes of each part, in their order; a task takes several, as each takes a moment only."""
    found: list[Array] = [np.empty(0)] * len(parts)

    def some(first: int) -> None:
        for k in range(first, len(parts), CHUNKS):
            found[k] = work(parts[k])

    for _ in pool.map(some, range(CHUNKS)):
        pass
    return found


def _expected(
    parts: Sequence[_Part], runs: Runs, shape: Maximiser, own: Sequence[int]
) -> tuple[Array, Array]:
    """Expected counts of each class, float64[classes, size], and of the matches that shape m."""
    by_kind = np.zeros((6, CLASSES, shape.size))
    for k in range(6):
        of = [p.expected for p in parts if p.kind == k]
        if of:
            by_kind[k] = runs.spread(sum(of[1:], of[0].copy()), shape.size).T
    of_m = shape_of_matches(by_kind[:3, 0] + by_kind[3:, 0], shape, own)
    by_place = [shape_of_matches(part[:, 0], shape, own) for part in (by_kind[:3], by_kind[3:])]
    without_likenesses(of_m, by_place, shape, own)
    return by_kind.sum(axis=0), of_m
