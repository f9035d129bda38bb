"""Columns of years, months and days -> fields of whole dates, read from the three as one."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from linkage.fields.content import ENOUGH, share
from linkage.fields.fold import fold_header
from linkage.fields.headers import WORDS
from linkage.fields.source import JOINED
from linkage.schema import Field

_NAMED = {part: frozenset(WORDS[part + "s"]) for part in ("year", "month", "day")}
_NUMBER_OF = {
    "year": r"^\s*(1[5-9]|20)[0-9]{2}(\.0)?\s*$|^\s*[0-9]{2}\s*$",
    "month": r"^\s*(0?[1-9]|1[0-2])(\.0)?\s*$",
    "day": r"^\s*(0?[1-9]|[12][0-9]|3[01])(\.0)?\s*$",
}


_OF_BIRTH = {
    *("", "birth", "dob", "b", "born", "of birth", "date of birth", "birth date", "geburts", "nac"),
    *("nacimiento", "nasc", "nascimento", "naissance", "nascita"),
}


def find_split_dates(sample: Mapping[str, pa.Array]) -> list[Field]:
    """Date fields whose year, month and day stand in columns of their own.

    Parameters
    ----------
    sample : mapping of str to string array without nulls
        Column -> some of its values; they must be years, months and days.

    Returns
    -------
    list of Field
        Each with `columns` of one entry ``"year + month + day"``.
    """
    found = []
    groups: dict[str, dict[str, str]] = {}
    for column in sample:
        for part, rest in _parts_of(column):
            groups.setdefault(rest, {}).setdefault(part, column)
    for rest, parts in groups.items():
        if len(parts) < 3 or not all(_holds(sample[column], part) for part, column in parts.items()):
            continue
        joined = JOINED.join(parts[part] for part in ("year", "month", "day"))
        # Of a visit or an entry are those that say so; births mostly say nothing at all.
        if rest in _OF_BIRTH:
            name = "birth_date" if "birth_date" not in sample else joined
            found.append(Field(name, "date", columns=(joined,)))
    return found[:1]


def _parts_of(column: str) -> list[tuple[str, str]]:
    """What part of a date a header may name, and what else it says."""
    words = fold_header(column).split()
    result = []
    for part, known in _NAMED.items():
        for word in known.intersection(words):
            rest = " ".join(w for w in words if w != word)
            result.append(
                (part, "" if word[0] == "b" and rest == "" else rest.removesuffix(" of").removeprefix("of "))
            )
    return result


def _holds(values: pa.Array, part: str) -> bool:
    return len(values) < ENOUGH or share(values, _NUMBER_OF[part]) > 0.9
