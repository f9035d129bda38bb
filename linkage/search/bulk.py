"""A table of queries and the parts of an index -> a table of answers, searched in a loop without the GIL."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.lookup import ASKS, DAMAGED, TRUNCATED
from linkage.errors import InputError, SegmentError
from linkage.fields.source import Source, open_source
from linkage.fields.text import Buffers, as_text, text_buffers
from linkage.search.lookup import FLOOR, RIVAL, WINDOW, Hit, Part, find, judge
from linkage.search.matches import FIXED
from linkage.segment.segment import Segment

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
    if limit < 1:
        raise InputError(f"lookup_many: expected a limit of at least 1, got {limit}")
    source = open_source(table)
    if not parts:
        return ANSWERS.empty_table()
    headers = _headers(parts[0].segment, source)
    batches, start = [], 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for batch in _batches(source, list(headers.values())):
            texts = {name: as_text(batch.column(i)) for i, name in enumerate(headers)}
            queries = _Queries(texts, len(batch), start)
            batches.append(_answer(parts, queries, limit, pool, threads or os.cpu_count() or 1))
            start += len(batch)
    return pa.Table.from_batches(batches, ANSWERS)


@dataclass(frozen=True)
class _Queries:
    """Queries of a batch: a text array a field, and the number of the first."""

    texts: dict[str, pa.Array]
    n: int
    start: int

    def one(self, i: int) -> dict[str, str]:
        """A query as `lookup` takes it."""
        found = {}
        for name, array in self.texts.items():
            raw = array[i].as_buffer()
            if raw is not None and raw.size:
                found[name] = raw.to_pybytes().decode("utf-8", "replace")
        return found


@dataclass
class _Found:
    """What one part's searchers fill, a row a query."""

    rows: npt.NDArray[np.uint32]
    weights: npt.NDArray[np.int32]
    gammas: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.uint32]
    status: npt.NDArray[np.uint8]


def _headers(segment: Segment, source: Source) -> dict[str, str]:
    """Field -> column, for the fields of the index that the table holds."""
    import json

    from linkage.fields.detect import find_headers
    from linkage.schema import Schema

    schema = Schema.from_dict(json.loads(segment.array("model").tobytes())["schema"])
    headers = {k: v for k, v in find_headers(source, schema).items() if k in segment.positions}
    if not headers:
        known = ", ".join(segment.field_names)
        raise InputError(f"{source.name}: expected a column of {known}, got {', '.join(source.columns)}")
    return headers


def _batches(source: Source, columns: list[str]) -> Iterator[pa.RecordBatch]:
    for batch in source.batches(columns):
        for begin in range(0, len(batch), BATCH):
            yield batch.slice(begin, BATCH)


