"""Pairs of strangers and the values that they agree on -> how rare these are, by level; bits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from linkage.comparison.levels import OF_NAME
from linkage.comparison.program import Comparison, TermFrequencies
from linkage.fields.batch import EncodedRecords
from linkage.model.term_frequencies import FIXED, day_places
from linkage.training.samples import Sample

Array = npt.NDArray[np.float64]

CENTRE_PAIRS = 30.0


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
    In a large table no record's own share counts; levels seen too rarely have the whole value's rarity. Where
    the rarer of two values counts, few strangers seen say that it is as rare as there are many values.
    """
    counts_at_all = weights > 0

    def centre(i: int) -> Array:
        item = comparisons[i]
        out = np.zeros(item.operation.n_codes)
        table = frequencies.get(item.name)
        if table is None:
            return out
        if item.operation.name == "email" and (own := records.own_addresses.get(item.name)):
            out[OF_NAME] = -np.log2(own.agree_by_form)
            if not item.field.has_term_frequencies:
                return out
        word = records.words[item.name]
        words = records.rows[:, word]
        parts = {p for p in item.operation.tf_parts if p}
        if large:
            by_part = dict.fromkeys(parts, self_information(table))
        else:
            by_part = {p: pair_surprisal(table, int(records.n_held[word]), p) for p in parts}
        for code, part in enumerate((0, *item.operation.tf_parts)):
            if not part or out[code]:
                continue
            expected = by_part[part]
            rows = np.flatnonzero((codes[:, i] == code) & counts_at_all)
            is_rarer = code in item.operation.rarer
            if is_rarer:
                expected = float(np.log2(max(int(np.count_nonzero(table[:, 0])), 2)))
            held = weights[rows].sum()
            few = len(rows) < CENTRE_PAIRS or item.operation.name in ("date", "category")
            if held > 0 and not (large and few):
                left, right = (
                    value_bits(table, words[of[rows]], item.operation.name, part)
                    for of in (sample.left, sample.right)
                )
                bits = np.maximum(left, right) if is_rarer else np.minimum(left, right)
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
    # Of a million values most have one of a few shares.
    n_values = np.bincount(np.maximum(surprisal, 0))
    n_values[0] = 0
    share = np.exp2(np.arange(len(n_values)) / -FIXED)
    alike = float((n_values * np.square(share)).sum())
    return float(-np.log2(min(max(alike, 1e-12), 1.0))) if n_values.any() else 0.0


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
