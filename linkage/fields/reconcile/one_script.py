"""Fields of tables that write names in several scripts -> the same, names in Latin letters.

Arabic letters tell no more than the consonants: there names of both tables are compared by these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.held import find_headers
from linkage.fields.scripts.latin_letters import letters_of
from linkage.fields.source import IN_CONSONANTS, IN_KOREAN, IN_LATIN, JOINED_NAME, Source
from linkage.fields.text import as_text, has_texts, readable
from linkage.schema import Field, Schema

LOOKED_AT = 500
"""Names by which a column's letters are told."""
INDIC = ("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM")
WRITTEN = ("CYRILLIC", "GREEK", "GEORGIAN", "ARMENIAN", "KATAKANA", "ETHIOPIC", *INDIC)
"""Scripts that can be written in Latin letters without knowing the words."""
_IN_OTHERS = r"^\P{L}*[\p{Cyrillic}\p{Greek}\p{Georgian}\p{Armenian}\p{Katakana}\p{Hiragana}\p{Ethiopic}]"
_MARKS = {"ARABIC": IN_CONSONANTS, "HANGUL": IN_KOREAN}
MIXED_AMONG, LEAST_MIXED, FEW_MIXED = 5_000, 0.01, 10
"""Names of one column that are looked at, and from which share, and number, of them two scripts are in use:
a record of one person may then be in either."""


def in_one_script(fields: Sequence[Field], left: Source, right: Source, spare: Sequence[str]) -> list[Field]:
    """Names in Latin letters, where one table's are Cyrillic, Greek, Japanese or Chinese, the other's Latin.

    Arabic and Latin ones meet by their consonants.

    Parameters
    ----------
    spare : sequence of str
        Columns of the left table with whole names that meet nothing in the right one: of Japanese names what
        they sound like, where the other column has their characters.
    """
    schema = Schema(tuple(fields), ())
    ours, theirs = find_headers(left, schema), find_headers(right, schema)
    found = []
    for item in fields:
        if item.kind == "person_name" and item.name in ours and item.name in theirs:
            own, other = ours[item.name], theirs[item.name]
            scripts = _letters(left, own), _letters(right, other)
            if "LATIN" in scripts and scripts[0] in ("CJK", "HANGUL") and item.part == "full":
                own = next((c for c in spare if _letters(left, c) in WRITTEN), own)
                scripts = _letters(left, own), scripts[1]
            if "LATIN" in scripts and not {*scripts}.isdisjoint({"CJK", "HANGUL"}):
                own, other = _family_first(own), _family_first(other)
            is_mixed = _is_mixed(left, own) or _is_mixed(right, other)
            if is_mixed or ("LATIN" in scripts and not {*scripts}.isdisjoint({*WRITTEN, *_MARKS, "CJK"})):
                mark = next((_MARKS[s] for s in scripts if s in _MARKS), IN_LATIN)
                item = replace(item, name=own + mark, columns=(other + mark,))
        found.append(item)
    return found


def mixed_in_one_script(schema: Schema, source: Source) -> Schema:
    """The schema of a table, names in Latin letters where some are in these, some Cyrillic or the like.

    Headers of a citizen register tell all of it: nobody has looked at its values, nor does this.
    """
    held = find_headers(source, schema)
    fields = tuple(
        replace(item, name=held[item.name] + IN_LATIN)
        if item.kind == "person_name" and item.name in held and _is_mixed(source, held[item.name])
        else item
        for item in schema.fields
    )
    return schema.with_fields(fields)


def _is_mixed(source: Source, column: str) -> bool:
    """Whether a column holds names in Latin letters and names that can be written in them."""
    values = source.seen(column)
    if values is None or not has_texts(values.type):  # which is refused, with its name, where it is read
        return False
    texts = pc.drop_null(readable(as_text(values.slice(0, MIXED_AMONG))))
    n_latin, n_others = (_n_with(texts, pattern) for pattern in (r"^\P{L}*\p{Latin}", _IN_OTHERS))
    return min(n_latin, n_others) >= max(LEAST_MIXED * len(texts), FEW_MIXED)


def _n_with(texts: pa.Array, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(texts, pattern)).as_py() or 0)


def _family_first(column: str) -> str:
    """The parts of a name in the order in which Chinese names have them."""
    *given, family = column.split(JOINED_NAME)
    return JOINED_NAME.join([family, *given])


def _letters(source: Source, column: str) -> str:
    return letters_of(source.first([column]).column(0).slice(0, LOOKED_AT))
