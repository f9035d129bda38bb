"""Encoded records of small tables + scorer -> scored pairs above a floor, of all pairs that there are.

Where sketches show most pairs to be hopeless, they are asked: records with numbers, whole names, births.
Where they leave most (given and family names apart, places of which any may be another's slip), distinct
values are held against each other instead, once, and of those only the ones that share letters or words.
What the fields of a pair say is then a sum of numbers that are known, and pairs whose sum reaches the floor
are scored as all others are.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linkage._kernels.every_pair import EveryPair
from linkage._kernels.near_values import near_values, value_keys
from linkage._kernels.score import Scorer
from linkage._kernels.sketches import upper_bound
from linkage.comparison.program import Comparison
from linkage.crossed_names import CrossedNames
from linkage.fields.batch import EncodedRecords
from linkage.predict import ScoredPairs, gathered, sketch

TASKS = 64
"""Parts into which rows and a field's values are cut, for threads to share."""
SAMPLE, MOST_POSSIBLE = 1024, 0.2
"""Pairs whose sketches are looked at; the share of them that may be possible where the others' are asked."""
MOST_NEAR = 40_000_000
"""Pairs of values, 8 bytes each, from which on they are not held: where nearly all are near, as streets of
one town are, they say little, and sketches are asked."""
Rows = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]


def score_everything(
    records: EncodedRecords,
    scorer: Scorer,
    comparisons: Sequence[Comparison],
    *,
    floor: int,
    threads: int,
) -> ScoredPairs:
    """Score all pairs: for small tables it costs less than to think about which.

    Parameters
    ----------
    records : EncodedRecords
    scorer : Scorer
        Of these comparisons, with its weights.
    floor : int
        Pairs below this weight (1/256 bit) are left out.

    Returns
    -------
    ScoredPairs
        By rows, left before right; the same on any number of threads.
    """
    sides = sides_of(records)
    sketch(scorer, records.n_records, threads=threads)
    if not records.n_total_pairs or _share_possible(scorer, sides, floor) <= MOST_POSSIBLE:
        return by_sketches(records, scorer, floor=floor, threads=threads)
    return by_values(records, scorer, comparisons, floor=floor, threads=threads)


def by_sketches(records: EncodedRecords, scorer: Scorer, *, floor: int, threads: int) -> ScoredPairs:
    """Score all pairs that the scorer's sketches leave possible."""
    n = sides_of(records)[0].stop

    def score(begin: int) -> tuple[Any, ...]:
        return scorer.score_all(begin, min(begin + _step(n), n), records.n_left, floor)

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        return gathered(list(pool.map(score, range(0, n, _step(n)))), 0)


def by_values(
    records: EncodedRecords,
    scorer: Scorer,
    comparisons: Sequence[Comparison],
    *,
    floor: int,
    threads: int,
) -> ScoredPairs:
    """Score all pairs whose values can reach the floor together."""
    sides = sides_of(records)
    n, total = sides[0].stop, records.n_total_pairs
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        tables: list[dict[str, Any]] = []
        for i, item in enumerate(comparisons):
            tables.append(near_table(scorer, i, distinct_values(records, item, sides), pool))
            if sum(len(table["near"]) for table in tables) > MOST_NEAR:
                return by_sketches(records, scorer, floor=floor, threads=threads)
        pairs = EveryPair(scorer, tables)
        crossed = CrossedNames(records, scorer, comparisons, sides)

        def score(begin: int) -> tuple[Any, ...]:
            end = min(begin + _step(n), n)
            left, right = pairs.possible(begin, end, not records.n_left, floor, *crossed.of(begin, end))
            right += records.n_left
            weight, gamma = np.empty(len(left), np.int32), np.empty(len(left), np.uint64)
            scorer.score_pairs(left, right, weight, gamma)
            above = weight >= floor
            return left[above], right[above], weight[above], gamma[above]

        parts = list(pool.map(score, range(0, n, _step(n))))
    left, right, weight, gamma = (np.concatenate(column) for column in zip(*parts, strict=True))
    return ScoredPairs(left, right, weight, gamma, np.zeros(len(left), np.uint8), total, [total])


def sides_of(records: EncodedRecords) -> tuple[slice, slice]:
    """Rows of the left and of the right table; of one table both are its own."""
    return slice(0, records.n_left or records.n_records), slice(records.n_left, records.n_records)


def _step(n: int) -> int:
    """Rows of a task."""
    return max(-(-n // TASKS), 1)


def _share_possible(scorer: Scorer, sides: tuple[slice, slice], floor: int) -> float:
    """The share of pairs that their sketches leave possible, of some drawn by a seed."""
    random = np.random.default_rng(0)
    left, right = (random.integers(side.start, side.stop, SAMPLE).tolist() for side in sides)
    return sum(upper_bound(scorer, i, j) >= floor for i, j in zip(left, right, strict=True)) / SAMPLE


class _Values(NamedTuple):
    """Distinct values of one comparison on both sides, the missing one first, and their places by row."""

    left: Hashes
    right: Hashes
    of_left: Rows
    of_right: Rows


def distinct_values(records: EncodedRecords, item: Comparison, sides: tuple[slice, slice]) -> _Values:
    """Each value that a comparison meets, once."""
    word = records.words[item.name]
    held = records.rows[:, word].astype(np.uint64)
    if item.operation.name == "identifier":
        held |= records.rows[:, word + 1].astype(np.uint64) << np.uint64(32)
    (left, of_left), (right, of_right) = (_distinct(held[side]) for side in sides)
    return _Values(left, right, of_left, of_right)


def _distinct(held: Hashes) -> tuple[Hashes, Rows]:
    values, places = np.unique(np.append(held, np.uint64(0)), return_inverse=True)
    return values, places[:-1].astype(np.uint32)


def near_table(scorer: Scorer, i: int, values: _Values, pool: ThreadPoolExecutor) -> dict[str, Any]:
    """What `EveryPair` is told of one comparison."""
    keys, owners = value_keys(scorer, i, values.right, False)
    order = keys.argsort(kind="stable")
    keys, owners = keys[order], owners[order]
    asked, asks = value_keys(scorer, i, values.left, True)
    spans = np.stack([keys.searchsorted(asked), keys.searchsorted(asked, "right")], axis=1)
    first = asks.searchsorted(np.arange(len(values.left) + 1))

    def near(begin: int) -> tuple[npt.NDArray[Any], ...]:
        end = min(begin + step, len(values.left))
        own = spans[first[begin] : first[end]]
        of_own = first[begin : end + 1] - first[begin]
        return near_values(scorer, i, values.left[begin:end], values.right, of_own, own, owners)

    step = max(-(-len(values.left) // TASKS), 256)
    parts = zip(*pool.map(near, range(0, len(values.left), step)), strict=True)
    counts, right, level = (np.concatenate(part) for part in parts)
    return {
        "left": values.of_left,
        "right": values.of_right,
        "n_values": len(values.right),
        "begins": np.append(0, counts.cumsum()),
        "near": right,
        "level": level,
    }
