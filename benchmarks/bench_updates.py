"""Durable commits per second, one record each and in batches, beside what the disk and bare SQLite can do.

Records come from `linkage.generate`: one register is indexed, people of another seed are then written, half
of them under ids of the index, so that they replace. Every commit is durable when its time is taken. What the
writer does beside and after the commits (moving the journal into segments, merging) is reported too: "with
closing" ends when nothing is left to do. The disk's rate is that of appending 4 KiB and fsync, SQLite's that
of inserting a row of the same size with the settings of the catalog.

    python -m benchmarks.bench_updates [--people 100000] [--batches 5] [--folder DIR] [--model FILE]
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import linkage
from benchmarks.measure import command_line
from linkage import Model
from linkage.index.connection import _WRITER_SETTINGS as SETTINGS

BATCH = 20_000
SINGLES = 500
ROW = b"x" * 400
PAGE = b"x" * 4096


def fsyncs_per_second(folder: Path) -> float:
    """How often a second 4 KiB can be appended to a file durably."""
    handle = os.open(folder / "probe", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begin = time.perf_counter()
    for _ in range(SINGLES):
        os.write(handle, PAGE)
        os.fsync(handle)
    seconds = time.perf_counter() - begin
    os.close(handle)
    return SINGLES / seconds


def sqlite_commits_per_second(folder: Path) -> float:
    """How often a second SQLite commits one row, as durable as the catalog."""
    connection = sqlite3.connect(folder / "probe.sqlite", isolation_level=None)
    for setting in SETTINGS:
        connection.execute(setting).fetchall()
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB)")
    begin = time.perf_counter()
    for i in range(SINGLES):
        connection.execute("INSERT INTO rows VALUES (?, ?)", [i, ROW])
    seconds = time.perf_counter() - begin
    connection.close()
    return SINGLES / seconds


def new_records(folder: Path, people: int, wanted: int, fields: set[str]) -> Iterator[dict[str, Any]]:
    """Endless records of people who are not in the index; every second one has an id that is."""
    linkage.generate(folder, people=min(people, wanted), seed=2, claims=0)
    rows = pq.read_table(folder / "register.parquet").to_pylist()
    for i, row in enumerate(cycle(rows)):
        record = {name: text for name, text in row.items() if name in fields}
        record["record_id"] = row["record_id"] if i % 2 else f"new {i}"
        yield record


def main() -> None:
    """Run from the command line."""
    parser = command_line(__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to write: decides which disk is measured")
    parser.add_argument("--model", type=Path, help="a trained model; by default one is trained")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        linkage.generate(folder / "register", people=options.people, seed=1, claims=0)
        register = pq.read_table(folder / "register" / "register.parquet").drop_columns(["entity"])
        model = Model.load(options.model) if options.model else None
        index = linkage.build_index(folder / "people.idx", register, model)
        wanted = SINGLES + options.batches * BATCH
        fields = {f.name for f in index.schema.fields}
        records = new_records(folder / "new", options.people, wanted, fields)
        singles = [next(records) for _ in range(SINGLES)]
        batches = [[next(records) for _ in range(BATCH)] for _ in range(options.batches)]
        print(f"index: {len(index):,} records; commits are durable (fsync), one writer")
        print(f"disk, append 4 KiB + fsync   {fsyncs_per_second(folder):12,.0f} / s")
        print(f"SQLite, insert + commit      {sqlite_commits_per_second(folder):12,.0f} / s")
        _measure(folder / "people.idx", singles, batches)


def _measure(path: Path, singles: list[dict[str, Any]], batches: list[list[dict[str, Any]]]) -> None:
    with linkage.open_index(path, "w") as writer:
        begin = time.perf_counter()
        for record in singles:
            writer.upsert(record)
            writer.commit()
        print(f"commits of one upsert        {SINGLES / (time.perf_counter() - begin):12,.0f} / s")
    n = sum(len(batch) for batch in batches)
    with linkage.open_index(path, "w") as writer:
        begin = time.perf_counter()
        for batch in batches:
            start = time.perf_counter()
            writer.upsert(batch)
            writer.commit()
            print(f"  one commit of {len(batch):,} upserts: {time.perf_counter() - start:.2f} s")
        print(f"upserts, {BATCH:,} a commit     {n / (time.perf_counter() - begin):12,.0f} / s")
    print(f"  with closing               {n / (time.perf_counter() - begin):12,.0f} / s")


if __name__ == "__main__":
    main()
