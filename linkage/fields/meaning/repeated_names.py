"""Columns with a person's name, several of which say the same -> those to compare, each name once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations

import pyarrow as pa

from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import field_of_header
from linkage.fields.text import as_text, readable
from linkage.schema import Field

SAMPLE = 5_000
"""Rows that are looked at."""
LEAST_ROWS = 30
"""Rows that hold both, from which on values tell."""
REPEATED = 0.95
"""Share of these rows in which all words of the one are among those of the other."""
LISTED = 0.25
"""Share of these rows from which on a text that holds the whole name and more lists ways of writing it: that
of a relative seldom holds all of it, that of a head of household nothing more."""
MOST_JOINED = 5
"""Words of a name that may stand as one word in another column, in any order."""
_REPEATS = re.compile(r"full|whole|complete|first and|complet|vollst|^(name|names|naam|姓名|氏名|фио)$")
_ALIASES = re.compile(r"\b(alias|aliases|aka|also known as|other names)\b")

Words = list[set[str]]


def without_repetition(fields: Sequence[Field], table: pa.Table) -> list[Field]:
    """The fields without columns that repeat a person's own name: compared twice, it would count twice.

    Given and family name apart make whole names superfluous. Of two columns with whole names the one that
    holds fewer words is: a slip in the one is in the other as well. What is written as one word,
    to be searched for (DUPONTJEAN), is of the words that it is made of. Nor is a text compared that lists
    other ways of writing the name ("Ivanov Ivan; Иванов Иван Петрович"): neither under a header that says
    nothing nor as an alias.

    Parameters
    ----------
    table : pa.Table
        Some of the records; its columns are those of the fields.
    """
    own = [f for f in fields if f.kind == "person_name" and not f.shared]
    parts = [f for f in own if f.part != "full"]
    whole = [f for f in own if f.part == "full"]
    dropped: set[str] = set()
    if {"given", "family"} <= {f.part for f in parts}:
        together = _together([_words(table, f) for f in parts])
        dropped |= {
            f.name
            for f in whole
            if _REPEATS.search(fold_header(f.name))
            or (_has_several(words := _words(table, f)) and _is_repeated(words, together))
            or _are_joined(words, together)
            or _are_joined(words, _together([_words(table, g) for g in (*parts, *whole) if g != f]))
        }
    elif len(whole) > 1:
        dropped |= _fewer_words(whole, table)
    texts = [f for f in fields if _may_list(f)]
    named = parts if len(parts) > 1 else [f for f in own if f not in texts][:1]
    if named and texts:
        name = _together([_words(table, f) for f in named])
        dropped |= {f.name for f in texts if _lists(_words(table, f), name)}
    return [f for f in fields if f.name not in dropped]


def _may_list(item: Field) -> bool:
    """Whether a column is a text by what it holds alone, or one of aliases."""
    if item.kind == "person_name":
        return item.part == "full" and _ALIASES.search(fold_header(item.name)) is not None
    return item.kind == "text" and not item.columns and field_of_header(item.name) is None


def _lists(one: Words, name: Words) -> bool:
    """Whether a column often holds all words of the name beside it, of two words at least, and more."""
    both = [a > b for a, b in zip(one, name, strict=True) if a and len(b) > 1]
    return len(both) >= LEAST_ROWS and sum(both) >= LISTED * len(both)


def _fewer_words(whole: Sequence[Field], table: pa.Table) -> set[str]:
    """Of the columns with whole names those all of whose words another one holds, in its rows."""
    words = {f.name: _words(table, f) for f in whole}
    dropped: set[str] = set()
    for name in reversed(words):
        others = [o for o in words if o != name and o not in dropped]
        if any(_within(words[name], words[o]) or _are_joined(words[name], words[o]) for o in others):
            dropped.add(name)
    return dropped


def _is_repeated(one: Words, other: Words) -> bool:
    return _within(one, other) or _within(other, one)


def _within(one: Words, other: Words) -> bool:
    """Whether the words of one column are among those of another, in nearly all rows that hold both."""
    both = [a <= b for a, b in zip(one, other, strict=True) if a and b]
    return len(both) >= LEAST_ROWS and sum(both) >= REPEATED * len(both)


def _are_joined(one: Words, other: Words) -> bool:
    """Whether one column's words are those of another put together, in nearly all rows that hold both."""
    both = [len(a) == 1 and _join_to(next(iter(a)), b) for a, b in zip(one, other, strict=True) if a and b]
    return len(both) >= LEAST_ROWS and sum(both) >= REPEATED * len(both)


def _join_to(whole: str, words: set[str]) -> bool:
    """Whether a word is several others, put together."""
    if not 1 < len(words) <= MOST_JOINED or len(whole) != sum(map(len, words)):
        return False
    return any("".join(order) == whole for order in permutations(words))


def _has_several(words: Words) -> bool:
    """Whether most of a column's names are of several words: a second given name is no whole name."""
    held = [w for w in words if w]
    return sum(len(w) > 1 for w in held) > len(held) / 2


def _together(columns: Sequence[Words]) -> Words:
    return [set().union(*row) if all(row[:2]) else set() for row in zip(*columns, strict=True)]


def _words(table: pa.Table, item: Field) -> Words:
    """The words of each row's name, without case and accents; none where the table lacks the column."""
    if item.name not in table.column_names:
        return [set()] * min(table.num_rows, SAMPLE)
    texts = readable(as_text(table.column(item.name).slice(0, SAMPLE).combine_chunks())).to_pylist()
    return [set(fold_header(text).split()) if text else set() for text in texts]
