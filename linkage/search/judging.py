"""The best records of the parts of an index -> which are one person's, and how probable each person is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from linkage._kernels.judging import name_people_of, score_rows
from linkage.errors import SegmentError
from linkage.search.find import Hit, Part, prepare, repaired
from linkage.search.matches import FIXED
from linkage.segment.segment import Segment

RIVAL = math.log2(20)
"""A second person within these bits of the best one makes the answer ambiguous."""
SAME = round(RIVAL * FIXED)
"""Two records are one person's where that is twenty times likelier than not (1/256 bit): twins of one name
may be a little likelier one person than two, and yet each of them fits."""
NOBODY = 3.0
"""Odds, before any evidence, that the person asked for is in no record: a careful guess. With even odds 18 of
10,000 strangers were taken for somebody with probability .99 at 1.1 million records."""
MOST_BITS = 500.0
"""Evidence beyond this is certainty; and the power of two of what a damaged file says may be no number."""


def judge(parts: Sequence[Part], hits: list[Hit]) -> tuple[list[int], dict[int, float], float]:
    """Each hit's person, each person's probability, and the bits between the best two persons."""
    if len(hits) == 1:
        return [0], _shares(parts, {0: -hits[0][0] / FIXED}), math.inf
    people = _people(parts, hits)
    best: dict[int, float] = {}
    for person, hit in zip(people, hits, strict=True):
        best[person] = max(best.get(person, -math.inf), -hit[0] / FIXED)
    others = sorted(best.values(), reverse=True)
    return people, _shares(parts, best), others[0] - others[1] if len(others) > 1 else math.inf


def _shares(parts: Sequence[Part], best: dict[int, float]) -> dict[int, float]:
    """Each person's probability: its odds against the others' and against being in no record.

    A person is expected to be in the index with probability one quarter, and to be any of its records alike.
    """
    shift = prior_bits(parts)
    odds = {person: 2.0 ** min(bits + shift, MOST_BITS) for person, bits in best.items()}
    total = NOBODY + sum(odds.values())
    return {person: value / total for person, value in odds.items()}


def prior_bits(parts: Sequence[Part]) -> float:
    """Bits from a match weight to the odds of one of n records, where the model's prior is that of two."""
    n = sum([part.segment.n_records for part in parts])
    return float(-math.log2(n) - parts[0].segment.prior / FIXED)


def _people(parts: Sequence[Part], hits: list[Hit]) -> list[int]:
    """Which answers are records of one person: those that match the first of an earlier one."""
    if all(hit[1] == hits[0][1] for hit in hits):
        return name_people(parts[hits[0][1]].segment, [hit[2] for hit in hits])
    people = [0]
    firsts = [0]
    for i in range(1, len(hits)):
        same = next((p for p, at in enumerate(firsts) if _same_person(parts, hits[at], hits[i])), None)
        people.append(len(firsts) if same is None else same)
        if same is None:
            firsts.append(i)
    return people


def name_people(segment: Segment, rows: list[int]) -> list[int]:
    """A number from 0 for each record of a segment; records of one person have the same."""
    people = np.empty((1, len(rows)), np.uint32)
    searcher = segment.borrow()
    try:
        counts = np.array([len(rows)], np.uint32)
        name_people_of(searcher, np.array([rows], np.uint32), counts, np.zeros(1, np.uint32), SAME, people)
    except ValueError as error:
        raise SegmentError(f"{segment.container.name}, section 'blobs': {error}") from None
    finally:
        segment.give_back(searcher)
    found: list[int] = people[0].tolist()
    return found


def _same_person(parts: Sequence[Part], a: Hit, b: Hit) -> bool:
    """Whether two records match each other."""
    segment, other = parts[a[1]].segment, parts[b[1]].segment
    if segment is other:
        return name_people(segment, [a[2], b[2]]) == [0, 0]
    record = segment.records(np.array([a[2]], np.uint32))[0]
    texts, words = prepare(other, {k: v for k, v in record.items() if k in other.positions})
    searcher = other.borrow()
    try:
        scored = score_rows(searcher, repaired(other, texts), words, [b[2]])[0]
    finally:
        other.give_back(searcher)
    return scored is not None and scored[0] >= SAME
