"""Pairs of rows -> levels and weights; agreement patterns -> the expectations of EM.

Item: a pair, or a record whose sketch is made, or a pattern. Floor of candidate pairs: each record of a
block brings its sketch (128 bytes, two cache lines) from a random place, and each pair is 30 instructions:
six loads of 32 bytes, as many compares and adds; those that are found bring both full rows and their texts'
values. Floor of random pairs: both full rows come from random places.

Candidate pairs are those of the rules that a run over this register takes, 15 of the preset's 27 at 330,000
records. Sketches are made for each record and matches compared in full, and the more records, the more
pairs are beside them: what a candidate pair costs falls with the register's size (2 a record at 330,000
records, 2.7 at 1.1 million).
"""

from __future__ import annotations

import numpy as np

from benchmarks.floors import Work
from benchmarks.kernels.conftest import Step
from linkage._kernels.expectation import expectation
from linkage.blocking.blocks import build_blocks
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.predict import ScoredPairs, score_candidates, sketch
from linkage.resolve import FLOOR, Resolution

INSTRUCTIONS_A_PAIR = 30
SKETCH_LINES = 2
RANDOM_PAIRS = 200_000


def bench_sketches(step: Step, records: EncodedRecords, resolution: Resolution) -> None:
    """Sketches of all rows, from which hopeless pairs are seen."""
    n = records.n_records
    step(
        "sketches",
        lambda: sketch(resolution.scorer, n, threads=1),
        n=n,
        item="record",
        work=Work(
            read_bytes=records.rows.nbytes,
            written_bytes=128 * n,
            random_reads=tuple((n, values) for values in _value_bytes(resolution)),
            counts="rows read, 128 bytes written, a line for each text's value",
        ),
    )


def bench_candidates(step: Step, records: EncodedRecords, resolution: Resolution) -> None:
    """Candidate pairs of a run, each scored by the first rule that finds it, sketches too; one thread."""
    of_run = resolution.blocks.rules if resolution.blocks else ()
    rules = [one.rule for one in of_run] or records.schema.blocking_rules
    blocks = build_blocks(records, rules, threads=1)
    in_blocks = sum(len(rule.packed) for rule in blocks.rules)
    room = blocks.room

    def score() -> ScoredPairs:
        blocks.room = room  # as in a run: sketches lie where keys were, in pages that are cleared already
        return score_candidates(records, resolution.scorer, blocks, len(rules), floor=FLOOR, threads=1)

    n, found = records.n_records, score()
    n_found = len(found.left)
    step(
        "levels and weights, candidate pairs",
        score,
        n=found.n_scored,
        item="pair",
        work=Work(
            read_bytes=8 * in_blocks + records.rows.nbytes,
            written_bytes=128 * n,
            random_reads=(
                (in_blocks * SKETCH_LINES, 128 * n),
                (n_found * _lines_of_two(records), records.rows.nbytes),
                *((n + 2 * n_found, values) for values in _value_bytes(resolution)),
            ),
            instructions=INSTRUCTIONS_A_PAIR * blocks.n_pairs,
            counts=f"sketches made; {in_blocks:,} records of {len(rules)} rules' blocks bring theirs;"
            f" {INSTRUCTIONS_A_PAIR} instructions a pair; {n_found:,} found ones bring rows and values",
        ),
        rounds=3,
    )


def bench_score_pairs(step: Step, records: EncodedRecords, resolution: Resolution) -> None:
    """Random pairs, all comparisons, no shortcut: as training weighs them."""
    random = np.random.default_rng(1)
    left, right = random.integers(0, records.n_records, (2, RANDOM_PAIRS), dtype=np.uint32)
    weight, gamma = np.empty(RANDOM_PAIRS, np.int32), np.empty(RANDOM_PAIRS, np.uint64)
    lines = _lines_of_two(records)
    texts = _value_bytes(resolution)
    step(
        "levels and weights, random pairs",
        lambda: resolution.scorer.score_pairs(left, right, weight, gamma),
        n=RANDOM_PAIRS,
        item="pair",
        work=Work(
            random_reads=(
                (RANDOM_PAIRS * lines, records.rows.nbytes),
                *((2 * RANDOM_PAIRS, values) for values in texts),
            ),
            written_bytes=12 * RANDOM_PAIRS,
            counts=f"{lines} lines of the rows and {2 * len(texts)} of the texts' values",
        ),
    )


def bench_expectation(step: Step, resolution: Resolution) -> None:
    """One E-step over made-up patterns of the schema's shape: eight classes side by side."""
    n, width = 200_000, len(resolution.comparisons)
    random = np.random.default_rng(1)
    n_codes = np.array([c.operation.n_codes for c in resolution.comparisons])
    begins = np.cumsum(n_codes) - n_codes
    entries = (random.random((n, width)) * n_codes + begins).astype(np.int16)
    size = int(n_codes.sum())
    bits = random.normal(-1, 3, (size, 8))
    arrays = [random.random(n) * 10 for _ in range(3)]
    expected, posterior, odds = np.zeros((1, size, 8)), np.empty(n), np.empty(n)
    prior, any_rarity = np.full(8, -20.0), np.ones(8, np.uint8)
    # Each comparison a run of its own, all patterns of one kind.
    begins, offsets, members = (
        np.array([0, n]),
        np.arange(size + 1, dtype=np.int32),
        np.arange(size, dtype=np.int16),
    )
    step(
        "E-step",
        lambda: expectation(
            entries, begins, *arrays, bits, offsets, members, prior, any_rarity, expected, posterior, odds
        ),
        n=n,
        item="pattern",
        work=Work(
            read_bytes=n * (2 * width + 24),
            written_bytes=16 * n,
            # Eight float64 are two registers: a load and an add in, an add and a store back.
            instructions=n * width * 2 * 4,
            counts="patterns read, two registers added and two updated for each comparison",
        ),
    )


def _lines_of_two(records: EncodedRecords) -> int:
    """Cache lines of two rows."""
    return 2 * int(-(-records.rows.shape[1] * 4 // 64))


def _value_bytes(resolution: Resolution) -> list[float]:
    """Bytes of the table of distinct values of each compared text."""
    columns = [resolution.records.columns[c.name] for c in resolution.comparisons]
    return [c.values.nbytes for c in columns if isinstance(c, TextColumn)]
