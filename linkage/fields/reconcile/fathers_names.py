"""Whole names in one table, given names and those of the fathers in another -> the latter as whole names.

Where people have no family names, a name goes on with the father's and the grandfather's: "Abebe Kebede
Haile" in one table is Abebe, Kebede and Haile in three columns of another.
"""

from __future__ import annotations

from collections.abc import Sequence

from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import WORDS, words_of_header
from linkage.fields.source import JOINED_NAME, Source
from linkage.fields.text import as_text, readable

SAMPLE = 5_000
LEAST_SHARE = 0.7
"""Share of a column's names that stand behind the first word of whole names, at least."""

SELDOM = 0.2
"""Share of names of several words up to which a column holds given names."""


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


def may_be_one(header: str, other: str) -> bool:
    """Whether two headers name the same relative: fathers in two languages, or a father and any relative."""
    one, two = _relatives_of(header), _relatives_of(other)
    return bool(one & two) or bool(one and two and "any" in one | two)


def _relatives_of(header: str) -> set[str]:
    words = f" {' '.join(words_of_header(header))} "
    return {
        who
        for who, said in WORDS["which relative"].items()
        if any(
            f" {word} " in words or (word >= "\u3040" and word in words) for word in map(fold_header, said)
        )
    }


def is_continued(one: str, source: Source, other: str, of_other: Source) -> bool:
    """Whether the names of one column are of one word mostly, where those of the other go on."""
    ours, theirs = _names(source, one), _names(of_other, other)
    return _n_longer(ours) <= SELDOM * len(ours) and _n_longer(theirs) > 0.5 * len(theirs)


def _n_longer(names: list[list[str]]) -> int:
    return sum(len(name) > 1 for name in names)


def _share(names: list[list[str]], known: set[str]) -> float:
    return sum(name[0] in known for name in names) / len(names) if names else 0.0


def _names(source: Source, column: str) -> list[list[str]]:
    texts = readable(as_text(source.first([column]).column(0).slice(0, SAMPLE))).to_pylist()
    return [words for text in texts if text and (words := fold_header(text).split())]
