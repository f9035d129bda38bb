"""Blocking rules over encoded rows -> blocks of every rule, with exact counts before anything is scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from linkage._kernels.blocks import (
    keep_blocks,
    keep_unequal,
    mix_keys,
    pack_repeated,
    part_blocks,
    sample_blocks,
)
from linkage.blocking.keys import ROWS_AT_ONCE, KeyMaker
from linkage.fields.batch import EncodedRecords
from linkage.files import NamelessFile
from linkage.schema import BlockingRule

PAIRS_PER_RECORD = 0.5
"""Candidate pairs that one rule may cost per record; beyond, its largest blocks are refined."""
LEAST_BUDGET = 1_000_000
LARGEST_BLOCK = 3_000
RULES_AT_ONCE = 28
"""Rules whose keys are made in one pass over the rows, 4 bytes a record and rule, where memory allows."""
LEAST_ROOM = 128
"""Bytes a record that the keys' memory has at least, where memory allows: sketches take it over when keys are
gone, pages that the system has cleared once. What no key fills costs nothing till then."""
SIZES_AT_ONCE = 1 << 20
"""Blocks whose pairs are counted at a time."""
ENTRIES_AT_ONCE = 1 << 20
"""Entries of large blocks that are cut into pieces at a time, and the rest of the last block."""
PARTS_AT_ONCE = 64
"""Parts of a rule's entries that a thread sorts at a time."""
_ROW = np.uint64(0xFFFFFFFF)
Packed = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.uint32]


@dataclass
class RuleBlocks:
    """The blocks of one rule.

    Attributes
    ----------
    rule : BlockingRule
    n_blocks, n_pairs, largest : int
        Blocks, pairs inside them, and the records of the largest one before it was refined.
    n_refined : int
        Blocks that were too large and were split by a further key.
    n_pairs_left_out : int
        Pairs of such blocks that are in no block any more.
    entries : uint64[n] or NamelessFile
        What `packed` gives, or the file that holds it.
    """

    rule: BlockingRule
    n_blocks: int
    n_pairs: int
    largest: int
    n_refined: int
    n_pairs_left_out: int
    seconds: float
    entries: Packed | NamelessFile = field(repr=False)

    @property
    def in_file(self) -> bool:
        """Whether the entries lie in a file."""
        return isinstance(self.entries, NamelessFile)

    @property
    def packed(self) -> Packed:
        """Entries key << 32 | row, sorted, only blocks with a pair; uint64[n], mapped if in a file."""
        if isinstance(self.entries, NamelessFile):
            held = self.entries.mapped(soon=True)
            return np.empty(0, np.uint64) if held is None else np.frombuffer(held, np.uint64)
        return self.entries

    def leave_file(self) -> None:
        """Entries that lie in a file are needed no more; the counts stay."""
        if isinstance(self.entries, NamelessFile):
            self.entries.close()
            self.entries = np.empty(0, np.uint64)


@dataclass
class SampledPairs:
    """Pairs of some blocks of a rule that no rule before it finds; each stands for 1 / rate pairs."""

    left: Keys
    right: Keys
    rate: float

    def drop_equal(self, keys: Keys) -> None:
        """Drop the pairs that have an equal key of another rule."""
        n = keep_unequal(keys, self.left, self.right)
        self.left, self.right = self.left[:n], self.right[:n]


@dataclass
class Blocks:
    """The blocks of all rules and, where asked for, pairs sampled from them."""

    rules: list[RuleBlocks]
    sampled: list[SampledPairs] = field(default_factory=list)
    room: npt.NDArray[np.uint8] | None = field(default=None, repr=False)
    """Memory that held keys and holds nothing any more, for whoever is next."""

    @property
    def n_pairs(self) -> int:
        """Pairs of all rules, those found twice counted twice."""
        return sum(rule.n_pairs for rule in self.rules)

    def leave_files(self) -> None:
        """Entries that lie in files are needed no more; the counts stay."""
        for rule in self.rules:
            rule.leave_file()


