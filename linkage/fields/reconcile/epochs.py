"""Numbers -> whether they are births counted from 1970, in days or seconds; and the days they are.

So databases keep dates, and so they come out where nobody wrote them as dates: 5549, -86400, 479433600000.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.content import ENOUGH, GENERATIONS, share
from linkage.fields.meaning.headers import field_of_header
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import BORN, Source
from linkage.fields.text import as_text, has_texts, readable, rewritten
from linkage.schema import Schema

LOOKED_AT, A_FEW, MOST = 2_000, 200, 0.9
"""Records that are looked at; of these, those that are first, and the share of them that are numbers."""
SINCE = " since 1970"
IN_A_DAY = {f"days{SINCE}": 1, f"seconds{SINCE}": 86_400, f"milliseconds{SINCE}": 86_400_000}
"""What is counted, and how many of it a day has."""
NEARLY_ALL = 0.98
"""Share of the numbers that are days on which living people may have been born."""
FIRST, LAST = -29_220, 25_567
"""1890 and 2040, in days since 1970."""
LEAST_BEFORE = 0.02
"""Share of the numbers below 0, by which days since 1970 are no numbers of anything else."""
QUARTERS = 96
"""Quarters of an hour in a day: at one of them it is midnight somewhere."""
_WHOLE = r"^\s*-?\d{1,14}(\.0+)?\s*$"


def counted_birth(source: Source, columns: Sequence[str]) -> str:
    """The one column of births, where it counts from 1970, as the source reads it; else empty."""
    births = [c for c in columns if (f := field_of_header(c)) and f.kind == "date" and not f.shared]
    unit = _unit_of(source, births[0]) if len(births) == 1 else ""
    return births[0] + BORN + unit if unit else ""


def with_births_counted(schema: Schema, left: Source, right: Source) -> Schema:
    """The schema of two tables, dates read as days where one table, or each in its own way, counts them."""
    ours, theirs = find_headers(left, schema), find_headers(right, schema, side=1)
    fields = []
    for item in schema.fields:
        if item.kind == "date" and not item.shared and item.name in ours and item.name in theirs:
            own, other = (_uncounted(found[item.name]) for found in (ours, theirs))
            one, two = _unit_of(left, own), _unit_of(right, other)
            if one or two:
                own, other = (c + BORN + unit if unit else c for c, unit in ((own, one), (other, two)))
                item = replace(item, name=own if one else item.name, columns=(own, other))
        fields.append(item)
    return schema.with_fields(fields)


def _uncounted(column: str) -> str:
    return column.partition(BORN)[0] if column.endswith(SINCE) else column


def _unit_of(source: Source, column: str) -> str:
    """How a column of births counts from 1970; empty where it does not."""
    first = source.first([column]).column(0).slice(0, LOOKED_AT)
    if not has_texts(first.type):
        return ""
    # Dates as texts, which most are: Arrow's functions of texts take longer to import than all else takes.
    a_few = [text for text in readable(as_text(first.slice(0, A_FEW))).to_pylist() if text]
    if sum(re.match(_WHOLE, text) is not None for text in a_few) < MOST * len(a_few):
        return ""
    values = readable(pc.drop_null(as_text(first)))
    return epoch_of(values.filter(pc.not_equal(values, "")), is_named=True)


def epoch_of(values: pa.Array, *, is_named: bool) -> str:
    """How births are counted from 1970, such as "days since 1970"; empty where they are not.

    Parameters
    ----------
    values : string array without nulls
    is_named : bool
        Whether the header names a birth: days may be numbers of anything, midnights are not.
    """
    if len(values) < ENOUGH or share(values, _WHOLE) < NEARLY_ALL:
        return ""
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(values), r"\.0+$", "")
    numbers = bare.filter(pc.match_substring_regex(bare, r"^-?\d{1,14}$")).cast(pa.int64()).to_numpy()
    for unit, in_a_day in IN_A_DAY.items():
        if in_a_day == 1 and (not is_named or (numbers < 0).mean() < LEAST_BEFORE):
            continue
        if in_a_day > 1 and (numbers % (in_a_day // QUARTERS) == 0).mean() < NEARLY_ALL:
            continue
        days = numbers // in_a_day
        among = days[(days >= FIRST) & (days <= LAST)]
        if len(among) < NEARLY_ALL * len(days):
            continue
        among.sort()
        if among[len(among) * 19 // 20] - among[len(among) // 20] >= 365 * GENERATIONS:
            return unit
    return ""


def days_since(numbers: pa.Array, unit: str) -> pa.Array:
    """Numbers that count from 1970 -> days as texts such as ``1985-03-12``; empty for what is no number."""
    in_a_day = IN_A_DAY[unit]
    start = datetime.date(1970, 1, 1)

    def day(text: str) -> str:
        bare = text.strip().removesuffix(".0")
        if len(bare) > 15 or not bare.removeprefix("-").isascii() or not bare.removeprefix("-").isdigit():
            return ""
        days = round(int(bare) / in_a_day)  # midnights of another zone to the nearest day
        return (start + datetime.timedelta(days)).isoformat() if abs(days) < 200_000 else ""

    return rewritten(numbers, day)
