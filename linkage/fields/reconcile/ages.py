"""A schema and its tables -> the schema with years of birth for ages, where one age is not one birth.

An age of 41 told in 2021 and one of 42 told in 2022 are one person's; of two tables one may hold ages and the
other births. What an age counts from, the day of its record or one year for all of them, is what makes most
records of the same rare name agree. Two tables may have one header for ages of two years (`find_headers`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkage.fields import compute as pc
from linkage.fields.meaning.content import GENERATIONS, date_share, spread_of_years, years_of
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import is_age
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import AGED, Source
from linkage.fields.text import as_text, has_texts, readable, whole_numbers
from linkage.schema import Field, Schema

LEAST_AGREEING, LEAST_SHARE = 30, 0.1
"""Pairs of one rare name that must be born in one year, and their share of all such pairs."""
MOST_OF_A_NAME = 16
"""Pairs that a name may have in two tables: where few names are in use, hardly any is had by one alone."""
BESIDE = range(6, 16)
"""Years from the one in which most pairs are born that hold strangers of one name, and hardly slips."""
BETTER = 1.1
"""How many more of them than without years of birth, where both can be compared."""
ANY_YEAR = 2000
"""When ages were told in the first of two tables without births: only the difference matters."""
Years = npt.NDArray[np.float64]


class Reading(NamedTuple):
    """One way to read a year of birth from a table: of a birth, or of an age and when it was told.

    `years` lacks a constant where that year is not known, `told` being empty; `column` is the age's or the
    birth's.
    """

    column: str
    told: str | None
    years: Years

    @property
    def is_open(self) -> bool:
        """Whether the year in which ages were told is still to be found."""
        return self.told == ""

    def name(self, year: int = ANY_YEAR) -> str:
        """The column as a source reads it."""
        return self.column if self.told is None else self.column + AGED + (self.told or str(year))


def with_years_of_birth(schema: Schema, sources: Sequence[Source], exclude: Sequence[str] = ()) -> Schema:
    """The schema, with a date in the place of an age where that says more."""
    headers = [find_headers(source, schema) for source in sources]
    held = set.intersection(*(set(h) for h in headers))
    if not any(is_age(c) for source in sources for c in source.columns if c not in exclude):
        return schema
    if any(f.kind == "date" and not f.shared and f.name in held for f in schema.fields):
        return schema
    names = [f.name for f in schema.fields if f.kind == "person_name" and not f.shared and f.name in held]
    readings = [_readings(source, exclude) for source in sources]
    if not names or not all(readings):
        return schema
    of_names = [_rows_by_name(s, [h[n] for n in names]) for s, h in zip(sources, headers, strict=True)]
    numbers = [[h[f.name] for f in schema.fields if f.kind == "number" and f.name in held] for h in headers]
    one = len(sources) == 1
    columns = _told_in_one_year(readings, numbers)
    columns = (_of_one(readings[0], of_names[0]) if one else _of_two(readings, of_names)) or columns
    if not columns:
        return schema
    if AGED not in columns[0]:  # births, which the other table has as ages
        return replace(
            schema,
            fields=tuple(
                replace(f, columns=(*f.columns, columns[1])) if headers[0].get(f.name) == columns[0] else f
                for f in schema.fields
            ),
        )
    fields = [f for f in schema.fields if headers[0].get(f.name) != _age_of(columns[0])]
    others = tuple(c for c in columns[1:] if c != columns[0])
    return replace(schema, fields=(*fields, Field(columns[0], "date", columns=others)))


def _told_in_one_year(readings: Sequence[list[Reading]], numbers: Sequence[Sequence[str]]) -> list[str]:
    """The ages that would be compared as numbers, as years of birth, one for each table; empty without any.

    Ages one year apart are much likelier one person's than those a tenth apart.
    """
    for columns in zip(*numbers, strict=True):
        ages = [r for of, c in zip(readings, columns, strict=True) for r in of if r.is_open and r.column == c]
        if len(ages) == len(columns):
            return [r.name() for r in ages]
    return []


def _of_one(readings: list[Reading], of_name: dict[str, list[int]]) -> list[str]:
    """The column that makes most pairs of one table's doubles agree, if it is better than the age itself."""
    rows = np.array([rows for rows in of_name.values() if len(rows) == 2], np.int64).reshape(-1, 2)
    agreeing = [int(np.sum(r.years[rows[:, 0]] == r.years[rows[:, 1]])) for r in readings]
    plain = max((n for r, n in zip(readings, agreeing, strict=True) if r.is_open), default=0)
    best = max(range(len(readings)), key=agreeing.__getitem__)
    if readings[best].told and agreeing[best] >= max(BETTER * plain, LEAST_AGREEING):
        return [readings[best].name()]
    return []


