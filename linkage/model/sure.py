"""An estimate and patterns -> the most that matches differ in a field, by those that are sure without it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from linkage.model.e_step import SHARES
from linkage.model.estimate import Estimate, Known
from linkage.model.patterns import M_STRENGTH, Maximiser, Patterns, Runs
from linkage.model.relatives import keep_below

Array = npt.NDArray[np.float64]
SURE = 12.0
"""Bits that all other fields say together, from which on a pair is a match whatever this one says."""

TIMES = 3.0
"""How many times as often as those sure without a field other matches may reach one of its levels: records
that are damaged in one field are damaged in others somewhat more often."""

LEAST_SURE, LEAST_SHARE = 20.0, 0.1
"""Matches, and their share of all that hold the field, who must be sure without it: fewer are no sample."""

LEAST_LIKELY = 1e-5
"""Pairs less likely to match are not looked at."""

ASKED = ("name", "part", "date", "identifier", "email")
"""Comparisons of what a person has and hardly changes, and in which strangers hardly agree."""


def fields_asked(shape: Maximiser, shared: Sequence[bool], *, own: bool = True) -> list[int]:
    """Comparisons of which matches sure without them can tell: names of relatives, and what is `own`."""
    return [
        i
        for i, item in enumerate(shape.comparisons)
        if item.operation.name in ASKED and (item.operation.name == "name" if shared[i] else own)
    ]


def most_at_levels(
    patterns: Patterns,
    runs: Runs,
    entries: npt.NDArray[np.int16],
    likely: Array,
    of_runs: Array,
    e: Estimate,
    known: Known,
    shape: Maximiser,
    fields: Sequence[int],
    pool: ThreadPoolExecutor,
) -> dict[int, Array]:
    """The largest share of matches at each level of unlike values of a field that a person hardly changes.

    People of one name and family who are born on other days look like one person whose date is damaged, and
    EM takes them in where the other fields are few: the more of them, the likelier a date that differs. They
    are told by matches who are sure without their date: these differ in it as damage has it, and no more.

    Parameters
    ----------
    patterns : Patterns
    runs : Runs
    entries : int16[n_patterns, n_comparisons]
        Their places in the flat tables.
    likely : float64[n_patterns]
        Probability of a match of each.
    of_runs : float64[n_contents, 8]
        log2 of each class's probability over the strangers', by content of a run.
    e, known, shape
        The estimate, what EM is given, and the layout of their tables.
    fields : sequence of int
        As of `fields_asked`.
    pool : ThreadPoolExecutor

    Returns
    -------
    dict[int, float64[n_levels_below_personal]]
        By comparison; those of which too few matches tell are left out.
    """
    seen = np.flatnonzero(likely > LEAST_LIKELY)
    if not len(seen) or not fields:
        return {}

    odds = odds_of_levels(e)

    def sure_of(seen: npt.NDArray[np.intp]) -> list[tuple[Array, float]]:
        """Of each field the matches that are sure without it by level, and all expected ones that hold it."""
        counts = patterns.counts[seen]
        expected = counts * likely[seen]
        of_classes, of_levels = bits_of(patterns, runs, seen, of_runs, e, known), entries[seen]
        found = []
        for i in fields:
            rest = of_classes - tables_without(odds, shape, of_levels, i)
            code, n_codes = patterns.codes[seen, i], shape.comparisons[i].operation.n_codes
            sure = (rest[:, 0] - together(rest[:, 1:]) >= SURE) & (code > 0)
            n: Array = np.bincount(code[sure], counts[sure], minlength=n_codes)[1:].astype(np.float64)
            found.append((n, float(expected[code > 0].sum())))
        return found

    most = {}
    for i, shares in zip(
        fields, zip(*pool.map(sure_of, np.array_split(seen, SHARES)), strict=True), strict=True
    ):
        n = np.sum([n for n, _ in shares], axis=0)
        if n.sum() >= max(LEAST_SURE, LEAST_SHARE * sum(expected for _, expected in shares)):
            usual = known.prior_m[i] / known.prior_m[i].sum()
            at_most = TIMES * (n + M_STRENGTH * usual) / (n.sum() + M_STRENGTH)
            most[i] = np.minimum(at_most, 1.0)[: shape.comparisons[i].operation.personal - 1]
    return most


def bound_levels(m: Array, most: Array) -> None:
    """Keep, in place, the shares of matches at the first levels of a table's rows below these."""
    whole = m[:, 1:].sum(axis=1, keepdims=True)
    keep_below(m[:, 1 : len(most) + 1], m[:, len(most) + 1 :], most * whole, whole)


def bits_of(
    patterns: Patterns, runs: Runs, seen: npt.NDArray[np.intp], of_runs: Array, e: Estimate, known: Known
) -> Array:
    """log2 odds of each class against strangers; float64[n_seen, 1 + n_relatives], first of matches."""
    rows = np.ascontiguousarray(of_runs[:, : len(e.prior)])
    whole = np.tile(np.log2(e.prior), (len(seen), 1))
    for content in runs.of_patterns[seen].T:
        whole += rows[content]
    any_rarity = np.array([True, *(kind.any_rarity for kind in known.relatives)])
    whole += np.where(any_rarity, patterns.rarity[seen, None], patterns.rarity_shared[seen, None])
    return whole


def odds_of_levels(e: Estimate) -> Array:
    """log2 odds of each class against strangers, by entry of the tables; float64[size, classes]."""
    return np.ascontiguousarray(np.log2(np.vstack([e.m[None], e.family]) / e.u).T)


def tables_without(odds: Array, shape: Maximiser, entries: npt.NDArray[np.int16], i: int) -> Array:
    """What a comparison tells of each class, of the patterns with these entries; float64[n, classes].

    With the tables that are given its level, which tell the level too. `odds` as of `odds_of_levels`.
    """
    found: Array = odds[entries[:, i]]
    for k, parent in enumerate(shape.parents):
        if parent == i:
            found += odds[entries[:, k]]
    return found


def together(bits: Array) -> Array:
    """log2 odds of all classes that are no match together, strangers among them."""
    odds: Array = np.log2(1 + np.exp2(np.minimum(bits, 500.0)).sum(axis=1))
    return odds
