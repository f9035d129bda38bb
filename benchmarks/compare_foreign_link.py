"""Tables of many countries cut in two -> how well the defaults link the two: a row a table and way to cut.

    python -m benchmarks.compare_foreign_link OUT.md [--tables us_voters,spain] [--cuts apart,renamed]
        [--seed 1] [--records N] [--peers-python /path/to/python/with/splink]

How tables are cut is in `foreign/cuts.py`. Nothing is told: both schemas are detected and matched, the model
trains on the two tables. Measured are best F1 over all thresholds, F1 at .95, and whether one partner each
was taken to hold, which is right for a cut `apart`. Splink links the same columns by its recipe.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

import linkage
from benchmarks.compare_foreign import Score, run_linkage, run_peer
from benchmarks.foreign.cuts import CUTS, cut
from benchmarks.foreign.tables import TABLES

SMALL = [name for name, table in TABLES.items() if not table.link and table.records <= 5000]
HEADS = ("table", "cut", "left", "right", "true pairs", "completeness", "best F1", "F1 at .95", "precision",
         "recall", "one to one", "s", "fields")  # fmt: skip
PEER_HEADS = ("Splink: completeness", "best F1", "F1 at .95")


def row(name: str, how: str, tables: list[Any], found: Score, about: dict[str, Any]) -> list[str]:
    """The cells of one run."""
    return [
        name, how, f"{tables[0].num_rows:,}", f"{tables[1].num_rows:,}", f"{found.n_true_pairs:,}",
        f"{found.completeness:.4f}", f"{found.best:.4f}", f"{found.at_95:.4f}", f"{found.precision:.4f}",
        f"{found.recall:.4f}", str(about["one_to_one"]), f"{about['seconds']:.1f}", str(len(about["fields"])),
    ]  # fmt: skip


def means(scores: dict[str, list[tuple[float, ...]]]) -> list[str]:
    """A line a way to cut: ours over all tables, and beside Splink where it ran."""
    lines = []
    for how, values in scores.items():
        array = np.array(values)
        text = (
            f"{how}: {len(array)} tables, best F1 {array[:, 0].mean():.4f}, at .95 {array[:, 1].mean():.4f}"
        )
        both = array[~np.isnan(array[:, 2])]
        if len(both):
            ours, theirs = both[:, :2].mean(axis=0), both[:, 2:].mean(axis=0)
            better = np.count_nonzero(both[:, :2] >= both[:, 2:], axis=0)
            text += (
                f"; of {len(both)} beside Splink {ours[0]:.4f} against {theirs[0]:.4f} (as good or better on"
                f" {better[0]}), at .95 {ours[1]:.4f} against {theirs[1]:.4f} ({better[1]})"
            )
        lines.append(text)
    return lines


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tables", default=",".join(SMALL))
    parser.add_argument("--cuts", default=",".join(CUTS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int)
    parser.add_argument("--peers-python", help="interpreter that has Splink")
    parser.add_argument("--fields", action="store_true", help="show what each column was taken for")
    return parser.parse_args()


def main() -> None:
    """Link every table in every way asked for."""
    options = parse()
    heads = [*HEADS, *(PEER_HEADS if options.peers_python else ())]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    scores: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for name in options.tables.split(","):
        for how in options.cuts.split(","):
            try:
                tables = cut(name, how, records=options.records, seed=options.seed)
            except ValueError:  # nothing to rewrite
                continue
            try:
                found, about, result = run_linkage(tables)
            except linkage.LinkageError as error:
                print(f"| {name} | {how} | {type(error).__name__}: {error} |", flush=True)
                scores[how].append((0.0, 0.0, np.nan, np.nan))
                continue
            cells = row(name, how, tables, found, about)
            peer = run_peer(result, tables, options.peers_python) if options.peers_python else None
            theirs = (np.nan, np.nan)
            if isinstance(peer, Score):
                cells += [f"{peer.completeness:.4f}", f"{peer.best:.4f}", f"{peer.at_95:.4f}"]
                theirs = (peer.best, peer.at_95)
            elif peer is not None:
                cells += ["", peer, ""]
            lines.append("| " + " | ".join(cells) + " |")
            print(lines[-1], flush=True)
            if options.fields:
                print("    ", " ".join(about["fields"]), flush=True)
            scores[how].append((found.best, found.at_95, *theirs))
    lines += ["", *means(scores)]
    print("\n".join(means(scores)))
    options.out.write_text("\n".join(lines) + "\n")
    options.out.with_suffix(".json").write_text(json.dumps(scores))


if __name__ == "__main__":
    main()
