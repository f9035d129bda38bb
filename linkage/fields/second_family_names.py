"""Family names in one column of one table and in two of the other -> the two as one, as they are said.

"García López" is nothing like "García": where one table holds both names in one column, the other's first and
second family names are joined.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from linkage.fields import compute as pc
from linkage.fields.headers import is_second_family_name
from linkage.fields.source import JOINED_NAME, Source
from linkage.fields.text import as_text, readable
from linkage.schema import Field

MORE_WORDS = 0.5
"""Words more that the names of the one column have on average, at least."""


def with_second_names(
    fields: Sequence[Field], own: dict[str, str], theirs: dict[str, str], left: Source, right: Source
) -> list[Field]:
    """The fields, a family name joined with the second one of the same table where the other holds both.

    Parameters
    ----------
    own, theirs : dict[str, str]
        The left and the right table's columns by field.
    """
    found = list(fields)
    for item in fields:
        a, b = own.get(item.name, ""), theirs.get(item.name, "")
        if item.kind != "person_name" or item.part != "family":
            continue
        if a not in left.columns or b not in right.columns:
            continue
        ours, others = _second(left, own, theirs), _second(right, theirs, own)
        more = _words(left, a) - _words(right, b)
        at = found.index(item)
        if others and not ours and more > MORE_WORDS:
            columns = [c for c in item.columns if c != b]
            found[at] = replace(item, columns=(*columns, JOINED_NAME.join((b, others))))
        elif ours and not others and more < -MORE_WORDS and b not in left.columns:
            found[at] = replace(item, name=b, columns=(JOINED_NAME.join((a, ours)),))
            found = [f for f in found if own.get(f.name) != ours]
    return found


def _second(source: Source, held: dict[str, str], other: Collection[str]) -> str:
    """The one column with second family names that no field of both tables holds; else empty."""
    of_both = {held[name] for name in held if name in other}
    columns = [c for c in source.columns if is_second_family_name(c) and c not in of_both]
    return columns[0] if len(columns) == 1 else ""


def _words(source: Source, column: str) -> float:
    """Words of a value, on average."""
    values = pc.utf8_trim_whitespace(readable(pc.drop_null(as_text(source.first([column]).column(0)))))
    if not len(values):
        return 0.0
    return sum(len(value.split()) for value in values.to_pylist()) / len(values)
