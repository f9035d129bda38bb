"""Numbers of two tables, of which one has several -> which is which of the other, by values.

A passenger list has a booking and a document, a list of people their passports: two numbers of a person are
not the same number, and headers such as "pnr" mean one thing here and another there.
"""

from __future__ import annotations

from collections.abc import Sequence

from linkage.fields import compute as pc
from linkage.fields.source import Source
from linkage.fields.text import as_text, readable

LOOKED_AT = 20_000
"""Rows of each table that are looked at."""
LEAST = 5
"""Distinct numbers that both tables hold, from which they say that the columns are the same."""
TIMES = 3
"""How many times as many as another column of either table shares."""


def same_numbers(
    left: Source, of_left: Sequence[str], right: Source, of_right: Sequence[str]
) -> dict[str, str]:
    """Left column -> right column, for numbers that share values as no others of either do.

    Empty where each table has one number at most: headers tell those.
    """
    if not of_left or not of_right or len(of_left) + len(of_right) == 2:
        return {}
    ours, theirs = distinct_values(left, of_left), distinct_values(right, of_right)
    shared = {(a, b): len(ours[a] & theirs[b]) for a in ours for b in theirs}
    found = {}
    for (a, b), n in shared.items():
        rival = max((k for (c, d), k in shared.items() if (c == a) != (d == b)), default=0)
        if n >= LEAST and n >= TIMES * rival:
            found[a] = b
    return found


def distinct_values(source: Source, columns: Sequence[str]) -> dict[str, set[str]]:
    """The distinct values of columns as they stand in a table."""
    held = [c for c in columns if c in source.columns]
    for batch in source.batches(held) if held else ():
        arrays = batch.slice(0, LOOKED_AT).columns
        return {
            c: set(pc.unique(readable(pc.drop_null(as_text(a)))).to_pylist()) - {""}
            for c, a in zip(held, arrays, strict=True)
        }
    return {}
