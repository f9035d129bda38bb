"""Sampled values under headers that say nothing -> which column holds people's names, in any language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from linkage.fields.meaning.headers import WORDS

ENOUGH_NAMES = 100
"""Fewer values than this tell no names from other texts."""
LEAST_DISTINCT = 0.3
"""Share of distinct values: towns and occupations recur more than whole names do."""
MANY, SEVERAL = 20.0, 3.5
"""How many words one end of the names has, and the other, when all are counted as equally frequent."""
MOST_OF_A_KIND = 0.15
"""Share of the values with a word of a street or a company from which a column holds those."""
_OTHERS = frozenset(WORDS["streets"])
"""Words of streets, companies and institutions, folded; of them a column of names holds few."""
LEAST_WHOLE = 0.4
"""Share of the values with two words, where the others have an initial in the place of one."""
_INITIAL = re.compile(r"\b[^\W\d_]\b")
LEAST_FAMILIES = 8
"""Grades, ranks and directions are written with one character too, but are fewer."""


def _are_signs(text: str) -> bool:
    """Whether all is written in Chinese characters or Korean syllables."""
    return all("\u3400" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3" for sign in text)


def are_names(values: Sequence[str]) -> bool:
    """Whether the values are people's whole names, by how their words recur.

    Names are two to four words without digits, most of them different as a whole, made of words that recur
    in other company: many different words stand at one end, several at the other. A street has few words at
    one end, a town or an occupation recurs as a whole, a remark is longer. Of Chinese and Korean, two to four
    characters, most of them different as a whole.
    """
    distinct = list(dict.fromkeys(_without_remark(v) for v in values if v.strip()))
    if len(values) < ENOUGH_NAMES or len(distinct) < LEAST_DISTINCT * len(values):
        return False
    if sum(2 <= len(v) <= 4 and _are_signs(v) for v in distinct) > 0.9 * len(distinct):
        return True
    if sum(any(ch.isdigit() or ch in "@/\\<>=:" for ch in v) for v in distinct) > 0.05 * len(distinct):
        return False
    split = [words for v in distinct if len(words := words_of(v)) >= 2]
    initialled = sum(len(words_of(v)) == 1 and _INITIAL.search(v) is not None for v in distinct)
    whole = len(split) > LEAST_WHOLE * len(distinct) and len(split) + initialled >= 0.8 * len(distinct)
    if not whole or sum(map(len, split)) > 4.5 * len(split):
        return False
    of_a_kind = sum(not _OTHERS.isdisjoint((w[0], w[-1])) for w in split)
    ends = sorted(n_equal(words[k] for words in split) for k in (0, -1))
    return (
        of_a_kind < MOST_OF_A_KIND * len(split) and ends[1] >= MANY and ends[0] >= SEVERAL and _recur(split)
    )


def _without_remark(value: str) -> str:
    """A value without what stands behind a colon: "Ayşe Kaya : Ali kızı"."""
    front, _, behind = value.partition(":")
    return front.strip() if behind and len(front.split()) > 1 else value.strip()


def are_family_names(values: Sequence[str]) -> bool:
    """Whether the values are Chinese or Korean family names: one character mostly; towns have more."""
    held = [v.strip() for v in values if v.strip()]
    if len(held) < ENOUGH_NAMES or len(set(held)) < LEAST_FAMILIES:
        return False
    signs = [len(v) for v in held if 1 <= len(v) <= 3 and _are_signs(v)]
    return len(signs) > 0.95 * len(held) and signs.count(1) > 0.5 * len(held)


def are_given_names(values: Sequence[str]) -> bool:
    """Whether the values may be the given names beside such family names."""
    held = [v.strip() for v in values if v.strip()]
    are_signs = sum(1 <= len(v) <= 3 and _are_signs(v) for v in held) > 0.9 * len(held)
    return len(held) >= ENOUGH_NAMES and are_signs and n_equal(held) >= MANY


def words_of(value: str) -> list[str]:
    """The words of a text, lower case, without initials; a Chinese character is a word."""
    words = re.split(r"[\s,.;()]+", value.casefold())
    return [w for w in words if sum(map(str.isalpha, w)) > 1 or (len(w) == 1 and w >= "\u3400")]


def n_equal(values: Iterable[str]) -> float:
    """How many values there are, counted as if they were equally frequent: 1 / sum of squared shares."""
    counts = Counter(values)
    n = sum(counts.values())
    return n * n / sum(c * c for c in counts.values()) if n else 0.0


def _recur(split: Sequence[Sequence[str]]) -> bool:
    """Whether most of the values hold a word that others hold in other company."""
    company: dict[str, set[str]] = {}
    for words in split:
        for a, b in pairwise(words):
            company.setdefault(a, set()).add(b)
            company.setdefault(b, set()).add(a)
    return sum(any(len(company[w]) > 2 for w in words) for words in split) > 0.6 * len(split)


def tell_sexes(values: Sequence[str | None], sexes: Sequence[str | None]) -> bool:
    """Whether single words tell a person's sex, as given names do and towns and family names do not.

    Parameters
    ----------
    values, sexes : sequences of one length, row by row; None where there is none.
    """
    groups: dict[str, Counter[str]] = {}
    for value, sex in zip(values, sexes, strict=True):
        if value and sex:
            groups.setdefault(value.strip().casefold(), Counter())[sex.strip().casefold()] += 1
    known = [c for c in groups.values() if c.total() >= 3]
    total = Counter[str]()
    for counts in known:
        total.update(counts)
    n = total.total()
    if len(known) < 12 or n < ENOUGH_NAMES:
        return False
    told = sum(max(c.values()) for c in known) / n
    usual = max(total.values()) / n
    # What chance alone would tell, of groups of these sizes: some of what is left.
    return told > 0.85 and (told - usual) > 0.6 * (1 - usual)
