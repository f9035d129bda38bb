"""People, and a table that names them as relatives -> the second table's fields, theirs as its own.

A register of mothers is linked to births by the mothers' names, not by the children's. Which of the two a
table is about, its values tell: whose names and years of birth are those of the other table's people.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.content import years_of
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import relative_of_header
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import Source, parts_of
from linkage.fields.text import as_text, has_texts, readable
from linkage.schema import Field, Schema

LEAST, TIMES = 30, 5
"""People of the other table whose name and year of birth are a relative's, and how many times as many as bear
them themselves: strangers of one name and year are the same few on both sides."""
OWN = ("person_name", "date", "identifier")
"""Kinds of field that a person and a relative have each for themselves."""
Key = tuple[str, str, float]


def with_relatives_own(
    schema: Schema, left: Source, other: Schema, right: Source
) -> tuple[Schema, list[str]]:
    """The right table's schema, about the relatives who the left table's people are; others' columns.

    Else the schema as it is, and no column.
    """
    groups: dict[frozenset[str], list[Field]] = defaultdict(list)
    for column in right.columns:
        found = relative_of_header(column)
        if found and found[1].kind in OWN:
            groups[found[0]].append(found[1])
    groups = {who: fields for who, fields in groups.items() if _can_be_told(fields)}
    ours = _own(schema)
    if not groups or not _can_be_told(ours):
        return other, []
    theirs = find_headers(right, other)
    own = _own(other)
    columns = {part for f in own for part in parts_of(theirs[f.name])}
    if columns & {p for f, c in find_headers(right, schema).items() if f for p in parts_of(c)}:
        return other, []  # the left table's headers mean these
    people = _keys(left, ours, find_headers(left, schema))
    n_met = {who: len(people & _keys(right, fields, {})) for who, fields in groups.items()}
    best = max(n_met, key=lambda who: n_met[who])
    n_own = len(people & _keys(right, own, theirs)) if _can_be_told(own) else 0
    if n_met[best] < max(LEAST, TIMES * n_own):
        return other, []
    taken = {f.name for f in groups[best]}
    rest = [f for f in other.fields if f not in own and not taken & set(parts_of(theirs[f.name]))]
    return Schema((*groups[best], *rest), (), other.record_id), sorted(columns)


def _own(schema: Schema) -> list[Field]:
    return [f for f in schema.fields if f.kind in OWN and not f.shared]


def _can_be_told(fields: list[Field]) -> bool:
    """Whether there are a birth and a name, whole or in its parts."""
    parts = {f.part for f in fields if f.kind == "person_name"}
    return any(f.kind == "date" for f in fields) and ("full" in parts or {"given", "family"} <= parts)


def _keys(source: Source, fields: list[Field], headers: dict[str, str]) -> set[Key]:
    """Two words of a name with a year of birth, as the first records hold them."""
    names = [headers.get(f.name, f.name) for f in fields if f.kind == "person_name"]
    births = [headers.get(f.name, f.name) for f in fields if f.kind == "date"][:1]
    batch = source.first([*births, *names]).columns
    if not all(has_texts(column.type) for column in batch):
        return set()
    dates, *texts = (readable(as_text(column)) for column in batch)
    years = years_of(dates).tolist()
    rows = zip(years, *(_filled(text) for text in texts), strict=True)
    return {
        (a, b, year)
        for year, *values in rows
        if year == year
        for a, b in combinations(sorted({w for v in values for w in fold_header(v).split() if len(w) > 1}), 2)
    }


def _filled(text: pa.Array) -> list[str]:
    values: list[str] = pc.fill_null(text, "").to_pylist()
    return values
