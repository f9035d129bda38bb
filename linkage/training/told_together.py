"""Records of one home -> the texts under headers that say nothing in which two people differ together.

Where no header says anything, couples and matches may change places when training first looks at a table:
either agrees on a family name, an address and a telephone, and only a given name and an age, two texts like
others, differ. But damage befalls a person's fields one by one, and two people differ in theirs at once. So
where one text differs altogether in many pairs of one home, and another agrees in most where the first does
and far more rarely where it does not, these two are a person's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.comparison.program import Comparison, unpack_codes
from linkage.fields.batch import EncodedRecords
from linkage.model.estimate import Estimate
from linkage.model.patterns import Maximiser
from linkage.model.roles import OWN_KINDS, first_alike, share_alike, unclear_fields
from linkage.training.samples import levels_of, rows_with_equal

MOST_AGREEING = 0.5
"""Matches of the first look that agree on a text: where fewer do, damage does not explain it."""

LEAST_PAIRS = 30
"""Pairs of one home in which the first text differs, and in which it does not, that tell anything."""

LEAST_DIFFERENT, LEAST_ALIKE, MUCH_RARER = 0.1, 0.5, 0.5
"""Share of such pairs in which the first text differs altogether; in which the second one agrees, where the
first does; how often at most it agrees, as a share of that, where the first differs."""

SHIFTS, BY_CHANCE = 7, 2.0
"""With how many others' homes each is compared. How much more often strangers may agree on the second text
where they agree on the first: whoever has one physician is in his department, and that tells of no person."""


def told_together(
    records: EncodedRecords,
    comparisons: Sequence[Comparison],
    scorer: Scorer,
    first: Estimate,
    shape: Maximiser,
) -> set[int]:
    """Unclear texts, and what else is a person's own, in which two people differ at once: comparisons.

    None where matches of the first look agree in half of their pairs and more on each unclear text.

    Parameters
    ----------
    first, shape : Estimate and Maximiser
        The first look at what families share.
    """
    unclear = unclear_fields(comparisons)
    asked = [i for i in unclear if share_alike(first.m, shape, i) < MOST_AGREEING]
    found: set[int] = set()
    if not asked:
        return found
    for home, item in enumerate(comparisons):
        if item.field.kind not in ("address", "phone"):
            continue
        others = [
            i
            for i, c in enumerate(comparisons)
            if i != home and (i in unclear or (c.field.kind in OWN_KINDS and not c.field.is_shared))
        ]
        left, right = rows_with_equal(records, item.name)
        codes = unpack_codes(levels_of(scorer, left, right), list(comparisons))
        by_chance = np.concatenate(
            [
                unpack_codes(levels_of(scorer, left, np.roll(right, k)), list(comparisons))
                for k in range(1, SHIFTS + 1)
            ]
        )
        for i in asked:
            for j in others:
                if i != j and differ_together(codes, by_chance, comparisons, i, j):
                    found |= {i, j}
    return found


def differ_together(
    codes: npt.NDArray[np.uint8],
    by_chance: npt.NDArray[np.uint8],
    comparisons: Sequence[Comparison],
    i: int,
    j: int,
) -> bool:
    """Whether i differs in many pairs of one home, and j with it, which strangers' values do not.

    Parameters
    ----------
    codes, by_chance : uint8[n, comparisons]
        Of pairs of one home, and of records of different homes.
    """
    apart, alike, alike_if_apart = _agreeing(codes, comparisons, i, j)
    if not (apart > LEAST_DIFFERENT and alike >= LEAST_ALIKE and alike_if_apart <= MUCH_RARER * alike):
        return False
    _, chance, chance_if_apart = _agreeing(by_chance, comparisons, i, j)
    return not chance > max(BY_CHANCE * chance_if_apart, MUCH_RARER * alike)


def _agreeing(
    codes: npt.NDArray[np.uint8], comparisons: Sequence[Comparison], i: int, j: int
) -> tuple[float, float, float]:
    """Share of pairs in which i differs altogether; how often j agrees in the others, and in these."""
    held = codes[(codes[:, i] > 0) & (codes[:, j] > 0)]
    apart = held[:, i] <= comparisons[i].operation.differ
    agree = held[:, j] >= first_alike(comparisons[j])
    if min(apart.sum(), (~apart).sum()) < LEAST_PAIRS:
        return 0.0, 0.0, 0.0
    return float(apart.mean()), float(agree[~apart].mean()), float(agree[apart].mean())
