"""Blocking rules over encoded rows -> blocks of every rule, with exact counts before anything is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from linkage._kernels.block_samples import keep_unequal, sample_blocks
from linkage._kernels.used_pages import touch_pages
from linkage.blocking.keys import ROWS_AT_ONCE, KeyMaker
from linkage.blocking.one_rule import RuleBlocks, RuleBuilder
from linkage.blocking.pieces import Keys, Packed
from linkage.fields.batch import EncodedRecords
from linkage.schema import BlockingRule

PAIRS_PER_RECORD = 0.2
"""Candidate pairs that one rule may cost per record; beyond, its largest blocks are refined."""
LEAST_BUDGET = 1_000_000
PARTS = 2.5
"""Pairs that the parts of a rule's large blocks may hold, as a multiple of those of whole blocks."""
ROOT_FROM = 10_000_000
"""Records from which on these grow with the root of the records: ever more parts agree by chance."""
LARGEST_BLOCK = 3_000
RULES_A_THREAD = 4
"""Rules to build for each thread from which on none of them is left without work for long."""
RULES_AT_ONCE = 28
"""Rules whose keys are made in one pass over the rows, 4 bytes a record and rule, where memory allows."""
RECORDS_OF_A_SHARE = 1 << 18
"""Records, about, whose keys tell enough of a rule that only trains: it takes a share of all keys."""
TRAINED_BLOCK = 64
"""The largest block of such a rule that stays whole: some blocks stand for all, and none for too many."""
LEAST_ROOM = 128
"""Bytes a record that the keys' memory has at least, where memory allows: sketches take it over when keys are
gone, pages that the system has cleared once. What no key fills costs nothing till then."""


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

    @contextmanager
    def clearing_room(self, threads: int) -> Iterator[None]:
        """While the caller keeps few of some threads busy, have one touch the new pages of `room`."""
        if self.room is None or threads < 2:
            yield
            return
        ended = np.zeros(1, np.uint8)
        with ThreadPoolExecutor(1) as beside:
            touched = beside.submit(touch_pages, self.room, ended)
            try:
                yield
            finally:
                ended[0] = 1
        touched.result()

    @property
    def n_pairs(self) -> int:
        """Pairs of all rules, those found twice counted twice."""
        return sum(rule.n_pairs for rule in self.rules)

    def leave_files(self) -> None:
        """Entries that lie in files are needed no more; the counts stay."""
        for rule in self.rules:
            rule.leave_file()


def build_blocks(
    records: EncodedRecords,
    rules: Sequence[BlockingRule],
    *,
    threads: int,
    sampled_a_rule: int = 0,
    n_scored: int | None = None,
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
    n_scored : int or None
        Rules whose pairs are to be scored; those behind them serve training alone, and of many records only a
        share of their blocks is found.
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
    room = records.take_room((4 * at_once if folder else max(4 * at_once, LEAST_ROOM)) * n + 64)
    columns = room[: 4 * at_once * n].view(np.uint32).reshape(at_once, n)
    side = min(rules_at_once or threads, at_once)
    scored = len(rules) if n_scored is None else n_scored
    share = _share_of(n)
    found: list[RuleBlocks] = []
    sampled: list[SampledPairs] = []
    with (
        ThreadPoolExecutor(max(threads, 1)) as pool,
        ThreadPoolExecutor(max(side, 1)) as side_by_side,
    ):
        maker.prepare([key for rule in rules for key in (*rule.keys, *rule.refine)], pool)
        budget = max(LEAST_BUDGET, int(pairs_per_record * n))
        of_parts = int(PARTS * budget * min(1.0, (ROOT_FROM / max(n, 1)) ** 0.5))
        fills = side >= threads and at_once >= RULES_A_THREAD * threads
        rooms = _rooms_in(room[columns.nbytes :], n, side)
        builder = RuleBuilder(records, maker, pool, budget, of_parts, largest_block, fills, rooms)
        for last in range(len(rules), 0, -at_once):
            group = range(max(last - at_once, 0), last)
            _make_keys(maker, [rules[k] for k in group], columns, pool, threads)

            def build(k: int, first: int = group.start) -> tuple[RuleBlocks, SampledPairs]:
                keys = columns[k - first]
                if k < scored:
                    blocks = builder.blocks(rules[k], keys, folder)
                else:
                    blocks = builder.some_blocks(rules[k], keys, TRAINED_BLOCK, share)
                return blocks, _sample(
                    blocks, k, records.n_left, sampled_a_rule, 1.0 if k < scored else share
                )

            for k, (blocks, pairs) in zip(
                reversed(group), side_by_side.map(build, reversed(group)), strict=True
            ):
                found.insert(0, blocks)
                sampled.insert(0, pairs)
                if progress:
                    progress("block", len(rules) - k, len(rules))
            _drop_known(sampled, columns[: len(group)], pool)
    return Blocks(found, sampled if sampled_a_rule else [], None if folder else room)


def _make_keys(
    maker: KeyMaker,
    rules: Sequence[BlockingRule],
    columns: npt.NDArray[np.uint32],
    pool: ThreadPoolExecutor,
    threads: int,
) -> None:
    """Fill a column for each of some rules with the keys of all rows, which are read once."""
    keys, n = [rule.keys for rule in rules], maker.records.n_records

    def encode(begin: int) -> None:
        end = min(begin + ROWS_AT_ONCE, n)
        maker.encode_rules(keys, columns[: len(keys)], begin, end)
        maker.records.let_go(begin, end)

    list(pool.map(encode, _side_by_side(range(0, n, ROWS_AT_ONCE), threads)))


def _drop_known(
    sampled: Sequence[SampledPairs], columns: npt.NDArray[np.uint32], pool: ThreadPoolExecutor
) -> None:
    """Drop from each rule's sample what the rules before it find whose keys are at hand, the first ones'."""

    def drop(place: int) -> None:
        for keys in columns[:place]:
            sampled[place].drop_equal(keys)

    list(pool.map(drop, range(len(sampled))))


def _rooms_in(memory: npt.NDArray[np.uint8], n: int, n_rooms: int) -> list[tuple[Packed, Packed]]:
    """Room for the entries of as many rules at a time as fit behind the keys, n of each and twice.

    What takes the keys' memory over touches it anyway, and rooms apart from it would be gaps by then.
    """
    memory = memory[-memory.ctypes.data % 8 :]
    fit = min(len(memory) // (16 * max(n, 1)), n_rooms)
    parts = memory[: fit * 16 * n].view(np.uint64).reshape(fit, 2, n)
    return [(part[0], part[1]) for part in parts]


def _side_by_side(parts: Sequence[int], threads: int) -> list[int]:
    """The parts in an order in which each thread is in a region of its own.

    Memory is handed out, and cleared, in large pages: threads that touch the same one wait for each other.
    """
    step = -(-len(parts) // max(threads, 1))
    return [part for k in range(step) for part in parts[k::step]]


def _share_of(n: int) -> float:
    """The share of keys, a power of two, that about `RECORDS_OF_A_SHARE` of n records have."""
    return 2.0 ** (1 - max(n // RECORDS_OF_A_SHARE, 1).bit_length())


def _sample(blocks: RuleBlocks, k: int, split: int, wanted: int, share: float) -> SampledPairs:
    rate = min(1.0, wanted / max(blocks.n_pairs, 1))
    limit = 2**64 - 1 if rate == 1 else int(rate * 2**64)
    packed = blocks.packed if wanted else np.empty(0, np.uint64)
    left, right = sample_blocks(packed, k, split, limit)
    return SampledPairs(left, right, rate * share)
