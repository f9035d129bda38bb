"""Categories under headers that say nothing -> those of a person: like-named records say the same.

A trade, a subject or a department recurs with its person and tells people apart; the reason of a visit, or
the desk that wrote a record, does not, and whoever compared it would lose the pairs that differ in it. Where
most records of one name are of several people, those that agree in a day or a place as well are asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise, product

import pyarrow as pa

from linkage.fields.meaning.citizen_headers import NOTHING, meaning_of
from linkage.fields.meaning.content import looks_like
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import field_of_header, is_reserved
from linkage.fields.meaning.held import find_headers
from linkage.fields.meaning.names import words_of
from linkage.fields.source import Source, parts_of
from linkage.fields.text import as_text, has_texts, readable
from linkage.schema import Field, Schema

LEAST_PAIRS = 30
"""Pairs of like-named records that hold the category on both sides."""
LEAST_SAME = 0.7
"""Share of them that say the same; some are of two people of one name."""
MOST_OF_A_NAME = 5
"""Records of one name from which it is too frequent to tell a person."""
MOST_OTHERS = 0.25
"""How often they may differ, of how often others do that agree in that day or place and in categories."""
_KEYS = (("date", "identifier", "phone", "email"), ("address", "text"))
"""Kinds of fields in which records of one person agree; who is asked in one place has told it at one time."""

Texts = Sequence[str | None]
Pairs = list[tuple[int, int]]


def are_own(table: pa.Table, names: Sequence[str], column: str) -> bool:
    """Whether records of one rare whole name mostly have the same value of a column.

    Parameters
    ----------
    table : pyarrow.Table
        The first records.
    names : sequence of str
        Columns of the person's own name, or of its parts.
    """
    like_named = _pairs(_whole_names([_texts(table.column(name)) for name in names]), 0)
    same, n = _agreeing(_texts(table.column(column)), like_named)
    return n >= LEAST_PAIRS and same >= LEAST_SAME


def own_day(table: pa.Table, names: Sequence[str], columns: Sequence[str]) -> tuple[str, float]:
    """The column of days in which records of one rare whole name agree most, and the share of pairs that do.

    Pupils are born in few years, as visits happen: only that a person's records agree tells the two apart.
    Empty where most do not.
    """
    like_named = _pairs(_whole_names([_texts(table.column(name)) for name in names]), 0) if columns else []
    told = {c: _agreeing(_texts(table.column(c)), like_named) for c in columns}
    own = {c: same for c, (same, n) in told.items() if n >= LEAST_PAIRS and same >= LEAST_SAME}
    best = max(own, key=own.__getitem__, default="")
    return best, own.get(best, 0.0)


def with_own_words(schema: Schema, sources: Sequence[Source], exclude: Sequence[str] = ()) -> Schema:
    """The schema, with categories that no header names and in which records of one person agree.

    Of two tables both hold them under one header. Records of one person are like-named ones, alone or with
    another field's value. The category must tell more than that value and the categories that are known do:
    who is married and a woman is the wife.
    """
    headers = [find_headers(source, schema) for source in sources]
    used = {fold_header(p) for h in headers for c in h.values() for p in parts_of(c)}
    used |= set(map(fold_header, exclude))
    categories = [c for c in sources[0].columns if fold_header(c) not in used and _may_be_own(c, sources)]
    held = set.intersection(*(set(h) for h in headers))
    names = [f.name for f in schema.fields if f.kind == "person_name" and not f.shared and f.name in held]
    if not categories or not names:
        return schema
    n_left = len(sources[0].first([sources[0].columns[0]])) if len(sources) == 2 else 0
    whole = _whole_names([_of_all(sources, [h[name] for h in headers]) for name in names])
    columns = {f: _of_all(sources, [h[f.name] for h in headers]) for f in schema.fields if f.name in held}
    known = [texts for f, texts in columns.items() if f.kind == "category"]
    keys: list[list[Texts]] = [[texts for f, texts in columns.items() if f.kind in kinds] for kinds in _KEYS]
    if len(sources) == 2:  # one table's names alone have been asked
        keys.append([[""] * len(whole)])
    open_ones = {c: _of_all(sources, [_under(c, s) for s in sources]) for c in categories}
    found: set[str] = set()
    for alike in keys:
        told = {c: _verdicts(texts, alike, whole, known, n_left) for c, texts in open_ones.items()}
        found |= {
            c for c, verdicts in told.items() if verdicts and "implied" not in verdicts and "own" in verdicts
        }
        open_ones = {c: texts for c, texts in open_ones.items() if not told[c]}
    own = [Field(c, "category") for c in categories if c in found]
    return replace(schema, fields=(*schema.fields, *own)) if own else schema


def _verdicts(
    column: Texts, alike: Sequence[Texts], whole: Texts, known: Sequence[Texts], n_left: int
) -> set[str]:
    """What a category is where like-named records agree in one of several values; empty where few do."""
    found: set[str] = set()
    for key in alike:
        same, n = _agreeing(column, _pairs(_together([whole, key]), n_left))
        if n < LEAST_PAIRS:
            continue
        others = [(a, b) for a, b in _beside(_together([key, *known]), n_left) if whole[a] != whole[b]]
        chance, n_others = _agreeing(column, others)
        if n_others >= LEAST_PAIRS:
            own = 1 - same <= MOST_OTHERS * (1 - chance)
            found.add("implied" if chance >= LEAST_SAME else "own" if own else "not own")
    return found


def _may_be_own(column: str, sources: Sequence[Source]) -> bool:
    """Whether a column looks like a category in all tables, and no header says what it is."""
    if is_reserved(column) or field_of_header(column) or meaning_of(column) == NOTHING:
        return False
    for source in sources:
        own = _under(column, source)
        if not own or not has_texts(source.first([own]).schema.field(0).type):
            return False
        values = [text for text in _texts(source.first([own]).column(0)) if text and text.strip()]
        found = looks_like(column, pa.array(values, pa.string()))
        if found is None or found.kind != "category" or found.format:
            return False
    return True


def _under(column: str, source: Source) -> str:
    return next((c for c in source.columns if fold_header(c) == fold_header(column)), "")


def _of_all(sources: Sequence[Source], columns: Sequence[str]) -> Texts:
    """A column's first values in all tables, one after the other."""
    return [t for s, c in zip(sources, columns, strict=True) for t in _texts(s.first([c]).column(0))]


