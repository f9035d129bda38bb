"""Categories under headers that say nothing -> those of a person: like-named records say the same.

A trade, a subject or a department recurs with its person and tells people apart; the reason of a visit, or
the desk that wrote a record, does not, and whoever compared it would lose the pairs that differ in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa

from linkage.fields.fold import fold_header
from linkage.fields.names import words_of
from linkage.fields.text import as_text, readable

LEAST_PAIRS = 30
"""Pairs of like-named records that hold the category on both sides."""
LEAST_SAME = 0.7
"""Share of them that say the same; some are of two people of one name."""
MOST_OF_A_NAME = 5
"""Records of one name from which it is too frequent to tell a person."""


def are_own(table: pa.Table, names: Sequence[str], column: str) -> bool:
    """Whether records of one rare whole name mostly have the same value of a column.

    Parameters
    ----------
    table : pyarrow.Table
        The first records.
    names : sequence of str
        Columns of the person's own name, or of its parts.
    """
    values = _texts(table, column)
    of_name: dict[str, list[str]] = defaultdict(list)
    for row, parts in enumerate(zip(*(_texts(table, name) for name in names), strict=True)):
        words = words_of(fold_header(" ".join(part for part in parts if part)))
        if len(words) > 1 and values[row]:
            of_name[" ".join(sorted(words))].append(str(values[row]))
    rare = [found for found in of_name.values() if 2 <= len(found) <= MOST_OF_A_NAME]
    pairs = [a == b for found in rare for a, b in pairwise(found)]
    return len(pairs) >= LEAST_PAIRS and sum(pairs) >= LEAST_SAME * len(pairs)


def _texts(table: pa.Table, column: str) -> list[str | None]:
    texts: list[str | None] = readable(as_text(table.column(column).combine_chunks())).to_pylist()
    return texts
