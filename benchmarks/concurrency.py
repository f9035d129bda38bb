"""Look-ups from 1, 2, 4, 8 threads and processes; and what a writer beside them costs readers.

    python -m benchmarks.concurrency INDEX CLAIMS OUT [--seconds 3] [--workers 1,2,4,8]
        [--free-threaded PYTHON --free-threaded-path FOLDER]

Every run is processes of `benchmarks.readers` that begin together; throughput is of all of them, latency of
every look-up. `--free-threaded` names an interpreter without the GIL that has linkage's dependencies, and
the folder of a linkage built for it; the threads are then measured there too. The writer commits once a
second in a process of its own, on a copy of the index; readers refresh before each look-up, with the writer
and without it in turns, so that drift of the machine hits both. Writes OUT/concurrency.json.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import linkage
from benchmarks import datasets
from benchmarks.measure import best, command_line, save_result
from benchmarks.queries import FIELDS, as_mapping, measure_latency
from benchmarks.tables import concurrency_table, writer_table

ROOT = Path(__file__).parent.parent
N_QUERIES = 20_000
TURNS = 4
"""How often readers are measured with the writer and without it."""
Interpreter = tuple[str, str]
"""A Python, and the folder of its linkage."""


def run_readers(
    interpreter: Interpreter,
    index: Path,
    queries: Path,
    folder: Path,
    *,
    processes: int,
    threads: int,
    seconds: float,
    refresh: bool = False,
) -> dict[str, Any]:
    """Start the readers, let them begin together, gather what they measured."""
    python, path = interpreter
    # As a file, without its folder on the path: the interpreter's own linkage must be found, not this one.
    environment = {**os.environ, "PYTHONPATH": path}
    outs = [folder / f"reader-{k}.json" for k in range(processes)]
    started = []
    for k, out in enumerate(outs):
        command = [python, "-P", str(ROOT / "benchmarks" / "readers.py"), str(index), str(queries), str(out)]
        command += ["--threads", str(threads), "--seconds", str(seconds)]
        command += ["--first", str(k * N_QUERIES // processes), *(["--refresh"] if refresh else [])]
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
    for process in started:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"a reader of {python} did not begin")
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.communicate()
    found = [json.loads(out.read_text()) for out in outs]
    spent = np.concatenate([np.array(s) for one in found for s in one["seconds"]])
    return {
        "python": found[0]["python"],
        "has_gil": found[0]["has_gil"],
        "processes": processes,
        "threads": threads,
        "n": len(spent),
        "lookups_per_second": len(spent) / seconds,
        "latency": measure_latency(spent),
        "spent": spent,
    }


def measure_readers(
    interpreters: Sequence[Interpreter],
    index: Path,
    queries: Path,
    folder: Path,
    workers: Sequence[int],
    seconds: float,
) -> list[dict[str, Any]]:
    """Threads of each interpreter, processes of the first."""
    shapes = [(own, 1, n) for own in interpreters for n in workers]
    shapes += [(interpreters[0], n, 1) for n in workers if n > 1]
    runs = []
    for interpreter, processes, threads in shapes:
        sizes = {"processes": processes, "threads": threads, "seconds": seconds}
        run = run_readers(interpreter, index, queries, folder, **sizes)  # type: ignore[arg-type]
        run.pop("spent")
        runs.append(run)
    return runs


def measure_bulk(index: Path, claims: pa.Table, workers: Sequence[int]) -> list[dict[str, Any]]:
    """`lookup_many`, which leaves the GIL alone, on so many threads."""
    runs = []
    with linkage.open_index(index) as opened:
        opened.lookup_many(claims.slice(0, 500), limit=1)
        for threads in workers:
            seconds = best(3, lambda n=threads: opened.lookup_many(claims, limit=1, threads=n))
            runs.append({"threads": threads, "lookups_per_second": claims.num_rows / seconds})
    return runs


def copy_index(index: Path, target: Path) -> Path:
    """An index of the same segments that can be written to: segments never change, so they are linked."""

    def link(source: str, place: str) -> str:
        try:
            os.link(source, place)
        except OSError:
            shutil.copy2(source, place)
        return place

    shutil.copytree(index, target, copy_function=link, ignore=shutil.ignore_patterns("catalog*", "lock"))
    for file in index.glob("catalog*"):
        shutil.copy2(file, target / file.name)
    return target


def write_every_second(index: Path, a_commit: int) -> None:
    """The writer's process: a commit every second of `a_commit` upserts, until it is ended."""
    with linkage.open_index(index) as opened:
        records = next(iter(opened.records())).slice(0, 5000).to_pylist()
    n = 0
    with linkage.open_index(index, "w") as writer:
        print("ready", flush=True)
        while True:
            begin = time.perf_counter()
            for _ in range(a_commit):
                writer.upsert({**records[n % len(records)], "record_id": f"new {n}"})
                n += 1
            writer.commit()
            time.sleep(max(0.0, 1 - (time.perf_counter() - begin)))


