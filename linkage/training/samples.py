"""Encoded records and blocks -> sampled pairs as agreement patterns."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.likeness import thin_unlike
from linkage._kernels.patterns import count_levels
from linkage._kernels.score import Scorer
from linkage._kernels.statistics import number_distinct
from linkage.blocking.blocks import Blocks, SampledPairs
from linkage.comparison.program import Comparison, unpack_codes
from linkage.fields.batch import EncodedRecords
from linkage.model.patterns import Patterns

Array = npt.NDArray[np.float64]
LOWEST = -(2**31)

PAIRS_PER_RULE = 15_000
"""Candidate pairs of each rule that training looks at,"""
LEAST_PAIRS = 600_000
"""and of all rules together, at least."""
ONE_OF_UNLIKE = 8
"""Of a large table's candidate pairs that differ in more than twice as many fields as they agree in, one of
so many is looked at: six in ten. Of four registers of 1.1 million one match in 10,000 is among them,
or one in 400 without numbers; mean F1 at .95 moves by -.00001 with all columns, not at all without."""

RANDOM_PAIRS = 400_000
"""Pairs of any two records, at most: strangers."""
LARGE_TABLE = 1 << 19
"""From so many records on half the random pairs do: what they seldom show is counted over all records
(`linkage/training/agreeing.py`). On four registers of 1.1 million mean F1 at .95 moves by -.00001 with all
columns and by +.0001 without numbers; on 52 tables of at most 50,000 records half the
pairs would cost .0004."""

CHUNK = 200_000
"""Random pairs between two looks at whether every level has been seen often enough."""

TILES = 32
RECORDS_OF_A_TILE = 2_048
"""Random pairs are drawn within tiles of so many random records: their rows and values stay in the caches."""

PATTERNS_AT_ONCE = 1 << 14
"""Pairs whose levels are unpacked at a time."""

ENOUGH_PER_LEVEL = 100
"""Random pairs of a level that are enough."""

RECORDS_AT_ONCE = 1 << 20
"""Of more records than these, a share of the values tells whose number it is."""

PAIRS_WITH_EQUAL = 20_000
"""Pairs of records with the same number that tell whose number it is."""


@dataclass
class Sample:
    """Pairs of rows with their packed levels; each counts for so many of all pairs."""

    left: npt.NDArray[np.uint32]
    right: npt.NDArray[np.uint32]
    gamma: npt.NDArray[np.uint64]
    counts: Array


def all_pairs(records: EncodedRecords, scorer: Scorer) -> Sample:
    """Every pair of a small table."""
    n = records.n_left or records.n_records
    left, right, _, gamma, _, _ = scorer.score_all(0, n, records.n_left, LOWEST)
    return Sample(left, right, gamma, np.ones(len(left)))


def random_pairs(
    records: EncodedRecords,
    scorer: Scorer,
    comparisons: Sequence[Comparison],
    random: np.random.Generator,
    threads: int,
) -> Sample:
    """Random pairs until every level that occurs at all has been seen often enough."""
    n, split = records.n_records, records.n_left
    parts: list[tuple[Any, ...]] = []
    drawn = [
        np.sort(random.integers(a, b, (TILES, RECORDS_OF_A_TILE), dtype=np.uint32)).ravel()
        for a, b in ([(0, split), (split, n)] if split else [(0, n)])
    ]
    tile = np.repeat(np.arange(TILES) * RECORDS_OF_A_TILE, CHUNK // TILES)
    shifts = np.array([c.shift for c in comparisons], np.int32)
    bits = np.array([c.operation.bits for c in comparisons], np.int32)
    seen = np.zeros((len(comparisons), 16), np.int64)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        wanted = RANDOM_PAIRS if n < LARGE_TABLE else RANDOM_PAIRS // 2
        for _ in range(wanted // CHUNK):
            left = drawn[0][tile + random.integers(0, RECORDS_OF_A_TILE, CHUNK)]
            right = drawn[-1][tile + random.integers(0, RECORDS_OF_A_TILE, CHUNK)]
            keep = left != right
            left, right = left[keep], right[keep]
            gamma = _levels_in_threads(scorer, left, right, pool, threads)
            parts.append((left, right, gamma))
            count_levels(gamma, shifts, bits, seen)
            if np.all((seen == 0) | (seen >= ENOUGH_PER_LEVEL)):
                break
    left, right, gamma = (np.concatenate([p[k] for p in parts]) for k in range(3))
    return Sample(left, right, gamma, np.full(len(left), records.n_total_pairs / len(left)))


def _levels_in_threads(
    scorer: Scorer,
    left: npt.NDArray[np.uint32],
    right: npt.NDArray[np.uint32],
    pool: ThreadPoolExecutor,
    threads: int,
) -> npt.NDArray[np.uint64]:
    gamma = np.empty(len(left), np.uint64)
    edges = np.linspace(0, len(left), max(threads, 1) + 1).astype(np.intp)

    def fill(k: int) -> None:
        part = slice(edges[k], edges[k + 1])
        scorer.levels_of_pairs(left[part], right[part], gamma[part])

    for _ in pool.map(fill, range(len(edges) - 1)):
        pass
    return gamma


def rows_with_equal(
    records: EncodedRecords,
    name: str,
    most: int = RECORDS_AT_ONCE,
    rows: npt.NDArray[np.intp] | None = None,
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """One pair of records for each value of a field that several of them hold: rows left and right.

    Of a link, one record of each side. Values that many records hold count once, like others. Of many values
    some are looked at, whole: as many as some `most` records hold. With `rows`, ascending, among these alone.
    """
    first = records.words[name]
    words = records.rows[:, first : first + records.columns[name].n_words]
    words = np.ascontiguousarray(words if rows is None else words[rows])
    values = np.zeros(len(words), np.uint64)
    for k in range(words.shape[1]):
        values = values << np.uint64(32) | words[:, k]
    step = np.uint64(max(len(values) // most, 1))
    chosen = np.flatnonzero(
        (values != 0) & ((values * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) % step == 0)
    )
    order = chosen[np.argsort(values[chosen], kind="stable")]
    equal = values[order][1:] == values[order][:-1]
    order = order if rows is None else rows[order]
    if records.n_left:
        equal &= (order[:-1] < records.n_left) & (order[1:] >= records.n_left)
    else:
        equal[1:] &= ~equal[:-1]
    at = np.flatnonzero(equal)[:PAIRS_WITH_EQUAL]
    return order[at].astype(np.uint32), order[at + 1].astype(np.uint32)


def levels_of(
    scorer: Scorer, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint64]:
    """Packed levels of pairs of rows."""
    gamma = np.empty(len(left), np.uint64)
    scorer.levels_of_pairs(left, right, gamma)
    return gamma


def sampled_a_rule(n_rules: int) -> int:
    """Candidate pairs to sample from each of so many rules."""
    return max(PAIRS_PER_RULE, LEAST_PAIRS // n_rules)


def candidate_pairs(
    records: EncodedRecords, scorer: Scorer, comparisons: Sequence[Comparison], blocks: Blocks, threads: int
) -> Sample:
    """The sample of each rule's blocks, scored; each pair counts for those that were not drawn.

    Of a large table's most are strangers, whom random pairs tell about: of pairs that differ in most fields
    one of `ONE_OF_UNLIKE` is looked at.
    """
    fields = [(records.words[c.name], records.columns[c.name].n_words) for c in comparisons]
    rows_file = 0 if records.row_map is None else records.row_map.handle + 1

    def score(pairs: SampledPairs) -> Sample:
        left, right, counts = pairs.left, pairs.right, np.full(len(pairs.left), 1 / pairs.rate)
        if records.n_records >= LARGE_TABLE:
            stands_for = thin_unlike(records.rows, left, right, fields, ONE_OF_UNLIKE, rows_file)
            kept = stands_for > 0
            left, right, counts = left[kept], right[kept], counts[kept] * stands_for[kept]
        gamma = np.empty(len(left), np.uint64)
        scorer.levels_of_pairs(left, right, gamma)
        return Sample(left, right, gamma, counts)

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        parts = list(pool.map(score, blocks.sampled))
    left, right, gamma, counts = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("left", "right", "gamma", "counts")
    )
    return Sample(left, right, gamma, counts)


def patterns_of(
    sample: Sample, scorer: Scorer, comparisons: Sequence[Comparison], pool: ThreadPoolExecutor
) -> Patterns:
    """Each pair of a sample as a pattern of its own."""
    n = len(sample.left)
    total, shared = np.empty(n), np.empty(n)

    def fill(begin: int) -> None:
        part = slice(begin, begin + PATTERNS_AT_ONCE)
        scorer.term_frequency_bits(
            sample.left[part], sample.right[part], sample.gamma[part], total[part], shared[part]
        )

    for _ in pool.map(fill, range(0, n, PATTERNS_AT_ONCE)):
        pass
    return Patterns(unpack_codes(sample.gamma, comparisons), sample.counts, total, shared)


def distinct_patterns(patterns: Patterns, gamma: npt.NDArray[np.uint64]) -> Patterns:
    """Equal patterns together, apart by half a bit of rarity."""
    half = [np.rint(r * 2).astype(np.int64) for r in (patterns.rarity, patterns.rarity_shared)]
    mixed = gamma * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= (half[0] * 4096 + half[1]).astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    first, numbers = number_distinct(mixed)
    result = patterns.take(first)
    result.counts = np.bincount(numbers, patterns.counts, len(first)).astype(np.float64)
    return result


def patterns_of_strangers(sample: Sample, comparisons: Sequence[Comparison]) -> tuple[Patterns, Array]:
    """Distinct patterns of random pairs and how many pairs have each; of rarity nothing is known."""
    first, numbers = number_distinct(sample.gamma)
    seen = np.bincount(numbers, minlength=len(first)).astype(np.float64)
    none = np.zeros(len(first))
    counts = seen * (sample.counts[0] if len(first) else 0)
    return Patterns(unpack_codes(sample.gamma[first], comparisons), counts, none, none), seen
