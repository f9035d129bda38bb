"""The keys of one rule -> its blocks, in memory or in a file; those too large are split by further keys."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from linkage._kernels.blocks import keep_blocks, part_blocks
from linkage._kernels.packed_keys import mix_keys, pack_repeated
from linkage.blocking.keys import KeyMaker
from linkage.blocking.pieces import Keys, Packed, pieces_of_blocks
from linkage.fields.batch import EncodedRecords
from linkage.files import NamelessFile
from linkage.schema import BlockingRule

SIZES_AT_ONCE = 1 << 20
"""Blocks whose pairs are counted at a time."""
PARTS_AT_ONCE = 64
"""Parts of a rule's entries that a thread sorts at a time."""
_ROW = np.uint64(0xFFFFFFFF)
_PARTS = np.arange(256, dtype=np.uint64) << np.uint64(56)
"""Where parts begin that a further key leaves in their order."""


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


def pairs_of(lengths: Keys, lefts: Keys, is_link: bool) -> npt.NDArray[np.int64]:
    """Pairs inside blocks of these sizes; int64[n_blocks]."""
    n = lengths.astype(np.int64)
    if is_link:
        return lefts.astype(np.int64) * (n - lefts)
    return n * (n - 1) // 2


@dataclass
class RuleBuilder:
    """What the blocks of every rule are built from."""

    records: EncodedRecords
    maker: KeyMaker
    pool: ThreadPoolExecutor
    budget: int
    budget_of_parts: int
    largest_block: int
    fills_threads: bool = False
    """Whether rules built side by side keep all threads busy: then each does its own work, and none waits."""
    rooms: list[tuple[Packed, Packed]] = field(default_factory=list)
    """Memory for the entries of a rule and for those of its large blocks, which a rule before has used:
    pages that were given back would be cleared anew for every rule."""

    def blocks(self, rule: BlockingRule, keys: Keys, folder: Path | None = None) -> RuleBlocks:
        """The blocks of the rule with these keys of all records, in a file if there is a folder.

        Refined keys replace those of `keys`. Into a file each part is written as soon as it is done.
        """
        return self._blocks(rule, keys, folder, self.budget, self.largest_block, 2**32 - 1)

    def some_blocks(self, rule: BlockingRule, keys: Keys, largest_block: int, share: float) -> RuleBlocks:
        """The blocks of a share of the keys, the lowest ones, however many pairs they hold."""
        return self._blocks(rule, keys, None, math.inf, largest_block, int(share * 2**32) - 1)

    def _blocks(
        self,
        rule: BlockingRule,
        keys: Keys,
        folder: Path | None,
        budget: float,
        largest_block: int,
        limit: int,
    ) -> RuleBlocks:
        started = time.perf_counter()
        split = self.records.n_left
        rooms = self._rooms(len(keys))
        memory, other = rooms
        ends = pack_repeated(keys, memory, limit)
        self._sort_parts(memory, [0, *ends])
        kept, lengths, lefts = keep_blocks(memory[: ends[-1]], split)
        entries = _Entries(folder)
        by_size = _pairs_by_size(lengths, lefts, bool(split), largest_block)
        largest = int(lengths.max(initial=0))
        cap = _cap(by_size, budget, largest_block)
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

        spread = map if self.fills_threads else self.pool.map
        list(spread(sort, range(0, len(edges) - 1, PARTS_AT_ONCE)))

    def _refined(
        self, rule: BlockingRule, large: Packed, cap: int, keys: Keys, rooms: tuple[Packed, Packed]
    ) -> Iterator[tuple[Packed, Keys, Keys]]:
        """Split large blocks, key by key, until they fit: entries, lengths, lefts of each step's blocks.

        Each step's parts may hold half of the pairs that are left of their budget, so that blocks which are
        still many are split further. Where most entries are beyond a step, the next one takes two keys: its
        parts would be too large again. What is beyond goes from one of the rooms to the other, large being
        in the second.
        """
        split, pairs_left = self.records.n_left, float(self.budget_of_parts)
        waiting, at_once = list(rule.refine), 1
        while waiting and len(large):
            some, waiting = waiting[:at_once], waiting[at_once:]
            for key in some:
                mix_keys(large, self.maker.finer(key, large, None if self.fills_threads else self.pool), keys)
            n = len(large)
            large, sizes, left_sizes = self._sorted(large)
            by_size = _pairs_by_size(sizes, left_sizes, bool(split), cap)
            cap = _cap(by_size, pairs_left / 2, cap)
            pairs_left = max(pairs_left - by_size[: cap + 1].sum(), 0)
            fits = sizes <= cap
            beyond = part_blocks(large, sizes, cap, rooms[0])
            yield large[: len(large) - len(beyond)], sizes[fits], left_sizes[fits]
            at_once = 2 if len(beyond) > n / 2 else 1
            large, rooms = beyond, (rooms[1], rooms[0])
        if 2 * pairs_left < len(large):
            for at in range(0, len(large), SIZES_AT_ONCE):
                keys[large[at : at + SIZES_AT_ONCE] & _ROW] = 0  # in no block any more
        elif len(large):
            cap = max(min(cap, 1 + int(2 * pairs_left / len(large))), 2)
            mix_keys(large, pieces_of_blocks(large, cap, split) + np.uint32(1), keys)
            yield self._sorted(large)

    def _sorted(self, packed: Packed) -> tuple[Packed, Keys, Keys]:
        """Sort entries whose keys have been mixed: what is left of their blocks, and their sizes."""
        self._sort_parts(packed, [*np.searchsorted(packed, _PARTS).tolist(), len(packed)])
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
        if is_link:
            by_size += np.bincount(capped, pairs_of(sizes, left_sizes, is_link), len(by_size))
            continue
        n_blocks = np.bincount(capped, minlength=len(by_size))
        of_size = np.arange(len(by_size), dtype=np.int64)
        by_size[:-1] += (n_blocks * (of_size * (of_size - 1) // 2))[:-1]
        beyond = capped > largest_block
        by_size[-1] += pairs_of(sizes[beyond], left_sizes[beyond], is_link).sum()
    return by_size


def _cap(by_size: npt.NDArray[np.float64], budget: float, largest_block: int) -> int:
    """The largest block size up to which all blocks together fit the budget."""
    fits = np.flatnonzero(np.cumsum(by_size) <= budget)
    return int(min(max(fits[-1] if len(fits) else 2, 2), largest_block))
