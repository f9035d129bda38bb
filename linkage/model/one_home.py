"""What EM expects of relatives of one family name -> their tables, of people who share a home.

Where no parents' names tell siblings, their family name does. Strangers of one family name have it too, more
so where names are a country's, and there are twenty of them for each pair of relatives. Where births tell
people apart that does no harm. Where a given name is all that does, the class comes to stand for these
strangers, and whoever has another name at one address can only be a match.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.model.estimate import Known
from linkage.model.own import only_own
from linkage.model.patterns import Maximiser
from linkage.model.relatives import MOST_FREE, agree_as_one

Array = npt.NDArray[np.float64]

LEAST_AT_HOME = 0.5
"""Such relatives agree on an address or a telephone at least so often, compared with matches."""
TELLING = 0.1
"""How much oftener than strangers matches must agree on it for it to tell."""


def bring_home(family: Array, expected: Array, known: Known, shape: Maximiser, m: Array, u: Array) -> None:
    """Let relatives told by family names alone agree on a home, in place, at least half as often as matches.

    Parameters
    ----------
    family : float64[n_relatives, size]
    expected : float64[1 + n_relatives, size]
        Expected pairs of matches and of each class, by entry of the tables.
    m, u : float64[size]
    """
    homes = [
        i
        for i, item in enumerate(shape.comparisons)
        if known.shared[i] and item.field.kind in ("address", "phone") and not item.field.comparator
    ]
    if not homes or only_own(shape, known.shared) is None:
        return
    for k, kind in enumerate(known.relatives):
        if not kind.certain or any(shape.comparisons[i].field.part != "family" for i in kind.certain):
            continue
        share = share_at_home(expected[1 + k], expected[0], shape, u, homes)
        if share < LEAST_AT_HOME:
            at_home = family[k].copy()
            agree_as_one(at_home, shape, m, u, homes)
            family[k] += (LEAST_AT_HOME - share) / (MOST_FREE - share) * (at_home - family[k])


def share_at_home(
    of_class: Array, of_matches: Array, shape: Maximiser, u: Array, homes: Sequence[int]
) -> float:
    """How often a class agrees, beyond chance, on the home that it agrees on most; matches are 1."""
    shares = []
    for i in homes:
        first = shape.comparisons[i].operation.personal - 1
        counts = [shape.table(flat, i)[:, 1:].sum(axis=0) for flat in (of_class, of_matches)]
        strangers = shape.table(u, i)[-1, 1:]
        alike, of_match, chance = (n[first:].sum() / max(n.sum(), 1e-300) for n in (*counts, strangers))
        shares.append((alike - chance) / max(of_match - chance, TELLING))
    return float(max(shares))
