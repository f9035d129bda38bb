"""Weights against sums spelled out; blocks, all pairs and early exits agree with each other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.comparison.program import unpack_codes
from linkage.model.term_frequencies import FIXED
from linkage.predict import sketch
from tests.kernels.made_up_model import drawn_scorer

LOWEST = -(2**31)
seeds = st.integers(0, 2**32)


def rarity(item, code, table, x, y):
    """Surprisal of what agrees; of two values that of the more frequent one, or of the rarer one."""
    part = (0, *item.operation.tf_parts)[code]
    if table is None or not part:
        return 0
    if item.operation.name == "date":
        year, month, day = int(f"{x >> 16:x}"), int(f"{x >> 8 & 255:x}"), int(f"{x & 255:x}")
        return int(table[((year - 1800) % 256 * 12 + month - 1) * 31 + day - 1])
    if item.operation.name == "category":
        return int(table[x & 0xFFFF, 0])
    of_two = max if code in item.operation.rarer else min
    return int(of_two(table[x, part - 1], table[y, part - 1]))


def naive_weight(records, comparisons, frequencies, tables, codes, i, j):
    lanes = [float(p) for p in tables.prior]
    for c, item in enumerate(comparisons):
        parent = tables.parents[c]
        at = tables.bases[c] + codes[c]
        at += codes[parent] * item.operation.n_codes if parent >= 0 else 0
        word = records.words[item.name]
        x, y = (int(records.rows[row, word]) for row in (i, j))
        tf = rarity(item, codes[c], frequencies.get(item.name), x, y)
        for k in range(len(lanes)):
            lanes[k] += int(tables.weights[at, k]) + tf * int(tables.weighs_rarity[c, k])
    return -FIXED * math.log2(sum(2.0 ** (-lane / FIXED) for lane in lanes))


def pairs_of(answer):
    left, right, weight, gamma = (part.tolist() for part in answer[:4])
    found = {(i, j): (w, g) for i, j, w, g in zip(left, right, weight, gamma, strict=True)}
    assert len(found) == len(left)
    return found


@given(seeds)
def test_weight_is_the_soft_minimum_of_the_sums(seed):
    records, comparisons, frequencies, tables, scorer = drawn_scorer(seed, 12)
    found = pairs_of(scorer.score_all(0, 12, 0, LOWEST))
    assert set(found) == {(i, j) for i in range(12) for j in range(i + 1, 12)}
    for (i, j), (weight, gamma) in found.items():
        codes = unpack_codes(np.array([gamma], np.uint64), comparisons)[0].tolist()
        expected = naive_weight(records, comparisons, frequencies, tables, codes, i, j)
        assert abs(weight - expected) <= len(tables.prior)


@given(seeds, st.integers(-8000, 8000), st.sampled_from([0, 9]))
def test_a_floor_leaves_pairs_out_and_changes_nothing_else(seed, floor, n_left):
    *_, scorer = drawn_scorer(seed, 30, n_left=n_left)
    n = n_left or 30
    everything = pairs_of(scorer.score_all(0, n, n_left, LOWEST))
    above = pairs_of(scorer.score_all(0, n, n_left, floor))
    assert above == {pair: found for pair, found in everything.items() if found[0] >= floor}


@given(seeds, st.integers(-3000, 3000), st.sampled_from([0, 1, 11, 29]))
def test_one_block_of_all_records_holds_all_pairs(seed, floor, n_left):
    *_, scorer = drawn_scorer(seed, 30, n_left=n_left)
    packed = np.arange(30, dtype=np.uint64) | np.uint64(7 << 32)
    blocks = scorer.score_blocks(packed, n_left, floor)
    everything = scorer.score_all(0, n_left or 30, n_left, floor)
    assert pairs_of(blocks) == pairs_of(everything)
    assert blocks[4:] == everything[4:]


@given(
    seeds,
    st.lists(st.one_of(st.integers(1, 6), st.integers(1, 40)), min_size=1, max_size=150),
    st.sampled_from([0, 13]),
    st.sampled_from(["none", "stored", "made"]),
)
def test_pairs_of_blocks_come_block_by_block(seed, lengths, n_left, sketches):
    """In tiles and lists, long runs and short ones: the pairs of each run, in the order of its records."""
    *_, scorer = drawn_scorer(seed, 40, n_left=n_left)
    floor = LOWEST if sketches == "none" else -1500
    if sketches != "none":
        sketch(scorer, 40, threads=1, store=sketches == "stored")
    random = np.random.default_rng(seed)
    runs = [np.sort(random.choice(40, n, replace=False)) for n in lengths]
    packed = np.concatenate([run.astype(np.uint64) | np.uint64((k + 1) << 32) for k, run in enumerate(runs)])
    expected = [
        (int(a), int(b)) for run in runs for i, a in enumerate(run) for b in run[i + 1 :]
        if not n_left or a < n_left <= b
    ]  # fmt: skip
    left, right, weight, gamma, n_new, n_seen = scorer.score_blocks(packed, n_left, floor)
    every = pairs_of(scorer.score_all(0, n_left or 40, n_left, floor))
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [
        pair for pair in expected if pair in every
    ]
    found = zip(left.tolist(), right.tolist(), weight.tolist(), gamma.tolist(), strict=True)
    assert all(every[a, b] == (w, g) for a, b, w, g in found)
    assert n_new == n_seen == len(expected)


@given(seeds)
def test_named_pairs_weigh_as_they_do_among_all(seed):
    *_, scorer = drawn_scorer(seed, 20)
    left, right, weight, gamma, *_ = scorer.score_all(0, 20, 0, LOWEST)
    order = np.random.default_rng(seed).permutation(len(left))
    again = np.empty(len(left), np.int32), np.empty(len(left), np.uint64)
    scorer.score_pairs(left[order].copy(), right[order].copy(), *again)
    assert again[0].tolist() == weight[order].tolist()
    assert again[1].tolist() == gamma[order].tolist()
    levels = np.zeros(len(left), np.uint64)
    scorer.levels_of_pairs(left[order].copy(), right[order].copy(), levels)
    assert levels.tolist() == gamma[order].tolist()


@given(seeds)
def test_bits_of_term_frequencies_are_those_of_the_weights(seed):
    records, comparisons, frequencies, _, scorer = drawn_scorer(seed, 12)
    left, right, _, gamma, *_ = scorer.score_all(0, 12, 0, LOWEST)
    total, shared = np.empty(len(left)), np.empty(len(left))
    scorer.term_frequency_bits(left, right, gamma, total, shared)
    codes = unpack_codes(gamma, comparisons)
    for k, (i, j) in enumerate(zip(left, right, strict=True)):
        bits = []
        for c, item in enumerate(comparisons):
            words = (int(records.rows[row, records.words[item.name]]) for row in (i, j))
            bits.append(rarity(item, codes[k, c], frequencies.get(item.name), *words) / FIXED)
        assert total[k] == pytest.approx(sum(bits))
        own = [b for b, item in zip(bits, comparisons, strict=True) if item.field.is_shared]
        assert shared[k] == pytest.approx(sum(own))


def test_relatives_weigh_what_they_share_whatever_its_rarity():
    records, comparisons, _, tables, _ = drawn_scorer(1, 4)
    kinds = ["strangers", "household", "twins", "community"]
    assert len(tables.prior) == len(kinds)
    for c, item in enumerate(comparisons):
        weighs = dict(zip(kinds, tables.weighs_rarity[c].tolist(), strict=False))
        own = int(not item.field.is_shared)
        assert weighs == {"strangers": 1, "household": own, "twins": own, "community": 0}
    assert len(records.rows) == 4


@given(seeds, st.sets(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=700), st.booleans())
def test_a_pair_that_is_known_is_left_out(seed, known, with_sketches):
    *_, scorer = drawn_scorer(seed, 40)
    known = {tuple(sorted(pair)) for pair in known if pair[0] != pair[1]}
    packed = np.arange(40, dtype=np.uint64) | np.uint64(9 << 32)
    floor = LOWEST
    if with_sketches:
        sketch(scorer, 40, threads=1)
        floor = -1000
    every = pairs_of(scorer.score_blocks(packed, 0, floor))
    for part in (sorted(known)[::2], sorted(known)[1::2]):
        both = np.array(part, np.uint32).reshape(-1, 2)
        scorer.know(both[:, 1].copy(), both[:, 0].copy())
    found = scorer.score_blocks(packed, 0, floor)
    assert pairs_of(found) == {pair: of for pair, of in every.items() if pair not in known}
    assert found[5] == 40 * 39 // 2
    assert (
        found[5] - found[4] == len(known)
        if floor == LOWEST
        else found[5] - found[4] >= len(known & set(every))
    )
    scorer.forget()
    assert pairs_of(scorer.score_blocks(packed, 0, floor)) == every


@given(seeds, st.lists(st.integers(2, 4), min_size=1, max_size=600), st.sampled_from([0, 13]))
def test_runs_of_one_known_pair_need_no_sketches(seed, lengths, n_left):
    """The same pairs, and the same counts, as from sketches that are stored."""
    *_, scorer = drawn_scorer(seed, 40, n_left=n_left)
    random = np.random.default_rng(seed)
    runs = [np.sort(random.choice(40, n, replace=False)) for n in lengths]
    packed = np.concatenate([run.astype(np.uint64) | np.uint64((k + 1) << 32) for k, run in enumerate(runs)])
    known = [run[:2] for run in runs if random.random() < 0.6 and (not n_left or run[0] < n_left <= run[1])]
    left, right = np.array(known, np.uint32).reshape(-1, 2).T.copy()
    answers = []
    for store in (True, False):
        sketch(scorer, 40, threads=1, store=store)
        scorer.know(left, right)
        answers.append([np.asarray(part).tolist() for part in scorer.score_blocks(packed, n_left, -1500)])
        scorer.forget()
    assert answers[0] == answers[1]


def test_rows_that_do_not_exist_are_refused():
    *_, scorer = drawn_scorer(0, 4)
    one, weight, gamma = np.array([4], np.uint32), np.empty(1, np.int32), np.empty(1, np.uint64)
    with pytest.raises(ValueError, match="beyond 4"):
        scorer.score_pairs(one, one, weight, gamma)
    with pytest.raises(ValueError, match="differ in length"):
        scorer.score_pairs(one, np.empty(0, np.uint32), weight, gamma)
    with pytest.raises(ValueError, match="differ in length"):
        scorer.levels_of_pairs(one, np.empty(0, np.uint32), gamma)
    with pytest.raises(ValueError, match="beyond the rows"):
        scorer.score_blocks(np.array([1 << 32 | 4], np.uint64), 0, 0)
    with pytest.raises(ValueError, match="beyond 4"):
        scorer.know(one, one)
    with pytest.raises(ValueError, match="leave the 4 rows"):
        scorer.score_all(0, 5, 0, 0)


def test_weights_of_another_shape_are_refused():
    *_, tables, scorer = drawn_scorer(0, 4)
    rest = tables.most, tables.weighs_rarity
    with pytest.raises(ValueError, match="lanes"):
        scorer.set_weights(tables.prior, tables.weights[:, :7].copy(), *rest)
    with pytest.raises(ValueError, match="shorter"):
        scorer.set_weights(tables.prior, tables.weights[:3].copy(), *rest)
    with pytest.raises(ValueError, match="lanes"):
        scorer.set_weights(tables.prior, tables.weights, tables.most[1:].copy(), rest[1])
