"""Family names in one column of one table and in two of the other -> the two as one, as they are said.

"García López" is nothing like "García": where one table holds both names in one column, the other's first and
second family names are joined. So is what stands before a name, in a column of its own, with "van den Berg".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from linkage.fields import compute as pc
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import WORDS, is_other_family_name, is_second_family_name
from linkage.fields.source import JOINED_NAME, Source
from linkage.fields.text import as_text, readable
from linkage.schema import Field

MORE_WORDS = 0.5
"""Words more that the names of the one column have on average, at least."""
AS_MANY = 0.5
"""Share of the names with a particle in one table that begin with one in the other, at least."""
_PARTICLES = frozenset(WORDS["particles"])
"""Headers of what stands before a family name: van, de."""


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
        if before := _particles(left, right, b):
            if b not in left.columns:
                found[at] = replace(item, name=b, columns=(JOINED_NAME.join((before, a)),))
                found = [f for f in found if own.get(f.name) != before]
        elif before := _particles(right, left, a):
            found[at] = replace(
                item, columns=(*(c for c in item.columns if c != b), JOINED_NAME.join((before, b)))
            )
        elif others and not ours and more > MORE_WORDS:
            columns = [c for c in item.columns if c != b]
            found[at] = replace(item, columns=(*columns, JOINED_NAME.join((b, others))))
        elif ours and not others and more < -MORE_WORDS and b not in left.columns:
            found[at] = replace(item, name=b, columns=(JOINED_NAME.join((a, ours)),))
            found = [f for f in found if own.get(f.name) != ours]
    return found


def with_former_names(
    fields: Sequence[Field], own: dict[str, str], met: Collection[str], free: Sequence[Field],
    theirs: dict[str, str],
) -> list[Field]:  # fmt: skip
    """The fields, with maiden names that one table alone has: family names of the other may be among them.

    Parameters
    ----------
    met : collection of str
        Fields that both tables hold.
    free : sequence of Field
        The right table's fields that met none of the left.
    """
    if not any(f.kind == "person_name" and f.part == "family" and f.name in met for f in fields):
        return list(fields)
    found = [
        replace(f, compare=False) if f.name not in met and is_other_family_name(own.get(f.name, "")) else f
        for f in fields
    ]
    names = {f.name for f in found}
    more = [replace(f, compare=False) for f in free if is_other_family_name(theirs[f.name])]
    return [*found, *(f for f in more if f.name not in names)]


def _second(source: Source, held: dict[str, str], other: Collection[str]) -> str:
    """The one column with second family names that no field of both tables holds; else empty."""
    of_both = {held[name] for name in held if name in other}
    columns = [c for c in source.columns if is_second_family_name(c) and c not in of_both]
    return columns[0] if len(columns) == 1 else ""


def _particles(source: Source, other: Source, whole: str) -> str:
    """The column of particles with which names of the other table's column begin; empty without one."""
    columns = [c for c in source.columns if fold_header(c) in _PARTICLES]
    if len(columns) != 1:
        return ""
    column = source.first(columns).column(0)
    particles = [t for v in readable(as_text(column)).to_pylist() if v and (t := v.strip().lower())]
    names = [
        v.strip().lower() for v in readable(pc.drop_null(as_text(other.first([whole]).column(0)))).to_pylist()
    ]
    kinds = tuple(f"{p} " for p in set(particles))
    begin = sum(name.startswith(kinds) for name in names) / max(len(names), 1)
    return columns[0] if particles and begin >= AS_MANY * len(particles) / len(column) else ""


def _words(source: Source, column: str) -> float:
    """Words of a value, on average."""
    values = pc.utf8_trim_whitespace(readable(pc.drop_null(as_text(source.first([column]).column(0)))))
    if not len(values):
        return 0.0
    return sum(len(value.split()) for value in values.to_pylist()) / len(values)
