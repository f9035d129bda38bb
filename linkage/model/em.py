"""Agreement patterns with their counts -> m, u and priors of matches, relatives and strangers, by EM."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.statistics import expectation, joint_counts, match_bits, table_entries
from linkage.comparison.program import Comparison
from linkage.model.model import layout

Array = npt.NDArray[np.float64]
M_STRENGTH = 8.0
"""Pairs that the prior expectation of m is worth: it decides small data and vanishes in large."""
U_STRENGTH = 2.0
CHANCE_ALIKE, MOST_ALIKE = 2.0, 0.02
MOST_PERSONAL, MOST_COINCIDENT, MOST_FREE = 0.03, 0.008, 0.97
CHANCE = {
    "identifier": (1e-6, 1e6),
    "email": (1e-6, 1e5),
    "name": (1e-5, 1e4),
    "date": (5e-5, 1e4),
    "part": (1e-3, 1e3),
    "text": (1e-2, 1e3),
}
"""By kind of comparison the chance that two strangers agree, expected before any data, and the number of
pairs that expectation is worth: a few records cannot show how rare their values are elsewhere."""
CLASSES = 8
"""Matches and up to seven classes of relatives, side by side in one row of a table."""
CHUNKS = 4
"""Parts of the E-step; fixed, so that sums round alike on any number of threads."""
PLACES = ("address", "text", "category")
"""Kinds of the fields that tell a place, where a family shares them."""
PARENT_PATTERNS = 200_000
NEGLIGIBLE = 1e-6
DOUBT = 0.2
"""Pairs less likely to match do not shape m. At a million records millions of strangers share a name and an
age, more often than independence says; a hundredth of a match each would outnumber the true ones. Strangers
grow with the pairs, matches with the records: the odds go with the root of the number of records."""
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


@dataclass
class Relatives:
    """A way in which two different people look alike.

    Attributes
    ----------
    name : str
    free : frozenset of int
        Comparisons of a person's own fields on which this class may agree (a twin's date of birth).
    certain : frozenset of int
        Those of them on which it agrees by definition: as one person does.
    apart : frozenset of int
        Shared fields on which it starts as strangers do (members of a household: their parents' names).
    most_of_relatives, most_a_record : float
        Largest share of all relatives, and largest number of pairs for each record of the table; 1.2 of a
        hundred births are twins.
    any_rarity : bool
        True where values that are rare in the whole table are not rare within the class.
    """

    name: str
    free: frozenset[int] = frozenset()
    certain: frozenset[int] = frozenset()
    apart: frozenset[int] = frozenset()
    most_of_relatives: float = 1.0
    most_a_record: float = np.inf
    any_rarity: bool = False


@dataclass
class Estimate:
    """Flat tables [comparison][code of parent][code]; probabilities.

    Attributes
    ----------
    m, u : float64[size]
    centre : float64[size]
        Surprisal of an average value at the levels with term frequencies (bits), else 0.
    family : float64[n_relatives, size]
    prior : float64[1 + n_relatives]
        Share of all pairs that match, and that are relatives of each class.
    """

    m: Array
    u: Array
    centre: Array
    family: Array
    prior: Array
    iterations: int = 0
    converged: bool = False
    history: list[dict[str, float]] = field(default_factory=list)


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


def choose_parents(
    comparisons: Sequence[Comparison], *classes: tuple[Patterns, Array]
) -> tuple[list[int], list[bool]]:
    """For each comparison the earlier one it depends on most, -1 for none; and if it does in the first class.

    A tree as of Chow & Liu 1968, for all classes together (strangers; matches): the sum of their mutual
    informations counts. But each comparison may only lean on an earlier one, and only what is beyond chance
    by far counts (G > 60 + 12 per degree of freedom).
    """
    n = len(comparisons)
    information = np.zeros((len(classes), n, n))
    for k, (patterns, weights) in enumerate(classes):
        part = slice(0, PARENT_PATTERNS)
        share = min(1.0, PARENT_PATTERNS / max(weights[part].sum(), 1.0))
        counts = joint_counts(np.ascontiguousarray(patterns.codes[part]), weights[part] * share)
        for i in range(1, n):
            for j in range(i):
                if k == 0 or _damaged_together(comparisons[i], comparisons[j]):
                    information[k, i, j] = _information(counts[i, j, 1:, 1:], comparisons[i], comparisons[j])
    whole = information.sum(axis=0)
    parents = [int(whole[i].argmax()) if whole[i].max() > 0 else -1 for i in range(n)]
    return parents, [p >= 0 and information[0, i, p] > 0 for i, p in enumerate(parents)]


def _damaged_together(one: Comparison, other: Comparison) -> bool:
    """Whether one event changes both: a move the parts of an address, a swap the parts of a name.

    Other dependences among what training takes for matches are those of strangers it has taken in, and
    would keep them in.
    """
    if one.operation.name == "part":
        return other.operation.name == "part"
    return all(c.field.is_shared and c.field.kind in PLACES for c in (one, other))


def _information(joint: Array, one: Comparison, other: Comparison) -> float:
    """Mutual information of two comparisons' levels, nats a pair; 0 where it may be chance."""
    total = joint.sum()
    if total < 1000:
        return 0.0
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0)) / total
    seen = joint > 0
    g = 2 * float((joint[seen] * np.log(joint[seen] / expected[seen])).sum())
    freedom = (one.operation.n_codes - 2) * (other.operation.n_codes - 2)
    return g / (2 * float(total)) if g > 60 + 12 * freedom else 0.0


