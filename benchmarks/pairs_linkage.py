"""linkage's side of pair similarity: names and pairs of them -> levels and weights, and nanoseconds.

    python -m benchmarks.pairs_linkage NAMES PAIRS MODEL OUT.json

The comparison of names alone, with the weights that a model trained without labels gives its levels and
rare names.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.measure import best, write_json
from benchmarks.pairs import REPEATS, SIDE, separation
from linkage import Model, Schema
from linkage._kernels.score import Scorer
from linkage.comparison.program import comparisons_of, make_scorer
from linkage.fields.batch import encode_records
from linkage.model.model import ComparisonParameters
from linkage.model.term_frequencies import term_frequencies
from linkage.model.weights import weight_tables
from linkage.tables.opening import open_source

NAME = "full_name"


def names_only(model: Model) -> Model:
    """The model's name comparison by itself, as when nothing is known of what it depends on."""
    item = next(c for c in model.comparisons if c.name == NAME)
    alone = ComparisonParameters(NAME, None, item.m[:1], item.u[:1], item.family[:, :1], item.centre)
    schema = Schema(tuple(f for f in model.schema.fields if f.name == NAME))
    return Model(schema, [alone], model.probability_two_random_records_match, model.relatives, {})


def prepare(names: Path, model: Model) -> Scorer:
    """Encode all names and count how rare each is."""
    source = open_source(pq.read_table(names, columns=[NAME]))
    records = encode_records([source], [{NAME: NAME}], model.schema, threads=1)
    comparisons = comparisons_of(records.schema)
    frequencies = term_frequencies(records, comparisons)
    tables = weight_tables(model, comparisons, frequencies)
    scorer = make_scorer(
        records, comparisons, parents=tables.parents, bases=tables.bases, term_frequencies=frequencies
    )
    scorer.set_weights(tables.prior, tables.weights, tables.most, tables.weighs_rarity)
    return scorer


def main() -> None:
    """Score all pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    begin = time.perf_counter()
    scorer = prepare(options.names, names_only(Model.load(options.model)))
    preparing = time.perf_counter() - begin
    pairs = pq.read_table(options.pairs)
    left, right = (pairs[side].to_numpy().astype(np.uint32) for side in ("left", "right"))
    weight, gamma = np.empty(len(left), np.int32), np.empty(len(left), np.uint64)
    seconds = best(REPEATS, lambda: scorer.score_pairs(left, right, weight, gamma))
    first, second = (a.ravel() for a in np.meshgrid(left[-SIDE:], right[-SIDE:], indexing="ij"))
    weights, gammas = np.empty(len(first), np.int32), np.empty(len(first), np.uint64)
    several = best(REPEATS, lambda: scorer.score_pairs(first, second, weights, gammas))
    n_names = pq.read_metadata(options.names).num_rows
    run = {
        "name": "linkage levels and weights",
        "seconds_a_pair": seconds / len(left),
        "seconds_a_pair_of_all": several / len(first),
        "prepare_seconds_a_name": preparing / n_names,
        **separation(weight.astype(np.float64), pairs["is_match"].to_numpy()),
    }
    write_json(options.out, {"runs": [run]})


if __name__ == "__main__":
    main()
