"""Encoded records + model + blocks -> scored pairs above a floor, each once, with the rule that found it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels import sketches
from linkage._kernels.blocks import cut_blocks
from linkage._kernels.score import Scorer
from linkage.blocking.blocks import Blocks
from linkage.blocking.one_rule import RuleBlocks
from linkage.fields.batch import EncodedRecords

LEAST_TASK, MOST_TASK, TASKS_PER_RULE = 1 << 15, 1 << 21, 32
"""Pairs and records of blocks of a task, on average, at least and at most; tasks to a rule in between."""
LEAST_SHARE = 1 << 12
"""The same of a thread's share of a rule that would be one task."""
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
        Candidate pairs scored: those of all rules, but for pairs that a rule before had found.
    new_per_rule : list of int
        The same by rule. A pair below the floor is not remembered and counts for each of its rules.
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

    def take(self, chosen: npt.NDArray[Any] | slice) -> ScoredPairs:
        """The pairs at these positions or where the mask holds."""
        return ScoredPairs(
            self.left[chosen], self.right[chosen], self.weight[chosen], self.gamma[chosen],
            self.rule[chosen], self.n_scored, self.new_per_rule,
        )  # fmt: skip

    def by_weight(self) -> npt.NDArray[np.intp]:
        """Positions by falling weight, then by rows; no pair is there twice.

        Two sorts of plain numbers: `np.lexsort` of the three takes five times as long.
        """
        half = np.uint64(32)
        rows = np.argsort(self.left.astype(np.uint64) << half | self.right)
        key = (np.int64(2**31 - 1) - self.weight[rows]).astype(np.uint64) << half
        key |= np.arange(len(key), dtype=np.uint64)
        key.sort()
        order: npt.NDArray[np.intp] = rows[(key & np.uint64(2**32 - 1)).astype(np.intp)]
        return order

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
    store_sketches: bool = True,
    finished: Sequence[ScoredPairs] = (),
    keep: Callable[[int, ScoredPairs], None] | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> ScoredPairs:
    """Score the pairs of the first `n_rules` rules; the order of the result does not depend on threads.

    Rules follow one another: a pair that one has found is left out by all later ones. What the first ones
    have found may be known (`finished`); `keep` is told what each of the others finds.
    """
    rules = blocks.rules[:n_rules]
    room, blocks.room = blocks.room, None
    if len(finished) < n_rules and (blocks.n_pairs > records.n_records or not store_sketches):
        sketch(scorer, records.n_records, threads=threads, store=store_sketches, room=room)
    scorer.forget()
    found, done, total = [], 0, sum(rule.n_pairs for rule in rules)

    def cut(rule: RuleBlocks) -> tuple[Any, list[int]]:
        packed = rule.packed
        return packed, tasks_of(rule, packed, threads)

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        # Ahead of time: between two rules, threads have nothing else to do.
        ready = {k: pool.submit(cut, rule) for k, rule in enumerate(rules) if not rule.in_file}
        for k, rule in enumerate(rules):
            if k < len(finished):
                scorer.know(finished[k].left, finished[k].right)
                found.append(finished[k])
                done += rule.n_pairs
                continue
            packed, ends = ready.pop(k).result() if k in ready else cut(rule)
            rule.leave_file()

            def score(task: int, packed: Any = packed, ends: list[int] = ends) -> tuple[Any, ...]:
                return scorer.score_blocks(packed[ends[task] : ends[task + 1]], records.n_left, floor)

            parts = []
            for part in pool.map(score, range(len(ends) - 1)):
                parts.append(part)
                done += part[5]
                if progress:
                    progress("score", done, total)
            pairs = gathered(parts, k)
            scorer.know(pairs.left, pairs.right)
            found.append(pairs)
            if keep:
                keep(k, pairs)
    scorer.forget()
    scorer.drop_sketches()
    return _together(found)


def tasks_of(rule: RuleBlocks, packed: npt.NDArray[np.uint64], threads: int) -> list[int]:
    """Where the tasks of a rule begin, and the last one ends; as many for each thread, so that none waits."""
    total = rule.n_pairs + len(packed)
    n_tasks = -(-total // min(max(total // TASKS_PER_RULE, LEAST_TASK), MOST_TASK))
    if total >= LEAST_SHARE * threads:
        n_tasks = -(-n_tasks // threads) * threads
    return [0, *cut_blocks(packed, max(n_tasks, 1))]


def sketch(
    scorer: Scorer,
    n_records: int,
    *,
    threads: int,
    store: bool = True,
    room: npt.NDArray[np.uint8] | None = None,
) -> None:
    """Give the scorer sketches, by which it drops hopeless pairs unseen.

    Stored ones take 128 bytes a record, in `room` where they fit; without, they are made anew for the records
    of each block.
    """
    n_comparisons = sketches.begin_sketches(scorer)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        list(pool.map(lambda i: sketches.sketch_values(scorer, i), range(n_comparisons)))
        if store:
            sketches.store_sketches(scorer, room)

            def fill(at: int) -> None:
                sketches.sketch_rows(scorer, at, min(at + ROWS_PER_TASK, n_records))

            list(pool.map(fill, range(0, n_records, ROWS_PER_TASK)))
    sketches.end_sketches(scorer)


def gathered(parts: list[tuple[Any, ...]], k: int) -> ScoredPairs:
    """What the tasks of rule k have found, in their order."""
    columns = [
        np.concatenate([part[i] for part in parts]) if parts else np.empty(0, kind)
        for i, kind in enumerate((np.uint32, np.uint32, np.int32, np.uint64))
    ]
    left, right = np.minimum(columns[0], columns[1]), np.maximum(columns[0], columns[1])
    n_new = sum(part[4] for part in parts)
    return ScoredPairs(left, right, columns[2], columns[3], np.full(len(left), k, np.uint8), n_new, [n_new])


def _together(rules: list[ScoredPairs]) -> ScoredPairs:
    """The pairs of all rules, one after the other."""
    first = ScoredPairs.empty()
    left, right, weight, gamma, rule = (
        np.concatenate([getattr(pairs, name) for pairs in (first, *rules)])
        for name in ("left", "right", "weight", "gamma", "rule")
    )
    new = [pairs.n_scored for pairs in rules]
    return ScoredPairs(left, right, weight, gamma, rule, sum(new), new)
