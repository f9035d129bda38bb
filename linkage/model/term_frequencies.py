"""Encoded rows -> how rare each value is, in bits, for the scorer's term-frequency adjustment."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from linkage._kernels.statistics import count_words, ends_of_names, group_totals
from linkage.comparison.program import Comparison, TermFrequencies
from linkage.fields.batch import EncodedRecords, Frequent, OwnAddresses
from linkage.fields.columns import Column, DateColumn, TextColumn

FIXED = 256
"""Weights are integers of 1/256 bit."""
_WHOLE, _VALUE = 2**32 - 1, 2**16 - 1
"""Which bits of a word tell a text, and which a category."""
N_FREQUENT = 12
"""Values of a text field that are kept with their counts, for the summary."""
VALUES_OF_A_PIECE = 256
"""Values of which the most frequent one is looked at first."""
COUNTS_AT_ONCE, FIELDS_AT_ONCE = 1 << 22, 64
"""Values, and fields, that are counted in one pass over the rows: 32 MB of counts."""
_FIRST_YEAR = 1800
N_DAYS = 256 * 12 * 31
"""Places in the table of days."""
_Told = tuple[npt.NDArray[np.int16], Frequent | None]
"""A field's table and, of a text, its most frequent values."""


def term_frequencies(
    records: EncodedRecords, comparisons: list[Comparison], *, threads: int = 1
) -> TermFrequencies:
    """Surprisal of each value, per field that asks for it; `records.frequent` is filled on the way.

    Returns
    -------
    dict[str, int16[n_values, 4]]
        -log2(share of records) in 1/256 bit: of the value itself, of its form without diacritics, of its
        first and last token, of its last token. Dates: int16[n_days], by day from 1800-01-01 on, in a round
        of 256 years.
    """

    def table_of(item: Comparison, counts: npt.NDArray[np.int64]) -> _Told:
        column = records.columns[item.name]
        if isinstance(column, DateColumn):
            return surprisal_of_days(counts[:-2], int(counts[:-1].sum())), None
        if not isinstance(column, TextColumn):
            return _of_categories(counts), None
        table = _of_text(counts, column, max(item.operation.tf_parts))
        if item.operation.name == "email":
            _with_forms(table, counts, item, records.own_addresses.get(item.name))
        return table, _largest(counts, N_FREQUENT)

    counted = [
        item
        for item in comparisons
        if (item.field.has_term_frequencies or item.name in records.own_addresses)
        and (
            isinstance(records.columns[item.name], TextColumn) or item.operation.name in ("date", "category")
        )
    ]
    of_name = {item.name: item for item in counted}
    found: dict[str, _Told] = {}
    with ThreadPoolExecutor(max(threads, 1)) as pool:

        def count(names: list[str]) -> list[tuple[str, Future[_Told]]]:
            # A field's table is a task of its own: that of full names takes as long as several others.
            counts = value_counts(records, names)
            return [(name, pool.submit(table_of, of_name[name], counts.pop(name))) for name in names]

        groups = together(records, list(of_name), threads)
        for at in range(0, len(groups), max(threads, 1)):
            begun = [task for tasks in pool.map(count, groups[at : at + max(threads, 1)]) for task in tasks]
            found |= {name: told.result() for name, told in begun}
    records.frequent |= {name: frequent for name in of_name if (frequent := found[name][1]) is not None}
    return {name: found[name][0] for name in of_name}


def _largest(counts: npt.NDArray[np.int64], n: int) -> Frequent:
    """The n values that most records hold, falling; of equally many the first. The missing one counts 0."""
    # n of the largest pieces hold a value each that is as frequent as this at least.
    pieces = np.maximum.reduceat(counts, np.arange(0, len(counts), VALUES_OF_A_PIECE))
    least = np.partition(pieces, len(pieces) - n)[len(pieces) - n] if len(pieces) > n else 0
    found = np.flatnonzero(counts >= max(least, 1))
    top = found[np.argsort(-counts[found], kind="stable")[:n]]
    return list(zip(top.tolist(), counts[top].tolist(), strict=True))


