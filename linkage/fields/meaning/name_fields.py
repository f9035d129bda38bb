"""Fields of a table and a sample of its rows -> the same, the person's own name and its parts told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa

from linkage.fields.meaning.content import share
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import field_of_header, is_of_head, is_other_family_name, words_of_header
from linkage.fields.meaning.names import (
    MANY,
    are_family_names,
    are_given_names,
    are_names,
    n_equal,
    tell_sexes,
)
from linkage.fields.meaning.own_words import own_day
from linkage.fields.text import as_text, readable
from linkage.schema import Field


def with_names(
    fields: list[Field],
    table: pa.Table,
    sample: dict[str, pa.Array],
    days: Sequence[str] = (),
    *,
    finds_parts: bool = False,
) -> list[Field]:
    """The fields, with the person's own name found by content where no header names it.

    Of several columns with whole names the person's own is the one of which like-named records agree in a day
    most often, where such `days` are known, and else the most distinct one, since siblings share their
    parents' names; the others are those of the family. A word that goes with the sex is a given name, and the
    most varied word beside it the family name.
    """
    texts = [f.name for f in fields if f.kind == "text" and field_of_header(f.name) is None]
    if not texts:
        return fields
    values = {name: sample[name].to_pylist() for name in texts}
    named = any(f.kind == "person_name" and not f.shared for f in fields)
    if not named and (parts := _signs_of_names(table.column_names, values)):
        return [parts.get(f.name, f) for f in fields]
    whole = [name for name in texts if are_names(values[name])]
    others = {name: Field(name, "text", shared=True) for name in whole}
    if named:
        return [others.get(f.name, f) for f in fields]
    if whole:
        best = max(whole, key=lambda name: len(set(values[name])))
        if len(whole) > 1 and days:
            agreeing = {name: own_day(table, [name], days)[1] for name in whole}
            born = max(whole, key=agreeing.__getitem__)
            best = born if agreeing[born] > agreeing[best] + FAR else best
        others[best] = Field(best, "person_name")
        return [others.get(f.name, f) for f in fields]
    sex = next((f.name for f in fields if f.format == "sex"), None)
    sexes = [] if sex is None else as_text(table.column(sex).combine_chunks()).to_pylist()
    rows = {name: as_text(table.column(name).combine_chunks()).to_pylist() for name in texts if sexes}
    given = [name for name in rows if tell_sexes(rows[name], sexes)]
    if finds_parts and not sexes and (parts := _adjacent_parts(table, values)):
        return [parts.get(f.name, f) for f in fields]
    if len(given) != 1:  # of Russian names all three go with the sex
        return fields
    at = table.column_names.index(given[0])
    beside = [c for c in table.column_names[max(at - 2, 0) : at + 3] if c in texts and c != given[0]]
    parts = {given[0]: Field(given[0], "person_name", part="given")}
    family = max(beside, key=lambda c: n_equal(values[c]), default=None)
    if family and n_equal(values[family]) >= MANY:
        parts[family] = Field(family, "person_name", part="family")
    return [parts.get(f.name, f) for f in fields]


def _signs_of_names(columns: Sequence[str], values: dict[str, list[str]]) -> dict[str, Field]:
    """A column of Chinese or Korean family names with the given names that stand beside it."""
    for k, column in enumerate(columns):
        if column in values and are_family_names(values[column]):
            for beside in (*columns[k + 1 : k + 2], *columns[max(k - 1, 0) : k]):
                if beside in values and are_given_names(values[beside]):
                    return {
                        column: Field(column, "person_name", part="family"),
                        beside: Field(beside, "person_name", part="given"),
                    }
    return {}


def _adjacent_parts(table: pa.Table, values: dict[str, list[str]]) -> dict[str, Field]:
    """The first two columns side by side that make whole names together; the more varied is the family's."""
    for a, b in pairwise(table.column_names):
        if a not in values or b not in values or not all(_are_single(values[c]) for c in (a, b)):
            continue
        both = [f"{x} {y}" for x, y in zip(_texts(table, a), _texts(table, b), strict=True) if x and y]
        if are_names(both):
            family = max((b, a), key=lambda c: n_equal(values[c]))
            return {c: Field(c, "person_name", part="family" if c == family else "given") for c in (a, b)}
    return {}


def _are_single(values: list[str]) -> bool:
    """Whether nearly all values are one word."""
    return sum(len(v.split()) == 1 for v in values) > 0.8 * len(values)


