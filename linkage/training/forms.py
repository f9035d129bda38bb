"""Encoded records, the forms in which each side writes -> how matches are expected to agree, m by level."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from linkage.comparison.levels import OF_NAME, Operation
from linkage.comparison.program import Comparison
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn

Array = npt.NDArray[np.float64]
Values = npt.NDArray[np.void]
Side = npt.NDArray[np.uint32]

RUNS, RUN = 64, 256
"""Runs of records, and records of one, that show how a side writes."""

LEAST = 0.02
"""Of what is expected of any matches, the share that is left where the forms leave nothing."""

ACCENTED = 1
"""Flag of a value with diacritics, or of a script that has none to lose."""

VAGUE_YEAR = ((0.9, 5), (0.04, 3), (0.01, 2), (0.03, 1), (0.02, 0))
VAGUE_MONTH = ((0.9, 6), (0.03, 5), (0.04, 3), (0.01, 1), (0.02, 0))
"""Dates of which one is a year, or a year and a month: the shares of matches at each level of `DATE`."""

OTHER_DATE = 5
"""Code of dates up to which two are hardly one: a year and a part alike, or two slips, at most."""

MOST_OTHER_DAYS, MOST_OTHER_YEARS = 0.12, 0.3
"""Of matches, the share whose dates of birth are hardly one: of dates that tell a day, and of those that tell
a year, which may be a guessed age."""

FORMS: dict[str, tuple[tuple[Callable[[Values], npt.NDArray[np.bool_]], str], ...]] = {
    "name": (
        (lambda v: v["flags"] & ACCENTED > 0, "equal, one side without diacritics"),
        (lambda v: v["n_tokens"] > 2, "missing or extra token, initials, other order"),
    ),
    "part": (
        (lambda v: v["flags"] & ACCENTED > 0, "equal without diacritics"),
        (lambda v: v["length"] > 1, "initial"),
    ),
    "text": ((lambda v: v["flags"] & ACCENTED > 0, "equal without diacritics"),),
}
"""What one table may write and another leave out, and the level that such matches reach."""


def expected_m(records: EncodedRecords, comparisons: Sequence[Comparison]) -> list[Array]:
    """What a careful person who has seen how both sides write expects of matches.

    Parameters
    ----------
    records : EncodedRecords
    comparisons : sequence of Comparison

    Returns
    -------
    list of float64[n_levels]
        For each comparison m by level, from "all others" up; sums to 1. `Operation.prior` where both sides
        write alike. Where one has years of birth alone no match is equal, where one has no diacritics
        hardly any: an expectation that nothing can meet would find no match to learn from.
    """
    found = []
    for item in comparisons:
        m = usual = np.array(item.operation.prior)
        column = records.columns[item.name]
        texts = column if records.n_left and isinstance(column, TextColumn) else None
        if texts or item.operation.name == "date":
            sides = [_sample(side) for side in _sides(records, records.words[item.name])]
            if all(len(side) for side in sides):
                of_texts = texts and [texts.values[side] for side in sides]
                m = _of_texts(m, item.operation, of_texts) if of_texts else _of_dates(m, sides)
        if item.name in records.own_addresses:
            m, of_names = m.copy(), records.own_addresses[item.name].share ** 2
            equal = m[OF_NAME - 1 :].sum()
            m[OF_NAME - 1 :] = equal * of_names, equal * (1 - of_names)
        m = np.maximum(m, LEAST * usual)
        found.append(m / m.sum())
    return found


def most_other_dates(
    records: EncodedRecords, comparisons: Sequence[Comparison], codes: npt.NDArray[np.uint8]
) -> dict[int, tuple[int, float]]:
    """How many matches may have other dates of birth, where a name stands in two columns.

    In signs and in kana, or as initials and whole: people of one name then agree on so much that they become
    a class of matches. Elsewhere nothing is bounded here: where each duplicate carries one slip, a third of
    them have it in the date.

    Parameters
    ----------
    records : EncodedRecords
    comparisons : sequence of Comparison
    codes : uint8[n_pairs, n_comparisons]
        Of random pairs.

    Returns
    -------
    dict[int, tuple[int, float]]
        Comparisons of dates: the last code that is bounded, and the share of matches up to it.
    """
    found = {}
    dates = [i for i, item in enumerate(comparisons) if item.operation.name == "date"]
    for i in dates if _are_named_twice(comparisons, codes) else ():
        sides = [_sample(side) for side in _sides(records, records.words[comparisons[i].name])]
        whole = math.prod(float(np.mean(_tells_day(side))) if len(side) else 1.0 for side in sides)
        found[i] = OTHER_DATE, MOST_OTHER_DAYS * whole + MOST_OTHER_YEARS * (1 - whole)
    return found


def _are_named_twice(comparisons: Sequence[Comparison], codes: npt.NDArray[np.uint8]) -> bool:
    """Whether most pairs hold two of a person's own texts of one kind: whole names, given ones."""
    parts = [
        item.field.part
        for i, item in enumerate(comparisons)
        if item.operation.name in ("name", "part", "text")
        and not item.field.is_shared
        and np.mean(codes[:, i] > 0) > 0.5
    ]
    return len(set(parts)) < len(parts)


def _tells_day(words: Side) -> npt.NDArray[np.bool_]:
    """Whether year, month and day of a date are known."""
    found: npt.NDArray[np.bool_] = (words & 0xFF > 0) & (words & 0xFF00 > 0) & (words >> 16 > 0)
    return found


def _sides(records: EncodedRecords, word: int) -> list[Side]:
    """One column's words of the left table and of the right, or twice of the only one."""
    words = records.rows[:, word]
    return [words[: records.n_left], words[records.n_left :]] if records.n_left else [words, words]


def _sample(side: Side) -> Side:
    """What some runs of records hold: rows may lie in a file, where records one by one are dear."""
    if len(side) > RUNS * RUN:
        begins = np.linspace(0, len(side) - RUN, RUNS).astype(np.int64)
        side = np.concatenate([side[begin : begin + RUN] for begin in begins])
    held: Side = side[side != 0]
    return held


def _of_dates(m: Array, sides: Sequence[Side]) -> Array:
    """Of two dates one may be a year alone, or a year and a month: then no more than that can agree."""
    whole = np.prod([np.mean(side & 0xFF != 0) for side in sides])
    month = np.prod([np.mean(side & 0xFFFF != 0) for side in sides])
    found: Array = whole * m
    for share, levels in ((month - whole, VAGUE_MONTH), (1 - month, VAGUE_YEAR)):
        for part, level in levels:
            found[level] += share * part
    return found


def _of_texts(m: Array, operation: Operation, sides: Sequence[Values]) -> Array:
    """What one side leaves out that the other writes keeps matches from being equal."""
    m = m.copy()
    for holds, label in FORMS.get(operation.name, ()):
        shares = [float(np.mean(holds(values))) for values in sides]
        most = max(shares)
        if most > 0:
            # A value that could be written in full is, on each side, with its share of the larger.
            one, other = (share / most for share in shares)
            apart = most * (one * (1 - other) + other * (1 - one)) * m[-1]
            m[operation.levels.index(label)] += apart
            m[-1] -= apart
    return m
