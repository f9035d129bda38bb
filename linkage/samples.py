"""Encoded records and blocks -> sampled pairs as agreement patterns, and counts over all records."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.patterns import count_levels
from linkage._kernels.score import Scorer
from linkage._kernels.statistics import number_distinct
from linkage.blocking.blocks import Blocks, SampledPairs
from linkage.comparison.program import Comparison, TermFrequencies, unpack_codes
from linkage.fields.batch import EncodedRecords
from linkage.model.patterns import Patterns
from linkage.model.term_frequencies import FIXED, day_places

Array = npt.NDArray[np.float64]
LOWEST = -(2**31)

PAIRS_PER_RULE = 15_000

LEAST_PAIRS = 600_000

RANDOM_PAIRS = 400_000

CHUNK = 200_000

TILES = 32
RECORDS_OF_A_TILE = 2_048
"""Random pairs are drawn within tiles of so many random records: their rows and values stay in the caches."""

PATTERNS_AT_ONCE = 1 << 16

ENOUGH_PER_LEVEL = 100

RECORDS_AT_ONCE = 1 << 20
"""Records whose values are looked at at a time where all records count."""

PAIRS_WITH_EQUAL = 20_000
"""Pairs of records with the same number that tell whose number it is."""

CENTRE_PAIRS = 30.0
"""Pairs of strangers that the records' own frequencies are worth, beside those that the sample holds."""


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
        for _ in range(RANDOM_PAIRS // CHUNK):
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


def pairs_with_equal(records: EncodedRecords, scorer: Scorer, name: str) -> npt.NDArray[np.uint64]:
    """One pair of records for each value of a field that several of them hold: packed levels.

    Of a link, one record of each side. Values that many records hold count once, like others.
    """
    first = records.words[name]
    words = np.ascontiguousarray(records.rows[:, first : first + records.columns[name].n_words])
    values = np.zeros(len(words), np.uint64)
    for k in range(words.shape[1]):
        values = values << np.uint64(32) | words[:, k]
    # Some of the values, whole: where they are many, a share of them tells as much.
    step = np.uint64(max(len(values) // RECORDS_AT_ONCE, 1))
    chosen = np.flatnonzero(
        (values != 0) & ((values * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) % step == 0)
    )
    order = chosen[np.argsort(values[chosen], kind="stable")]
    equal = values[order][1:] == values[order][:-1]
    if records.n_left:
        equal &= (order[:-1] < records.n_left) & (order[1:] >= records.n_left)
    else:
        equal[1:] &= ~equal[:-1]
    at = np.flatnonzero(equal)[:PAIRS_WITH_EQUAL]
    gamma = np.empty(len(at), np.uint64)
    scorer.levels_of_pairs(order[at].astype(np.uint32), order[at + 1].astype(np.uint32), gamma)
    return gamma


def sampled_a_rule(n_rules: int) -> int:
    """Candidate pairs to sample from each of so many rules."""
    return max(PAIRS_PER_RULE, LEAST_PAIRS // n_rules)


def candidate_pairs(scorer: Scorer, blocks: Blocks, threads: int) -> Sample:
    """The sample of each rule's blocks, scored; each pair counts for those that were not drawn."""

    def score(pairs: SampledPairs) -> npt.NDArray[np.uint64]:
        gamma = np.empty(len(pairs.left), np.uint64)
        scorer.levels_of_pairs(pairs.left, pairs.right, gamma)
        return gamma

    drawn = blocks.sampled
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        gamma = np.concatenate(list(pool.map(score, drawn)))
    counts = np.concatenate([np.full(len(pairs.left), 1 / pairs.rate) for pairs in drawn])
    left, right = (np.concatenate([getattr(pairs, side) for pairs in drawn]) for side in ("left", "right"))
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


def centres_of(
    sample: Sample,
    codes: npt.NDArray[np.uint8],
    weights: Array,
    records: EncodedRecords,
    comparisons: Sequence[Comparison],
    frequencies: TermFrequencies,
    pool: ThreadPoolExecutor,
    large: bool = False,
) -> list[Array]:
    """Bits of rarity at which a level's average u holds: log2 E[1 / frequency] over strangers who reach it.

    With it the adjusted u of a level averages to u: sum over values of u(value) equals u(level). Where few
    strangers of the sample reach it, what all records' values say of pairs counts as `CENTRE_PAIRS` of them.
    In a large table no record's own share counts; levels seen too rarely have the whole value's rarity.
    """

    def centre(i: int) -> Array:
        item = comparisons[i]
        out = np.zeros(item.operation.n_codes)
        table = frequencies.get(item.name)
        if table is None:
            return out
        word = records.words[item.name]
        words = records.rows[:, word]
        parts = {p for p in item.operation.tf_parts if p}
        if large:
            by_part = dict.fromkeys(parts, self_information(table))
        else:
            by_part = {p: pair_surprisal(table, int(records.n_held[word]), p) for p in parts}
        for code, part in enumerate((0, *item.operation.tf_parts)):
            if not part:
                continue
            expected = by_part[part]
            rows = np.flatnonzero((codes[:, i] == code) & (weights > 0))
            bits = np.minimum(
                value_bits(table, words[sample.left[rows]], item.operation.name, part),
                value_bits(table, words[sample.right[rows]], item.operation.name, part),
            )
            held = weights[rows].sum()
            few = len(rows) < CENTRE_PAIRS or item.operation.name in ("date", "category")
            if held > 0 and not (large and few):
                share = np.exp2(np.minimum(bits, quantile(bits, 0.99)))
                found = np.log2(np.average(share, weights=weights[rows]))
                expected += (found - expected) * (1.0 if large else held / (held + CENTRE_PAIRS))
            out[code] = expected
        return out

    return list(pool.map(centre, range(len(comparisons))))


def quantile(values: Array, share: float) -> float:
    """As `np.quantile` finds it, which imports what masked arrays need: 10 ms of a short run."""
    at = (len(values) - 1) * share
    low = int(at)
    high = min(low + 1, len(values) - 1)
    ordered = np.partition(values, (low, high))
    a, b = float(ordered[low]), float(ordered[high])
    return a + (b - a) * (at - low) if at - low < 0.5 else b - (b - a) * (1 - (at - low))


def value_bits(table: npt.NDArray[np.int16], words: npt.NDArray[np.uint32], kind: str, part: int) -> Array:
    """Surprisal of values as the rows hold them; bits."""
    if kind == "date":
        at = day_places(words)
        found: Array = np.where(at >= 0, table[at], 0) / FIXED
        return found
    if kind == "category":
        words = words & np.uint32(0xFFFF)
    bits: Array = table[words, part - 1] / FIXED
    return bits


def self_information(table: npt.NDArray[np.int16]) -> float:
    """-log2 of the chance that two random values agree, from the surprisal of each; bits."""
    surprisal = table[:, 0] if table.ndim == 2 else table
    share = np.exp2(surprisal[surprisal > 0] / -FIXED)
    return float(-np.log2(min(max(np.square(share).sum(), 1e-12), 1.0))) if len(share) else 0.0


def pair_surprisal(table: npt.NDArray[np.int16], n_held: int, part: int) -> float:
    """log2 E[1 / frequency] over the pairs of different records that agree in a part of their values; bits.

    From the surprisal of each value (column 0) and of its part, among `n_held` records with a value.
    """
    own, of_part = (table, table) if table.ndim == 1 else (table[:, 0], table[:, part - 1])
    held = own > 0
    n, together = (n_held * np.exp2(bits[held] / -FIXED) for bits in (own, of_part))
    others = np.maximum(together - 1, 0)
    pairs = float((n * others).sum())
    if pairs < 1:
        return float(np.log2(max(n_held, 2) / 2))
    return float(np.log2(n_held * (n * others / together).sum() / pairs))


def _agreeing_pairs(
    records: EncodedRecords, item: Comparison, blocks: Blocks, frequencies: TermFrequencies
) -> float:
    """Pairs of records whose values are equal: from a rule on the field alone, or from its frequencies."""
    for rule in blocks.rules:
        if rule.rule.keys == (item.name,) and not rule.n_refined and item.operation.name == "identifier":
            return float(rule.n_pairs)
    first = records.words[item.name]
    if item.name in frequencies and not records.n_left:
        table = frequencies[item.name]
        surprisal = table[:, 0] if table.ndim == 2 else table
        total = records.n_held[first]
        counts = np.rint(total * np.exp2(surprisal[surprisal > 0] / -FIXED))
        return float((counts * (counts - 1) / 2).sum())
    n_words = 2 if item.operation.name == "identifier" else 1
    split = records.n_left or records.n_records
    values = _sorted_values(records.rows[:split, first : first + n_words])
    others = _sorted_values(records.rows[split:, first : first + n_words])
    return _equal_pairs(values, others if records.n_left else None)


def _sorted_values(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """The values that rows hold in one word, or in two, the lower one first; 8 bytes for each held."""
    parts = [words[at : at + RECORDS_AT_ONCE] for at in range(0, len(words), RECORDS_AT_ONCE)]
    values = np.empty(sum(int(np.count_nonzero(part.any(axis=1))) for part in parts), np.uint64)
    n = 0
    for part in parts:
        held = part[:, 0].astype(np.uint64)
        if words.shape[1] == 2:
            held |= part[:, 1].astype(np.uint64) << np.uint64(32)
        held = held[held != 0]
        values[n : n + len(held)] = held
        n += len(held)
    values.sort()
    return values


def _equal_pairs(values: npt.NDArray[np.uint64], others: npt.NDArray[np.uint64] | None) -> float:
    """Pairs of equal ones among sorted values, or of a value and one of the others; some values at a time."""
    total, begin = 0, 0
    while begin < len(values):
        last = min(begin + RECORDS_AT_ONCE, len(values)) - 1
        end = int(np.searchsorted(values, values[last], side="right"))
        distinct, counts = np.unique(values[begin:end], return_counts=True)
        if others is None:
            total += int((counts * (counts - 1) // 2).sum())
        else:
            low, high = (np.searchsorted(others, distinct, side=side) for side in ("left", "right"))
            total += int((counts * (high - low)).sum())
        begin = end
    return float(total)


def exact_counts(
    records: EncodedRecords,
    comparisons: list[Comparison],
    codes: npt.NDArray[np.uint8],
    blocks: Blocks,
    frequencies: TermFrequencies,
    pool: ThreadPoolExecutor,
) -> dict[int, Future[tuple[float, float]]]:
    """Comparisons whose equal values are too rare to sample: pairs that agree, and of strangers at least.

    They are counted in the pool while the caller goes on.
    """
    rare = [
        i
        for i, item in enumerate(comparisons)
        if item.operation.name == "identifier"
        or (
            item.operation.name in ("name", "part", "text", "email", "date")
            and np.count_nonzero(codes[:, i] == item.operation.n_codes - 1) < 400
        )
    ]

    def count(item: Comparison) -> tuple[float, float]:
        return _agreeing_pairs(records, item, blocks, frequencies), _least_by_chance(records, item)

    return {i: pool.submit(count, comparisons[i]) for i in rare}


def _least_by_chance(records: EncodedRecords, item: Comparison) -> float:
    """Pairs of strangers that agree at least: on a date as often as on its year and its day independently.

    Else what strangers agree on by default (1 January) could all be taken for matches. Duplicates hardly
    touch how often a year or a day of the year occurs.
    """
    if item.operation.name != "date":
        return 0.0
    words = records.rows[:, records.words[item.name]]
    parts = [words[: records.n_left], words[records.n_left :]] if records.n_left else [words]
    days = [_whole_days(part) for part in parts]
    sides = days if records.n_left else [*days, *days]
    chance, n_pairs = 1.0, 1.0
    for shift in (16, 0):
        shares = []
        for whole, counts in sides:
            of_part = whole >> np.uint32(16) if shift else whole & np.uint32(0xFFFF)
            n = np.bincount(of_part, counts, minlength=1 << 16)
            shares.append(n / max(n.sum(), 1))
            n_pairs *= int(counts.sum()) if shift else 1
        chance *= float(shares[0] @ shares[1])
    return chance * n_pairs * (1.0 if records.n_left else 0.5)


def _whole_days(words: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The distinct dates whose year, month and day are known, and how many records have each."""
    days, counts = np.unique(words, return_counts=True)
    whole = (days >> np.uint32(16) > 0) & (days & np.uint32(0xFFFF) > 0)
    return days[whole], counts[whole]
