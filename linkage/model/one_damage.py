"""Tables of relatives -> the same, none of which stands for one kind of damage to a name.

Where nothing but a given name tells two people of one house apart, EM may give relatives most of the matches
whose second name one record leaves out, and none of those that have one name: the more relatives there are,
the likelier that seems. But two people who agree on a name for another reason than chance agree on it as one
person's records do, as it stands most of all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linkage.model.estimate import Known
from linkage.model.own import only_own
from linkage.model.patterns import Maximiser
from linkage.model.relatives import CHANCE_ALIKE, MOST_ALIKE, keep_below

Array = npt.NDArray[np.float64]

USUAL = 0.1
"""Share of the matches that are alike, from which on a level is one that says how many relatives agree so."""
TIMES, FEW = 3.0, 0.001
"""How many times oftener than at such a level relatives may be at another, and a share in any case."""


def bound_damage(family: Array, known: Known, shape: Maximiser, m: Array, u: Array) -> None:
    """Let relatives agree on the only field of a person's own at no level far oftener than at the usual ones.

    Parameters
    ----------
    family : float64[n_relatives, size]
        Changed in place.
    m, u : float64[size]
    """
    i = only_own(shape, known.shared)
    # Of whole names relatives have the family name in common, and chance makes them alike far oftener.
    if i is None or shape.comparisons[i].operation.name != "part":
        return
    first = shape.comparisons[i].operation.personal
    of_m, of_u = shape.table(m, i)[:, first:], shape.table(u, i)[:, first:]
    by_chance = of_u + np.minimum(CHANCE_ALIKE * of_u, MOST_ALIKE)
    usual = of_m >= USUAL * of_m.sum(axis=1, keepdims=True)
    for k, kind in enumerate(known.relatives):
        if i in kind.free or kind.any_rarity:
            continue
        levels = shape.table(family[k], i)[:, 1:]
        whole, alike = levels.sum(axis=1, keepdims=True), levels[:, first - 1 :]
        # As often as at the usual level that shows least of it, relatives are alike by chance elsewhere too.
        times = np.where(usual, alike / np.maximum(of_u * whole, 1e-300), np.inf).min(axis=1, keepdims=True)
        by_chance = np.minimum(by_chance, of_u * np.maximum(times, 1.0))
        beyond = np.maximum(alike - by_chance, 0.0) / np.maximum(of_m, 1e-300)
        least = np.where(usual, beyond, np.inf).min(axis=1, keepdims=True)
        most = by_chance + (TIMES * least + FEW) * of_m
        keep_below(alike, levels[:, : first - 1], most * whole, whole)
