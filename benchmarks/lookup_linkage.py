"""linkage's side of the look-up comparison: register -> index -> answers and speeds, a process per step.

    python -m benchmarks.lookup_linkage build REGISTER INDEX OUT.json
    python -m benchmarks.lookup_linkage ask INDEX QUERIES ANSWERS [--exhaustive 200]
    python -m benchmarks.lookup_linkage many INDEX CLAIMS OUT.json
    python -m benchmarks.lookup_linkage get INDEX REGISTER OUT.json
    python -m benchmarks.lookup_linkage start INDEX QUERIES OUT.json

`ask` reads the index's files once, times one look-up at a time after the warm-up queries and, outside the
clock, compares answers with exhaustive search. `start` starts fresh processes: with the page cache warm, and
after the pages of the index were given up. It does not see the truth.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import datasets
from benchmarks.measure import Stopwatch, best, write_json
from benchmarks.queries import ANSWER_SCHEMA, FIELDS, as_mapping, measure_latency

LIMIT = 5
N_GETS = 200_000
N_MANY = 20_000
MOST_NUMBERS = 5_000_000
STARTS = 7
FIRST_LOOKUP = """
import json, sys, time
begin = time.perf_counter()
import linkage
imported = time.perf_counter()
index = linkage.open_index(sys.argv[1])
opened = time.perf_counter()
index.lookup(json.loads(sys.argv[2]), limit=5)
done = time.perf_counter()
print(json.dumps({"import": imported - begin, "open": opened - imported, "first": done - opened}))
"""


def build(register: Path, index: Path, out: Path) -> None:
    """Build the index as a program would; seconds, bytes, peak memory of this process."""
    import linkage

    watch = Stopwatch()
    with watch.step("build"):
        linkage.build_index(index, register)
    n_records = pq.read_metadata(register).num_rows
    seconds = watch.steps["build"]
    n_bytes = sum(path.stat().st_size for path in files_of(index))
    facts = {
        "name": "linkage",
        "n_records": n_records,
        "seconds": round(seconds, 3),
        "records_per_second": round(n_records / seconds),
        **watch.to_dict(),
        "index_bytes": n_bytes,
        "bytes_per_record": round(n_bytes / n_records, 1),
    }
    facts["peak_bytes_per_record_above_gib"] = round((facts["peak_rss_bytes"] - 2**30) / n_records, 1)
    write_json(out, facts)


def ask(index_path: Path, queries: Path, answers: Path, *, exhaustive: int) -> None:
    """Known people and strangers one at a time; then the first `exhaustive` known ones the long way."""
    import linkage

    rows = pq.read_table(queries).to_pylist()
    make_resident(files_of(index_path))
    index = linkage.open_index(index_path)
    for row in rows:
        if row["role"] == "warmup":
            index.lookup(as_mapping(row), limit=LIMIT)
    asked = [row for row in rows if row["role"] != "warmup"]
    pq.write_table(pa.Table.from_pylist([_timed(index, row) for row in asked], ANSWER_SCHEMA), answers)
    known = [row for row in asked if row["role"] == "known"][:exhaustive]
    write_json(answers.with_suffix(".json"), {"name": "linkage", **compare_exhaustive(index, known)})


def _timed(index: Any, row: dict[str, Any]) -> dict[str, Any]:
    query = as_mapping(row)
    begin = time.perf_counter()
    matches = index.lookup(query, limit=LIMIT)
    seconds = time.perf_counter() - begin
    return {
        "query_id": row["query_id"],
        "record_ids": [match.record_id for match in matches],
        "probabilities": [match.match_probability for match in matches],
        "seconds": seconds,
    }


def compare_exhaustive(index: Any, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many of the queries get the same five weights, and the same best one, as from a full scan.

    Weights are compared to the bit; records only through them, for equal weights may swap places.
    """
    same, same_best, seconds = 0, 0, []
    for row in rows:
        query = as_mapping(row)
        pruned = [match.match_weight for match in index.lookup(query, limit=LIMIT)]
        begin = time.perf_counter()
        full = [match.match_weight for match in index.lookup(query, limit=LIMIT, exhaustive=True)]
        seconds.append(time.perf_counter() - begin)
        same += pruned == full
        same_best += pruned[:1] == full[:1]
    return {
        "exhaustive": {
            "n": len(rows),
            "n_same": same,
            "n_same_best": same_best,
            "latency": measure_latency(seconds) if seconds else None,
        }
    }


