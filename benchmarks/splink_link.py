"""A register and claims -> Splink's links (link_only), with the settings tuned for such registers.

    python -m benchmarks.splink_link REGISTER CLAIMS OUT [--threads 2]

Run with the interpreter that has Splink. Preparation, rules and comparisons are those of
benchmarks/splink_dedupe.py; the claims' own duplicates are not asked for.
"""

import argparse
from pathlib import Path

from benchmarks.measure import Stopwatch
from benchmarks.splink_columns import prepare
from benchmarks.splink_dedupe import recipe
from benchmarks.splink_run import connect, run

TABLES = ("left_register", "right_claims")
"""Splink takes the table whose name comes first as the left one."""


def main() -> None:
    """Run and write pairs.parquet, clusters.parquet, model.json, timing.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("claims", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    watch = Stopwatch()
    with watch.step("prepare"):
        connection = connect(threads=options.threads)
        inputs = zip(TABLES, (options.register, options.claims), strict=True)
        present = set.intersection(*(prepare(connection, path, [], table=name) for name, path in inputs))
    chosen = recipe(present, link_type="link_only")
    print(run(connection, list(TABLES), chosen, options.out, watch))


if __name__ == "__main__":
    main()
