"""A schema and its tables -> the schema without columns that are made of others: initials, a key, a nickname.

A year beside the day of birth, a login made of the name, a search key, the last digits of a telephone: such a
column agrees wherever its makers do, strangers' records too, and would count what they say twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.content import days_of
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import is_of_own_name, is_other_family_name
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import Source
from linkage.fields.text import as_text, readable
from linkage.schema import Field, Schema

LOOKED_AT, LONGEST = 400, 120
"""Rows that are looked at letter by letter, and letters of a text: a cell may hold millions."""
LEAST_ROWS = 30
"""Rows, or pairs of strangers, that hold both, from which on values tell."""
MADE, BY_CHANCE = 0.9, 0.5
"""Share of the texts that are made of their own record's values, and at most of another record's."""
SAME_DAYS = 0.8
"""Share of the rows in which two births say the same, each as far as it says anything: one is a copy."""
MOST_ALONE = 0.05
"""Share of a column's values without what it is made of, from which it has something of its own to say."""
SHORTEST = 3
"""Signs of a number or an address that another column may repeat: fewer are anywhere."""
GOES_WITH, TIMES = 0.3, 10
"""Share of strangers of one given name that agree, and how many times as often as any two: one is called by
the other."""
GOES_WITH_ALL = 0.9
"""The same of strangers of one family name or born on one day: relatives and doubles are among them."""

Codes = npt.NDArray[np.int64]
Columns = dict[str, pa.Array]
Parts = tuple[list[str], list[str], list[str]]


def without_derived(schema: Schema, sources: Sequence[Source]) -> Schema:
    """The schema without the fields that say in every table what the person's own other fields say.

    A name, a text or a number made of the record's names, day of birth and numbers, letter by letter; a
    second birth that is the first; and what strangers who agree on a given name, a family name or a day of
    birth agree on as well. The first given and family name and the most exact birth stay.
    """
    headers = [find_headers(source, schema) for source in sources]
    held = [f for f in schema.fields if all(f.name in h for h in headers)]
    if not any(_may_be_derived(f) for f in held):
        return schema
    tables = [_columns(s, h, held) for s, h in zip(sources, headers, strict=True)]
    first = _first(held, tables[0])
    dropped: list[str] = []
    for item in reversed(held):
        if item in first or not _may_be_derived(item):
            continue
        makers = [f for f in held if f != item and f.name not in dropped and _may_make(f)]
        if all(_is_derived(table, item, makers, first) for table in tables):
            dropped.append(item.name)
    return schema.only({f.name for f in schema.fields} - set(dropped)) if dropped else schema


def _may_be_derived(item: Field) -> bool:
    if item.kind == "person_name":
        return not item.shared and item.compare and not is_other_family_name(item.name)
    return item.kind in ("date", "text", "identifier", "phone") and not (item.shared and item.kind == "date")


def _may_make(item: Field) -> bool:
    """Whether a column is of the person alone: a town makes a district, but each is damaged by itself."""
    return item.kind in ("person_name", "date", "text", "identifier", "phone", "email") and not item.shared


def _columns(source: Source, header: dict[str, str], fields: Sequence[Field]) -> Columns:
    """The first records' texts, empty ones as null, by field."""
    batch = source.first([header[f.name] for f in fields])
    whole = [pc.utf8_trim_whitespace(readable(as_text(column))) for column in batch.columns]
    texts = [pc.utf8_slice_codeunits(text, 0, LONGEST) for text in whole]
    held = [pc.if_else(pc.equal(text, ""), None, text) for text in texts]
    return {f.name: text for f, text in zip(fields, held, strict=True)}


def _first(fields: Sequence[Field], table: Columns) -> list[Field]:
    """The fields that others are made of: a given and a family name or a whole one, and a day of birth."""
    own = [f for f in fields if f.kind == "person_name" and not f.shared and f.compare]
    found = [next((f for f in own if f.part == part), None) for part in ("given", "family")]
    if not all(found):
        found.append(next((f for f in own if f.part == "full"), None))
    dates = [f for f in fields if f.kind == "date" and not f.shared]
    found.append(max(dates, key=lambda f: len(np.unique(days_of(table[f.name]))), default=None))
    return [f for f in found if f is not None]


def _is_derived(table: Columns, item: Field, makers: Sequence[Field], first: Sequence[Field]) -> bool:
    if item.kind == "date":
        return any(_is_same_day(table, item, f) for f in makers if f.kind == "date" and f in first)
    return _is_made_of(table, item, makers) or _goes_with(table, item, [f for f in makers if f in first])


def _is_same_day(table: Columns, item: Field, birth: Field) -> bool:
    """Whether a birth, or a year of birth, is hardly there alone and says what the other one does."""
    one, other = days_of(table[item.name]), days_of(table[birth.name])
    both = (one > 0) & (other > 0)
    if both.sum() < max(LEAST_ROWS, (1 - MOST_ALONE) * np.count_nonzero(one)):
        return False
    exact = np.where(one & 0xFF, 0, np.where(one & 0xFF00, 8, 16))
    return bool(np.mean((one >> exact)[both] == (other >> exact)[both]) >= SAME_DAYS)


