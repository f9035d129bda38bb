"""Tables of many countries and kinds -> how well the defaults do: one row a table.

    python -m benchmarks.compare_foreign [OUT.md] [--tables us_voters,spain] [--seed 1] [--records N]
        [--peers-python /path/to/python/with/splink]

Nothing is tuned and nothing is told: the schema is detected, the model trains without labels. Measured are
the columns found, pairs completeness, best F1 over all thresholds (of match_probability), F1 at .95, and the
worst tenth of probability with 100 pairs or more (said minus true share). With `--peers-python` Splink runs
on the same tables by one recipe (`splink_foreign.py`); it is told what each column is.
"""

import argparse
import json
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

import linkage
from benchmarks.foreign.peer import run_splink
from benchmarks.foreign.tables import TABLES, make_table
from linkage.evaluation import evaluate

Array = npt.NDArray[np.float64]
ENOUGH = 100
"""Pairs from which a tenth of probability is judged."""


@dataclass(frozen=True)
class Score:
    """What one run came to; shares of all true pairs."""

    n_true_pairs: int
    completeness: float
    best: float
    at_95: float
    precision: float
    recall: float
    calibration: str


def score(pairs: pa.Table, tables: list[pa.Table]) -> Score:
    """Pairs with their probabilities against the truth."""
    truth = [t.select(["record_id", "entity"]) for t in tables]
    found = evaluate(
        pairs.select(["record_id_l", "record_id_r", "match_weight", "match_probability"]),
        truth[0],
        truth_right=truth[1] if len(truth) > 1 else None,
    )
    by_probability = evaluate(
        pa.table(
            {
                "record_id_l": pairs["record_id_l"],
                "record_id_r": pairs["record_id_r"],
                "match_weight": np.float64(100) * pairs["match_probability"].to_numpy(),
                "match_probability": pairs["match_probability"],
            }
        ),
        truth[0],
        truth_right=truth[1] if len(truth) > 1 else None,
    )
    at = found.at_probability[0.95]
    tenths = [t for t in found.calibration if t.n_pairs >= ENOUGH]
    worst = max(tenths, key=lambda t: abs(t.mean_match_probability - t.true_share), default=None)
    return Score(
        found.n_true_pairs,
        found.n_pairs_true / max(found.n_true_pairs, 1),
        max(found.best.f1, by_probability.best.f1, at.f1),
        at.f1,
        at.precision,
        at.recall,
        ""
        if worst is None
        else f"{worst.mean_match_probability - worst.true_share:+.2f} at {worst.begin:.1f} ({worst.n_pairs})",
    )


def run_linkage(tables: list[pa.Table]) -> tuple[Score, dict[str, Any], linkage.Result]:
    """The defaults on one table or two."""
    begin = time.perf_counter()
    inputs = [t.drop_columns(["entity"]) for t in tables]
    result = linkage.dedupe(inputs[0]) if len(inputs) == 1 else linkage.link(*inputs)
    found = score(result.pairs, tables)
    about = {
        "seconds": time.perf_counter() - begin,
        "fields": [f"{f.name}:{f.kind}" for f in result.resolution.records.schema.fields],
        "one_to_one": result.summary.get("one_to_one"),
    }
    return found, about, result


def run_peer(result: linkage.Result, tables: list[pa.Table], python: str) -> Score | str:
    """Splink on the same tables, or what it stopped with."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return score(run_splink(result, tables, python, Path(folder)), tables)
        except subprocess.CalledProcessError as error:
            return error.stderr.strip().rpartition("\n")[2][:60]


def line(name: str, n_records: int, found: Score, about: dict[str, Any], peer: Score | str | None) -> str:
    """One row of the table."""
    cells = [
        name, f"{n_records:,}", f"{found.n_true_pairs:,}", f"{found.completeness:.4f}", f"{found.best:.4f}",
        f"{found.at_95:.4f}", f"{found.precision:.4f}", f"{found.recall:.4f}", found.calibration,
        f"{about['seconds']:.1f}",
    ]  # fmt: skip
    if isinstance(peer, Score):
        cells += [f"{peer.completeness:.4f}", f"{peer.best:.4f}", f"{peer.at_95:.4f}"]
    elif peer is not None:
        cells += ["", peer, ""]
    return "| " + " | ".join(cells) + " |"


def means(scores: Array, peers: Array) -> list[str]:
    """Over all tables, and over those that Splink finished."""
    found = [
        f"mean of {len(scores)} tables: best F1 {scores[:, 0].mean():.4f}, at .95 {scores[:, 1].mean():.4f}"
    ]
    both = ~np.isnan(peers[:, 0])
    if both.any():
        ours, theirs = scores[both].mean(axis=0), peers[both].mean(axis=0)
        better = np.count_nonzero(scores[both] >= peers[both], axis=0)
        found.append(
            f"of {both.sum()} beside Splink: best F1 {ours[0]:.4f} against {theirs[0]:.4f} (as good or better"
            f" on {better[0]}), at .95 {ours[1]:.4f} against {theirs[1]:.4f} ({better[1]})"
        )
    return found


def main() -> None:
    """Compare on every kind of table, or on those asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int)
    parser.add_argument("--peers-python", help="interpreter that has Splink")
    parser.add_argument("--fields", action="store_true", help="show what each column was taken for")
    options = parser.parse_args()
    heads = ["table", "records", "true pairs", "completeness", "best F1", "F1 at .95", "precision", "recall",
             "worst tenth", "s"]  # fmt: skip
    if options.peers_python:
        heads += ["Splink: completeness", "best F1", "F1 at .95"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    print("\n".join(lines), flush=True)
    scores, peers = [], []
    for name in options.tables.split(","):
        tables = make_table(name, records=options.records, seed=options.seed)
        try:
            found, about, result = run_linkage(tables)
        except linkage.LinkageError as error:
            print(f"| {name} | {type(error).__name__}: {error} |", flush=True)
            continue
        peer = run_peer(result, tables, options.peers_python) if options.peers_python else None
        lines.append(line(name, sum(t.num_rows for t in tables), found, about, peer))
        print(lines[-1], flush=True)
        if options.fields:
            print("    ", " ".join(about["fields"]), about["one_to_one"], flush=True)
        scores.append((found.best, found.at_95))
        peers.append((peer.best, peer.at_95) if isinstance(peer, Score) else (np.nan, np.nan))
    lines.extend(means(np.array(scores), np.array(peers)))
    print("\n".join(lines[-2:]))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")
        options.out.with_suffix(".json").write_text(json.dumps(scores))


if __name__ == "__main__":
    main()
