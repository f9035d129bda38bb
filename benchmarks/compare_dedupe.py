"""One register -> linkage and Splink on the same rows: accuracy, seconds, peak memory.

    python -m benchmarks.compare_dedupe register.parquet OUT [--without id_number,...]
        [--peers-python /path/to/python/with/splink] [--model model.json] [--only linkage|splink] [--repeat 3]
        [--warm-up] [--loosened]

Each side runs as a process of its own from the file on disk to the files it writes: start-up,
reading, training on the data itself, prediction and clustering are all counted. Both are measured
by linkage.evaluate against the column `entity`, which neither sees. With --repeat the sides take turns, and
each is told by its median run. A run that follows another program meets files and memory that nobody has
touched for a while, and a virtual machine may have handed that memory back to its host; with --warm-up each
counted run follows at once on one of the same side that is not counted. --loosened gives Splink further
blocking rules, so that it compares what linkage does. Writes comparison.json and comparison.md into OUT.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import datasets
from benchmarks.measure import (
    describe_commit,
    describe_machine,
    describe_versions,
    is_installed,
    peers_python,
    run_measured,
    write_json,
)
from linkage.evaluation import Evaluation, evaluate

ROWS = (
    ("wall s", lambda r: f"{r['wall_seconds']:.2f}"),
    (
        "... of each run",
        lambda r: ", ".join(f"{s:.2f}" for s in r.get("wall_seconds_of_runs", [r["wall_seconds"]])),
    ),
    ("CPU s", lambda r: f"{r['cpu_seconds']:.1f}"),
    ("peak GiB", lambda r: f"{r['peak_rss_bytes'] / 2**30:.2f}"),
    ("candidate pairs", lambda r: _number(r["evaluation"]["n_candidate_pairs"])),
    ("pairs written", lambda r: _number(r["evaluation"]["n_pairs"])),
    ("pairs completeness", lambda r: f"{r['evaluation']['pairs_completeness']:.5f}"),
    ("best F1", lambda r: f"{r['evaluation']['best']['f1']:.5f}"),
    ("... at weight", lambda r: f"{r['evaluation']['best']['threshold_match_weight']:.2f}"),
    ("F1 at .95", lambda r: _at(r, "0.95", "f1")),
    ("precision at .95", lambda r: _at(r, "0.95", "precision")),
    ("recall at .95", lambda r: _at(r, "0.95", "recall")),
    ("F1 at .99", lambda r: _at(r, "0.99", "f1")),
    ("clusters B3 precision", lambda r: _cluster(r, "bcubed_precision")),
    ("clusters B3 recall", lambda r: _cluster(r, "bcubed_recall")),
    ("clusters B3 F1", lambda r: _cluster(r, "bcubed_f1")),
    ("clusters pairwise F1", lambda r: _cluster(r, "pairwise_f1")),
    ("mixed clusters", lambda r: _cluster(r, "n_mixed_clusters")),
    ("split entities", lambda r: _cluster(r, "n_split_entities")),
)


def run_linkage(inputs: list[Path], out: Path, *, model: Path | None = None) -> dict[str, Any]:
    """`linkage dedupe` of one file or `linkage link` of two, as anyone would call it."""
    command = [sys.executable, "-m", "linkage.cli", "dedupe" if len(inputs) == 1 else "link"]
    command += [*map(str, inputs), "-o", str(out)]
    command += ["--model", str(model)] if model else []
    return {**run_measured(command), "name": "linkage", "command": command}


def run_splink(
    python: str, module: str, arguments: list[str], *, untimed: list[str] | None = None
) -> dict[str, Any]:
    """A Splink benchmark as a process of the interpreter that has Splink."""
    command = [python, "-m", f"benchmarks.{module}", *arguments]
    root = str(Path(__file__).parent.parent)
    measured = run_measured(command, env={"PYTHONPATH": root, **datasets_environment()})
    return {**measured, "name": "splink", "command": command}


def datasets_environment() -> dict[str, str]:
    """The cache folder, so that both interpreters read the same files."""
    return {"LINKAGE_BENCH_DIR": str(datasets.cache_dir())}


def read_evaluation(out: Path, truth: list[Path], summary: Mapping[str, Any]) -> Evaluation:
    """Evaluate the pairs and clusters of a finished run against the column entity."""
    tables = [pq.read_table(path, columns=["record_id", "entity"]) for path in truth]
    clusters = out / "clusters.parquet"
    return evaluate(
        pq.read_table(
            out / "pairs.parquet",
            columns=["record_id_l", "record_id_r", "match_weight", "match_probability"],
        ),
        tables[0],
        truth_right=tables[1] if len(tables) > 1 else None,
        clusters=pq.read_table(clusters) if clusters.exists() and len(tables) == 1 else None,
        n_candidate_pairs=summary.get("n_candidate_pairs"),
        n_true_candidate_pairs=summary.get("n_true_candidate_pairs"),
    )


def read_json(path: Path) -> dict[str, Any]:
    """The content of a JSON file, empty when it is not there."""
    return json.loads(path.read_text()) if path.exists() else {}


def compare(
    register: Path,
    out: Path,
    *,
    without: list[str],
    python: str,
    model: Path | None = None,
    sides: tuple[str, ...] = ("linkage", "splink"),
    repeat: int = 1,
    warm_up: bool = False,
    loosened: bool = False,
) -> list[dict[str, Any]]:
    """Run the sides in turns and evaluate what the last run of each has written."""
    out.mkdir(parents=True, exist_ok=True)
    rows = datasets.without(register, [*without, "entity"])

    def run_side(side: str) -> dict[str, Any]:
        if side == "linkage":
            return run_linkage([rows], out / side, model=model)
        more = ["--loosened"] if loosened else []
        return run_splink(python, "splink_dedupe", [str(rows), str(out / side), *more])

    measured: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for _ in range(repeat):
        for side in sides:
            measured[side].append([run_side(side) for _ in range(1 + warm_up)][-1])
    runs = [median_run(of_side) for of_side in measured.values()]
    for run in runs:
        written = "summary.json" if run["name"] == "linkage" else "timing.json"
        run["summary"] = read_json(out / run["name"] / written)
        result = read_evaluation(out / run["name"], [register], run["summary"])
        run["evaluation"] = result.to_dict()
    return runs


def median_run(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run whose time is the median of all, with the times of the others; peak memory is the highest."""
    walls = [run["wall_seconds"] for run in runs]
    chosen = runs[walls.index(sorted(walls)[(len(walls) - 1) // 2])]
    peak = max(run["peak_rss_bytes"] for run in runs)
    return {**chosen, "peak_rss_bytes": peak, "wall_seconds_of_runs": walls}


def markdown(runs: list[dict[str, Any]]) -> str:
    """One column per run, one row per measure."""
    lines = [
        "| | " + " | ".join(run["name"] for run in runs) + " |",
        "|---" * (len(runs) + 1) + "|",
    ]
    lines += [f"| {name} | " + " | ".join(cell(r) for r in runs) + " |" for name, cell in ROWS]
    return "\n".join(lines) + "\n"


def missing(python: str, modules: list[str]) -> list[str]:
    """What to say of a peer whose interpreter lacks a module; nothing when all are there."""
    if is_installed(python, modules):
        return []
    return [f"{modules[0]} was not run: {python} does not have {', '.join(modules)}"]


def write_report(out: Path, title: str, runs: list[dict[str, Any]]) -> None:
    """Print the table; write it and everything behind it beside the results."""
    about = {
        "title": title,
        "machine": describe_machine(),
        "versions": describe_versions("linkage", "numpy", "pyarrow", "splink", "duckdb"),
        "commit": describe_commit(),
        "load_average": os.getloadavg(),
    }
    table = f"## {title}\n\n{markdown(runs)}"
    print(table)
    (out / "comparison.md").write_text(table)
    write_json(out / "comparison.json", {**about, "runs": runs})


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _at(run: dict[str, Any], probability: str, measure: str) -> str:
    return f"{run['evaluation']['at_probability'][probability][measure]:.5f}"


def _cluster(run: dict[str, Any], measure: str) -> str:
    clusters = run["evaluation"]["clusters"]
    if clusters is None:
        return "–"
    value = clusters[measure]
    return f"{value:,}" if isinstance(value, int) else f"{value:.5f}"


def main() -> None:
    """Compare on one register."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", default="", help="columns to leave out, comma-separated")
    parser.add_argument("--peers-python", help="interpreter that has Splink")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--only", choices=["linkage", "splink"])
    parser.add_argument("--repeat", type=int, default=1, help="runs of each side, in turns")
    parser.add_argument("--warm-up", action="store_true", help="an uncounted run before each counted one")
    parser.add_argument("--loosened", action="store_true", help="further blocking rules for Splink")
    options = parser.parse_args()
    without = [column for column in options.without.split(",") if column]
    runs = compare(
        options.register,
        options.out,
        without=without,
        python=peers_python(options.peers_python),
        model=options.model,
        sides=(options.only,) if options.only else ("linkage", "splink"),
        repeat=max(options.repeat, 1),
        warm_up=options.warm_up,
        loosened=options.loosened,
    )
    n_records = pq.read_metadata(options.register).num_rows
    title = f"{n_records:,} records" + (f", without {options.without}" if without else "")
    title += ", Splink's rules loosened" if options.loosened else ""
    title += ", each run after one that is not counted" if options.warm_up else ""
    write_report(options.out, title, runs)


if __name__ == "__main__":
    main()