def measure_writer(
    interpreter: Interpreter, index: Path, queries: Path, folder: Path, seconds: float, a_commit: int
) -> dict[str, Any]:
    """Readers without and with a writer, in turns; the latencies of all turns together."""
    copy = copy_index(index, folder / f"copy-{a_commit}")
    spent: dict[bool, list[Any]] = {False: [], True: []}
    command = [sys.executable, "-m", "benchmarks.concurrency", "write", str(copy), str(a_commit)]
    for _ in range(TURNS):
        for is_written in (False, True):
            writer = None
            if is_written:
                environment = {**os.environ, "PYTHONPATH": str(ROOT)}
                writer = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
                assert writer.stdout is not None
                writer.stdout.readline()
            run = run_readers(
                interpreter, copy, queries, folder, processes=1, threads=1, seconds=seconds, refresh=True
            )
            spent[is_written].append(run["spent"])
            if writer:
                writer.terminate()
                writer.wait()
    alone, beside = (measure_latency(np.concatenate(spent[is_written])) for is_written in (False, True))
    return {
        "upserts_a_commit": a_commit,
        "n": sum(map(len, spent[True])),
        "without": alone,
        "with": beside,
        "cost_at_p50": beside["p50"] / alone["p50"] - 1,
        "cost_at_p99": beside["p99"] / alone["p99"] - 1,
    }


def main() -> None:
    """Measure, print, write."""
    if sys.argv[1:2] == ["write"]:
        write_every_second(Path(sys.argv[2]), int(sys.argv[3]))
        return
    parser = command_line(__doc__, "index", "claims", "out")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--workers", default="1,2,4,8")
    parser.add_argument("--commits", default="1,100", help="upserts in the writer's commits, by run")
    parser.add_argument("--free-threaded", help="an interpreter without the GIL")
    parser.add_argument("--free-threaded-path", type=Path, help="the folder of a linkage built for it")
    options = parser.parse_args()
    workers = [int(n) for n in options.workers.split(",")]
    interpreters, notes = [(sys.executable, str(ROOT))], []
    if options.free_threaded:
        interpreters.append((options.free_threaded, str(options.free_threaded_path or ROOT)))
    else:
        notes.append("Free-threaded CPython was not measured: none was named with `--free-threaded`.")
        print(*notes)
    claims = datasets.head(options.claims, list(FIELDS), N_QUERIES)
    with tempfile.TemporaryDirectory(dir=options.index.absolute().parent) as name:
        folder = Path(name)
        queries = folder / "queries.json"
        queries.write_text(json.dumps([as_mapping(row) for row in claims.to_pylist()]))
        runs = measure_readers(interpreters, options.index, queries, folder, workers, options.seconds)
        bulk = measure_bulk(options.index, claims, workers)
        writers = [
            measure_writer(interpreters[0], options.index, queries, folder, options.seconds, int(n))
            for n in options.commits.split(",")
        ]
    with linkage.open_index(options.index) as opened:
        n_records = len(opened)
    content = {"n_records": n_records, "readers": runs, "bulk": bulk, "writer": writers, "notes": notes}
    save_result(options.out, "concurrency", content)
    print(concurrency_table(runs, bulk))
    print(writer_table(writers))


if __name__ == "__main__":
    main()
