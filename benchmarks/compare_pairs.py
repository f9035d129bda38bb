"""A register -> linkage's name comparison and RapidFuzz's scorers on the same pairs: nanoseconds, recall.

    python -m benchmarks.compare_pairs REGISTER OUT [--strangers 1000000] [--peers-python PYTHON]

Pairs are each person's records and random strangers, by their full names alone, one thread. Preparation
(folding; for linkage also the dictionary and how rare names are) is timed by the name, scoring by the pair;
of three runs the shortest. Recall is of pairs of one person above the score that one stranger in a thousand
reaches. linkage's weights come from a model trained on the register without labels. Writes results.json.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import linkage
from benchmarks import datasets
from benchmarks.compare_dedupe import missing
from benchmarks.compare_lookup import run_step
from benchmarks.measure import peers_python, save_result
from benchmarks.pairs import FALSE_RATE, draw_pairs
from benchmarks.tables import pairs_table


def compare(register: Path, out: Path, *, strangers: int, python: str) -> list[dict[str, Any]]:
    """Draw the pairs, let both sides score them in processes of their own."""
    out.mkdir(parents=True, exist_ok=True)
    pairs, model = out / "pairs.parquet", out / "model.json"
    pq.write_table(draw_pairs(register, strangers=strangers), pairs)
    linkage.train(datasets.without(register, ["entity"])).save(model)
    run_step(sys.executable, "pairs_linkage", register, pairs, model, out / "linkage.json")
    files = ["linkage.json"]
    for line in missing(python, ["rapidfuzz"]):
        print(line)
        return json.loads((out / files[0]).read_text())["runs"]
    run_step(python, "pairs_rapidfuzz", register, pairs, out / "rapidfuzz.json")
    return [
        run for file in [*files, "rapidfuzz.json"] for run in json.loads((out / file).read_text())["runs"]
    ]


def main() -> None:
    """Compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--strangers", type=int, default=1_000_000)
    parser.add_argument("--peers-python", help="interpreter that has RapidFuzz")
    options = parser.parse_args()
    python = peers_python(options.peers_python)
    runs = compare(options.register, options.out, strangers=options.strangers, python=python)
    n_records = pq.read_metadata(options.register).num_rows
    save_result(options.out, "results", {"n_records": n_records, "false_rate": FALSE_RATE, "runs": runs})
    print(pairs_table(runs))


if __name__ == "__main__":
    main()
