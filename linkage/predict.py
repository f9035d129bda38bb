"""Encoded records + model + blocks -> scored pairs above a floor, each once, with the rule that found it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks, pairs_of
from linkage.fields.batch import EncodedRecords

PAIRS_PER_TASK = 1_000_000
ROWS_PER_TASK = 1 << 16


@dataclass
class ScoredPairs:
    """Pairs of rows.

    Attributes
    ----------
    left, right : uint32[n]
        Rows, left < right; in the order of rules, then of keys.
    weight : int32[n]
        Match weight in 1/256 bit.
    gamma : uint64[n]
        Packed level codes.
    rule : uint8[n]
        The first rule that found the pair.
    n_scored : int
        Candidate pairs scored.
    new_per_rule : list of int
        Candidate pairs that each rule was the first to find.
    """

    left: npt.NDArray[np.uint32]
    right: npt.NDArray[np.uint32]
    weight: npt.NDArray[np.int32]
    gamma: npt.NDArray[np.uint64]
    rule: npt.NDArray[np.uint8]
    n_scored: int
    new_per_rule: list[int]

    @classmethod
    def empty(cls) -> ScoredPairs:
        """No pairs."""
        rows, gamma = np.empty(0, np.uint32), np.empty(0, np.uint64)
        return cls(rows, rows, np.empty(0, np.int32), gamma, np.empty(0, np.uint8), 0, [])

    def take(self, chosen: npt.NDArray[Any]) -> ScoredPairs:
        """The pairs at these positions or where the mask holds."""
        return ScoredPairs(
            self.left[chosen], self.right[chosen], self.weight[chosen], self.gamma[chosen],
            self.rule[chosen], self.n_scored, self.new_per_rule,
        )  # fmt: skip

    def extended(
        self,
        left: npt.NDArray[np.uint32],
        right: npt.NDArray[np.uint32],
        weight: npt.NDArray[np.int32],
        gamma: npt.NDArray[np.uint64],
        rule: npt.NDArray[np.uint8],
    ) -> ScoredPairs:
        """These pairs and further ones behind them."""
        return ScoredPairs(
            np.concatenate([self.left, left]), np.concatenate([self.right, right]),
            np.concatenate([self.weight, weight]), np.concatenate([self.gamma, gamma]),
            np.concatenate([self.rule, rule]), self.n_scored, self.new_per_rule,
        )  # fmt: skip


def score_candidates(
    records: EncodedRecords,
    scorer: Scorer,
    blocks: Blocks,
    n_rules: int,
    *,
    floor: int,
    threads: int,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> ScoredPairs:
    """Score the pairs of the first `n_rules` rules; the order of the result does not depend on threads."""
    if sum(rule.n_pairs for rule in blocks.rules[:n_rules]) > records.n_records:
        sketch(scorer, records.n_records, threads=threads)
    tasks = [(k, part) for k in range(n_rules) for part in _parts(blocks, k, bool(records.n_left))]

    def score(task: tuple[int, slice]) -> tuple[Any, ...]:
        k, part = task
        return scorer.score_blocks(blocks.rules[k].packed[part], blocks.keys, k, records.n_left, floor)

    return _gather(score, tasks, [k for k, _ in tasks], n_rules, threads, progress)


def sketch(scorer: Scorer, n_records: int, *, threads: int) -> None:
    """Give the scorer sketches of all rows (96 bytes each), by which it drops hopeless pairs unseen."""
    n_comparisons = scorer.begin_sketches()
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        list(pool.map(scorer.sketch_values, range(n_comparisons)))
        begins = range(0, n_records, ROWS_PER_TASK)
        list(pool.map(lambda at: scorer.sketch_rows(at, min(at + ROWS_PER_TASK, n_records)), begins))
    scorer.end_sketches()


def score_everything(records: EncodedRecords, scorer: Scorer, *, floor: int, threads: int) -> ScoredPairs:
    """Score all pairs: for small tables it costs less than to think about which."""
    sketch(scorer, records.n_records, threads=threads)
    n = records.n_left or records.n_records
    step = max(n // 64, 1)
    tasks = [(i, min(i + step, n)) for i in range(0, n, step)]

    def score(task: tuple[int, int]) -> tuple[Any, ...]:
        return scorer.score_all(*task, records.n_left, floor)

    return _gather(score, tasks, [0] * len(tasks), 1, threads, None)


def _parts(blocks: Blocks, k: int, is_link: bool) -> list[slice]:
    """Cut a rule's blocks into tasks of about a million pairs, between blocks."""
    rule = blocks.rules[k]
    if not len(rule.lengths):
        return []
    pairs = np.cumsum(pairs_of(rule.lengths, rule.lefts, is_link))
    ends = np.cumsum(rule.lengths.astype(np.int64))
    n_tasks = int(pairs[-1] // PAIRS_PER_TASK) + 1
    at = np.unique(np.searchsorted(pairs, pairs[-1] * np.arange(1, n_tasks + 1) / n_tasks))
    stops = ends[np.minimum(at, len(ends) - 1)]
    return [slice(int(a), int(b)) for a, b in zip([0, *stops[:-1]], stops, strict=True) if b > a]


def _gather(
    score: Callable[[Any], tuple[Any, ...]],
    tasks: list[Any],
    rule_of: list[int],
    n_rules: int,
    threads: int,
    progress: Callable[[str, int, int | None], None] | None,
) -> ScoredPairs:
    parts, rules = [], []
    new_per_rule = [0] * n_rules
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for done, (k, part) in enumerate(zip(rule_of, pool.map(score, tasks), strict=True)):
            parts.append(part[:4])
            rules.append(np.full(len(part[0]), k, np.uint8))
            new_per_rule[k] += part[4]
            if progress:
                progress("score", done + 1, len(tasks))
    empty = (np.uint32, np.uint32, np.int32, np.uint64)
    columns = [
        np.concatenate([p[i] for p in parts]) if parts else np.empty(0, kind) for i, kind in enumerate(empty)
    ]
    rule = np.concatenate(rules) if rules else np.empty(0, np.uint8)
    left, right = np.minimum(columns[0], columns[1]), np.maximum(columns[0], columns[1])
    return ScoredPairs(left, right, columns[2], columns[3], rule, sum(new_per_rule), new_per_rule)