def _is_made_of(table: Columns, item: Field, makers: Sequence[Field]) -> bool:
    """Whether nearly all texts are pieces of their own records' values, and few of another record's."""
    rows = np.flatnonzero(np.asarray(table[item.name].is_valid()))[:LOOKED_AT]
    if len(rows) < LEAST_ROWS or not makers:
        return False
    texts = [_bare(text) for text in table[item.name].take(pa.array(rows)).to_pylist()]
    if sum(map(len, texts)) == 0:
        return False
    parts = _parts_of_rows(table, makers, rows)
    made = np.mean([_made_of(text, of) for text, of in zip(texts, parts, strict=True)])
    if made < MADE:
        return False
    elsewhere = [*parts[len(parts) // 3 :], *parts[: len(parts) // 3]]
    return bool(np.mean([_made_of(text, of) for text, of in zip(texts, elsewhere, strict=True)]) <= BY_CHANCE)


def _parts_of_rows(table: Columns, makers: Sequence[Field], rows: Codes) -> list[Parts]:
    """Of each row the words of names, the parts of dates, and other values as a whole."""
    found: list[Parts] = [([], [], []) for _ in rows]
    for item in makers:
        texts = table[item.name].take(pa.array(rows))
        if item.kind == "date":
            for (_, parts, _), day in zip(found, days_of(texts).tolist(), strict=True):
                parts += _parts_of_day(day)
            continue
        for (words, _, wholes), text in zip(found, texts.to_pylist(), strict=True):
            if text and item.kind == "person_name":
                words += fold_header(text).split()
            elif text:
                wholes.append(_bare(text))
    return found


def _parts_of_day(day: int) -> list[str]:
    """A year with four digits and two, a month and a day with two and as few as they need."""
    digits = f"{day:08x}"
    parts = [digits[:4], digits[2:4], digits[4:6], digits[6:]] if day else []
    return [p for part in parts for p in {part, part.lstrip("0")} if p and set(part) != {"0"}]


def _bare(text: str) -> str:
    return fold_header(text).replace(" ", "")


def _made_of(text: str, parts: Parts) -> bool:
    """Whether a text is beginnings of words, parts of dates and pieces of other values, one after another."""
    words, dates, wholes = parts
    reached = [True] + [False] * len(text)
    for at in range(len(text)):
        if not reached[at]:
            continue
        for word in words:
            for k, (a, b) in enumerate(zip(text[at:], word, strict=False), at + 1):
                if a != b:
                    break
                reached[k] = True
        for part in dates:
            if text.startswith(part, at):
                reached[at + len(part)] = True
        for whole in wholes:
            for end in range(at + SHORTEST, len(text) + 1):
                if text[at:end] not in whole:
                    break
                reached[end] = True
    return reached[-1] and bool(text)


def _goes_with(table: Columns, item: Field, first: Sequence[Field]) -> bool:
    """Whether strangers who agree on one of the first fields agree on this one too, beyond chance."""
    codes = _codes(table, (*first, item))
    one = codes[item.name]
    shuffled = np.random.default_rng(0).permutation(len(one)).astype(np.int64)
    chance, _ = _agreement(one, shuffled[:-1], shuffled[1:])
    for maker in first:
        of = codes[maker.name]
        if np.mean(of[one > 0] == 0) > MOST_ALONE or not _may_go_with(item, maker):
            continue
        order = shuffled[np.argsort(of[shuffled], kind="stable")]
        a, b = order[:-1], order[1:]
        alike = (of[a] > 0) & (of[a] == of[b])
        a, b = a[alike], b[alike]
        others = [f for f in first if f != maker]
        apart = np.full(len(a), len(others) > 0)
        for f in others:
            apart &= _differ(codes, f, others, a, b)
        agreeing, n = _agreement(one, a[apart], b[apart])
        least = GOES_WITH if maker.part == "given" else GOES_WITH_ALL
        if n >= LEAST_ROWS and agreeing >= max(least, TIMES * chance):
            return True
    return False


def _may_go_with(item: Field, maker: Field) -> bool:
    """Whether strangers tell: who share a whole name, or a town and a family name, mostly are none."""
    if maker.kind == "date":
        return True
    if maker.part == "full" or item.shared:
        return False
    return maker.part == "given" or not is_of_own_name(item.name)


def _differ(
    codes: dict[str, Codes], item: Field, others: Sequence[Field], a: Codes, b: Codes
) -> npt.NDArray[np.bool_]:
    """Whether the two of a pair differ in a field, and neither has it as another name of the other's."""
    result = (codes[item.name][a] > 0) & (codes[item.name][b] > 0)
    for f in others if item.kind == "person_name" else [item]:
        if f.kind == item.kind:
            result &= codes[item.name][a] != codes[f.name][b]
    return result


def _codes(table: Columns, fields: Sequence[Field]) -> dict[str, Codes]:
    """By field a number for each value, one text having one in whichever column it stands; 0 for none."""
    texts = [f.name for f in fields if f.kind != "date"]
    found = {f.name: days_of(table[f.name]).astype(np.int64) for f in fields if f.kind == "date"}
    if texts:
        whole = pa.concat_arrays([pc.utf8_lower(table[name]) for name in texts])
        numbers = pc.fill_null(pc.dictionary_encode(whole).indices.cast(pa.int64()), -1).to_numpy() + 1
        found |= dict(zip(texts, np.split(numbers, len(texts)), strict=True))
    return found


def _agreement(values: Codes, a: Codes, b: Codes) -> tuple[float, int]:
    """The share of the pairs that say the same, and how many say anything."""
    known = (values[a] > 0) & (values[b] > 0)
    n = int(known.sum())
    return (float(np.mean(values[a][known] == values[b][known])) if n else 0.0), n
