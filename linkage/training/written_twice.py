"""Names in two writings, in signs and in kana -> how strangers of one name are written in the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.comparison.program import Comparison, unpack_codes
from linkage.fields.batch import EncodedRecords
from linkage.model.patterns import U_STRENGTH, is_of_person
from linkage.training.samples import levels_of, rows_with_equal

Array = npt.NDArray[np.float64]

LEAST_STRANGERS = 30
"""Strangers of one name from which on they tell how they are written."""

MOSTLY_ALIKE = 0.5
"""Share of these who agree on the other writing, too, from which on both say one thing."""

RECORDS_OF_NAMES, PAIRS_OF_A_NAME = 1 << 16, 5_000
"""Records of a table whose names are looked at, the first ones; pairs agreeing on one that are compared."""

TELLING = ("date", "category", "identifier", "email")
"""Comparisons in which two people of one name mostly differ, and one person's records seldom do."""


@dataclass(frozen=True)
class OtherWriting:
    """A name that stands in another writing as well.

    Attributes
    ----------
    of : int
        The earlier comparison, of the name in its first writing.
    u : float64[n_levels]
        How strangers who agree on the first writing agree on this one; sums to 1.
    """

    of: int
    u: Array


def written_twice(
    records: EncodedRecords, comparisons: Sequence[Comparison], scorer: Scorer
) -> dict[int, OtherWriting]:
    """The names that stand in another writing before, by comparison.

    Random pairs hold too few strangers of one name to show that they agree on it in kana as well as in signs,
    and counted twice the name outweighs whatever else differs: people of one name become the matches that
    training begins with. So pairs are drawn that agree on the first writing; they are strangers where a date,
    a category, a number or an address for mail differs altogether, and none of these but categories agrees.
    """
    names = [i for i, c in enumerate(comparisons) if c.field.kind == "person_name" and is_of_person(c)]
    found: dict[int, OtherWriting] = {}
    most: dict[int, float] = {}
    n, n_left = records.n_records, records.n_left
    some = [np.arange(a, min(a + RECORDS_OF_NAMES, b)) for a, b in ((0, n_left), (n_left, n))]
    for at, j in enumerate(names[:-1]):
        pairs = rows_with_equal(records, comparisons[j].name, rows=np.concatenate(some))
        left, right = (rows[:PAIRS_OF_A_NAME] for rows in pairs)
        codes = unpack_codes(levels_of(scorer, left, right), comparisons)
        of_strangers = codes[_are_strangers(codes, comparisons)]
        for i in names[at + 1 :]:
            operation = comparisons[i].operation
            counts = np.bincount(of_strangers[:, i], minlength=operation.n_codes)[1:].astype(np.float64)
            share = counts[operation.personal - 1 :].sum() / max(counts.sum(), 1.0)
            if counts.sum() >= LEAST_STRANGERS and share >= max(MOSTLY_ALIKE, most.get(i, 0.0)):
                u = counts + U_STRENGTH / len(counts)
                found[i], most[i] = OtherWriting(j, u / u.sum()), share
    return found


def said_again(
    records: EncodedRecords, comparisons: Sequence[Comparison], twice: Mapping[int, OtherWriting]
) -> set[str]:
    """The names that stand in two writings besides: what these say a third one does not add.

    A comparison leans on one other. Where that one is missing or damaged, the two that are left would say the
    name twice. Of writings of one name, or of one part of it, that lean on the same one, that which
    most records hold stays.
    """
    first: dict[int, int] = {}
    alike: dict[tuple[int, str], list[int]] = {}
    for i in sorted(twice):
        first[i] = first.get(twice[i].of, twice[i].of)
        alike.setdefault((first[i], comparisons[i].field.part), []).append(i)

    def held(i: int) -> int:
        return int(records.n_held[records.words[comparisons[i].name]])

    return {
        comparisons[i].name for group in alike.values() for i in sorted(group, key=held, reverse=True)[1:]
    }


def _are_strangers(codes: npt.NDArray[np.uint8], comparisons: Sequence[Comparison]) -> npt.NDArray[np.bool_]:
    """Of each pair, whether something differs altogether that hardly ever does in one person's records.

    And nothing agrees that two people seldom share: a damaged record of one person is no stranger.
    """
    differ, agree = np.zeros(len(codes), bool), np.zeros(len(codes), bool)
    for i, item in enumerate(comparisons):
        if item.operation.name in TELLING:
            differ |= (codes[:, i] > 0) & (codes[:, i] <= item.operation.differ)
            if item.operation.name != "category":
                agree |= codes[:, i] > item.operation.differ
    return differ & ~agree