def _texts(values: pa.Array | pa.ChunkedArray) -> Texts:
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    texts: list[str | None] = readable(as_text(whole)).to_pylist()
    return texts


def _whole_names(parts: Sequence[Texts]) -> list[str | None]:
    """The words of each record's name, in any order; None for those of one word."""
    words = [words_of(fold_header(" ".join(p for p in row if p))) for row in zip(*parts, strict=True)]
    return [" ".join(sorted(w)) if len(w) > 1 else None for w in words]


def _together(parts: Sequence[Texts]) -> Texts:
    """The values of several columns as one; None where the first ones, names or days, are not both there."""
    return [
        "|".join(v or "" for v in row) if None not in row[:2] else None for row in zip(*parts, strict=True)
    ]


def _groups(keys: Texts) -> Iterable[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is not None:
            found[key].append(row)
    return found.values()


def _pairs(keys: Texts, n_left: int) -> Pairs:
    """Pairs of records of one rare key; across two tables, of which the second begins at `n_left`."""
    if not n_left:
        rare = (rows for rows in _groups(keys) if 2 <= len(rows) <= MOST_OF_A_NAME)
        return [pair for rows in rare for pair in pairwise(rows)]
    sides = (_sides(rows, n_left) for rows in _groups(keys))
    return [pair for a, b in sides if len(a) * len(b) <= MOST_OF_A_NAME for pair in product(a, b)]


def _beside(keys: Texts, n_left: int) -> Pairs:
    """Some pairs of records of one key, rare or not."""
    if not n_left:
        return [pair for rows in _groups(keys) for pair in pairwise(rows)]
    return [pair for rows in _groups(keys) for pair in zip(*_sides(rows, n_left), strict=False)]


def _sides(rows: list[int], n_left: int) -> tuple[list[int], list[int]]:
    return [r for r in rows if r < n_left], [r for r in rows if r >= n_left]


def _agreeing(values: Texts, pairs: Pairs) -> tuple[float, int]:
    """The share of the pairs that say the same, and how many say anything."""
    same = [values[a] == values[b] for a, b in pairs if values[a] and values[b]]
    return (sum(same) / len(same) if same else 0.0), len(same)
