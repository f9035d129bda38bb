"""Records per second and core of "encode" for the citizen schema, column by column and as a whole step.

Measured: CPU time (user + system, one thread) from Arrow arrays in memory to words, repair of suspect names
included, per column; then wall and CPU time of reading a Parquet file and encoding it on some threads. The
register is made up by `linkage.generate` unless a Parquet file is given.

The floor of each kind of column: `python -m benchmarks.kernels OUT -k encode`.

    python -m benchmarks.bench_encode [--records 1000000] [--parquet FILE] [--threads 2] [--repeat 3]
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from linkage.fields.batch import encode_records
from linkage.fields.columns import COLUMNS
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import Source
from linkage.schema import Schema, citizen_schema
from linkage.tables.opening import open_source


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def encode_columns(source: Source, headers: dict[str, str], schema: Schema) -> dict[str, float]:
    """CPU nanoseconds per record of each field, with what it takes to finish its dictionary."""
    batches = list(source.batches([headers[f.name] for f in schema.fields]))
    n = sum(len(batch) for batch in batches)
    spent = {}
    for item in schema.fields:
        column = COLUMNS[item.kind](item)
        out = np.empty((max(len(batch) for batch in batches), column.n_words), np.uint32)
        began = cpu_seconds()
        for batch in batches:
            column.encode(batch.column(headers[item.name]), out[: len(batch)])
        column.finish()
        spent[item.name] = (cpu_seconds() - began) / n * 1e9
    return spent


def best_of(repeat: int, run: Callable[[], object]) -> tuple[float, float]:
    """Least wall and least CPU seconds of several runs."""
    walls, cpus = [], []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), cpu_seconds()
        run()
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    return min(walls), min(cpus)


def measure(path: Path, threads: int, repeat: int) -> None:
    """Print both tables for one Parquet file."""
    source = open_source(path)
    headers = find_headers(source, citizen_schema())
    schema = citizen_schema().only(headers)
    runs = [encode_columns(source, headers, schema) for _ in range(repeat)]
    least = {f.name: min(run[f.name] for run in runs) for f in schema.fields}
    for name, nanoseconds in least.items():
        print(f"{name:25s} {nanoseconds:8.1f} ns/record")
    total = sum(least.values())
    print(f"{'encode':25s} {total:8.1f} ns/record = {1e9 / total:,.0f} records/s/core")
    wall, cpu = best_of(
        repeat, lambda: encode_records([open_source(path)], [headers], schema, threads=threads)
    )
    n = source.n_records or 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"read and encode {n:,} records on {threads} threads: {wall:.2f} s wall, {cpu:.2f} s CPU")
    print(f"peak memory of this process {peak:,.0f} MiB")


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--parquet", type=Path)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    if options.parquet:
        measure(options.parquet, options.threads, options.repeat)
        return
    from linkage import generate

    with tempfile.TemporaryDirectory() as folder:
        generate(folder, people=options.records * 10 // 11, claims=0)
        measure(next(Path(folder).rglob("register*.parquet")), options.threads, options.repeat)


if __name__ == "__main__":
    main()
