"""Two tables, one with births, the other with numbers that begin with them -> both by births.

Many countries write the day of birth into a person's number: yymmdd, ddmmyy or yyyymmdd at its beginning or
behind its first signs; some add 40 to the day or 20 or 50 to the month for women. Vietnam's tells the century
and the year. Random digits are a day in one of four, so a column of such numbers shows by itself that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pyarrow as pa

from linkage.fields.meaning.content import are_personal_numbers
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.held import find_headers
from linkage.fields.meaning.names import n_equal
from linkage.fields.reconcile.epochs import SINCE, days_since
from linkage.fields.reconcile.old_numbers import share_column
from linkage.fields.source import BORN, Source
from linkage.fields.text import as_text, has_texts, readable, rewritten
from linkage.schema import Field, Schema

LOOKED_AT = 2_000
ENOUGH, LEAST_DAYS = 0.9, 100.0
"""Share of the numbers that hold a day, and how many days there are, counted as equally frequent."""
LEAST_NUMBERS = 30
FORMS = ("yyyymmdd", "ddmmyyyy", "yymmdd", "ddmmyy")
EITHER = "yymmdd or yyyymmdd"
"""Some with the century, some without, as Sweden's: 19850312-1234, 850312-1234, 850312-XXXX."""
WITH_CENTURY = (8, 12)
"""How many signs such numbers have, cut to the birth or whole, that tell the century."""
MOST_BEFORE = 6
"""Signs that stand before the birth: a place, a sex."""
OF_VIETNAM = "vietnam"


def with_births_of_numbers(schema: Schema, sources: Sequence[Source], exclude: Sequence[str] = ()) -> Schema:
    """The schema of two tables, births read off one's numbers where the other alone has some."""
    headers = [find_headers(source, schema) for source in sources]
    for header in headers:
        share_column(schema, header)
    held = set.intersection(*map(set, headers))
    if len(sources) != 2 or any(f.kind == "date" and not f.shared and f.name in held for f in schema.fields):
        return schema
    found = [detect_schema(source, exclude=exclude) for source in sources]
    births = [_birth_of(of, source) for of, source in zip(found, sources, strict=True)]
    if bool(births[0]) == bool(births[1]):
        return schema
    side = 1 if births[0] else 0
    met = {headers[side][name] for name in held}
    numbers = find_headers(sources[side], found[side])
    for item in found[side].fields:
        column = numbers.get(item.name, "")
        if item.kind == "identifier" and column not in met and (read := birth_in(sources[side], column)):
            return _with(schema, held, read, births[1 - side], side, headers[0])
    return schema


def _with(schema: Schema, held: set[str], read: str, birth: str, side: int, ours: dict[str, str]) -> Schema:
    """The schema with the births that one table's numbers hold and the other's own column."""
    if not side:
        kept = schema.only(held & {f.name for f in schema.fields})
        return replace(kept, fields=(*kept.fields, Field(read, "date", columns=(birth,))))
    fields = [
        replace(f, columns=(*f.columns, read)) if ours.get(f.name) == birth else f for f in schema.fields
    ]
    return schema.with_fields(fields)


def _birth_of(schema: Schema, source: Source) -> str:
    """The one column of a table's own births; empty where there is none, or several dates."""
    headers = find_headers(source, schema)
    dates = [
        headers[f.name] for f in schema.fields if f.kind == "date" and not f.shared and f.name in headers
    ]
    return dates[0] if len(dates) == 1 else ""


def birth_in(source: Source, column: str) -> str:
    """A column of numbers as the births in them, as the source reads it; empty where there are none."""
    first = source.first([column]).column(0).slice(0, LOOKED_AT) if column in source.columns else None
    if first is None or not has_texts(first.type):
        return ""
    values = [text for text in readable(as_text(first)).to_pylist() if text]
    if len(values) < LEAST_NUMBERS:
        return ""
    if are_personal_numbers(pa.array(values, pa.string())):
        return column + BORN + OF_VIETNAM
    for form in FORMS:
        for at in range(MOST_BEFORE + 1):
            days = [day for text in values if (day := _birth(text, at, form))]
            if len(days) >= ENOUGH * len(values) and n_equal(days) >= LEAST_DAYS:
                return f"{column}{BORN}{form} at {at}"
    days = [day for text in values if (day := _birth(text, 0, EITHER))]
    both = len(days) >= ENOUGH * len(values) and n_equal(days) >= LEAST_DAYS
    return f"{column}{BORN}{EITHER} at 0" if both else ""


def births_of(numbers: pa.Array, form: str) -> pa.Array:
    """Numbers -> the births in them or that they count, ``17/05/1990``, ``17/05/90`` or years alone."""
    if form.endswith(SINCE):
        return days_since(numbers, form)
    if form == OF_VIETNAM:
        return rewritten(numbers, _year_of_vietnam)
    form, _, at = form.partition(" at ")
    return rewritten(numbers, partial(_birth, at=int(at), form=form))


def _birth(text: str, at: int, form: str) -> str:
    bare = "".join(sign for sign in text if sign.isalnum() or sign in "*#")
    if form == EITHER:
        form = "yyyymmdd" if len(bare) in WITH_CENTURY else "yymmdd"
    part = bare[at : at + len(form)]
    if len(part) < len(form) or not part.isascii() or not part.isdigit():
        return ""
    year, month, day = (int("".join(d for d, f in zip(part, form, strict=True) if f == k)) for k in "ymd")
    day -= 40 if day > 40 else 0
    month -= 50 if month > 50 else 20 if month > 20 else 0
    if not (1 <= month <= 12 and 1 <= day <= 31 and (year < 100 or 1900 <= year < 2100)):
        return ""
    digits = 4 if "yyyy" in form else 2
    return f"{day:02d}/{month:02d}/{year:0{digits}d}"


def _year_of_vietnam(text: str) -> str:
    """The fourth digit tells the century and the sex, the next two the year."""
    bare = text.strip().rjust(12, "0")
    if len(bare) != 12 or not bare.isascii() or not bare.isdigit():
        return ""
    return str(1900 + 100 * (int(bare[3]) // 2) + int(bare[4:6]))
