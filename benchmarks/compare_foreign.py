"""Tables of many countries and kinds -> how well the defaults do: one row a table.

    python -m benchmarks.compare_foreign [OUT.md] [--tables us_voters,spain] [--seed 1] [--records N]

Nothing is tuned and nothing is told: the schema is detected, the model trains without labels. Measured are
the columns found, pairs completeness, best F1 over all thresholds (of match_probability), F1 at .95, and the
worst tenth of probability with 100 pairs or more (said minus true share).
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import linkage
from benchmarks.foreign.tables import TABLES, make_table
from linkage.evaluation import evaluate

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


def run_linkage(tables: list[pa.Table]) -> tuple[Score, dict[str, Any]]:
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
    return found, about


def line(name: str, n_records: int, found: Score, about: dict[str, Any]) -> str:
    """One row of the table."""
    cells = [
        name, f"{n_records:,}", f"{found.n_true_pairs:,}", f"{found.completeness:.4f}", f"{found.best:.4f}",
        f"{found.at_95:.4f}", f"{found.precision:.4f}", f"{found.recall:.4f}", found.calibration,
        f"{about['seconds']:.1f}",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Compare on every kind of table, or on those asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int)
    parser.add_argument("--fields", action="store_true", help="show what each column was taken for")
    options = parser.parse_args()
    heads = ["table", "records", "true pairs", "completeness", "best F1", "F1 at .95", "precision", "recall",
             "worst tenth", "s"]  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    print("\n".join(lines), flush=True)
    scores = []
    for name in options.tables.split(","):
        tables = make_table(name, records=options.records, seed=options.seed)
        try:
            found, about = run_linkage(tables)
        except linkage.LinkageError as error:
            print(f"| {name} | {type(error).__name__}: {error} |", flush=True)
            continue
        lines.append(line(name, sum(t.num_rows for t in tables), found, about))
        print(lines[-1], flush=True)
        if options.fields:
            print("    ", " ".join(about["fields"]), about["one_to_one"], flush=True)
        scores.append((found.best, found.at_95))
    mean = np.mean(scores, axis=0)
    lines.append(f"mean of {len(scores)} tables: best F1 {mean[0]:.4f}, F1 at .95 {mean[1]:.4f}")
    print(lines[-1])
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")
        options.out.with_suffix(".json").write_text(json.dumps(scores))


if __name__ == "__main__":
    main()
