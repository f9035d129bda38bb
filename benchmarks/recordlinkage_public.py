"""FEBRL 3, FEBRL 4 (link) and fake_1000 -> pairs by recordlinkage, as its documentation advises.

    python -m benchmarks.recordlinkage_public febrl3 OUT [--without soc_sec_id]

Run with the interpreter that has recordlinkage. Candidates come from the union of several blocking and
sorted-neighbourhood indexes, the comparisons are those of its guides to these very sets (Jaro-Winkler and
Damerau-Levenshtein at .85, exact), and the pairs are weighed without labels by its ECMClassifier (binary
Fellegi-Sunter by expectation maximisation), which gives the probabilities. Writes pairs.parquet, timing.json.
"""

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import recordlinkage

from benchmarks import datasets
from benchmarks.measure import Stopwatch, write_json

Comparisons = list[tuple[str, str, str | None]]
"""Kind, column, and the string method."""

FEBRL_BLOCKS = ["soc_sec_id", "date_of_birth", "given_name", "surname", "postcode", "address_1", "suburb"]
FEBRL_NEIGHBOURS = ["surname", "given_name"]
FEBRL: Comparisons = [
    ("string", "given_name", "jarowinkler"),
    ("string", "surname", "jarowinkler"),
    ("string", "date_of_birth", "damerau_levenshtein"),
    ("string", "suburb", "jarowinkler"),
    ("exact", "state", None),
    ("string", "address_1", "levenshtein"),
    ("exact", "postcode", None),
    ("exact", "street_number", None),
    ("string", "soc_sec_id", "damerau_levenshtein"),
]
FAKE_BLOCKS = ["first_name", "surname", "dob", "email"]
FAKE_NEIGHBOURS = ["surname"]
FAKE: Comparisons = [
    ("string", "first_name", "jarowinkler"),
    ("string", "surname", "jarowinkler"),
    ("string", "dob", "damerau_levenshtein"),
    ("string", "city", "jarowinkler"),
    ("string", "email", "jarowinkler"),
]
THRESHOLD = 0.85


def candidates(frames: list[pd.DataFrame], blocks: list[str], neighbours: list[str]) -> Any:
    """Pairs that share a block or are neighbours in a sorted column."""
    indexer = recordlinkage.Index()
    for column in blocks:
        indexer.block(column)
    for column in neighbours:
        indexer.sortedneighbourhood(column, window=5)
    return indexer.index(*frames)


def compare(pairs: Any, frames: list[pd.DataFrame], comparisons: Comparisons) -> pd.DataFrame:
    """Binary agreement of each pair, a column a field."""
    comparer = recordlinkage.Compare(n_jobs=1)
    for kind, column, method in comparisons:
        if kind == "string":
            comparer.string(column, column, method=method, threshold=THRESHOLD, label=column)
        else:
            comparer.exact(column, column, label=column)
    return comparer.compute(pairs, *frames)


def read(path: Path, without: list[str]) -> pd.DataFrame:
    """A set as recordlinkage takes it: the record id as index, no truth."""
    table = pq.read_table(path).drop_columns(["entity", *without])
    return table.to_pandas().set_index("record_id")


def main() -> None:
    """Run one data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=["febrl3", "febrl4", "fake_1000"])
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", default="", help="columns to leave out, comma-separated")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    dropped = [column for column in options.without.split(",") if column]
    paths = getattr(datasets, options.name)()
    is_fake = options.name == "fake_1000"
    blocks, neighbours = (FAKE_BLOCKS, FAKE_NEIGHBOURS) if is_fake else (FEBRL_BLOCKS, FEBRL_NEIGHBOURS)
    comparisons = [c for c in (FAKE if is_fake else FEBRL) if c[1] not in dropped]
    watch = Stopwatch()
    with watch.step("read"):
        frames = [read(path, dropped) for path in ([paths] if isinstance(paths, Path) else paths)]
    with watch.step("index"):
        pairs = candidates(frames, [column for column in blocks if column not in dropped], neighbours)
    with watch.step("compare"):
        features = compare(pairs, frames, comparisons)
    with watch.step("classify"):
        classifier = recordlinkage.ECMClassifier()
        classifier.fit(features)
        probability = np.clip(classifier.prob(features).to_numpy(), 1e-12, 1 - 1e-12)
    with watch.step("write"):
        options.out.mkdir(parents=True, exist_ok=True)
        left, right = (pa.array(pairs.get_level_values(i).astype(str)) for i in (0, 1))
        weight = np.log2(probability / (1 - probability))
        names = ["record_id_l", "record_id_r", "match_weight", "match_probability"]
        table = pa.table([left, right, pa.array(weight), pa.array(probability)], names)
        pq.write_table(table.filter(pa.array(probability > 0.001)), options.out / "pairs.parquet")
    write_json(options.out / "timing.json", {**watch.to_dict(), "n_candidate_pairs": len(pairs)})


if __name__ == "__main__":
    main()
