"""Levels of pairs and a model -> which pairs hold something that two records of one person hardly would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.clusters.refusal import AGAINST
from linkage.comparison.program import Comparison, unpack_codes
from linkage.model.absence import UNPAIRED
from linkage.model.model import ComparisonParameters, Model
from linkage.model.own import OWN

AT_ONCE = 1 << 20
"""Pairs whose levels are looked at side by side."""


def contradicts(
    gamma: npt.NDArray[np.uint64], comparisons: Sequence[Comparison], model: Model
) -> npt.NDArray[np.bool_]:
    """Whether the two records of each pair contradict each other, whatever their weight is.

    A record that holds little is unlike anybody: that a pair's weight is low says nothing then. Two records
    contradict each other where, in something that is a person's own, they differ altogether or agree in a way
    that is far rarer (`AGAINST`) among matches than among strangers (of two dates the year alone); and where
    both hold what two records of one person never do (`missing="unpaired"`).
    """
    differ = np.zeros(len(gamma), bool)
    at = {item.name: i for i, item in enumerate(comparisons)}
    for begin in range(0, len(gamma), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        codes = unpack_codes(np.ascontiguousarray(gamma[part]), comparisons)
        for i, (item, found) in enumerate(zip(comparisons, model.comparisons, strict=True)):
            own = not item.field.is_shared and item.operation.name in OWN
            level = codes[:, i]
            if own:
                rarely = found.m < AGAINST * found.u
                rarely[:, 1 : item.operation.differ + 1] = True
                rarely[:, 0] = False
                of_parent = 0 if found.parent is None else codes[:, at[found.parent]]
                differ[part] |= rarely[of_parent, level]
            if _never_both(item, found):
                differ[part] |= level > 0
    return differ


def hold_both(
    gamma: npt.NDArray[np.uint64], comparisons: Sequence[Comparison], model: Model
) -> npt.NDArray[np.bool_]:
    """Whether both records of each pair hold what two records of one person never do."""
    found = np.zeros(len(gamma), bool)
    unpaired = [i for i, c in enumerate(comparisons) if _never_both(c, model.comparisons[i])]
    for begin in range(0, len(gamma) if unpaired else 0, AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        codes = unpack_codes(np.ascontiguousarray(gamma[part]), comparisons)
        found[part] = (codes[:, unpaired] > 0).any(axis=1)
    return found


def _never_both(item: Comparison, found: ComparisonParameters) -> bool:
    if item.field.missing != UNPAIRED:
        return False
    of_matches, of_strangers = (float(table[-1, 1:].sum()) for table in (found.m, found.u))
    return of_matches < AGAINST * of_strangers
