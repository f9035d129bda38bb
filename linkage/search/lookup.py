"""One query and the parts of an index -> the records that fit it, with their probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence

from linkage.search.find import Bits, Part, Query, check_query, expect_limit, find
from linkage.search.judging import RIVAL, judge
from linkage.search.matches import FIXED, Match, Matches
from linkage.search.one_word import reread


def lookup(
    parts: Sequence[Part],
    query: Query,
    *,
    limit: int = 5,
    allowed: Sequence[Bits | None] | None = None,
    exhaustive: bool = False,
) -> Matches:
    """The records that fit a query best.

    Parameters
    ----------
    parts : sequence of Part
    query : mapping
        Field names to raw values; what is missing is no evidence.
    limit : int
    allowed : sequence of uint8 arrays or None
        Per part, a bit a record that may be found.
    exhaustive : bool
        Decode and score every record, by no bound: the oracle, about half a second a million.

    Notes
    -----
    A query without a value, or whose values say nothing, has no answer.
    """
    check_query(query)
    expect_limit("lookup", limit)
    # One more than asked for: a rival beyond the limit still makes the answer ambiguous.
    wanted, one_word = max(limit + 1, 2), None
    hits, truncated = find(parts, query, limit=wanted, allowed=allowed, exhaustive=exhaustive)
    again = reread(parts, query, hits, limit=wanted, allowed=allowed, exhaustive=exhaustive)
    if again is not None:
        hits, truncated, one_word = again
    if not hits:
        return Matches((), math.inf, False, truncated, one_word)
    people, shares, gap = judge(parts, hits)
    answers = [
        Match(parts[k].segment, row, -w / FIXED, shares[person], person, gamma)
        for person, (w, k, row, gamma) in zip(people[:limit], hits, strict=False)
    ]
    return Matches(tuple(answers), gap, gap < RIVAL, truncated, one_word)
