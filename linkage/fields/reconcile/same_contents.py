"""Columns of two tables under headers that nothing connects -> which hold the same, by their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import entry_of_header
from linkage.fields.source import Source
from linkage.fields.text import as_text, readable

LOOKED_AT = 20_000
"""Rows of each table that are looked at."""
LEAST_ALIKE = 0.15
"""Share of the values, each as often as both tables have it, from which two columns hold the same."""
AS_GOOD = 0.8
"""Share of the best likeness from which another column is as good; of these the order of columns decides."""
LEAST_DISTINCT, LEAST_VALUES = 12, 30
"""Fewer values tell no columns apart: a sex, a status, a yes and no are alike in many columns."""
SHORT = 3
"""Numbers of so few digits are ages, house numbers and counts alike."""


def same_contents(
    left: Source,
    of_left: Sequence[str],
    right: Source,
    of_right: Sequence[str],
    may_meet: Callable[[str, str], bool],
) -> dict[str, str]:
    """Left column -> right column, for the columns that hold much the same values.

    Two columns belong together if none is much more like either of them; of several that are (a first and a
    second family name, a given and a middle name) the first meets the first. Where `may_meet` says no, values
    do not count: a father's name is not the person's.
    """
    if not of_left or not of_right:
        return {}
    theirs = _shares(right, of_right)
    likeness = {
        a: {b: _alike(shares, theirs[b]) for b in theirs if may_meet(a, b)}
        for a, shares in _shares(left, of_left).items()
    }
    best_of_right = {b: max((row.get(b, 0.0) for row in likeness.values()), default=0.0) for b in theirs}
    found: dict[str, str] = {}
    for a, row in likeness.items():
        best = max(row.values(), default=0.0)
        for b, alike in row.items():
            if (
                b not in found.values()
                and alike >= LEAST_ALIKE
                and alike >= AS_GOOD * max(best, best_of_right[b])
            ):
                found[a] = b
                break
    return found


def _shares(source: Source, columns: Sequence[str]) -> dict[str, Mapping[str, float]]:
    """For each column that tells anything the share of each of its values."""
    columns = list(columns)
    for batch in source.batches(columns):
        found: dict[str, Mapping[str, float]] = {}
        for name, array in zip(columns, batch.slice(0, LOOKED_AT).columns, strict=True):
            counts = _counts(array)
            total = counts.total()
            if total >= LEAST_VALUES and len(counts) >= LEAST_DISTINCT and not _are_short(counts):
                found[name] = {value: n / total for value, n in counts.items()}
        return found
    return {}


def _counts(array: pa.Array) -> Counter[str]:
    values = readable(pc.drop_null(as_text(array))).value_counts()
    counts = Counter[str]()
    for text, n in zip(values.field(0).to_pylist(), values.field(1).to_pylist(), strict=True):
        counts[_bare(text)] += n
    counts.pop("", None)
    return counts


def _bare(text: str) -> str:
    """A text without case and diacritics; a place without the word for what it is, as in "Brgy. Real"."""
    words = fold_header(text).split()
    first = entry_of_header(words[0]) if len(words) > 1 else None
    return " ".join(words[1:] if first and first[0] == "text" and first[1].get("shared") else words)


def _are_short(counts: Counter[str]) -> bool:
    short = sum(n for value, n in counts.items() if len(value) <= SHORT and value.isdigit())
    return short > 0.5 * counts.total()


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    small, large = sorted((one, other), key=len)
    return sum(min(share, large[value]) for value, share in small.items() if value in large)