def many(index_path: Path, claims: Path, out: Path) -> None:
    """Look-ups a second of `lookup_many`, best match only, on one thread and on two."""
    import linkage

    index = linkage.open_index(index_path)
    table = datasets.head(claims, list(FIELDS), N_MANY)
    index.lookup_many(table.slice(0, 1000), limit=1)
    rates = {}
    for threads in (1, 2):
        seconds = best(3, partial(index.lookup_many, table, limit=1, threads=threads))
        rates[str(threads)] = round(table.num_rows / seconds)
    write_json(out, {"n": table.num_rows, "lookups_per_second_by_threads": rates})


def get(index_path: Path, register: Path, out: Path) -> None:
    """Nanoseconds of `get` by identification number, one call at a time, and numbers a second in bulk."""
    import linkage

    index = linkage.open_index(index_path)
    held = datasets.head(register, ["id_number"], MOST_NUMBERS)["id_number"].drop_null()
    rows = np.random.default_rng(1).integers(0, len(held), N_GETS)
    column = held.combine_chunks().take(pa.array(rows))
    numbers = column.to_pylist()

    def one_by_one() -> None:
        for number in numbers:
            index.get("id_number", number)

    facts: dict[str, Any] = {"n": N_GETS, "mean_ns": round(best(3, one_by_one) / N_GETS * 1e9)}
    clock = time.perf_counter_ns
    spent = np.empty(N_GETS)
    for place, number in enumerate(numbers):
        begin = clock()
        index.get("id_number", number)
        spent[place] = clock() - begin
    facts["ns_with_clock"] = {name: round(1e6 * ms) for name, ms in measure_latency(spent / 1e9).items()}
    if hasattr(index, "get_many"):
        seconds = best(3, lambda: index.get_many("id_number", column))
        facts["bulk_per_second"] = round(N_GETS / seconds)
    write_json(out, facts)


def start(index: Path, queries: Path, out: Path) -> None:
    """Milliseconds from a fresh interpreter to the first answer, page cache warm and index evicted."""
    query = json.dumps(as_mapping(pq.read_table(queries).slice(0, 1).to_pylist()[0]))
    first_start(index, query)
    warm = [first_start(index, query) for _ in range(STARTS)]
    cold = []
    for _ in range(STARTS):
        evict(files_of(index))
        cold.append(first_start(index, query))
    write_json(out, {"warm": summarise(warm), "index_evicted": summarise(cold)})


def first_start(index: Path, query: str) -> dict[str, float]:
    """Seconds to import, open and look up in a new process, and of the whole process."""
    command = [sys.executable, "-c", FIRST_LOOKUP, str(index), query]
    begin = time.perf_counter()
    steps = json.loads(subprocess.check_output(command))
    process = time.perf_counter() - begin
    return {**steps, "all three": sum(steps.values()), "process": process}


def summarise(starts: Sequence[dict[str, float]]) -> dict[str, Any]:
    """Median and worst milliseconds of each step."""
    return {
        name: {
            "median_ms": round(1e3 * statistics.median(run[name] for run in starts), 2),
            "worst_ms": round(1e3 * max(run[name] for run in starts), 2),
        }
        for name in starts[0]
    }


def make_resident(files: Sequence[Path]) -> int:
    """Read these files once: look-ups are timed with the index in memory. Bytes that were read."""
    n_bytes = 0
    for path in files:
        with path.open("rb") as file:
            while piece := file.read(1 << 24):
                n_bytes += len(piece)
    return n_bytes


def evict(files: Sequence[Path]) -> None:
    """Ask the system to forget its cached pages of these files; no process may have them mapped."""
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def files_of(path: Path) -> list[Path]:
    """The files of an index, be it one file or a folder."""
    return [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())


def main() -> None:
    """One step."""
    steps = {"build": build, "many": many, "get": get, "start": start}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=[*steps, "ask"])
    parser.add_argument("paths", type=Path, nargs=3)
    parser.add_argument("--exhaustive", type=int, default=200, help="half a second a million records each")
    options = parser.parse_args()
    if options.step == "ask":
        ask(*options.paths, exhaustive=options.exhaustive)
    else:
        steps[options.step](*options.paths)


if __name__ == "__main__":
    main()
