"""An estimate and patterns -> the most that relatives agree on a name, by those who are so in any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from linkage.model.estimate import Estimate, Known
from linkage.model.own import only_own
from linkage.model.patterns import M_STRENGTH, Maximiser, Patterns, Runs
from linkage.model.relatives import Relatives
from linkage.model.sure import SURE, bits_of, odds_of_levels, tables_without, together

Array = npt.NDArray[np.float64]

LEAST_RELATIVES = 200.0
"""Pairs of a class who must be sure without a name: of a thousand one or two are a father and his son."""

MOSTLY_MATCHES = 0.9
"""Pairs likelier to match, with the name, are none that are surely relatives without it."""


def names_asked(
    shape: Maximiser, shared: Sequence[bool], relatives: Sequence[Relatives]
) -> dict[int, list[int]]:
    """Comparisons of names -> the classes of relatives who differ in them, but for chance.

    Where the name is all that is a person's own; where births or the like are, they tell who is whom.
    """
    found: dict[int, list[int]] = {}
    if only_own(shape, shared) is None:
        return found
    for i, item in enumerate(shape.comparisons):
        if item.operation.name not in ("name", "part"):
            continue
        kinds = [
            k
            for k, kind in enumerate(relatives)
            if kind.like is None
            and ((kind.any_rarity and i in kind.apart) if shared[i] else i not in kind.free)
        ]
        if kinds:
            found[i] = kinds
    return found


def most_alike(
    patterns: Patterns,
    runs: Runs,
    entries: npt.NDArray[np.int16],
    likely: Array,
    best: Array,
    of_runs: Array,
    e: Estimate,
    known: Known,
    shape: Maximiser,
    fields: Mapping[int, Sequence[int]],
) -> dict[tuple[int, int], Array]:
    """The largest share of a class of relatives at each level at which two names are one person's.

    Two records of one house that hold little besides a name may be one person's or a father's and his son's.
    Where nothing else tells them apart EM gives them to both, and the more a class has of them, the likelier
    are relatives of one name. They are told by those who are relatives whatever their names: their parents
    differ, or their sexes.

    Parameters
    ----------
    patterns : Patterns
    runs : Runs
    entries : int16[n_patterns, n_comparisons]
        Their places in the flat tables.
    likely, best : float64[n_patterns]
        Probability of a match, and log2 odds of the likeliest class against strangers.
    of_runs : float64[n_contents, 8]
        log2 of each class's probability over the strangers', by content of a run.
    e, known, shape
        The estimate, what EM is given, and the layout of their tables.
    fields : mapping of int to sequence of int
        As of `names_asked`.

    Returns
    -------
    dict[tuple[int, int], float64[n_personal_levels]]
        By class and comparison; those of which too few relatives tell are left out.
    """
    seen = np.flatnonzero((best >= SURE / 2) & (likely < MOSTLY_MATCHES)) if fields else np.empty(0, np.intp)
    if not len(seen):
        return {}
    counts = patterns.counts[seen]
    of_classes, odds = bits_of(patterns, runs, seen, of_runs, e, known), odds_of_levels(e)
    found = {}
    for i, kinds in fields.items():
        code, operation = patterns.codes[seen, i], shape.comparisons[i].operation
        rest = of_classes - tables_without(odds, shape, entries[seen], i)
        others = together(rest[:, 1:])
        told = (code > 0) & (others - rest[:, 0] >= SURE)
        for k in kinds:
            sure = told & (rest[:, 1 + k] >= SURE)
            pairs = counts[sure] * np.exp2(rest[sure, 1 + k] - others[sure])
            n = np.bincount(code[sure], pairs, minlength=operation.n_codes)[1:]
            if n.sum() >= LEAST_RELATIVES:
                usual = shape.table(e.u, i)[-1, 1:]
                share = (n + M_STRENGTH * usual / usual.sum()) / (n.sum() + M_STRENGTH)
                found[k, i] = share[operation.personal - 1 :]
    return found
