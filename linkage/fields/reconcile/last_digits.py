"""Two tables, one with whole numbers, one with their last digits -> a schema that compares these alone.

A number of nine digits and its last four never agree as they stand: "123-45-6789" is read as "6789" where the
other table has "6789", or "***-**-6789".
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.content import share
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import ENDING, Source
from linkage.fields.text import as_text, has_texts, readable
from linkage.schema import Schema

FEW, MANY = range(3, 7), 8
"""Digits that are the end of a number, and those of a whole one."""
MOSTLY = 0.8
"""Share of a column's numbers that have as many digits as is usual there."""
LETTERS = r"[A-WYZa-wyz]"
"""Letters are a part of a number, but for the X that hides digits."""
_NO_DIGITS = r"\.0$|[^0-9]"
"""What stands between digits, and the end of a number that was read as a decimal."""


def with_last_digits(schema: Schema, left: Source, right: Source) -> Schema:
    """The schema, with numbers of which one table has the end alone compared by that end."""
    ours, theirs = find_headers(left, schema), find_headers(right, schema)
    fields = list(schema.fields)
    for at, item in enumerate(fields):
        if item.kind == "identifier" and item.format is None and item.name in ours and item.name in theirs:
            digits = [_digits(left, ours[item.name]), _digits(right, theirs[item.name])]
            if min(digits) in FEW and max(digits) >= MANY:
                names = [f"{held[item.name]}{ENDING}{min(digits)}" for held in (ours, theirs)]
                fields[at] = replace(item, name=names[0], columns=tuple(dict.fromkeys(names[1:])))
    return schema.with_fields(fields)


def _digits(source: Source, column: str) -> int:
    """How many digits most of a column's numbers have; 0 where that differs, or letters belong to them."""
    if column not in source.columns:
        return 0
    first = source.first([column]).column(0)
    if not has_texts(first.type):
        return 0
    values = pc.drop_null(readable(as_text(first)))
    if not len(values) or share(values, LETTERS) > 1 - MOSTLY:
        return 0
    lengths = pc.utf8_length(digits_of(values))
    usual = pc.mode(lengths)[0]
    return int(usual["mode"].as_py()) if usual["count"].as_py() >= MOSTLY * len(values) else 0


def last_digits(column: pa.Array, n: int) -> pa.Array:
    """The last `n` digits of each number; null where it has fewer."""
    digits = digits_of(readable(as_text(column)))
    return pc.if_else(pc.greater_equal(pc.utf8_length(digits), n), pc.utf8_slice_codeunits(digits, -n), None)


def digits_of(values: pa.Array) -> pa.Array:
    """The digits of each number, without what stands between them."""
    return pc.replace_substring_regex(values, _NO_DIGITS, "")
