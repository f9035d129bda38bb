"""An index and queries -> a process whose threads look people up for some seconds: latencies.

    python -m benchmarks.readers INDEX QUERIES.json OUT.json --threads 2 --seconds 3 [--refresh]

Prints "ready" when it is warm and begins when a line comes in, so that several begin together. With
`--refresh` every look-up first goes on to the newest commit. Runs on any interpreter that has linkage.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import linkage

WARM = 300


def read(
    index: Any, queries: Sequence[Mapping[str, str]], first: int, seconds: float, *, refresh: bool
) -> list[float]:
    """Seconds of each look-up of one thread, from the query at `first` on, round and round."""
    spent: list[float] = []
    clock = time.perf_counter
    until, at = clock() + seconds, first
    while True:
        begin = clock()
        if begin >= until:
            return spent
        if refresh:
            index.refresh()
        index.lookup(queries[at % len(queries)], limit=5)
        spent.append(clock() - begin)
        at += 1


def main() -> None:
    """Open, warm up, wait, read, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--refresh", action="store_true")
    options = parser.parse_args()
    queries = json.loads(options.queries.read_text())
    index = linkage.open_index(options.index)
    for query in queries[:WARM]:
        index.lookup(query, limit=5)
    results: list[list[float]] = [[] for _ in range(options.threads)]
    start = threading.Barrier(options.threads)

    def work(k: int) -> None:
        start.wait()
        first = options.first + k * len(queries) // options.threads
        results[k] = read(index, queries, first, options.seconds, refresh=options.refresh)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(options.threads)]
    print("ready", flush=True)
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    content = {"python": sys.version.split()[0], "has_gil": has_gil, "seconds": results}
    options.out.write_text(json.dumps(content))


if __name__ == "__main__":
    main()
