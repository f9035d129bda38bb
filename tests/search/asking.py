"""A segment and a query -> the answer, held against the search everywhere and against scoring every row."""

from __future__ import annotations

from random import Random

import numpy as np

from linkage._kernels.judging import score_rows
from linkage.search.find import FLOOR, WINDOW, find, prepare, repaired
from tests.search.queries import damaged
from tests.segment.registers import Part

FIXED = 256


def records_of(segment, rows=None):
    return segment.records(np.arange(len(segment), dtype=np.uint32) if rows is None else rows)


def scored(segment, query, rows):
    texts, words = prepare(segment, query)
    searcher = segment.borrow()
    try:
        return score_rows(searcher, repaired(segment, texts), words, rows)
    finally:
        segment.give_back(searcher)


def floor_of(segment, query):
    """The floor in force for a query."""
    texts, words = prepare(segment, query)
    searcher = segment.borrow()
    try:
        searcher.search(
            repaired(segment, texts), words, 1, round(FLOOR * FIXED), round(WINDOW * FIXED), eases=True
        )
        return searcher.floor
    finally:
        segment.give_back(searcher)


def assert_finds_all(segment, query, limit):
    """The quick search, the one that looks everywhere, and scoring everything give one answer."""
    quick, cut = find([Part(segment)], query, limit=limit)
    every, cut_too = find([Part(segment)], query, limit=limit, exhaustive=True)
    assert not cut_too
    if not cut:
        assert quick == every
    return every, cut


def assert_is_brute_force(segment, query, limit, hits, *, window=8.0):
    """The best of all rows, by weight, then row, above the floor and within the window; all have a field in
    common with the query."""
    floor = floor_of(segment, query)
    rows = list(range(len(segment)))
    weights = [
        (-w, 0, row, gamma) for row, (w, gamma, _, _) in zip(rows, scored(segment, query, rows), strict=True)
    ]
    best = sorted(h for h in weights if -h[0] >= floor and h[3])
    assert hits == [h for h in best if -h[0] >= -best[0][0] - round(window * FIXED)][:limit]


def assert_damaged_query_is_brute_force(segment, seed):
    """A damaged record of the segment, drawn by a seed, asked for with a drawn limit."""
    records = [{k: v for k, v in r.items() if k in segment.positions} for r in records_of(segment)]
    random = Random(seed)
    record = next(r for r in (random.choice(records) for _ in range(100)) if any(r.values()))
    query = damaged(record, random, records)
    limit = random.choice([1, 2, 5, 200])
    hits, _ = assert_finds_all(segment, query, limit)
    assert_is_brute_force(segment, query, limit, hits)
