"""An estimate and patterns -> the most that matches differ in a field, by those that are sure without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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

    Returns
    -------
    dict[int, float64[n_levels_below_personal]]
        By comparison; those of which too few matches tell are left out.
    """
    seen = np.flatnonzero(likely > LEAST_LIKELY)
    if not len(seen) or not fields:
        return {}
    counts = patterns.counts[seen]
    expected = counts * likely[seen]
    of_classes = bits_of(patterns, runs, seen, of_runs, e, known)
    found = {}
    for i in fields:
        rest = of_classes - tables_without(e, shape, entries, seen, i)
        code, operation = patterns.codes[seen, i], shape.comparisons[i].operation
        sure = (rest[:, 0] - together(rest[:, 1:]) >= SURE) & (code > 0)
        n = np.bincount(code[sure], counts[sure], minlength=operation.n_codes)[1:]
        if n.sum() >= max(LEAST_SURE, LEAST_SHARE * expected[code > 0].sum()):
            usual = known.prior_m[i] / known.prior_m[i].sum()
            most = TIMES * (n + M_STRENGTH * usual) / (n.sum() + M_STRENGTH)
            found[i] = np.minimum(most, 1.0)[: operation.personal - 1]
    return found


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


def tables_without(
    e: Estimate, shape: Maximiser, entries: npt.NDArray[np.int16], seen: npt.NDArray[np.intp], i: int
) -> Array:
    """What a comparison tells of each class, log2 of its odds against strangers; float64[n_seen, classes].

    With the tables that are given its level, which tell the level too.
    """
    alone = np.ascontiguousarray(np.log2(np.vstack([e.m[None], e.family]) / e.u).T)
    found: Array = alone[entries[seen, i]]
    for k, parent in enumerate(shape.parents):
        if parent == i:
            found += alone[entries[seen, k]]
    return found


def together(bits: Array) -> Array:
    """log2 odds of all classes that are no match together, strangers among them."""
    odds: Array = np.log2(1 + np.exp2(np.minimum(bits, 500.0)).sum(axis=1))
    return odds
