"""Numbers that begin with births, some cut to these or masked -> births, and the numbers that are whole.

Who asks for no more, or hides the rest ("850101-1******"), writes the day of birth of a number. Next to a
whole number it is another one, and next to the same day of somebody else it is equal. Where a table has a
column of births besides, these are known, and numbers are compared where they are whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from linkage.fields import compute as pc
from linkage.fields.meaning.content import share
from linkage.fields.meaning.held import find_headers
from linkage.fields.reconcile.born_in_numbers import EITHER, OF_VIETNAM, birth_in
from linkage.fields.reconcile.last_digits import LETTERS, MOSTLY, digits_of
from linkage.fields.source import BORN, ENDING, Source
from linkage.fields.text import as_text, readable
from linkage.schema import Field, Schema

OFTEN = 0.05
"""Share of the numbers that are cut, from which births are compared for them: fewer are slips."""
HIDDEN = r"[*#Xx]"
"""A sign for a digit that is not told."""
TEN = 10
"""Digits of a whole number without the century."""
BEHIND = 2
"""Digits that a cut number still may have behind the birth: the sex, the century."""


def with_births_of_cut_numbers(schema: Schema, sources: Sequence[Source]) -> Schema:
    """The schema of tables of whose numbers some are cut: by births and by whole numbers."""
    headers = [find_headers(source, schema) for source in sources]
    held = set.intersection(*map(set, headers))
    is_born = any(f.kind == "date" and not f.shared and f.name in held for f in schema.fields)
    for item in schema.fields:
        if item.kind != "identifier" or item.format or item.shared or item.name not in held:
            continue
        columns = [header[item.name] for header in headers]
        if is_born and not any(map(_may_be_cut, sources, columns)):
            continue
        births = [birth_in(source, c) for source, c in zip(sources, columns, strict=True)]
        if not all(births) or any(b.endswith(OF_VIETNAM) for b in births):
            continue
        lengths = [
            _lengths(source, c, _end(b)) for source, c, b in zip(sources, columns, births, strict=True)
        ]
        if max(cut for cut, _ in lengths) >= OFTEN or any(EITHER in b for b in births):
            digits = [min(n, TEN) if EITHER in b else n for b, (_, n) in zip(births, lengths, strict=True)]
            kept = _whole(schema, item, columns, min(digits))
            if is_born:
                return kept
            birth = Field(births[0], "date", columns=_others(births))
            return replace(kept, fields=(*kept.fields, birth))
    return schema


def _whole(schema: Schema, item: Field, columns: Sequence[str], digits: int) -> Schema:
    """The schema with a number read by as many last digits as whole ones have; without it if none is."""
    if not digits:
        return schema.only({f.name for f in schema.fields if f is not item})
    names = [f"{column}{ENDING}{digits}" for column in columns]
    whole = replace(item, name=names[0], columns=_others(names))
    return schema.with_fields([whole if f is item else f for f in schema.fields])


def _others(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names[1:]) if name != names[0])


def _end(birth: str) -> int:
    """At which digit of a number the birth ends."""
    form, _, at = birth.partition(BORN)[2].partition(" at ")
    return int(at) + len(form.partition(" or ")[0])


def _may_be_cut(source: Source, column: str) -> bool:
    """Whether some numbers of a column hide digits, or have far fewer of them than others."""
    seen = source.seen(column)  # of a register whose headers tell all, nobody has looked at values
    values = pc.drop_null(readable(as_text(seen))) if seen is not None else ()
    if not len(values) or share(values, HIDDEN) >= OFTEN:
        return bool(len(values))
    digits = pc.utf8_length(digits_of(values))
    usual = int(pc.mode(digits)[0]["mode"].as_py())
    others = pc.greater_equal(pc.abs(pc.subtract(digits, usual)), BEHIND)
    return float(pc.mean(others.cast("float64")).as_py()) >= OFTEN


def _lengths(source: Source, column: str, end: int) -> tuple[float, int]:
    """The share of a column's numbers that are cut, and how many digits the others have, the fewer of two."""
    values = pc.drop_null(readable(as_text(source.first([column]).column(0))))
    if share(values, LETTERS) > 1 - MOSTLY:
        return 0.0, 0
    digits = pc.utf8_length(digits_of(values))
    whole = pc.filter(digits, pc.greater(digits, end + BEHIND))
    cut = 1 - len(whole) / max(len(digits), 1)
    return cut, int(pc.mode(whole)[0]["mode"].as_py()) if len(whole) > OFTEN * len(digits) else 0
