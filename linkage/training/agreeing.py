"""Encoded records -> how many pairs of all agree on a field, counted, where a sample would hold too few."""

from __future__ import annotations

import math
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from linkage.blocking.blocks import Blocks
from linkage.comparison.program import Comparison, TermFrequencies
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.model.term_frequencies import FIXED

Array = npt.NDArray[np.float64]

RECORDS_AT_ONCE = 1 << 20
"""Records whose values are looked at at a time where all records count."""
RECORDS_OF_DAYS = 1 << 17
"""Records of a table, every so many of it, that tell how often years and days occur."""


def exact_counts(
    records: EncodedRecords,
    comparisons: list[Comparison],
    codes: npt.NDArray[np.uint8],
    blocks: Blocks,
    frequencies: TermFrequencies,
    pool: ThreadPoolExecutor,
) -> dict[int, Future[tuple[float, float]]]:
    """Comparisons whose equal values are too rare to sample: pairs that agree, and of strangers at least.

    They are counted in the pool while the caller goes on.
    """
    rare = [
        i
        for i, item in enumerate(comparisons)
        if item.operation.name == "identifier"
        or (
            item.operation.name in ("name", "part", "text", "email", "date")
            and np.count_nonzero(codes[:, i] == item.operation.n_codes - 1) < 400
        )
    ]

    def count(item: Comparison) -> tuple[float, float]:
        return _agreeing_pairs(records, item, blocks, frequencies), _least_by_chance(records, item)

    return {i: pool.submit(count, comparisons[i]) for i in rare}


def _agreeing_pairs(
    records: EncodedRecords, item: Comparison, blocks: Blocks, frequencies: TermFrequencies
) -> float:
    """Pairs of records whose values are equal: from a rule on the field alone, or from its frequencies."""
    for rule in blocks.rules:
        if rule.rule.keys == (item.name,) and not rule.n_refined and item.operation.name == "identifier":
            return float(rule.n_pairs)
    first = records.words[item.name]
    if item.name in frequencies and not records.n_left and item.operation.name != "email":
        table = frequencies[item.name]
        surprisal = table[:, 0] if table.ndim == 2 else table
        total = records.n_held[first]
        n_values = np.bincount(np.maximum(surprisal, 0))
        counts = np.rint(total * np.exp2(np.arange(len(n_values)) / -FIXED))
        return float((n_values * counts * (counts - 1) / 2)[1:].sum())
    n_words = 2 if item.operation.name == "identifier" else 1
    split = records.n_left or records.n_records
    words = records.rows[:, first : first + n_words]
    if item.name in records.own_addresses:
        return _equal_addresses(records, item, words[:, 0], split)
    values = _sorted_values(words[:split])
    others = _sorted_values(words[split:])
    return _equal_pairs(values, others if records.n_left else None)


def _equal_addresses(
    records: EncodedRecords, item: Comparison, words: npt.NDArray[np.uint32], split: int
) -> float:
    """Pairs with one address, but for those in which it is made of either name: these are no evidence."""
    column, made = records.columns[item.name], records.own_addresses[item.name].forms > 0
    assert isinstance(column, TextColumn)
    _, number = np.unique(column.values["folded"], return_inverse=True)
    texts: npt.NDArray[np.uint32] = (number + 1).astype(np.uint32)
    texts[0] = 0
    of_names = texts.copy()
    of_names[~made] = 0
    total = 0.0
    for sign, chosen in ((1, texts), (-1, of_names)):
        held = chosen[words][:, None]
        values, others = _sorted_values(held[:split]), _sorted_values(held[split:])
        total += sign * _equal_pairs(values, others if records.n_left else None)
    return total


def _sorted_values(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """The values that rows hold in one word, or in two, the lower one first; 8 bytes for each held."""
    values = np.empty(len(words), np.uint64)
    n = 0
    for at in range(0, len(words), RECORDS_AT_ONCE):
        part = words[at : at + RECORDS_AT_ONCE]
        held = part[:, 0].astype(np.uint64)
        if words.shape[1] == 2:
            held |= part[:, 1].astype(np.uint64) << np.uint64(32)
        held = held[held != 0]
        values[n : n + len(held)] = held
        n += len(held)
    values = values[:n]
    values.sort()
    return values


def _equal_pairs(values: npt.NDArray[np.uint64], others: npt.NDArray[np.uint64] | None) -> float:
    """Pairs of equal ones among sorted values, or of a value and one of the others; some values at a time."""
    total, begin = 0, 0
    while begin < len(values):
        last = min(begin + RECORDS_AT_ONCE, len(values)) - 1
        end = int(np.searchsorted(values, values[last], side="right"))
        part = values[begin:end]
        first = np.concatenate([[0], np.flatnonzero(part[1:] != part[:-1]) + 1])
        distinct, counts = part[first], np.diff(first, append=len(part))
        if others is None:
            total += int((counts * (counts - 1) // 2).sum())
        else:
            low, high = (np.searchsorted(others, distinct, side=side) for side in ("left", "right"))
            total += int((counts * (high - low)).sum())
        begin = end
    return float(total)


def _least_by_chance(records: EncodedRecords, item: Comparison) -> float:
    """Pairs of strangers that agree at least: on a date as often as on its year and its day independently.

    Else what strangers agree on by default (1 January) could all be taken for matches. Duplicates hardly
    touch how often a year or a day of the year occurs.
    """
    if item.operation.name != "date":
        return 0.0
    words = records.rows[:, records.words[item.name]]
    tables = [words[: records.n_left], words[records.n_left :]] if records.n_left else [words]
    steps = [max(len(table) // RECORDS_OF_DAYS, 1) for table in tables]
    days = [_whole_days(table[::step]) for table, step in zip(tables, steps, strict=True)]
    sides = days if records.n_left else [*days, *days]
    n_pairs: float = math.prod(step * int(n.sum()) for step, (_, n) in zip(steps, days, strict=True))
    if not records.n_left:
        n_pairs *= n_pairs / 2
    for shift in (16, 0):
        shares = []
        for whole, counts in sides:
            of_part = whole >> np.uint32(16) if shift else whole & np.uint32(0xFFFF)
            n = np.bincount(of_part, counts, minlength=1 << 16)
            shares.append(n / max(n.sum(), 1))
        n_pairs *= float(shares[0] @ shares[1])
    return n_pairs


def _whole_days(words: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The distinct dates whose year, month and day are known, and how many records have each."""
    days, counts = np.unique(words, return_counts=True)
    whole = _is_whole(days)
    return days[whole], counts[whole]


def _is_whole(days: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Of packed dates, those whose year, month and day are known."""
    whole: npt.NDArray[np.bool_] = (
        (days & np.uint32(0xFF) > 0) & (days & np.uint32(0xFF00) > 0) & (days >> np.uint32(16) > 0)
    )
    return whole
