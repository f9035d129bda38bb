"""Candidate pairs per second and core, by rule and in all, with every comparison of the schema.

What is measured: `Scorer.score_blocks` on one thread over the blocks of a register (best of three), sketches
included once; then the same without sketches, and that both find the same pairs with the same weights.
Reading, encoding, blocking and training come before and are not measured. The floor of a pair:
`python -m benchmarks.kernels OUT -k "sketches or candidates"`.

Command: python -m benchmarks.bench_score REGISTER [TRUTH_COLUMN]
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from linkage.deduplication import dedupe
from linkage.predict import sketch
from linkage.resolve import FLOOR, Resolution

REPEATS = 3


def timed(found: Resolution, rule: int) -> tuple[float, tuple[Any, ...]]:
    """Processor seconds of one rule, the best of a few, and its answer."""
    assert found.blocks is not None
    packed = found.blocks.rules[rule].packed
    best = float("inf")
    for _ in range(REPEATS):
        started = time.process_time()
        answer = found.scorer.score_blocks(packed, found.records.n_left, FLOOR)
        best = min(best, time.process_time() - started)
    found.scorer.know(*answer[:2])
    return best, answer


def main(path: str, truth: str | None = None) -> None:
    """Print the table."""
    found = dedupe(path, truth=truth, threads=2).resolution
    if found.blocks is None:
        sys.exit(f"{path}: so few records that all pairs are scored; expected a larger register")
    rules = range(len(found.blocks.rules))
    found.scorer.drop_sketches()  # those of the run
    plain = [timed(found, k) for k in rules]
    found.scorer.forget()
    started = time.process_time()
    sketch(found.scorer, found.records.n_records, threads=1)
    seconds = time.process_time() - started
    print(f"{'rule':64s} {'pairs':>10s} {'M/s':>7s} {'M/s without sketches':>21s}")
    total, n_pairs, total_plain = seconds, 0, 0.0
    for k in rules:
        took, answer = timed(found, k)
        for ours, theirs in zip(answer[:4], plain[k][1][:4], strict=True):
            np.testing.assert_array_equal(ours, theirs)
        n, name = answer[4], found.blocks.rules[k].rule.name
        print(f"{name:64s} {n:10,d} {n / took / 1e6:7.1f} {n / plain[k][0] / 1e6:21.1f}")
        total, n_pairs, total_plain = total + took, n_pairs + n, total_plain + plain[k][0]
    print(f"sketches of {found.records.n_records:,} rows: {seconds:.3f} s")
    print(
        f"{'all, with the sketches':64s} {n_pairs:10,d} {n_pairs / total / 1e6:7.1f}"
        f" {n_pairs / total_plain / 1e6:21.1f}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:3])
