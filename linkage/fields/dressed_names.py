"""Raw names of people -> without forms of address, and "Family, Given" and FAMILY/GIVEN MR turned round."""

from __future__ import annotations

import re

import pyarrow as pa
from pyarrow._compute import MatchSubstringOptions, ReplaceSubstringOptions, call_function

from linkage.fields import compute as pc
from linkage.fields.meaning.headers import WORDS
from linkage.fields.text import readable

LOOKED_AT = 400
"""Names that are looked at: where none of them is dressed, the others are taken as they are."""

_WORDS = "|".join(sorted(map(re.escape, WORDS["titles"]), key=len, reverse=True))
_DOTTED = "|".join(map(re.escape, WORDS["dotted titles"]))
_JOINED = "|".join(sorted(map(re.escape, WORDS["joined titles"]), key=len, reverse=True))
_TITLE = rf"(?:(?:{_WORDS})(?:\.\s*|\s+)|(?:{_DOTTED})\.\s*|[sdwc]/o[.:]?\s+)"
_TITLES = rf"(?i)^\s*(?:{_TITLE}+|{_JOINED})(\pL)"
_TURNED = rf"(?i)^\s*{_TITLE}*([^,]*\pL[^,]*?)\s*,\s*{_TITLE}*([^,]*\pL[^,]*?)\s*$"
_PASSENGER = r"(?i)^\s*([\pL' -]*\pL{2})/(\pL{2}[\pL' -]*?)(?:\s+(?:mr|mrs|ms|mstr|miss|dr|chd|inf)\.?)?\s*$"
"""As airlines write a name: SMITH/JOHN PAUL MR."""
_DRESSED = rf"{_TITLES}|,|{_PASSENGER}"
_SUFFIX = r"(?i),\s*(jr|sr|junior|senior|[ivx]+|md|phd|esq|geb|née|z domu)\b\.?[^,]*$"
"""What may stand behind a comma and is no given name."""


_UNCLE = r"(?i)^\s*u\.?\s+(\pL{2})"
"""How Burmese address a man; elsewhere one man in fifty or fewer has that initial."""
UNCLES = 0.1
"""Share of the first names that begin so from which it is an address."""


_BEGINNINGS = (*WORDS["titles"], *(f"{word}." for word in WORDS["dotted titles"]), *WORDS["joined titles"])


def are_dressed(names: pa.Array) -> bool:
    """Whether some of the first names have titles or commas."""
    may_be = any(map(_may_be_dressed, _beginnings(names)))
    return (may_be and any(_matched(names.slice(0, LOOKED_AT), _DRESSED).to_pylist())) or are_uncles(names)


def _beginnings(names: pa.Array) -> list[str]:
    """The first names in lower case. Patterns are compiled anew for each column: few of these need one."""
    some = readable(names.slice(0, LOOKED_AT))
    return [name.lstrip().lower() for name in some.to_pylist() if name]


def _may_be_dressed(name: str) -> bool:
    return "," in name or "/" in name or name.startswith(_BEGINNINGS)


def are_uncles(names: pa.Array) -> bool:
    """Whether U is an address in a column of names, not an initial."""
    if not any(name.startswith("u") and not name[1:2].isalpha() for name in _beginnings(names)):
        return False
    found: list[bool] = pc.drop_null(_matched(names.slice(0, LOOKED_AT), _UNCLE)).to_pylist()
    return found.count(True) > UNCLES * len(found)


def undressed(names: pa.Array, *, turn: bool, uncles: bool = False) -> pa.Array:
    """Names without the titles before them.

    A shop's customer is Herr Otto Klein here and Klein, Otto there: as they stand, two of three words agree,
    in another order.

    Parameters
    ----------
    names : string array
    turn : bool
        Whether "Klein, Otto" is "Otto Klein": in a column of whole names, not in one of given names.
    uncles : bool
        Whether U is an address, as `are_uncles` tells of a column.
    """
    bare = _replaced(names, _TITLES, r"\1")
    if uncles:
        bare = _replaced(bare, _UNCLE, r"\1")
    if not turn:
        return bare
    bare = _replaced(bare, _PASSENGER, r"\2 \1")
    whole = _matched(bare, _SUFFIX)
    return call_function("if_else", [whole, bare, _replaced(bare, _TURNED, r"\2 \1")])


def _matched(names: pa.Array, pattern: str) -> pa.Array:
    return call_function("match_substring_regex", [names], MatchSubstringOptions(pattern))


def _replaced(names: pa.Array, pattern: str, by: str) -> pa.Array:
    return call_function("replace_substring_regex", [names], ReplaceSubstringOptions(pattern, by))