def _answer(
    parts: Sequence[Part], queries: _Queries, limit: int, pool: ThreadPoolExecutor, threads: int
) -> pa.RecordBatch:
    # One more than asked for, as in `lookup`: a rival beyond the limit still makes an answer ambiguous.
    wanted = max(limit + 1, 2)
    floors = np.full(queries.n, round(FLOOR * FIXED), np.int32)
    found = []
    for part in parts:
        found.append(_search(part, queries, wanted, floors, pool, threads))
        best = np.where(found[-1].counts > 0, found[-1].weights[:, 0], np.iinfo(np.int32).min // 2)
        np.maximum(floors, best - round(WINDOW * FIXED), out=floors)
    return _Answers(parts, queries, found, limit, wanted).batch()


def _search(
    part: Part,
    queries: _Queries,
    wanted: int,
    floors: npt.NDArray[np.int32],
    pool: ThreadPoolExecutor,
    threads: int,
) -> _Found:
    segment: Segment = part.segment
    n = queries.n
    out = _Found(
        np.zeros((n, wanted), np.uint32), np.zeros((n, wanted), np.int32), np.zeros((n, wanted), np.uint64),
        np.zeros(n, np.uint32), np.zeros(n, np.uint8),
    )  # fmt: skip
    columns: list[Buffers | None] = [None] * len(segment.fields)
    words: list[npt.NDArray[np.uint32] | None] = [None] * len(segment.fields)
    for name, array in queries.texts.items():
        at = segment.positions.get(name)
        if at is None:
            continue
        if segment.fields[at]["kind"] == "category":
            words[at] = _category_words(segment, at, array)
        else:
            columns[at] = text_buffers(array)

    def run(begin: int, end: int) -> None:
        searcher = segment.borrow()
        try:
            searcher.search_many(
                columns, words, begin, end, wanted, floors, round(WINDOW * FIXED), out.rows, out.weights,
                out.gammas, out.counts, out.status, hidden=part.dead,
            )  # fmt: skip
        finally:
            segment.give_back(searcher)

    cuts = [n * k // threads for k in range(threads + 1)]
    for done in [pool.submit(run, begin, end) for begin, end in pairwise(cuts)]:
        done.result()
    if (out.status & DAMAGED).any():
        raise SegmentError(f"{segment.container.name}, section 'blobs': a record cannot be read")
    return out


def _category_words(segment: Segment, field: int, array: pa.Array) -> npt.NDArray[np.uint32]:
    coded = array.dictionary_encode()
    found = [_category_word(segment, field, raw) for raw in coded.dictionary.cast(pa.binary()).to_pylist()]
    numbers = coded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    words: npt.NDArray[np.uint32] = np.array([*found, 0], np.uint32)[numbers]
    return words


def _category_word(segment: Segment, field: int, raw: bytes) -> int:
    return segment.category_word(field, raw.decode("utf-8", "replace")) if raw else 0


class _Answers:
    """What the parts' searchers have found -> a batch of answers."""

    def __init__(
        self, parts: Sequence[Part], queries: _Queries, found: list[_Found], limit: int, wanted: int
    ) -> None:
        self.parts = parts
        self.queries = queries
        self.found = found
        self.limit = limit
        self.wanted = wanted
        self.status = np.bitwise_or.reduce([f.status for f in found])
        self.counts = np.sum([f.counts for f in found], axis=0)

    def batch(self) -> pa.RecordBatch:
        """All lines as Arrow, by query and rank."""
        lines = np.concatenate([self._alone(), self._others()])
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

    def _alone(self) -> npt.NDArray[np.void]:
        """Queries with one answer, which are most: their probability depends on the weight alone."""
        here = np.flatnonzero((self.counts == 1) & (self.status & ASKS == 0))
        lines = np.zeros(len(here), LINE)
        weights = np.zeros(len(here), np.int64)
        for k, found in enumerate(self.found):
            mine = np.flatnonzero(found.counts[here] == 1)
            lines["part"][mine] = k
            lines["row"][mine] = found.rows[here[mine], 0]
            weights[mine] = found.weights[here[mine], 0]
        distinct, at = np.unique(weights, return_inverse=True)
        shares = [judge(self.parts, [(-int(w), 0, 0, 0)])[1][0] for w in distinct]
        lines["query"], lines["rank"], lines["gap"] = here, 1, np.inf
        lines["match_weight"] = weights / FIXED
        lines["match_probability"] = np.array(shares, np.float64)[at]
        lines["truncated"] = self.status[here] & TRUNCATED > 0
        return lines

    def _others(self) -> npt.NDArray[np.void]:
        """Queries with several answers, and those whose names have to be repaired first."""
        lines: list[tuple[Any, ...]] = []
        for i in np.flatnonzero((self.counts > 1) | (self.status & ASKS > 0)).tolist():
            if self.status[i] & ASKS:
                hits, truncated = find(self.parts, self.queries.one(i), limit=self.wanted)
            else:
                hits, truncated = self._hits(i), bool(self.status[i] & TRUNCATED)
            if not hits:
                continue
            people, shares, gap = judge(self.parts, hits)
            for rank, (person, hit) in enumerate(zip(people, hits[: self.limit], strict=False), 1):
                w, k, row, _ = hit
                answer = (-w / FIXED, shares[person], gap, gap < RIVAL, truncated)
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
