"""Conditions on province, sex, age and the like + a segment -> one bit a record: who may be found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from linkage._kernels.exact import category_numbers
from linkage.errors import InputError, SegmentError, did_you_mean
from linkage.search.find import Part
from linkage.segment.sections import DAYS_A_YEAR, FIRST_YEAR, N_YEARS
from linkage.segment.segment import Segment

Bits = npt.NDArray[np.uint8]
Day = date | str | int | None
_ROWS: WeakKeyDictionary[Segment, dict[int, dict[int, BitMap]]] = WeakKeyDictionary()


def compile_filters(parts: Sequence[Part], **conditions: Any) -> list[Bits]:
    """`compile_filter` for every part: what `lookup` takes as `allowed`."""
    return [compile_filter(part.segment, **conditions) for part in parts]


def compile_filter(
    segment: Segment,
    *,
    born: tuple[Day, Day] | None = None,
    age: tuple[int | None, int | None] | None = None,
    on: Day = None,
    **values: str | Iterable[str],
) -> Bits:
    """The records that may fulfil all conditions.

    A record that is known only in part (the year of a birth, a province's name after a merger) fulfils a
    condition that it may fulfil; one that lacks the value does not.

    Parameters
    ----------
    segment : Segment
    born : (first, last)
        Days as ISO text or `date`, or years; None = open.
    age : (youngest, oldest)
        Completed years, both included; None = open.
    on : date, str or None
        The day of the ages; None is today.
    **values : str or iterable of str
        Fields of kind category: one raw value or several.

    Returns
    -------
    uint8[ceil(n_records / 8)]
        Bit ``row & 7`` of byte ``row >> 3``.

    Raises
    ------
    InputError
        A field that is no category, a day that is none, or an index without dates of birth.
    """
    found = [rows_of_values(segment, name, given) for name, given in values.items()]
    for name, pair in (("born", born), ("age", age)):
        if pair is not None and not (isinstance(pair, tuple | list) and len(pair) == 2):
            raise InputError(f"filter: expected {name} as a pair, the least and the most")
    if born is not None:
        found.append(rows_of_days(segment, _first_day(born[0]), _last_day(born[1])))
    if age is not None:
        found.append(rows_of_days(segment, *_days_of_ages(age, _first_day(on) or date.today())))
    rows = BitMap.intersection(*found) if found else BitMap(range(segment.n_records))
    chosen = np.zeros((segment.n_records + 7) // 8 * 8, np.bool_)
    chosen[np.frombuffer(rows.to_array(), np.uint32)] = True
    return np.packbits(chosen, bitorder="little")


# ------------------------------------------------------------------------------------------ categories
def rows_of_values(segment: Segment, field: str, values: str | Iterable[str]) -> BitMap:
    """Rows whose category may be one of these raw values."""
    at = segment.positions.get(field)
    if at is None or segment.fields[at]["kind"] != "category":
        known = [str(f["name"]) for f in segment.fields if f["kind"] == "category"]
        meant = did_you_mean(field, known)
        raise InputError(f"filter: expected a category of {', '.join(known)}, got {field!r}{meant}")
    words = []
    if not isinstance(values, Iterable):
        raise InputError(f"filter: expected {field} as text or several, got {type(values).__name__}")
    for value in [values] if isinstance(values, str) else values:
        if not isinstance(value, str):
            raise InputError(f"filter: expected {field} as text, got {type(value).__name__}")
        words.append(segment.categories.word(at, value))
    held = _rows_by_word(segment, at)
    return BitMap.union(BitMap(), *(rows for w, rows in held.items() if any(_may_be(w, x) for x in words)))


def _may_be(held: int, wanted: int) -> bool:
    """Whether two words are one value, or one of them is no more than the other's group."""
    if held == wanted:
        return wanted != 0
    return held >> 16 == wanted >> 16 != 0 and (held & 0xFFFF == 0 or wanted & 0xFFFF == 0)


def _rows_by_word(segment: Segment, field: int) -> dict[int, BitMap]:
    """A category's rows by word, read from all records on first use: 0.1 microseconds a record."""
    fields = _ROWS.setdefault(segment, {})
    if field not in fields:
        try:
            numbers = category_numbers(segment.store, field)
        except ValueError as error:
            raise SegmentError(f"{segment.container.name}, section 'blobs': {error}") from None
        listed = np.concatenate([np.zeros(1, np.uint32), segment.categories.words(field)])
        if numbers.max(initial=0) >= len(listed):
            raise SegmentError(f"{segment.container.name}: a category's words do not fit its texts")
        words = listed[numbers]
        order = np.argsort(words, kind="stable").astype(np.uint32)
        distinct, first = np.unique(words[order], return_index=True)
        runs = np.split(order, first[1:])
        fields[field] = {int(w): BitMap(run) for w, run in zip(distinct, runs, strict=True) if w}
    return fields[field]


# ------------------------------------------------------------------------------------------------ days
def rows_of_days(segment: Segment, first: date | None, last: date | None) -> BitMap:
    """Rows born on one of these days, as far as is known: records lie in the order of their days."""
    if segment.container.meta["date_field"] is None:
        raise InputError("filter: the index has no date of birth")
    starts = segment.array("days")
    rows = BitMap()
    for begin, end in _day_ranges(first, last):
        if begin < end:
            rows.add_range(int(starts[begin]), int(starts[end]))
    return rows


def _day_ranges(first: date | None, last: date | None) -> list[tuple[int, int]]:
    """Runs of the directory of days. A year has a place for each month and day, and for those unknown.

    Unknown months and days stand before the known ones, so those of the first day's year and month lie
    outside the run from the first day to the last.
    """
    end = N_YEARS * DAYS_A_YEAR + 1 if last is None or last.year >= FIRST_YEAR + N_YEARS else _place(last) + 1
    if first is None or first.year < FIRST_YEAR:
        return [(1, end)]
    if first.year >= FIRST_YEAR + N_YEARS or (last is not None and last < first):
        return []
    year = _place(date(first.year, 1, 1)) - 33
    month = _place(first.replace(day=1)) - 1
    return [(year, year + 32), (month, month + 1), (_place(first), end)]


def _place(day: date) -> int:
    """A day's place in the directory (linkage/segment/sections.py: day_of); 0 before its first year."""
    if day.year < FIRST_YEAR:
        return 0
    return (day.year - FIRST_YEAR) * DAYS_A_YEAR + day.month * 32 + day.day + 1


def _days_of_ages(ages: tuple[int | None, int | None], on: date) -> tuple[date | None, date | None]:
    """First and last day of birth of those whose completed years lie in a range."""
    youngest, oldest = ages
    for years in ages:
        if years is not None and (isinstance(years, bool) or not isinstance(years, int) or years < 0):
            raise InputError("filter: expected ages as whole numbers of years, or None")
    first = None
    if oldest is not None and on.year - oldest - 1 >= 1:
        # Who turned oldest + 1 on the day is too old: the day after that birthday is the first.
        first = date.fromordinal(_birthday(on, oldest + 1).toordinal() + 1)
    last = None if youngest is None else _birthday(on, youngest) if on.year > youngest else date.min
    return first, last


def _birthday(on: date, years: int) -> date:
    """The last day of birth of those who have completed so many years."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February: those born on the 28th have, those born on 1 March have not
        return date(on.year - years, 2, 28)


def _first_day(day: Day) -> date | None:
    return _day(day, 1, 1)


def _last_day(day: Day) -> date | None:
    return _day(day, 12, 31)


def _day(given: Day, month: int, day: int) -> date | None:
    if given is None or isinstance(given, date):
        return given
    text = str(given)
    try:
        return date(int(text), month, day) if len(text) == 4 else date.fromisoformat(text)
    except ValueError:
        raise InputError("filter: expected a day as YYYY-MM-DD, or a year") from None
