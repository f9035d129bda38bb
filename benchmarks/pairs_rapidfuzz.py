"""RapidFuzz as a peer of pair similarity: names and pairs of them -> a score a pair and nanoseconds.

    python -m benchmarks.pairs_rapidfuzz NAMES PAIRS OUT.json

Runs in the peers' interpreter. Names are folded as for the look-up peers (that is the preparation); pairs
are scored by `process.cpdist`, which its documentation gives for element-wise pairs: no Python a pair;
all pairs of two lists by `process.cdist`, its fastest way (SIMD, several names at once).
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from benchmarks.measure import best, write_json
from benchmarks.pairs import REPEATS, SIDE, separation
from benchmarks.peer_run import fold

SCORERS = {
    "ratio": fuzz.ratio,
    "Levenshtein": Levenshtein.normalized_similarity,
    "Jaro-Winkler": JaroWinkler.normalized_similarity,
    "token sort ratio": fuzz.token_sort_ratio,
    "WRatio": fuzz.WRatio,
}


def main() -> None:
    """Score all pairs with each scorer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    names = pq.read_table(options.names)["full_name"].to_pylist()
    begin = time.perf_counter()
    folded = [fold(name or "") for name in names]
    prepare = time.perf_counter() - begin
    pairs = pq.read_table(options.pairs)
    left, right = ([folded[i] for i in pairs[side].to_pylist()] for side in ("left", "right"))
    is_match = pairs["is_match"].to_numpy()
    first, second = left[-SIDE:], right[-SIDE:]
    runs = []
    for name, scorer in SCORERS.items():
        scores = process.cpdist(left, right, scorer=scorer, workers=1)
        seconds = best(REPEATS, lambda by=scorer: process.cpdist(left, right, scorer=by, workers=1))
        several = best(REPEATS, lambda by=scorer: process.cdist(first, second, scorer=by, workers=1))
        runs.append(
            {
                "name": f"RapidFuzz {name}",
                "seconds_a_pair": seconds / len(left),
                "seconds_a_pair_of_all": several / len(first) / len(second),
                "prepare_seconds_a_name": prepare / len(names),
                **separation(np.asarray(scores, np.float64), is_match),
            }
        )
    write_json(options.out, {"runs": runs})


if __name__ == "__main__":
    main()