def names_in_a_pair(sample: Mapping[str, pa.Array]) -> dict[str, Field]:
    """The given and the family name under "arrestee first" and "arrestee last", whoever that is.

    Only where no header names a part of anybody's own name, there is one such pair of columns, and both hold
    words: what was first and last of a visit are days.
    """
    for column in sample:
        item = field_of_header(column)
        if item and item.kind == "person_name" and item.part != "full" and not item.shared:
            return {}
    words = {tuple(words_of_header(column)): column for column in sample if not field_of_header(column)}
    pairs = [
        (column, words[(*who, "last")])
        for (*who, last), column in words.items()
        if last == "first" and who and (*who, "last") in words
    ]
    if len(pairs) != 1 or not all(_are_words(sample[column]) for column in pairs[0]):
        return {}
    given, family = pairs[0]
    return {
        given: Field(given, "person_name", part="given"),
        family: Field(family, "person_name", part="family"),
    }


def _are_words(values: pa.Array) -> bool:
    """Whether nearly all values are letters, and many are there."""
    return len(values) >= MANY and share(values, r"^\s*\pL[^\d@]*$") > WHOLE


def with_given(fields: list[Field], table: pa.Table) -> list[Field]:
    """The fields, a name beside the family name as the given one where it does not say that again.

    The only name there is, if it is mostly of several words, is no given name, whatever its header says.
    """
    own = [
        f for f in fields
        if f.kind == "person_name" and not f.shared and not f.columns and not is_other_family_name(f.name)
    ]  # fmt: skip
    if len(own) == 1 and own[0].part == "given" and _are_whole(_texts(table, own[0].name)):
        return [replace(f, part="full") if f == own[0] else f for f in fields]
    family = [f for f in own if f.part == "family"]
    whole = [f for f in own if f.part == "full"]
    if len(family) != 1 or len(whole) != 1 or len(own) != 2:
        return fields
    names = zip(*(_texts(table, f.name) for f in (family[0], whole[0])), strict=True)
    pairs = [(fold_header(a), fold_header(b).split()) for a, b in names if a and b]
    again = sum(not set(a.split()).isdisjoint(b) for a, b in pairs)
    if len(pairs) < MANY or again > SAID_AGAIN * len(pairs):
        return fields
    return [replace(f, part="given") if f == whole[0] else f for f in fields]


def _are_whole(values: list[str | None]) -> bool:
    """Whether nearly all names are of several words."""
    names = [v for v in values if v and v.strip()]
    return len(names) >= MANY and sum(len(v.split()) > 1 for v in names) > WHOLE * len(names)


def _texts(table: pa.Table, column: str) -> list[str | None]:
    texts: list[str | None] = readable(as_text(table.column(column).combine_chunks())).to_pylist()
    return texts


def with_roles(fields: list[Field]) -> list[Field]:
    """One given and one family name; beside either "name" is the other, as in "Name, Vorname".

    A table that names nobody but heads of household is about these.
    """
    heads = [f for f in fields if f.kind == "person_name" and f.shared and is_of_head(f.name)]
    if len(heads) == 1 and not any(f.kind == "person_name" and not f.shared for f in fields):
        return [replace(f, shared=None) if f == heads[0] else f for f in fields]
    names = [f for f in fields if f.kind == "person_name" and not f.shared]
    given = next((f for f in names if f.part == "given"), None)
    family = next((f for f in names if f.part == "family"), None)
    former = [f for f in names if is_other_family_name(f.name)]
    plain = next((f for f in names if f.part == "full" and f not in former and _is_plain_name(f.name)), None)
    roles: dict[str, Field] = {}
    if plain and given and not family:
        roles[plain.name] = replace(plain, part="family")
    if plain and family and not given:
        roles[plain.name] = replace(plain, part="given")
    if given and not family and not plain and len(former) == 1:
        roles[former[0].name] = replace(former[0], part="family")
    # Second family names are names as well, but have no counterpart to be swapped with.
    for item in names:
        if item.part == "family" and item != family:
            roles[item.name] = replace(item, part="full")
    # Middle names are often initials; they stand behind the given name, which stays the counterpart.
    for item in names[names.index(given) + 1 :] if given and family else ():
        if item.part == "full" and _MIDDLE.search(fold_header(item.name)):
            roles[item.name] = replace(item, part="given")
    return [roles.get(f.name, f) for f in fields]


FAR = 0.1
"""How much oftener those of one name agree in a day than those of another, from which it is the person's."""
WHOLE = 0.9
"""Share of names of several words from which a column holds whole names; compound given names are fewer."""
SAID_AGAIN = 0.3
"""Share of whole names that hold the family name that stands beside them; brothers' given names seldom do."""
_MIDDLE = re.compile(r"\b(mid|midl|middle|mi|mname|minit|minitial)\b")
_OTHER = re.compile(r"^(other|otros|outros|autres)\b")


def _is_plain_name(column: str) -> bool:
    header = fold_header(column)
    return len(header.split()) == 1 or _OTHER.match(header) is not None
