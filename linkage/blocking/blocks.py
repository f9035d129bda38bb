"""Blocking rules over encoded rows -> blocks of every rule, with exact counts before anything is scored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from linkage._kernels.blocks import keep_blocks, pack_repeated
from linkage.blocking.keys import KeyMaker
from linkage.fields.batch import EncodedRecords
from linkage.schema import BlockingRule

PAIRS_PER_RECORD = 0.5
"""Candidate pairs that one rule may cost per record; beyond, its largest blocks are refined."""
LEAST_BUDGET = 1_000_000
LARGEST_BLOCK = 3_000
RULES_AT_ONCE = 28
"""Rules whose keys are made in one pass over the rows, 4 bytes a record and rule. When scoring begins, its
sketches (96 bytes a record) take the memory that this leaves behind."""
ROWS_AT_ONCE = 1 << 16
_ROW = np.uint64(0xFFFFFFFF)


@dataclass
class RuleBlocks:
    """The blocks of one rule.

    Attributes
    ----------
    rule : BlockingRule
    packed : uint64[n]
        key << 32 | row, sorted, only blocks with a pair.
    lengths, lefts : uint32[n_blocks]
        Records of each block, and those from the left table of a link.
    n_refined : int
        Blocks that were too large and were split by a further key.
    n_pairs_left_out : int
        Pairs of such blocks that are in no block any more.
    """

    rule: BlockingRule
    packed: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.uint32]
    lefts: npt.NDArray[np.uint32]
    n_refined: int = 0
    n_pairs_left_out: int = 0
    largest: int = 0
    seconds: float = 0.0
    n_pairs: int = field(init=False)

    def __post_init__(self) -> None:
        self.n_pairs = int(pairs_of(self.lengths, self.lefts, bool(self.lefts.any())).sum())


@dataclass
class Blocks:
    """The blocks of all rules and the key matrix by which a pair is attributed to the first rule."""

    keys: npt.NDArray[np.uint32]
    rules: list[RuleBlocks]

    @property
    def n_pairs(self) -> int:
        """Pairs of all rules, those found twice counted twice."""
        return sum(rule.n_pairs for rule in self.rules)


def pairs_of(
    lengths: npt.NDArray[np.uint32], lefts: npt.NDArray[np.uint32], is_link: bool
) -> npt.NDArray[np.int64]:
    """Pairs inside blocks of these sizes; int64[n_blocks]."""
    n = lengths.astype(np.int64)
    if is_link:
        return lefts.astype(np.int64) * (n - lefts)
    return n * (n - 1) // 2


def build_blocks(
    records: EncodedRecords,
    rules: Sequence[BlockingRule],
    *,
    threads: int,
    pairs_per_record: float = PAIRS_PER_RECORD,
    largest_block: int = LARGEST_BLOCK,
) -> Blocks:
    """Find the blocks of each rule.

    A rule whose blocks hold more than `pairs_per_record` pairs a record keeps its small blocks whole (they
    hold the rare values) and splits the large ones by its `refine` keys in turn; what stays too large is
    cut into pieces. Pairs lost on the way are counted in `n_pairs_left_out`.

    Notes
    -----
    O(rules x records log records); 4 bytes a record and rule for the key matrix.
    """
    maker = KeyMaker(records)
    n = records.n_records
    keys = np.empty((n, len(rules)), np.uint32)
    at_once = min(RULES_AT_ONCE, max(len(rules), 1))
    columns = np.empty((at_once, n), np.uint32)
    budget = max(LEAST_BUDGET, int(pairs_per_record * n))
    scratch: SimpleQueue[npt.NDArray[np.uint64]] = SimpleQueue()
    for _ in range(max(threads, 1)):
        scratch.put(np.empty(n, np.uint64))

    def prepare(key: str) -> None:
        maker.prepare([key])

    def one(k: int) -> RuleBlocks:
        memory = scratch.get()
        try:
            column = columns[k % at_once]
            return _blocks_of_rule(
                records, maker, rules[k], column, keys[:, k], memory, budget, largest_block
            )
        finally:
            scratch.put(memory)

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        # One thread a key: no table of values is built twice.
        list(pool.map(prepare, dict.fromkeys(key for r in rules for key in (*r.keys, *r.refine))))
        found: list[RuleBlocks] = []
        for first in range(0, len(rules), at_once):
            group = range(first, min(first + at_once, len(rules)))

            def encode(begin: int, group: range = group) -> None:
                maker.encode_rules(
                    [rules[k].keys for k in group],
                    keys[:, group.start : group.stop],
                    columns[: len(group)],
                    begin,
                    min(begin + ROWS_AT_ONCE, n),
                )

            list(pool.map(encode, range(0, n, ROWS_AT_ONCE)))
            found += pool.map(one, group)
    return Blocks(keys, found)


def _blocks_of_rule(
    records: EncodedRecords,
    maker: KeyMaker,
    rule: BlockingRule,
    column: npt.NDArray[np.uint32],
    out: npt.NDArray[np.uint32],
    memory: npt.NDArray[np.uint64],
    budget: int,
    largest_block: int,
) -> RuleBlocks:
    """The blocks of the rule whose keys are `column` and, as part of the matrix, `out`; memory is scratch."""
    started = time.perf_counter()
    split = records.n_left
    ends = pack_repeated(column, memory)
    for begin, end in pairwise([0, *ends]):
        memory[begin:end].sort()
    packed = memory[: ends[-1]]
    kept, lengths, lefts = keep_blocks(packed, split)
    packed = packed[:kept].copy()
    largest = int(lengths.max(initial=0))
    cap = _cap(lengths, lefts, bool(split), budget, largest_block)
    if largest <= cap:
        blocks = RuleBlocks(rule, packed, lengths, lefts, largest=largest)
    else:
        blocks = _refine(records, maker, rule, packed, lengths, lefts, cap, out)
    blocks.seconds = time.perf_counter() - started
    return blocks


def _cap(
    lengths: npt.NDArray[np.uint32],
    lefts: npt.NDArray[np.uint32],
    is_link: bool,
    budget: int,
    largest_block: int,
) -> int:
    """The largest block size up to which all blocks together fit the budget."""
    if not len(lengths):
        return largest_block
    pairs = pairs_of(lengths, lefts, is_link)
    by_size = np.bincount(np.minimum(lengths, largest_block + 1), weights=pairs)
    fits = np.flatnonzero(np.cumsum(by_size) <= budget)
    return int(min(max(fits[-1] if len(fits) else 2, 2), largest_block))


def _refine(
    records: EncodedRecords,
    maker: KeyMaker,
    rule: BlockingRule,
    packed: npt.NDArray[np.uint64],
    lengths: npt.NDArray[np.uint32],
    lefts: npt.NDArray[np.uint32],
    cap: int,
    out: npt.NDArray[np.uint32],
) -> RuleBlocks:
    """Split the blocks larger than cap, key by key, until they fit."""
    split = records.n_left
    is_large = lengths > cap
    in_large = np.repeat(is_large, lengths)
    small, large = packed[~in_large], packed[in_large]
    n_before = int(pairs_of(lengths[is_large], lefts[is_large], bool(split)).sum())
    done = [(small, lengths[~is_large], lefts[~is_large])]
    for key in rule.refine:
        if not len(large):
            break
        rows = (large & _ROW).astype(np.intp)
        finer = np.empty(len(rows), np.uint32)
        for at in range(0, len(rows), ROWS_AT_ONCE):
            part = slice(at, at + ROWS_AT_ONCE)
            maker.encode([key], finer[part], records.rows[rows[part]])
        large = _rekey(large, finer, out)
        kept, sizes, left_sizes = keep_blocks(large, split)
        large = large[:kept]
        fits = np.repeat(sizes <= cap, sizes)
        done.append((large[fits], sizes[sizes <= cap], left_sizes[sizes <= cap]))
        large = large[~fits]
    if len(large):
        piece = _pieces(large, cap, split)
        large = _rekey(large, piece + np.uint32(1), out)
        kept, sizes, left_sizes = keep_blocks(large, split)
        done.append((large[:kept], sizes, left_sizes))
    blocks = RuleBlocks(
        rule,
        np.concatenate([d[0] for d in done]),
        np.concatenate([d[1] for d in done]),
        np.concatenate([d[2] for d in done]),
        n_refined=int(is_large.sum()),
        largest=int(lengths.max(initial=0)),
    )
    n_after = sum(int(pairs_of(d[1], d[2], bool(split)).sum()) for d in done[1:])
    blocks.n_pairs_left_out = n_before - n_after
    return blocks


def _pieces(packed: npt.NDArray[np.uint64], cap: int, split: int) -> npt.NDArray[np.uint32]:
    """The piece of its block, at most cap records, that each entry belongs to.

    Neighbours in the order of the table stay together: exports list a place's people side by side. Of a link,
    both sides are cut alike, so that each piece holds its share of both.
    """
    begins = np.flatnonzero(np.diff(packed >> np.uint64(32), prepend=np.uint64(0)))
    lengths = np.diff(begins, append=len(packed))
    position = np.arange(len(packed)) - np.repeat(begins, lengths)
    if not split:
        return (position // cap).astype(np.uint32)
    is_left = (packed & _ROW) < split
    lefts = np.repeat(np.add.reduceat(is_left, begins, dtype=np.int64), lengths)
    lengths = np.repeat(lengths, lengths)
    position = np.where(is_left, position, position - lefts)
    of_side = np.where(is_left, lefts, lengths - lefts)
    # One less than cap: each side's share is rounded up.
    n_pieces = -(-lengths // (cap - 1))
    piece: npt.NDArray[np.int64] = position * n_pieces // of_side
    return piece.astype(np.uint32)


def _rekey(
    packed: npt.NDArray[np.uint64], finer: npt.NDArray[np.uint32], out: npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint64]:
    """Mix a further key into those of packed, note it in out, and sort."""
    key = (packed >> np.uint64(32)) * np.uint64(0x9E3779B97F4A7C15) ^ finer.astype(np.uint64) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    key = (key * np.uint64(0xE7037ED1A0B428DB)) >> np.uint64(32)
    key = np.maximum(key, np.uint64(1))
    rows = packed & _ROW
    out[rows.astype(np.intp)] = key.astype(np.uint32)
    result: npt.NDArray[np.uint64] = key << np.uint64(32) | rows
    result.sort()
    return result