def pairs_of(lengths: Keys, lefts: Keys, is_link: bool) -> npt.NDArray[np.int64]:
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
    sampled_a_rule: int = 0,
    keys_at_once: int = RULES_AT_ONCE,
    rules_at_once: int | None = None,
    folder: Path | None = None,
    pairs_per_record: float = PAIRS_PER_RECORD,
    largest_block: int = LARGEST_BLOCK,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Blocks:
    """Find the blocks of each rule.

    A rule whose blocks hold more than `pairs_per_record` pairs a record keeps its small blocks whole (they
    hold the rare values) and splits the large ones by its `refine` keys in turn; what stays too large is
    cut into pieces. Pairs lost on the way are counted in `n_pairs_left_out`.

    Parameters
    ----------
    sampled_a_rule : int
        About how many pairs of each rule to sample, whole blocks; a pair that an earlier rule finds is not
        among them. None are by default.
    keys_at_once, rules_at_once : int
        Rules whose keys are made in one pass, and those whose blocks are built side by side (by default one
        a thread): 4 bytes a record for the first, some 30 for the second. They change nothing else.
    folder : Path or None
        Where to put the entries of blocks, a file without a name a rule; None keeps them in memory.

    Notes
    -----
    O(rules x records log records). Rules are built from the last to the first: with the keys of a rule at
    hand its pairs are dropped from the samples of all later ones, so that no keys are kept.
    """
    maker = KeyMaker(records)
    n = records.n_records
    at_once = max(min(keys_at_once, len(rules)), 1)
    room = np.empty((4 * at_once if folder else max(4 * at_once, LEAST_ROOM)) * n + 64, np.uint8)
    columns = room[: 4 * at_once * n].view(np.uint32).reshape(at_once, n)
    found: list[RuleBlocks] = []
    sampled: list[SampledPairs] = []
    with (
        ThreadPoolExecutor(max(threads, 1)) as pool,
        ThreadPoolExecutor(max(min(rules_at_once or threads, at_once), 1)) as side_by_side,
    ):
        # One thread a key: no table of values is built twice.
        distinct = dict.fromkeys(key for r in rules for key in (*r.keys, *r.refine))
        list(pool.map(lambda key: maker.prepare([key]), distinct))
        builder = _Builder(records, maker, pool, max(LEAST_BUDGET, int(pairs_per_record * n)), largest_block)
        for last in range(len(rules), 0, -at_once):
            group = range(max(last - at_once, 0), last)
            keys_of_group = [rules[k].keys for k in group]

            def encode(begin: int, chosen: list[tuple[str, ...]] = keys_of_group) -> None:
                end = min(begin + ROWS_AT_ONCE, n)
                maker.encode_rules(chosen, columns[: len(chosen)], begin, end)
                records.let_go(begin, end)

            def build(k: int, first: int = group.start) -> tuple[RuleBlocks, SampledPairs]:
                blocks = builder.blocks(rules[k], columns[k - first], folder)
                return blocks, _sample(blocks, k, records.n_left, sampled_a_rule)

            list(pool.map(encode, _side_by_side(range(0, n, ROWS_AT_ONCE), threads)))
            for k, (blocks, pairs) in zip(
                reversed(group), side_by_side.map(build, reversed(group)), strict=True
            ):
                found.insert(0, blocks)
                sampled.insert(0, pairs)
                if progress:
                    progress("block", len(rules) - k, len(rules))

            def drop(place: int, n_before: int = len(group)) -> None:
                """What the rules of the group before a sample's own find is not new in it."""
                for k in range(min(place, n_before)):
                    sampled[place].drop_equal(columns[k])

            list(pool.map(drop, range(len(sampled))))
    return Blocks(found, sampled if sampled_a_rule else [], None if folder else room)


