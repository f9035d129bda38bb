"""Records that hold one number -> whose it is: a person's, or one that several people have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.comparison.program import Comparison, unpack_codes
from linkage.fields.batch import EncodedRecords
from linkage.model.dependence import places_in_a_chain
from linkage.model.own import unlike_below
from linkage.model.patterns import Maximiser
from linkage.model.roles import (
    is_of_households,
    of_two_people,
    shared_by_kind,
    unclear_numbers,
    with_shared,
)
from linkage.training.samples import levels_of, rows_with_equal
from linkage.training.short_numbers import are_families, is_as_by_chance

LEAST_UNLIKE, MOST_UNLIKE = 30, 2000
"""Pairs with unlike names from which on these tell anything, and as many as are looked at."""

ONE_NAME_FROM = 0.75
"""Share of pairs with unlike names that must have more letters in common than such names have by chance:
half of them where these are other people's, .8 to .95 where they are one person's, badly damaged."""

SHIFTS = 7
"""With how many others' names each is compared, to know what chance does."""

RECORDS_OF_PHONES = 1 << 16
"""Records whose telephone numbers are looked at."""


def with_owners(records: EncodedRecords, comparisons: list[Comparison], scorer: Scorer) -> list[Comparison]:
    """The comparisons, those of numbers marked that several people have, and of telephones that one has.

    Names under one number that are unlike each other are mostly those of several people. But where they have
    far more letters in common than such names have by chance, they are one person's, damaged beyond what any
    level shows, and the number is the person's own. Else a household would stand for all such damage.
    """
    shape = Maximiser(comparisons, places_in_a_chain(comparisons))
    given = [i for i, c in enumerate(comparisons) if c.operation.name == "part" and c.field.part == "given"]
    of_many, own = [], []
    for i in unclear_numbers(comparisons):
        left, right = rows_with_equal(records, comparisons[i].name)
        codes = unpack_codes(levels_of(scorer, left, right), comparisons)
        if (
            is_of_households(codes, shape, i)
            and not _are_one_name(records, codes, shape, left, right, given)
            and not _is_by_chance(records, scorer, codes, shape, left, right, i)
        ):
            of_many.append(i)
    for i in shared_by_kind(comparisons) if given else []:
        left, right = rows_with_equal(records, comparisons[i].name, RECORDS_OF_PHONES)
        codes = unpack_codes(levels_of(scorer, left, right), comparisons)
        if _are_one_name(records, codes, shape, left, right, given):
            own.append(i)
    return with_shared(with_shared(comparisons, of_many), own, is_shared=False)


def _is_by_chance(
    records: EncodedRecords,
    scorer: Scorer,
    codes: npt.NDArray[np.uint8],
    shape: Maximiser,
    left: npt.NDArray[np.uint32],
    right: npt.NDArray[np.uint32],
    number: int,
) -> bool:
    """Whether the people of these pairs have one number by chance, as they do one of few digits."""
    item = shape.comparisons[number]
    if item.field.kind != "identifier":
        return False
    of_others, told = of_two_people(codes, shape, number)
    first = records.words[item.name]
    words, share = records.rows[:, first : first + 2], float(np.mean(of_others[told]))
    if not is_as_by_chance(words, records.n_left, share):
        return False
    left, right = left[of_others], right[of_others]
    chance = levels_of(scorer, left, np.roll(right, 1))
    return not are_families(codes[of_others], unpack_codes(chance, shape.comparisons), shape.comparisons)


def _are_one_name(
    records: EncodedRecords,
    codes: npt.NDArray[np.uint8],
    shape: Maximiser,
    left: npt.NDArray[np.uint32],
    right: npt.NDArray[np.uint32],
    given: Sequence[int],
) -> bool:
    """Whether given names of these pairs, where they are unlike, are one name and what damage left of it."""
    for i in given:
        unlike = np.flatnonzero((codes[:, i] > 0) & (codes[:, i] < unlike_below(shape, i)))[:MOST_UNLIKE]
        if len(unlike) >= LEAST_UNLIKE:
            name = shape.comparisons[i].name
            ids = records.rows[:, records.words[name]]
            letters = [letters_of(records.columns[name], ids[rows[unlike]]) for rows in (left, right)]
            return likeness(*letters) > ONE_NAME_FROM
    return False


def likeness(left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]) -> float:
    """How often two names of a pair have more letters in common than either has with one of another pair.

    Parameters
    ----------
    left, right : int32[n, 64]
        How often each name has each letter. The share that the shorter name has in common counts.
    """

    def common(other: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        shorter = np.minimum(left.sum(axis=1), other.sum(axis=1))
        share: npt.NDArray[np.float64] = np.minimum(left, other).sum(axis=1) / np.maximum(shorter, 1)
        return share

    of_pair = common(right)
    by_chance = [common(np.roll(right, shift, axis=0)) for shift in range(1, SHIFTS + 1)]
    return float(np.mean([np.mean(of_pair > c) + np.mean(of_pair == c) / 2 for c in by_chance]))


def letters_of(column: Any, ids: npt.NDArray[np.uint32], without: str = "") -> npt.NDArray[np.int32]:
    """How often each value has each letter, int32[n, 64]; letters are bytes, of which four count as one.

    `without` its first or its last token: "first", "last" or "" for the whole value.
    """
    values = column.values[ids]
    begin, length = values["text"].astype(np.int64), values["length"].astype(np.int64)
    value = np.repeat(np.arange(len(ids)), length)
    place = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    texts = np.asarray(column.texts)[place + np.repeat(begin, length)]
    if without:
        spaces = np.flatnonzero(texts == ord(" "))
        edge = length.copy() if without == "first" else np.zeros(len(ids), np.int64)
        meet = np.minimum if without == "first" else np.maximum
        meet.at(edge, value[spaces], place[spaces])
        kept = place > edge[value] if without == "first" else place < edge[value]
        value, texts = value[kept], texts[kept]
    letters = np.zeros((len(ids), 64), np.int32)
    np.add.at(letters, (value, texts % 64), 1)
    return letters