def posterior(
    e: Estimate,
    shape: Maximiser,
    shared: Sequence[bool],
    relatives: Sequence[Relatives],
    patterns: Patterns,
) -> Array:
    """Probability of a match of each pattern; float64[n_patterns]."""
    out = np.zeros(len(patterns))
    bits, prior = _bits(e, shape, shared, relatives), np.log2(e.prior)
    entries = shape.entries(patterns)
    likely = match_bits(entries, patterns.rarity, bits[:, 0].copy(), float(prior[0])) > -20
    few = patterns.take(likely)
    found = np.empty(len(few))
    _expect(
        few,
        np.ascontiguousarray(entries[likely]),
        bits,
        prior,
        relatives,
        np.empty_like(bits),
        found,
    )
    out[likely] = found
    return out


def _bits(e: Estimate, shape: Maximiser, shared: Sequence[bool], relatives: Sequence[Relatives]) -> Array:
    """log2 of each class's probability over the strangers'; float64[size, 8], unused classes 0."""
    bits = np.log2(np.vstack([e.m[None], e.family]) / e.u)
    bits[0] -= e.centre
    for i, is_shared in enumerate(shared):
        for row, kind in zip(bits[1:], relatives, strict=True):
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


def _expect(
    patterns: Patterns,
    entries: npt.NDArray[np.int16],
    bits: Array,
    prior: Array,
    relatives: Sequence[Relatives],
    expected: Array,
    out: Array,
    doubt: float = 0.0,
) -> Array:
    any_rarity = np.array([True, *(kind.any_rarity for kind in relatives)], np.uint8)
    sums: Array = expectation(
        entries, patterns.counts, patterns.rarity, patterns.rarity_shared, bits, prior, any_rarity,
        expected, out, doubt,
    )  # fmt: skip
    return sums


def fit(
    patterns: Patterns,
    start: Estimate,
    shape: Maximiser,
    *,
    n_total_pairs: float,
    n_records: int,
    prior_m: Sequence[Array],
    u_exact: dict[int, float],
    shared: Sequence[bool],
    relatives: Sequence[Relatives],
    threads: int = 1,
    iterations: int = 40,
    tolerance: float = 1e-3,
) -> Estimate:
    """Expectation-maximisation of m, the prior, and the relatives' class; u is given.

    Parameters
    ----------
    patterns : Patterns
        Of the candidate pairs of all rules together, each pair once. Pairs that no rule finds count as
        strangers, so no rule's own agreement biases m.
    start : Estimate
        First m, u, family and priors in the layout of `shape`.
    u_exact : dict[int, float]
        Comparisons (identifiers) whose equal values are nearly all matches: pairs of all records that
        agree. Their u is the share of those pairs that turn out not to match, so it is estimated here.
    shared : sequence of bool
        Comparisons that relatives agree on.
    """
    e, doubt = start, doubt_of(n_records)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        parts = _parts(patterns, shape)
        for step in range(iterations):
            bits, prior = _bits(e, shape, shared, relatives), np.log2(e.prior)

            def one(part: _Part, bits: Array = bits, prior: Array = prior) -> Array:
                return _expect(
                    part.patterns, part.entries, bits, prior, relatives, part.expected, part.out, doubt
                )

            sums = sum(pool.map(one, parts), np.zeros(len(prior)))
            expected = sum((p.expected for p in parts), np.zeros((shape.size, CLASSES)))
            if step == 0:
                live = np.concatenate([_alive(p, bits, prior, relatives) for p in parts])
                parts = _parts(patterns.take(live), shape)
            tables = np.ascontiguousarray(expected.T)
            change = _maximise(
                e, shape, tables, sums, n_total_pairs, n_records, prior_m, u_exact, shared, relatives
            )
            e.history.append(
                {"matches": float(sums[0]), "relatives": float(sums[1:].sum()), "change": change}
            )
            e.iterations = step + 1
            if change < tolerance:
                e.converged = True
                break
    return e


@dataclass
class _Part:
    """A part of the patterns with room for its E-step."""

    patterns: Patterns
    entries: npt.NDArray[np.int16]
    expected: Array
    out: Array