def _side_by_side(parts: Sequence[int], threads: int) -> list[int]:
    """The parts in an order in which each thread is in a region of its own.

    Memory is handed out, and cleared, in large pages: threads that touch the same one wait for each other.
    """
    step = -(-len(parts) // max(threads, 1))
    return [part for k in range(step) for part in parts[k::step]]


def _sample(blocks: RuleBlocks, k: int, split: int, wanted: int) -> SampledPairs:
    rate = min(1.0, wanted / max(blocks.n_pairs, 1))
    limit = 2**64 - 1 if rate == 1 else int(rate * 2**64)
    packed = blocks.packed if wanted else np.empty(0, np.uint64)
    left, right = sample_blocks(packed, k, split, limit)
    return SampledPairs(left, right, rate)


@dataclass
class _Builder:
    """What the blocks of every rule are built from."""

    records: EncodedRecords
    maker: KeyMaker
    pool: ThreadPoolExecutor
    budget: int
    largest_block: int
    rooms: list[tuple[Packed, Packed]] = field(default_factory=list)
    """Memory for the entries of a rule and for those of its large blocks, which a rule before has used:
    pages that were given back would be cleared anew for every rule."""

    def blocks(self, rule: BlockingRule, keys: Keys, folder: Path | None = None) -> RuleBlocks:
        """The blocks of the rule with these keys of all records, in a file if there is a folder.

        Refined keys replace those of `keys`. Into a file each part is written as soon as it is done.
        """
        started = time.perf_counter()
        split = self.records.n_left
        rooms = self._rooms(len(keys))
        memory, other = rooms
        ends = pack_repeated(keys, memory)
        self._sort_parts(memory, [0, *ends])
        kept, lengths, lefts = keep_blocks(memory[: ends[-1]], split)
        entries = _Entries(folder)
        by_size = _pairs_by_size(lengths, lefts, bool(split), self.largest_block)
        largest = int(lengths.max(initial=0))
        cap = _cap(by_size, self.budget, self.largest_block)
        n_blocks, n_pairs, n_refined, n_before = len(lengths), int(by_size.sum()), 0, 0
        if largest > cap:
            n_refined, n_before = int(np.count_nonzero(lengths > cap)), n_pairs
            large = part_blocks(memory[:kept], lengths, cap, other)
            entries.add(memory[: kept - len(large)])
            n_blocks -= n_refined
            n_pairs = int(by_size[: cap + 1].sum())
            del lengths, lefts
            for part, sizes, left_sizes in self._refined(rule, large, cap, keys, rooms):
                entries.add(part)
                n_blocks += len(sizes)
                n_pairs += int(pairs_of(sizes, left_sizes, bool(split)).sum())
        else:
            entries.add(memory[:kept])
        self.rooms.append(rooms)
        left_out = n_before - n_pairs if n_refined else 0
        held = entries.finish()
        seconds = time.perf_counter() - started
        return RuleBlocks(rule, n_blocks, n_pairs, largest, n_refined, left_out, seconds, held)

    def _rooms(self, n: int) -> tuple[Packed, Packed]:
        """Room for n entries, and for as many of large blocks; untouched till used."""
        try:
            return self.rooms.pop()
        except IndexError:
            return np.empty(n, np.uint64), np.empty(n, np.uint64)

    def _sort_parts(self, memory: Packed, edges: list[int]) -> None:
        """Sort each part, which stays in the caches meanwhile; the threads take a share of them each."""

        def sort(first: int) -> None:
            for begin, end in pairwise(edges[first : first + PARTS_AT_ONCE + 1]):
                memory[begin:end].sort()

        list(self.pool.map(sort, range(0, len(edges) - 1, PARTS_AT_ONCE)))

    def _refined(
        self, rule: BlockingRule, large: Packed, cap: int, keys: Keys, rooms: tuple[Packed, Packed]
    ) -> Iterator[tuple[Packed, Keys, Keys]]:
        """Split large blocks, key by key, until they fit: entries, lengths, lefts of each step's blocks.

        What is beyond goes from one of the rooms to the other, large being in the second.
        """
        split = self.records.n_left
        for key in rule.refine:
            if not len(large):
                break
            large, sizes, left_sizes = self._split(large, self.maker.finer(key, large, self.pool), keys)
            fits = sizes <= cap
            beyond = part_blocks(large, sizes, cap, rooms[0])
            yield large[: len(large) - len(beyond)], sizes[fits], left_sizes[fits]
            large, rooms = beyond, (rooms[1], rooms[0])
        if len(large):
            yield self._split(large, _pieces(large, cap, split) + np.uint32(1), keys)

    def _split(self, packed: Packed, finer: Keys, keys: Keys) -> tuple[Packed, Keys, Keys]:
        """Mix a further key into those of packed and sort: what is left of its blocks, and their sizes."""
        mix_keys(packed, finer, keys)
        packed.sort()
        kept, sizes, left_sizes = keep_blocks(packed, self.records.n_left)
        return packed[:kept], sizes, left_sizes


class _Entries:
    """A rule's entries, part by part: in a file, or together in memory at the end."""

    def __init__(self, folder: Path | None) -> None:
        self._parts: list[Packed] = []
        self._file = None if folder is None else NamelessFile(folder)

    def add(self, part: Packed) -> None:
        if self._file is None:
            self._parts.append(part.copy())  # it may be a view of much more
        else:
            self._file.add(part.view(np.uint8))

    def finish(self) -> Packed | NamelessFile:
        if self._file is not None:
            return self._file
        return self._parts[0] if len(self._parts) == 1 else np.concatenate(self._parts)


def _pairs_by_size(lengths: Keys, lefts: Keys, is_link: bool, largest_block: int) -> npt.NDArray[np.float64]:
    """Pairs of all blocks of each size; the last entry holds those beyond the largest one."""
    by_size = np.zeros(largest_block + 2)
    for at in range(0, len(lengths), SIZES_AT_ONCE):
        sizes, left_sizes = (a[at : at + SIZES_AT_ONCE] for a in (lengths, lefts))
        capped = np.minimum(sizes, largest_block + 1)
        by_size += np.bincount(capped, pairs_of(sizes, left_sizes, is_link), len(by_size))
    return by_size


def _cap(by_size: npt.NDArray[np.float64], budget: int, largest_block: int) -> int:
    """The largest block size up to which all blocks together fit the budget."""
    fits = np.flatnonzero(np.cumsum(by_size) <= budget)
    return int(min(max(fits[-1] if len(fits) else 2, 2), largest_block))


def _pieces(packed: Packed, cap: int, split: int) -> Keys:
    """The piece of its block, at most cap records, that each entry belongs to.

    Neighbours in the order of the table stay together: exports list a place's people side by side. Of a link,
    both sides are cut alike, so that each piece holds its share of both. Some blocks at a time: places are
    counted in 64 bits, several of them an entry.
    """
    pieces = np.empty(len(packed), np.uint32)
    begin = 0
    while begin < len(packed):
        end = _end_of_blocks(packed, begin + ENTRIES_AT_ONCE)
        pieces[begin:end] = _pieces_of(packed[begin:end], cap, split)
        begin = end
    return pieces


def _end_of_blocks(packed: Packed, at: int) -> int:
    """Where the block of the entry before `at` ends."""
    if at >= len(packed):
        return len(packed)
    return int(np.searchsorted(packed, packed[at - 1] | _ROW, side="right"))


def _pieces_of(packed: Packed, cap: int, split: int) -> npt.NDArray[np.int64]:
    begins = np.flatnonzero(np.diff(packed >> np.uint64(32), prepend=np.uint64(0)))
    lengths = np.diff(begins, append=len(packed))
    position = np.arange(len(packed)) - np.repeat(begins, lengths)
    if not split:
        return position // cap
    is_left = (packed & _ROW) < split
    lefts = np.repeat(np.add.reduceat(is_left, begins, dtype=np.int64), lengths)
    lengths = np.repeat(lengths, lengths)
    position = np.where(is_left, position, position - lefts)
    of_side = np.where(is_left, lefts, lengths - lefts)
    # One less than cap: each side's share is rounded up.
    n_pieces = -(-lengths // (cap - 1))
    piece: npt.NDArray[np.int64] = position * n_pieces // of_side
    return piece
