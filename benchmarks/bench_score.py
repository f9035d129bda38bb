"""Candidate pairs per second and core, by rule and in all, with every comparison of the schema.

What is measured: `Scorer.score_blocks` on one thread over the blocks of a register (best of three), sketches
included once; then the same without sketches, and that both find the same pairs with the same weights.
Reading, encoding, blocking and training come before and are not measured. The floor of a pair:
`python -m benchmarks.kernels OUT -k "sketches or candidates"`.

A run's own rules are refined until one pair of thirty is found, and what is found costs most. With
`--whole-blocks` three plain rules are taken instead, whose blocks are left as they are: date of birth and
given name, name and province, mother's and given name. Of 11 million records these are half a billion
pairs, nearly all of them hopeless.

With `--every-pair` all pairs of some people's records are scored instead, as those of a small table are.

Command: python -m benchmarks.bench_score REGISTER [--whole-blocks | --every-pair]
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.blocking.blocks import Blocks, build_blocks
from linkage.deduplication import dedupe
from linkage.every_pair import score_everything
from linkage.predict import sketch
from linkage.resolve import FLOOR, Resolution
from linkage.schema import block_on

REPEATS, LONG = 3, 100_000_000
"""How often a rule is timed; pairs from which on once tells enough."""
SMALL = 6_300
"""People of whose records every pair is scored."""
WHOLE = (
    block_on("date_of_birth", "full_name.given"),
    block_on("full_name", "province"),
    block_on("mother_name", "full_name.given"),
)


def timed(found: Resolution, blocks: Blocks, rule: int) -> tuple[float, tuple[Any, ...]]:
    """Processor seconds of one rule, the best of a few, and its answer."""
    packed = blocks.rules[rule].packed
    best = float("inf")
    for _ in range(REPEATS if blocks.rules[rule].n_pairs < LONG else 1):
        started = time.process_time()
        answer = found.scorer.score_blocks(packed, found.records.n_left, FLOOR)
        best = min(best, time.process_time() - started)
    found.scorer.know(*answer[:2])
    return best, answer


def time_every_pair(register: str) -> None:
    """Print what all pairs of a small table take, on one thread."""
    table = pq.read_table(register)
    some = pc.is_in(table["entity"], value_set=table["entity"].unique()[:SMALL])
    found = dedupe(table.filter(some), threads=2).resolution
    best = float("inf")
    for _ in range(REPEATS):
        started = time.process_time()
        pairs = score_everything(found.records, found.scorer, found.comparisons, floor=FLOOR, threads=1)
        best = min(best, time.process_time() - started)
    n = pairs.n_scored
    print(
        f"every pair of {SMALL:,} records: {n:,} pairs, {len(pairs.left):,} found, {n / best / 1e6:.1f} M/s"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("register")
    parser.add_argument("--whole-blocks", action="store_true")
    parser.add_argument("--every-pair", action="store_true")
    options = parser.parse_args()
    if options.every_pair:
        time_every_pair(options.register)
        return
    found = dedupe(options.register, threads=2).resolution
    blocks = found.blocks
    if blocks is None:
        sys.exit(f"{options.register}: so few records that all pairs are scored; expected a larger register")
    if options.whole_blocks:
        n = found.records.n_records
        blocks = build_blocks(found.records, WHOLE, threads=2, pairs_per_record=n, largest_block=n)
    rules = range(len(blocks.rules))
    found.scorer.drop_sketches()  # those of the run
    plain = [timed(found, blocks, k) for k in rules]
    found.scorer.forget()
    started = time.process_time()
    sketch(found.scorer, found.records.n_records, threads=1)
    seconds = time.process_time() - started
    print(f"{'rule':64s} {'pairs':>11s} {'found':>9s} {'M/s':>6s} {'without sketches':>17s}")
    total, n_pairs, total_plain = seconds, 0, 0.0
    for k in rules:
        took, answer = timed(found, blocks, k)
        for ours, theirs in zip(answer[:4], plain[k][1][:4], strict=True):
            np.testing.assert_array_equal(ours, theirs)
        n, name = answer[4], blocks.rules[k].rule.name
        print(f"{name:64s} {n:11,d} {len(answer[0]):9,d} {n / took / 1e6:6.1f} {n / plain[k][0] / 1e6:17.1f}")
        total, n_pairs, total_plain = total + took, n_pairs + n, total_plain + plain[k][0]
    print(f"sketches of {found.records.n_records:,} rows: {seconds:.3f} s")
    rates = f"{n_pairs / total / 1e6:6.1f} {n_pairs / total_plain / 1e6:17.1f}"
    print(f"{'all, with the sketches':64s} {n_pairs:11,d} {'':9s} {rates}")


if __name__ == "__main__":
    main()
