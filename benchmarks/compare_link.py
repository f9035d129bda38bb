"""A register and claims on it -> linkage's link and Splink's, on the same rows: accuracy, seconds, memory.

    python -m benchmarks.compare_link REGISTER CLAIMS OUT [--peers-python PYTHON] [--only linkage|splink]

As compare_dedupe: each side is a process of its own, trains on the two files, and writes pairs that are
measured against the column `entity`, which neither sees. Writes comparison.json and comparison.md.
"""

import argparse
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import datasets
from benchmarks.compare_dedupe import (
    missing,
    read_evaluation,
    read_json,
    run_linkage,
    run_splink,
    write_report,
)
from benchmarks.measure import peers_python


def compare(
    register: Path, claims: Path, out: Path, *, python: str, sides: tuple[str, ...] = ("linkage", "splink")
) -> list[dict[str, Any]]:
    """Run the sides one after the other and evaluate both."""
    out.mkdir(parents=True, exist_ok=True)
    inputs = [datasets.without(path, ["entity"]) for path in (register, claims)]
    runs = []
    if "linkage" in sides:
        run = run_linkage(inputs, out / "linkage")
        runs.append({**run, "summary": read_json(out / "linkage" / "summary.json")})
    if "splink" in sides:
        for line in missing(python, ["splink", "duckdb"]):
            print(line)
            sides = ()
    if "splink" in sides:
        run = run_splink(python, "splink_link", [*map(str, inputs), str(out / "splink")])
        runs.append({**run, "summary": read_json(out / "splink" / "timing.json")})
    for run in runs:
        found = read_evaluation(out / run["name"], [register, claims], run["summary"])
        run["evaluation"] = found.to_dict()
    return runs


def main() -> None:
    """Compare on one register and its claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("claims", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--peers-python", help="interpreter that has Splink")
    parser.add_argument("--only", choices=["linkage", "splink"])
    options = parser.parse_args()
    sides = (options.only,) if options.only else ("linkage", "splink")
    python = peers_python(options.peers_python)
    runs = compare(options.register, options.claims, options.out, python=python, sides=sides)
    n_left, n_right = (pq.read_metadata(path).num_rows for path in (options.register, options.claims))
    write_report(options.out, f"{n_right:,} claims linked to {n_left:,} records", runs)


if __name__ == "__main__":
    main()
