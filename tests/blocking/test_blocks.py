"""Candidate pairs of rules against brute force: complete, each once, by the first rule."""

import time
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.blocking import blocks as module
from linkage.blocking import pieces
from linkage.blocking.blocks import Blocks, build_blocks
from linkage.fields.row_store import RowFile
from linkage.predict import score_candidates, tasks_of
from linkage.schema import Field, block_on
from tests.kernels.scoring import encode, scorer_of
from tests.reference import blocks as naive

LOWEST = -(2**31)
FIELDS = [Field("a", "text"), Field("b", "text"), Field("c", "text")]
RULES = (block_on("a", refine=("b", "c")), block_on("b"), block_on("a", "c", refine=("b",)))

rows = st.lists(st.tuples(*[st.sampled_from(["x", "y", "z", ""])] * 3), min_size=1, max_size=25)
sides = st.one_of(st.none(), rows)


def table(rows):
    return dict(zip("abc", map(list, zip(*rows, strict=True)), strict=True))


def keys_by_hand(rows, rule):
    of_rule = [[row["abc".index(k)] for k in rule.keys] for row in rows]
    return [None if "" in keys else tuple(keys) for keys in of_rule]


def runs_of(rule, n_left):
    """Pairs of the runs of equal keys."""
    by_key = {}
    for entry in rule.packed.tolist():
        by_key.setdefault(entry >> 32, []).append(entry & 0xFFFFFFFF)
    return {
        pair
        for members in by_key.values()
        for pair in combinations(sorted(members), 2)
        if naive.is_pair(*pair, n_left)
    }


def largest_run(rule):
    return max(np.unique(rule.packed >> np.uint64(32), return_counts=True)[1], default=0)


def found_pairs(records, blocks, threads=1):
    scorer, _ = scorer_of(records)
    found = score_candidates(records, scorer, blocks, len(blocks.rules), floor=LOWEST, threads=threads)
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs) == found.n_scored == sum(found.new_per_rule)
    return dict(zip(pairs, found.rule.tolist(), strict=True))


@given(rows, sides)
def test_union_over_rules_is_what_brute_force_finds(left, right):
    records = encode(table(left), FIELDS, right=table(right) if right else None)
    blocks = build_blocks(records, RULES, threads=1)
    both = left + (right or [])
    expected = [naive.pairs_of_rule(keys_by_hand(both, rule), records.n_left) for rule in RULES]
    assert [rule.n_pairs for rule in blocks.rules] == [len(pairs) for pairs in expected]
    assert [rule.n_pairs_left_out for rule in blocks.rules] == [0, 0, 0]
    assert found_pairs(records, blocks) == naive.first_rules(expected)


@given(rows, sides, st.integers(2, 6))
def test_refined_blocks_lose_only_what_they_count(left, right, largest):
    records = encode(table(left), FIELDS, right=table(right) if right else None)
    blocks = build_blocks(records, RULES, threads=1, largest_block=largest)
    both = left + (right or [])
    found = []
    for rule in blocks.rules:
        keys = keys_by_hand(both, rule.rule)
        pairs, kept = naive.pairs_of_rule(keys, records.n_left), runs_of(rule, records.n_left)
        assert kept <= pairs
        assert rule.n_pairs == len(kept)
        assert rule.n_pairs_left_out == len(pairs) - len(kept)
        assert largest_run(rule) <= largest
        small = {pair for pair in pairs if keys.count(keys[pair[0]]) <= largest}
        assert small <= kept
        found.append(kept)
    assert found_pairs(records, blocks) == naive.first_rules(found)


@given(rows)
def test_a_rule_over_its_budget_keeps_its_small_blocks(rows):
    records = encode(table(rows), FIELDS)
    least, module.LEAST_BUDGET = module.LEAST_BUDGET, 0
    try:
        blocks = build_blocks(records, RULES[:1], threads=1, pairs_per_record=1)
    finally:
        module.LEAST_BUDGET = least
    keys = keys_by_hand(rows, RULES[0])
    pairs, kept = naive.pairs_of_rule(keys, 0), runs_of(blocks.rules[0], 0)
    assert kept <= pairs
    assert blocks.rules[0].n_pairs_left_out == len(pairs) - len(kept)
    if len(pairs) <= len(rows):
        assert kept == pairs