def value_counts(records: EncodedRecords, names: Sequence[str]) -> dict[str, npt.NDArray[np.int64]]:
    """How many records hold each value of these texts and categories, each day; the rows are read once.

    Behind the days: how many dates are not whole, how many are missing.
    """
    wanted = [(records.words[name], _mask(records.columns[name]), n_values(records, name)) for name in names]
    return dict(zip(names, count_words(records.rows, wanted), strict=True))


def together(records: EncodedRecords, names: list[str], n_groups: int) -> list[list[str]]:
    """Fields that one pass over the rows counts: so many groups, of as many values each, or more groups."""
    sizes = {name: n_values(records, name) for name in names}
    least = max(-(-sum(sizes.values()) // COUNTS_AT_ONCE), -(-len(names) // FIELDS_AT_ONCE))
    groups: list[list[str]] = [[] for _ in range(max(n_groups, least))]
    for name in sorted(names, key=lambda name: -sizes[name]):
        free = [group for group in groups if len(group) < FIELDS_AT_ONCE]
        min(free, key=lambda group: sum(sizes[n] for n in group)).append(name)
    return [group for group in groups if group]


def n_values(records: EncodedRecords, name: str) -> int:
    """Values that a field is counted by."""
    column = records.columns[name]
    if isinstance(column, TextColumn):
        return len(column.values)
    return N_DAYS + 2 if isinstance(column, DateColumn) else _VALUE + 1


def _mask(column: Column) -> int | None:
    """Which bits of a field's word tell its value; None where it is a date."""
    if isinstance(column, TextColumn):
        return _WHOLE
    return None if isinstance(column, DateColumn) else _VALUE


def surprisal(counts: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int16]:
    """-log2(count / total) in 1/256 bit; a count of 0 as 1."""
    most = int(counts.max(initial=0))
    if most < len(counts) // 2:  # once for each count there may be
        return surprisal(np.arange(most + 1), total)[counts]
    share = np.maximum(counts, 1) / max(total, 1)
    bits: npt.NDArray[np.int16] = np.rint(-np.log2(share) * FIXED).astype(np.int16)
    return bits


def _of_text(counts: npt.NDArray[np.int64], column: TextColumn, n_parts: int) -> npt.NDArray[np.int16]:
    counts[0] = 0
    total = int(counts.sum())
    out = np.zeros((len(counts), 4), np.int16)
    out[:, 0] = surprisal(counts, total)
    if n_parts >= 2:
        folded, ends, last = ends_of_names(column.values.view(np.uint8))
        out[:, 1] = surprisal(group_totals(folded, counts), total)
    if n_parts >= 3:
        out[:, 2] = surprisal(group_totals(ends, counts), total)
        out[:, 3] = surprisal(np.bincount(last, counts).astype(np.int64)[last], total)
    return out


def _with_forms(
    table: npt.NDArray[np.int16], counts: npt.NDArray[np.int64], item: Comparison, own: OwnAddresses | None
) -> None:
    """Of addresses made of names, in place, how rare what of them is not the name is among all such."""
    table[:, 1] = 0
    if own is not None:
        made = np.flatnonzero(own.forms)
        of_form = group_totals(own.forms[made], counts[made])
        table[made, 1] = surprisal(of_form, int(counts[made].sum()))
    if not item.field.has_term_frequencies:
        table[:, 0] = 0


def day_places(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Places of dates in the table of days, -1 = not a whole date."""
    digits = [(words >> np.uint32(4 * k)) & np.uint32(15) for k in range(8)]
    year = (digits[7] * 1000 + digits[6] * 100 + digits[5] * 10 + digits[4]).astype(np.int64)
    month, day = digits[3] * 10 + digits[2], digits[1] * 10 + digits[0]
    at = ((year - _FIRST_YEAR & 255) * 12 + month - 1) * 31 + day - 1
    fits = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return np.where(fits, at, -1)


def surprisal_of_days(counts: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int16]:
    """Surprisal by place in the table of days; days 256 years apart share an entry."""
    out = np.zeros(len(counts), np.int16)
    held = counts > 0
    out[held] = surprisal(counts[held], total)
    return out


def _of_categories(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
    counts = counts[: np.flatnonzero(counts)[-1] + 1] if counts.any() else counts[:1]
    counts[0] = 0
    out = np.zeros((len(counts), 4), np.int16)
    out[:, 0] = surprisal(counts, int(counts.sum()))
    return out