def _parts(patterns: Patterns, shape: Maximiser) -> list[_Part]:
    edges = np.linspace(0, len(patterns), CHUNKS + 1).astype(np.intp)
    parts = []
    for a, b in pairwise(edges):
        part = patterns.take(slice(a, b))
        room = np.zeros((shape.size, CLASSES))
        parts.append(_Part(part, shape.entries(part), room, np.empty(len(part))))
    return parts


def _alive(part: _Part, bits: Array, prior: Array, relatives: Sequence[Relatives]) -> npt.NDArray[np.bool_]:
    """Patterns that may be something else than strangers; the others change nothing and are dropped."""
    floor = np.log2(NEGLIGIBLE)
    alive = np.zeros(len(part.out), np.bool_)
    for c, p in enumerate(prior):
        any_rarity = c == 0 or relatives[c - 1].any_rarity
        rarity = part.patterns.rarity if any_rarity else part.patterns.rarity_shared
        alive |= match_bits(part.entries, rarity, bits[:, c].copy(), float(p)) > floor
    return alive


def _maximise(
    e: Estimate,
    shape: Maximiser,
    expected: Array,
    sums: Array,
    n_total_pairs: float,
    n_records: int,
    prior_m: Sequence[Array],
    u_exact: dict[int, float],
    shared: Sequence[bool],
    relatives: Sequence[Relatives],
) -> float:
    """The M-step, in place; returns how far m and the prior moved."""
    before, previous = e.m, e.prior[0]
    e.m = shape.probabilities(expected[0], prior_m, M_STRENGTH)
    e.prior = np.maximum(sums, 1.0) / n_total_pairs
    # Twins and namesakes are a few among many relatives. Where no families are to be seen, what looks
    # like them are damaged records of one person.
    common = sum(
        e.prior[1 + k]
        for k, kind in enumerate(relatives)
        if kind.most_of_relatives == 1 and not kind.any_rarity
    )
    for k, kind in enumerate(relatives):
        if kind.most_of_relatives < 1:
            most = min(kind.most_of_relatives * common, kind.most_a_record * n_records / n_total_pairs)
            e.prior[1 + k] = max(min(e.prior[1 + k], most), 1e-3 / n_total_pairs)
    for k, kind in enumerate(relatives):
        e.family[k] = shape.probabilities(expected[1 + k], prior_m, M_STRENGTH)
        for i, is_shared in enumerate(shared):
            if shape.comparisons[i].operation.alike:
                _write_alike(
                    shape.table(e.family[k], i),
                    shape.table(e.m, i),
                    shape.comparisons[i].operation.alike,
                )
            if i in kind.certain:
                shape.table(e.family[k], i)[:, 1:] = (
                    MOST_FREE * shape.table(e.m, i)[:, 1:] + (1 - MOST_FREE) * shape.table(e.u, i)[:, 1:]
                )
            elif not is_shared or (kind.any_rarity and i in kind.apart):
                most = MOST_COINCIDENT if kind.any_rarity else MOST_PERSONAL
                most = MOST_FREE if i in kind.free else most
                _bound_personal(
                    shape.table(e.family[k], i), shape.table(e.m, i), shape.table(e.u, i),
                    shape.comparisons[i].operation.personal, most,
                )  # fmt: skip
    for i, n_agree in u_exact.items():
        agreeing = shape.table(expected[0], i)[:, -1].sum()
        chance, pairs = CHANCE[shape.comparisons[i].operation.name]
        stray = max(n_agree - agreeing, 0.002 * n_agree) + chance * pairs
        table = shape.table(e.u, i)
        table[:, -1] = stray / (n_total_pairs + pairs)
        table[:, 1:] /= table[:, 1:].sum(axis=1, keepdims=True)
    return float(np.abs(e.m - before).max()) + abs(float(np.log(e.prior[0] / previous)))


def _write_alike(family: Array, m: Array, alike: int) -> None:
    """Give the ways of writing one value the same shares among relatives as among matches.

    Else a class of relatives comes to stand for the records without diacritics, whose fields all lack them.
    """
    share = m[:, alike:] / m[:, alike:].sum(axis=1, keepdims=True)
    family[:, alike:] = family[:, alike:].sum(axis=1, keepdims=True) * share


def _bound_personal(family: Array, m: Array, u: Array, personal: int, most: float) -> None:
    """Keep relatives from agreeing on what is a person's own: else they would take the matches in.

    Of the levels from code `personal` on, two people reach each as strangers do, somewhat more often, or, in
    a share `most`, as one person does: a class must not come to stand for one kind of damage.
    """
    by_chance = u[:, personal:] + np.minimum(CHANCE_ALIKE * u[:, personal:], MOST_ALIKE)
    top = np.minimum(family[:, personal:], by_chance + most * m[:, personal:])
    rest = family[:, 1:personal]
    rest *= (1 - top.sum(axis=1, keepdims=True)) / np.maximum(rest.sum(axis=1, keepdims=True), 1e-300)
    family[:, personal:] = top
