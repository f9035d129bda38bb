"""One person, looked up: fuzzy by name, date, sex and province; exact by number; a change made durable.

Floor of a fuzzy look-up: its day's hot rows (12 bytes a record) and those of some 60 days that differ by
one digit or are read the other way round, of which one given name is a cache line; 180 places of the
postings. Floor of an exact one: a line of the buckets, one of the entries, two of the blob, each waiting
for the one before; of a bulk of them: the same, overlapped. Floor of a commit: one fsync.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from benchmarks.floors import Work
from benchmarks.kernels.conftest import Step
from linkage.resolve import Resolution

HOT_BYTES = 12
DAYS = 25_000
"""Days of birth that people of a population are spread over."""
NEAR_DAYS, PROBES = 60, 180
GETS = 10_000
EXACT_LINES = 4


def bench_lookup(step: Step, index: linkage.Index, queries: list[dict[str, str]]) -> None:
    """One query after the other, from Python."""
    step(
        "look-up, one at a time",
        lambda: [index.lookup(query, limit=5) for query in queries],
        n=len(queries),
        item="query",
        work=_lookup_work(index, len(queries)),
        rounds=5,
    )


def bench_lookup_many(step: Step, index: linkage.Index, queries: list[dict[str, str]]) -> None:
    """A table of the same queries, one thread."""
    table = pa.Table.from_pylist(queries)
    step(
        "look-up, a table of queries",
        lambda: index.lookup_many(table, limit=5, threads=1),
        n=len(queries),
        item="query",
        work=_lookup_work(index, len(queries)),
        rounds=5,
    )


def _lookup_work(index: linkage.Index, n: int) -> Work:
    a_day = max(len(index) / DAYS, 1)
    return Work(
        read_bytes=n * a_day * HOT_BYTES,
        random_reads=((n * (NEAR_DAYS + PROBES), index.info()["n_bytes"]),),
        counts=f"{a_day:,.0f} hot rows of the day, {NEAR_DAYS} near days, {PROBES} places of the postings",
    )


@pytest.fixture
def numbers(register: Path) -> pa.Array:
    """Identification numbers of the register at random places."""
    held = pq.read_table(register, columns=["id_number"])["id_number"].drop_null().combine_chunks()
    return held.take(pa.array([i * 7919 % len(held) for i in range(min(GETS, len(held)))]))


def bench_get(step: Step, index: linkage.Index, numbers: pa.Array) -> None:
    """One identification number after the other, from Python."""
    texts = numbers.to_pylist()
    step(
        "exact get, one at a time",
        lambda: [index.get("id_number", text) for text in texts],
        n=len(texts),
        item="number",
        work=Work(
            chained_reads=((EXACT_LINES * len(texts), index.info()["n_bytes"]),),
            counts=f"{EXACT_LINES} lines, each waiting for the one before",
        ),
    )


def bench_get_many(step: Step, index: linkage.Index, numbers: pa.Array) -> None:
    """A column of numbers; the rows' texts are not decoded."""
    step(
        "exact get, a column",
        lambda: index.get_many("id_number", numbers),
        n=len(numbers),
        item="number",
        work=Work(
            random_reads=((EXACT_LINES * len(numbers), index.info()["n_bytes"]),),
            counts=f"{EXACT_LINES} lines, overlapped",
        ),
    )


@pytest.fixture
def writer(index: linkage.Index, resolution: Resolution, tmp_path: Path) -> Iterator[Any]:
    """A writer of an index of its own."""
    fresh = [record for batch in index.records() for record in batch.slice(0, 2000).to_pylist()][:2000]
    linkage.build_index(tmp_path / "own.idx", fresh, resolution.model).close()
    with linkage.open_index(tmp_path / "own.idx", "w") as opened:
        yield opened, fresh


@pytest.mark.parametrize("size", [1, 1000])
def bench_commit(step: Step, writer: Any, size: int) -> None:
    """Upserts in one durable commit."""
    opened, records = writer
    fields = cycle(records)
    number = count()

    def commit() -> None:
        for _ in range(size):
            opened.upsert({**next(fields), "record_id": f"new {next(number)}"})
        opened.commit()

    step(
        f"update: {size:,} upsert{'s' if size > 1 else ''} in a commit",
        commit,
        n=size,
        item="upsert",
        work=Work(commits=1, counts="one fsync a commit"),
        rounds=50 if size == 1 else 5,
    )