def _of_two(readings: list[list[Reading]], of_names: list[dict[str, list[int]]]) -> list[str]:
    """The left and the right column that make most pairs of the same name agree; empty where too few do."""
    both = [
        name
        for name in sorted(of_names[0].keys() & of_names[1].keys())
        if len(of_names[0][name]) * len(of_names[1][name]) <= MOST_OF_A_NAME
    ]
    pairs = [pair for name in both for pair in product(of_names[0][name], of_names[1][name])]
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    fits: list[tuple[float, list[str]]] = []
    plain = 0.0
    for a in readings[0]:
        for b in readings[1]:
            apart = b.years[right] - a.years[left]
            apart = apart[~np.isnan(apart)]
            fits.append(_fit(a, b, apart))
            if a.is_open and b.is_open:
                plain = max(plain, _n_of_one(Counter(apart.astype(int).tolist()), 0))
    n, columns = max(fits, key=lambda fit: fit[0])
    if n < max(BETTER * plain, LEAST_AGREEING, LEAST_SHARE * len(both)):
        return []
    # Births in both tables are compared already. Where one header says both, each table has a year of its own
    # (`find_headers`), but not when its ages were told record by record.
    one_header = columns[0] != columns[1] and _age_of(columns[0]) == _age_of(columns[1])
    by_record = any(not c.partition(AGED)[2].isdigit() for c in columns)
    return columns if any(AGED in c for c in columns) and not (one_header and by_record) else []


def _fit(a: Reading, b: Reading, apart: Years) -> tuple[float, list[str]]:
    """How many people are born in one year, and the two columns that say so; `apart` as far as is known."""
    counts = Counter(apart.astype(int).tolist())
    if not a.is_open and not b.is_open:
        return _n_of_one(counts, 0), [a.name(), b.name()]
    year = max(counts, key=lambda year: (counts[year], -abs(year)), default=0)
    years = (ANY_YEAR, ANY_YEAR - year) if a.is_open and b.is_open else (year, -year)
    is_year = all(1000 <= told < 3000 for r, told in zip((a, b), years, strict=True) if r.is_open)
    n = _n_of_one(counts, year) if is_year else 0.0
    return n, [a.name(years[0]), b.name(years[1])]


def _n_of_one(counts: Counter[int], year: int) -> float:
    """How many of the pairs that many years apart are one person's: those that strangers' do not explain."""
    beside = sum(counts[year - years] + counts[year + years] for years in BESIDE)
    return counts[year] - beside / (2 * len(BESIDE))


def _age_of(column: str) -> str:
    return column.partition(AGED)[0]


def _readings(source: Source, exclude: Sequence[str]) -> list[Reading]:
    """The ways in which a table tells years of birth: its dates of many years, its ages."""
    columns = [c for c in source.columns if c not in exclude]
    texts = {
        c: readable(as_text(values))
        for c, values in zip(columns, source.first(columns).columns, strict=True)
        if has_texts(values.type)
    }
    ages = {c: -whole_numbers(v) for c, v in texts.items() if is_age(c)}
    dates = {c: years_of(v) for c, v in texts.items() if c not in ages and date_share(pc.drop_null(v)) > 0.9}
    births = [Reading(c, None, y) for c, y in dates.items() if spread_of_years(texts[c]) >= GENERATIONS]
    told = [Reading(age, c, y + years) for age, years in ages.items() for c, y in dates.items()]
    return [*births, *(Reading(age, "", years) for age, years in ages.items()), *told]


def _rows_by_name(source: Source, columns: Sequence[str]) -> dict[str, list[int]]:
    """Names, in any order of their words and without initials -> the rows that hold them."""
    found: dict[str, list[int]] = defaultdict(list)
    parts = [readable(as_text(c)).to_pylist() for c in source.first(list(columns)).columns]
    for row, values in enumerate(zip(*parts, strict=True)):
        words = [w for w in fold_header(" ".join(v for v in values if v)).split() if len(w) > 1]
        if len(words) > 1:
            found[" ".join(sorted(words))].append(row)
    return found