@pytest.mark.parametrize("is_link", [False, True])
def test_parts_of_large_blocks_hold_no_more_pairs_than_they_may(monkeypatch, is_link):
    monkeypatch.setattr(module, "LEAST_BUDGET", 0)
    monkeypatch.setattr(module, "PARTS", 1)
    random = np.random.default_rng(3)
    a = random.choice(["x", "y"], 4000)
    b, c = random.integers(0, 60, 4000).astype(str), random.integers(0, 10, 4000).astype(str)
    rows = list(zip(a, b, c, strict=True))
    split = 2000 if is_link else len(rows)
    records = encode(table(rows[:split]), FIELDS, right=table(rows[split:]) if is_link else None)

    def n_pairs(budget):
        built = build_blocks(records, RULES[:1], threads=1, pairs_per_record=budget, largest_block=100)
        return built.rules[0].n_pairs

    for budget in (1, 2, 5):
        assert budget * 4000 / 4 <= n_pairs(budget) <= budget * 4000, "split no further than it must be"
    monkeypatch.setattr(module, "ROOT_FROM", 1000)  # of four times as many, half as many a record
    assert 2 * 4000 / 4 / 2 <= n_pairs(2) <= 2 * 4000 / 2


def test_threads_change_nothing():
    random = np.random.default_rng(0)
    rows = [tuple(r) for r in random.choice(["x", "y", "z", "w", "v", ""], (400, 3))]
    records = encode(table(rows), FIELDS)
    # Of so many rules each is built by one thread, but for eight threads, which build a rule together.
    one, *others = (build_blocks(records, RULES * 4, threads=t, largest_block=20) for t in (1, 2, 8))
    for two in others:
        for a, b in zip(one.rules, two.rules, strict=True):
            assert a.packed.tobytes() == b.packed.tobytes()
        assert list(found_pairs(records, one)) == list(found_pairs(records, two, threads=2))


def test_tasks_for_more_threads_are_whole_blocks_and_change_nothing(monkeypatch):
    monkeypatch.setattr("linkage.predict.LEAST_TASK", 64)
    monkeypatch.setattr("linkage.predict.LEAST_SHARE", 8)
    random = np.random.default_rng(1)
    records = encode(table([tuple(r) for r in random.choice([*"xyzwv", ""], (600, 3))]), FIELDS)
    blocks = build_blocks(records, RULES * 2, threads=1, largest_block=20)
    for rule in blocks.rules:
        keys, ends = rule.packed >> np.uint64(32), np.array(tasks_of(rule, rule.packed, 3))
        assert ends[0] == 0 and ends[-1] == len(keys) and (np.diff(ends) > 0).all()
        assert (keys[ends[1:-1]] != keys[ends[1:-1] - 1]).all()
        assert len(ends) > 2 or rule.n_pairs + len(keys) < 64
    assert list(found_pairs(records, blocks)) == list(found_pairs(records, blocks, threads=3))


@given(rows, sides, st.integers(2, 6), st.integers(1, 3))
def test_samples_hold_each_pair_of_the_first_rule_that_finds_it(left, right, largest, at_once):
    records = encode(table(left), FIELDS, right=table(right) if right else None)
    blocks = build_blocks(
        records, RULES, threads=2, largest_block=largest, sampled_a_rule=10**6, keys_at_once=at_once
    )
    drawn = {}
    for k, pairs in enumerate(blocks.sampled):
        assert pairs.rate == 1
        drawn |= {pair: k for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)}
    assert sum(len(pairs.left) for pairs in blocks.sampled) == len(drawn)
    assert drawn == naive.first_rules([runs_of(rule, records.n_left) for rule in blocks.rules])


