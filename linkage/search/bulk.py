"""A table of queries and the parts of an index -> a table of answers, searched in a loop without the GIL."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.judging import name_people_of
from linkage._kernels.lookup import ASKS, DAMAGED, TRUNCATED
from linkage.errors import SegmentError
from linkage.fields.text import as_text
from linkage.search.find import WINDOW, Hit, Part, expect_limit, least_bits
from linkage.search.judging import MOST_BITS, NOBODY, RIVAL, SAME, judge, prior_bits
from linkage.search.matches import FIXED
from linkage.search.one_word import reread
from linkage.search.queries import Queries, fields_in, sliced
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source

BATCH = 1 << 16
"""Queries that are searched before their answers become Arrow."""

ANSWERS = pa.schema(
    [
        ("query", pa.int64()), ("rank", pa.int32()), ("record_id", pa.string()),
        ("match_weight", pa.float64()), ("match_probability", pa.float64()),
        ("gap", pa.float64()), ("ambiguous", pa.bool_()), ("truncated", pa.bool_()),
    ]
)  # fmt: skip

LINE = np.dtype(
    [
        ("query", np.int64), ("rank", np.int32), ("part", np.uint32), ("row", np.uint32),
        ("match_weight", np.float64), ("match_probability", np.float64), ("gap", np.float64),
        ("ambiguous", np.bool_), ("truncated", np.bool_),
    ]
)  # fmt: skip


def lookup_many(parts: Sequence[Part], table: Any, *, limit: int = 1, threads: int | None = None) -> pa.Table:
    """Look up every row of a table.

    Parameters
    ----------
    parts : sequence of Part
    table : path, Arrow table, DataFrame or list of dicts
        Headers are recognised as in `dedupe`; columns that are no field of the index are left out.
    limit : int
        Answers a query at most.
    threads : int or None
        Default all cores.

    Returns
    -------
    pa.Table
        A line an answer: query (row of the table), rank from 1, record_id, match_weight, match_probability,
        gap and ambiguous (of the query's answers, as of `lookup`), truncated. A query without an answer has
        no line.

    Raises
    ------
    InputError
        No column is a field of the index.
    """
    expect_limit("lookup_many", limit)
    source = open_source(table)
    if not parts:
        return ANSWERS.empty_table()
    headers = fields_in(parts[0].segment, source)
    headers.pop("", None)
    batches, start = [], 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for batch in sliced(source, list(headers.values()), BATCH):
            texts = {name: as_text(batch.column(i)) for i, name in enumerate(headers)}
            queries = Queries(texts, len(batch), start)
            batches.append(_answer(parts, queries, limit, pool, threads or os.cpu_count() or 1))
            start += len(batch)
    return pa.Table.from_batches(batches, ANSWERS)


class _Found:
    """What one part's searchers fill, a row a query and a column an answer."""

    def __init__(self, n: int, wanted: int) -> None:
        self.rows = np.zeros((n, wanted), np.uint32)
        self.weights = np.zeros((n, wanted), np.int32)
        self.gammas = np.zeros((n, wanted), np.uint64)
        self.people = np.zeros((n, wanted), np.uint32)
        self.counts = np.zeros(n, np.uint32)
        self.status = np.zeros(n, np.uint8)

    def put(self, places: npt.NDArray[np.intp], other: _Found) -> None:
        """Take over answers for some of the queries."""
        for name, array in vars(self).items():
            array[places] = getattr(other, name)


def _answer(
    parts: Sequence[Part], queries: Queries, limit: int, pool: ThreadPoolExecutor, threads: int
) -> pa.RecordBatch:
    # One more than asked for, as in `lookup`: a rival beyond the limit still makes an answer ambiguous.
    wanted = max(limit + 1, 2)
    floors = np.full(queries.n, np.iinfo(np.int32).min // 2, np.int32)
    lowest = round(least_bits(parts) * FIXED)
    found = []
    for part in parts:
        found.append(_search(part, queries, wanted, floors, lowest, pool, threads))
        best = np.where(found[-1].counts > 0, found[-1].weights[:, 0], np.iinfo(np.int32).min // 2)
        np.maximum(floors, best - round(WINDOW * FIXED), out=floors)
    return _Answers(parts, queries, found, limit, wanted).batch()


def _search(
    part: Part,
    queries: Queries,
    wanted: int,
    floors: npt.NDArray[np.int32],
    lowest: int,
    pool: ThreadPoolExecutor,
    threads: int,
    *,
    asks: bool = True,
) -> _Found:
    segment: Segment = part.segment
    n = queries.n
    out = _Found(n, wanted)
    columns, words = queries.columns(segment)

    def run(places: npt.NDArray[np.uint32]) -> None:
        searcher = segment.borrow()
        try:
            searcher.search_many(
                columns, words, places, wanted, floors, round(WINDOW * FIXED), out.rows, out.weights,
                out.gammas, out.counts, out.status, floor=lowest, hidden=part.dead, asks=asks,
                eases=True,
            )  # fmt: skip
            name_people_of(searcher, out.rows, out.counts, places, SAME, out.people)
        except ValueError as error:
            raise SegmentError(f"{segment.container.name}, section 'blobs': {error}") from None
        finally:
            segment.give_back(searcher)

    order = _by_date(segment, columns, words, n)
    cuts = [n * k // threads for k in range(threads + 1)]
    for done in [pool.submit(run, order[begin:end]) for begin, end in pairwise(cuts)]:
        done.result()
    if (out.status & DAMAGED).any():
        raise SegmentError(f"{segment.container.name}, section 'blobs': a record cannot be read")
    asking = np.flatnonzero(out.status & ASKS)
    if len(asking):
        meant, _ = queries.repaired(segment, asking)
        out.put(asking, _search(part, meant, wanted, floors[asking], lowest, pool, threads, asks=False))
    return out


def _by_date(segment: Segment, columns: Any, words: Any, n: int) -> npt.NDArray[np.uint32]:
    """The queries in the order of their dates, which is that of the records.

    Those of one year find its rows in the processor's cache: 12 % more a second at 11 million records.
    """
    dates = np.empty(n, np.uint32)
    searcher = segment.borrow()
    try:
        searcher.dates_of(columns, words, dates)
    finally:
        segment.give_back(searcher)
    return np.argsort(dates, kind="stable").astype(np.uint32)


class _Answers:
    """What the parts' searchers have found -> a batch of answers."""

    def __init__(
        self, parts: Sequence[Part], queries: Queries, found: list[_Found], limit: int, wanted: int
    ) -> None:
        self.parts = parts
        self.queries = queries
        self.found = found
        self.limit = limit
        self.wanted = wanted
        self.cut = np.bitwise_or.reduce([f.status for f in found]) & TRUNCATED > 0
        self.n_parts = np.sum([f.counts > 0 for f in found], axis=0)
        self.shift = prior_bits(parts)
        self.several = {i: self._hits(i) for i in np.flatnonzero(self.n_parts > 1).tolist()}
        self._reread_names_of_one_word()

    def _reread_names_of_one_word(self) -> None:
        """Answer names of one word as `lookup` does, one by one: few are, and fewer in whole names."""
        for i, query in self.queries.of_one_word(self.parts[0].segment):
            again = reread(self.parts, query, self._hits(i), limit=self.wanted)
            if again is not None:
                self.several[i], self.cut[i], _ = again
                self.n_parts[i] = 0

    def batch(self) -> pa.RecordBatch:
        """All lines as Arrow, by query and rank."""
        lines = np.concatenate([*(self._of_part(k) for k in range(len(self.parts))), self._of_several()])
        lines = lines[np.argsort(lines["query"], kind="stable")]
        ids = np.empty(len(lines), object)
        for k, item in enumerate(self.parts):
            here = np.flatnonzero(lines["part"] == k)
            ids[here] = item.segment.record_ids(lines["row"][here])
        columns = {name: lines[name] for name in ANSWERS.names if name != "record_id"}
        columns["query"] = columns["query"] + self.queries.start
        arrays = [
            pa.array(ids if t.name == "record_id" else np.ascontiguousarray(columns[t.name]), t.type)
            for t in ANSWERS
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=ANSWERS)

    def _of_part(self, k: int) -> npt.NDArray[np.void]:
        """Queries whose answers all come from one part, which are most: judged together, as by `judge`."""
        found = self.found[k]
        here = np.flatnonzero((self.n_parts == 1) & (found.counts > 0))
        is_held = np.arange(self.wanted) < found.counts[here, None]
        weights = found.weights[here] / FIXED
        people = np.where(is_held, found.people[here].astype(np.int64), -1)
        # People are numbered as they come, so that a number above all before it is somebody new.
        is_first = np.diff(np.maximum.accumulate(people, axis=1), axis=1, prepend=-1) > 0
        odds = np.where(is_first, np.exp2(np.minimum(weights + self.shift, MOST_BITS)), 0.0)
        by_person = np.zeros_like(odds)
        line, place = np.nonzero(is_first)
        by_person[line, people[line, place]] = odds[line, place]
        shares = np.take_along_axis(by_person, np.maximum(people, 0), axis=1)
        shares /= NOBODY + odds.sum(axis=1, keepdims=True)
        rivals = np.where(is_first & (people == 1), weights, -np.inf).max(axis=1)
        gaps = weights[:, 0] - rivals
        line, place = np.nonzero(is_held[:, : self.limit])
        lines = np.zeros(len(line), LINE)
        lines["query"], lines["rank"], lines["part"] = here[line], place + 1, k
        lines["row"] = found.rows[here[line], place]
        lines["match_weight"], lines["match_probability"] = weights[line, place], shares[line, place]
        lines["gap"], lines["ambiguous"] = gaps[line], gaps[line] < RIVAL
        lines["truncated"] = self.cut[here[line]]
        return lines

    def _of_several(self) -> npt.NDArray[np.void]:
        """Queries whose answers come from several parts, or were read again."""
        lines: list[tuple[Any, ...]] = []
        for i, hits in self.several.items():
            if not hits:
                continue
            people, shares, gap = judge(self.parts, hits)
            for rank, (person, hit) in enumerate(zip(people, hits[: self.limit], strict=False), 1):
                w, k, row, _ = hit
                answer = (-w / FIXED, shares[person], gap, gap < RIVAL, bool(self.cut[i]))
                lines.append((i, rank, k, row, *answer))
        return np.array(lines, LINE)

    def _hits(self, i: int) -> list[Hit]:
        hits: list[Hit] = []
        for k, found in enumerate(self.found):
            n = int(found.counts[i])
            if n:
                columns = (found.weights[i, :n], found.rows[i, :n], found.gammas[i, :n])
                hits += [(-w, k, r, g) for w, r, g in zip(*(c.tolist() for c in columns), strict=True)]
        hits.sort()
        return [h for h in hits[: self.wanted] if h[0] <= hits[0][0] + round(WINDOW * FIXED)]
