"""Whole names in one table, given names and those of the fathers in another -> the latter as whole names.

Where people have no family names, a name goes on with the father's and the grandfather's: "Abebe Kebede
Haile" in one table is Abebe, Kebede and Haile in three columns of another.
"""

from __future__ import annotations

from collections.abc import Sequence

from linkage.fields.fold import fold_header
from linkage.fields.source import JOINED_NAME, Source
from linkage.fields.text import as_text, readable

SAMPLE = 5_000
LEAST_SHARE = 0.7
"""Share of a column's names that stand behind the first word of whole names, at least."""


def with_fathers(given: str, relatives: Sequence[str], parts: Source, whole: str, source: Source) -> str:
    """The given name joined with the relatives' names that go on with it, in their order; empty without any.

    Parameters
    ----------
    given, relatives : columns of `parts`
    whole : column of `source`
    """
    behind = {word for name in _names(source, whole) for word in name[1:]}
    joined = [c for c in relatives if _share(_names(parts, c), behind) >= LEAST_SHARE]
    return JOINED_NAME.join([given, *joined]) if joined else ""


def _share(names: list[list[str]], known: set[str]) -> float:
    return sum(name[0] in known for name in names) / len(names) if names else 0.0


def _names(source: Source, column: str) -> list[list[str]]:
    texts = readable(as_text(source.first([column]).column(0).slice(0, SAMPLE))).to_pylist()
    return [words for text in texts if text and (words := fold_header(text).split())]