def test_rules_that_only_train_are_built_of_a_share_of_their_keys(monkeypatch):
    """Those blocks are whole; each sampled pair stands for as many as are not looked at."""
    monkeypatch.setattr(module, "RECORDS_OF_A_SHARE", 500)
    random = np.random.default_rng(2)
    names = [f"n{k:x}" for k in range(700)]
    records = encode(
        {"a": random.choice(names, 4100), "b": random.choice(names, 4100), "c": ["x"] * 4100}, FIELDS
    )
    rules = (block_on("a"), block_on("b"))
    whole = build_blocks(records, rules, threads=1, sampled_a_rule=10**6)
    some = build_blocks(records, rules, threads=1, sampled_a_rule=10**6, n_scored=1)
    assert some.rules[0].packed.tobytes() == whole.rules[0].packed.tobytes()
    expected = whole.rules[1].packed[whole.rules[1].packed < 2**64 // 8]
    assert some.rules[1].packed.tolist() == expected.tolist() and len(expected) > 300
    assert [pairs.rate for pairs in some.sampled] == [1, 1 / 8]
    n_all = len(whole.sampled[1].left)
    assert len(some.sampled[1].left) / some.sampled[1].rate == pytest.approx(n_all, rel=0.2)


@pytest.mark.parametrize("rows_in_file", [False, True])
def test_few_rules_at_once_and_files_change_nothing(tmp_path, rows_in_file):
    random = np.random.default_rng(0)
    rows = [tuple(r) for r in random.choice(["x", "y", "z", "w", "v", ""], (400, 3))]
    records = encode(table(rows), FIELDS)
    one = build_blocks(records, RULES, threads=2, largest_block=20, sampled_a_rule=50)
    if rows_in_file:
        records.move_rows(RowFile(tmp_path, 1 << 40))
    two = build_blocks(
        records, RULES, threads=2, largest_block=20, sampled_a_rule=50,
        keys_at_once=1, rules_at_once=1, folder=tmp_path,
    )  # fmt: skip
    for a, b in zip(one.rules, two.rules, strict=True):
        assert a.packed.tobytes() == b.packed.tobytes()
        assert (a.n_pairs, a.n_blocks, a.n_pairs_left_out) == (b.n_pairs, b.n_blocks, b.n_pairs_left_out)
    for a, b in zip(one.sampled, two.sampled, strict=True):
        assert (a.left.tolist(), a.right.tolist(), a.rate) == (b.left.tolist(), b.right.tolist(), b.rate)


def test_a_block_of_a_link_is_cut_into_pieces_with_both_sides():
    same = [("x", "y", "z")] * 100
    records = encode(table(same), FIELDS, right=table(same))
    rule = build_blocks(records, RULES[:1], threads=1, largest_block=20).rules[0]
    assert rule.n_pairs >= 900


def naive_pieces(packed, cap, split):
    """Block by block; of a link's block each side is cut into as many parts, in the order of its rows."""
    found = {}
    for key in {entry >> 32 for entry in packed}:
        block = [entry for entry in packed if entry >> 32 == key]
        lefts = [entry for entry in block if entry & 0xFFFFFFFF < split]
        rights = [entry for entry in block if entry & 0xFFFFFFFF >= split]
        n_pieces = -(-len(block) // (cap - 1))
        for side in (lefts, rights):
            for i, entry in enumerate(side):
                found[entry] = i * n_pieces // len(side) if split else i // cap
        sizes = Counter(found[entry] for entry in block)
        assert max(sizes.values()) <= cap
    return [found[entry] for entry in packed]


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 40)), min_size=1, unique=True),
    st.integers(3, 6),
    st.sampled_from([0, 20]),
    st.integers(1, 7),
)
def test_pieces_do_not_depend_on_how_many_blocks_are_cut_at_a_time(entries, cap, split, at_once):
    packed = np.sort(np.array([key << 32 | row for key, row in entries], np.uint64))
    if split:  # blocks of a link hold both sides
        sides = {key: {row < split for k, row in entries if k == key} for key, _ in entries}
        packed = np.array([p for p in packed if len(sides[int(p) >> 32]) == 2], np.uint64)
    whole = pieces.pieces_of_blocks(packed, cap, split)
    assert whole.tolist() == naive_pieces(packed.tolist(), cap, split)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "ENTRIES_AT_ONCE", at_once)
        assert pieces.pieces_of_blocks(packed, cap, split).tolist() == whole.tolist()


def test_room_for_sketches_is_cleared_beside_what_one_thread_does():
    blocks = Blocks([], room=np.ones(3 << 20 | 5, np.uint8))
    with blocks.clearing_room(2):
        while blocks.room[0]:  # the last page to be touched
            time.sleep(0.001)
        assert not blocks.room[4::4096].any()
    blocks.room[:] = 1
    with pytest.raises(ZeroDivisionError), blocks.clearing_room(2):
        1 / 0  # noqa: B018
    with blocks.clearing_room(1), Blocks([]).clearing_room(2):
        touched = blocks.room.copy()
    assert (blocks.room == touched).all()
