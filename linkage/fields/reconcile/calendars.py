"""Dates of two tables, one of which counts by another calendar -> the same, all by the Gregorian calendar.

Buddhist years and Japanese eras are read as such wherever they stand. Years of the Persian, the Islamic, the
Ethiopian and the Republic of China's calendar are told by what no other calendar writes: the years
themselves, months of 31 days, or a thirteenth one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import NamedTuple

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import CALENDAR, Source
from linkage.fields.text import as_text, has_texts, readable, rewritten, with_plain_digits
from linkage.schema import Field, Schema

LOOKED_AT = 20_000
LEAST_WHOLE, LEAST_SHARE = 30, 0.9
"""Whole dates from which a calendar is told, and the share of them whose years it must explain."""
EXPECTED = 4.0
"""Days of one kind that the dates hold on average, from which their absence says something."""
_YEARS = {"persian": (1250, 1420), "islamic": (1280, 1460), "ethiopian": (1880, 2040), "minguo": (1, 125)}
_HEADERS = {
    "persian": ("شمسی", "شمسي", "shamsi", "jalali", "persian"),
    "islamic": ("هجري", "هجرى", "قمری", "hijri", "hijra"),
    "ethiopian": ("ethiopian", "eth", "e c", "ec"),
    "minguo": ("民國", "民国", "minguo", "roc"),
}
_THREE = re.compile(r"^\D*(\d{1,4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,4})\D*$")
_JOINED = re.compile(r"^\s*(\d{2,4})(\d\d)(\d\d)\s*$")
_YEAR = re.compile(r"^\s*(\d{4})\s*$")
_OLD_YEAR = r"(^|[^0-9])1[2-4][0-9]{2}([^0-9]|$)"
_NEW_YEAR = r"(^|[^0-9])(19|20)[0-9]{2}([^0-9]|$)"
"""A year of nobody alive by the Gregorian calendar, and one of those alive."""
LEAST_MIXED = 0.02
"""Share of either from which a column's dates are by two calendars: fewer are slips."""


class Day(NamedTuple):
    """A date by any calendar; month and day are 0 where they are not told."""

    year: int
    month: int
    day: int


def with_one_calendar(schema: Schema, left: Source, right: Source) -> Schema:
    """The schema, with the dates of one table by the other's calendar where the two have different ones.

    Where both have one header, it cannot say which of the two is meant: dates of both are read by the other
    calendar where their years are its own. Ethiopian years are Gregorian ones as well: there nothing changes.
    """
    ours, theirs = find_headers(left, schema), find_headers(right, schema)
    fields: list[Field] = []
    for item in schema.fields:
        if item.kind == "date" and item.name in ours and item.name in theirs:
            own, other = ours[item.name], theirs[item.name]
            found = calendar_of(own, _texts(left, own)), calendar_of(other, _texts(right, other))
            if fold_header(own) == fold_header(other):
                if "" in found and (calendar := max(found)) in _OF_OTHER_YEARS:
                    item = replace(
                        item, name=own + CALENDAR + calendar, columns=(other + CALENDAR + calendar,)
                    )
            elif found[0] != found[1]:
                own, other = (
                    c + (CALENDAR + k if k else "") for c, k in zip((own, other), found, strict=True)
                )
                item = replace(item, name=own if found[0] else item.name, columns=(other, *item.columns))
        fields.append(item)
    return schema.with_fields(fields)


def mixed_in_one_calendar(schema: Schema, source: Source) -> Schema:
    """The schema of a table, dates by the Gregorian calendar where some are and others are not."""
    held = find_headers(source, schema)
    fields = tuple(
        replace(item, name=held[item.name] + CALENDAR + calendar)
        if item.kind == "date" and item.name in held and (calendar := _among_others(source, held[item.name]))
        else item
        for item in schema.fields
    )
    return schema.with_fields(fields)


def _among_others(source: Source, column: str) -> str:
    """The calendar of some of a column's dates, which others are not by; "" without any."""
    values = source.seen(column)
    if values is None or not has_texts(values.type):
        return ""
    texts = pc.drop_null(readable(as_text(values.slice(0, LOOKED_AT))))
    plain = with_plain_digits(texts)
    old = texts.filter(pc.match_substring_regex(plain, _OLD_YEAR))
    n_new = pc.sum(pc.match_substring_regex(plain, _NEW_YEAR)).as_py() or 0
    if min(len(old), n_new) < max(LEAST_WHOLE, LEAST_MIXED * len(texts)):
        return ""
    calendar = calendar_of(column, old.to_pylist())
    return calendar if calendar in _OF_OTHER_YEARS else ""


def _texts(source: Source, column: str) -> list[str]:
    values = readable(as_text(source.first([column]).column(0).slice(0, LOOKED_AT)))
    return [value for value in values.to_pylist() if value]


