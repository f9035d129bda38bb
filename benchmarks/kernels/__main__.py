"""All steps under pytest-benchmark -> OUT/kernels.json and a table: step, measured, floor, factor.

    python -m benchmarks.kernels OUT [--people 1000000] [--register FILE] [-k EXPRESSION]

Needs pytest-benchmark. One process, one thread a step; of a step's rounds the shortest counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.measure import command_line, save_result

FOLDER = Path(__file__).parent
PYTEST = (
    "-q", "-p", "no:cacheprovider", "-o", "python_files=bench_*.py", "-o", "python_functions=bench_*",
    "--import-mode=importlib", f"--rootdir={FOLDER.parent.parent}", "-c", str(FOLDER / "pytest.ini"),
)  # fmt: skip
PATH = ("normalise", "keys", "pairs", "clusters", "segment", "lookup")
"""The files in the order of the data's path."""
TIMING = ("--benchmark-min-rounds=3", "--benchmark-max-time=1", "--benchmark-disable-gc", "--benchmark-quiet")


def run(arguments: list[str]) -> dict[str, Any]:
    """pytest-benchmark's own JSON of a run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.json"
        files = [str(FOLDER / f"bench_{step}.py") for step in PATH]
        command = [sys.executable, "-m", "pytest", *files, *PYTEST, *TIMING, *arguments]
        subprocess.run([*command, f"--benchmark-json={path}"], check=True)
        content: dict[str, Any] = json.loads(path.read_text())
        return content


def steps_of(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line a step: seconds an item, measured and floor, and their ratio."""
    steps = []
    for one in report["benchmarks"]:
        about, seconds = one["extra_info"], one["stats"]["min"]
        n = about["n"]
        steps.append(
            {
                "step": about["step"],
                "file": Path(one["fullname"].split("::")[0]).name,
                "item": about["item"],
                "n": n,
                "seconds_an_item": seconds / n,
                "floor_seconds_an_item": about["floor_seconds"] / n,
                "factor": seconds / about["floor_seconds"],
                "counts": about["counts"],
                "rounds": one["stats"]["rounds"],
            }
        )
    return steps


def main() -> None:
    """Run, print, write."""
    from benchmarks.tables import kernel_table

    parser = command_line(__doc__, "out")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--register", type=Path)
    parser.add_argument("-k", dest="chosen", default="")
    options = parser.parse_args()
    arguments = [f"--people={options.people}"]
    arguments += [f"--register={options.register.absolute()}"] if options.register else []
    arguments += ["-k", options.chosen] if options.chosen else []
    steps = steps_of(run(arguments))
    save_result(options.out, "kernels", {"people": options.people, "steps": steps})
    print(kernel_table(steps))


if __name__ == "__main__":
    main()