def calendar_of(header: str, texts: Sequence[str]) -> str:
    """The calendar of a column's dates by its values, or its header where these allow it; "" = Gregorian."""
    days = [day for text in texts if (day := _read(text)) and day.month]
    if len(days) < max(LEAST_WHOLE, 0.5 * len(texts)):
        return ""
    words = f" {fold_header(header)} "
    for name, (first, last) in _YEARS.items():
        fits = sum(first <= day.year <= last for day in days) >= LEAST_SHARE * len(days)
        said = any(f" {w} " in words or (not w.isascii() and w in header) for w in _HEADERS[name])
        if fits and _SIGNS[name](days, said):
            return name
    return ""


def _is_persian(days: Sequence[Day], said: bool) -> bool:
    """Its first six months have 31 days, of the others none has."""
    early = sum(day.day == 31 and day.month <= 6 for day in days)
    late = sum(day.day == 31 and day.month > 6 for day in days)
    return late <= 0.1 * early and (said or early >= max(0.3 * _expected(days, 6), 1))


def _is_islamic(days: Sequence[Day], said: bool) -> bool:
    """No month has 31 days."""
    long = sum(day.day == 31 for day in days)
    return long <= 0.1 * _expected(days, 6) and (said or _expected(days, 6) >= EXPECTED)


def _is_ethiopian(days: Sequence[Day], said: bool) -> bool:
    """Twelve months of 30 days and a thirteenth of five or six."""
    last = sum(day.month == 13 and day.day <= 6 for day in days)
    other = sum(day.month > 13 or day.day == 31 or (day.month == 13 and day.day > 6) for day in days)
    return other <= 0.1 * _expected(days, 7) and (said or last >= max(0.3 * _expected(days, 5), 3))


def _is_minguo(days: Sequence[Day], said: bool) -> bool:
    """Years of two digits and of three: two alone are any calendar's."""
    long = sum(day.year >= 100 for day in days)
    return said or long >= max(0.01 * len(days), 3)


_SIGNS = {"persian": _is_persian, "islamic": _is_islamic, "ethiopian": _is_ethiopian, "minguo": _is_minguo}


def _expected(days: Sequence[Day], n: int) -> float:
    """How many dates fall on n days of a year."""
    return len(days) * n / 365.25


def _read(text: str) -> Day | None:
    """Year, month and day in this order, or the day first where the year is written last; or a year alone."""
    text = unicodedata.normalize("NFKC", text).split("T")[0].removesuffix(" 00:00:00")
    if found := _YEAR.match(text):
        return Day(int(found[1]), 0, 0)
    found = _THREE.match(text) or _JOINED.match(text)
    if not found:
        return None
    first, middle, last = (int(part) for part in found.groups())
    if len(found[3]) > 2:
        first, last = last, first
    return Day(first, middle, last) if 1 <= middle <= 13 and 1 <= last <= 31 else None


def in_gregorian(dates: pa.Array, calendar: str) -> pa.Array:
    """Dates of a calendar as ``1990-05-17``, years alone as the year in which most of theirs lies."""
    return rewritten(dates, partial(_gregorian, calendar=calendar))


_OF_OTHER_YEARS = ("persian", "islamic", "minguo")
"""Calendars whose years are no Gregorian years of people who may live: a date says by itself which it is."""
_OFFSETS = {"persian": 621, "ethiopian": 8, "minguo": 1911}


def _gregorian(text: str, calendar: str) -> str:
    day = _read(text)
    first, last = _YEARS[calendar]
    if day is None:
        return ""
    if not first <= day.year <= last:
        return text if calendar in _OF_OTHER_YEARS and day.year > max(_YEARS[calendar]) else ""
    if not day.month:
        return str(
            day.year + _OFFSETS[calendar] if calendar in _OFFSETS else _islamic(Day(day.year, 6, 15)).year
        )
    try:
        return _READERS[calendar](day).isoformat()
    except ValueError:  # no day of this calendar
        return str(day.year + _OFFSETS[calendar]) if calendar in _OFFSETS else ""


def _persian(day: Day) -> date:
    """By the cycle of 33 years with eight leap years, which holds from 1799 to 2256."""
    before = 31 * (day.month - 1) - max(day.month - 7, 0)
    if day.month > 12 or day.day > (31 if day.month <= 6 else 30):
        raise ValueError
    return date.fromordinal(226_894 + 365 * (day.year - 1) + (8 * day.year + 21) // 33 + before + day.day)


def _islamic(day: Day) -> date:
    """By the cycle of 30 years with eleven leap years; what was announced may be a day away."""
    if day.month > 12 or day.day > 30:
        raise ValueError
    before = (59 * (day.month - 1) + 1) // 2
    return date.fromordinal(227_014 + 354 * (day.year - 1) + (11 * day.year + 3) // 30 + before + day.day)


def _ethiopian(day: Day) -> date:
    """Twelve months of 30 days, then five, or six at the end of each fourth year."""
    if day.day > (30 if day.month < 13 else 6):
        raise ValueError
    return date.fromordinal(2_795 + 365 * (day.year - 1) + day.year // 4 + 30 * (day.month - 1) + day.day)


def _minguo(day: Day) -> date:
    return date(day.year + 1911, day.month, day.day)


_READERS = {"persian": _persian, "islamic": _islamic, "ethiopian": _ethiopian, "minguo": _minguo}
