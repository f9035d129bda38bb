"""Packing keys and keeping the runs that hold a pair, against the naive twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.block_samples import keep_unequal, sample_blocks
from linkage._kernels.blocks import cut_blocks, keep_blocks, part_blocks
from linkage._kernels.packed_keys import mix_keys, pack_keys, pack_repeated
from tests.reference import blocks as naive

keys = st.lists(st.sampled_from([0, 1, 2, 3, 4, 2**32 - 1]), max_size=25)


@given(keys)
def test_packing_drops_rows_without_a_key(keys):
    packed = np.empty(len(keys), np.uint64)
    n = pack_keys(np.array(keys, np.uint32), packed)
    assert [(int(p) >> 32, int(p) & 0xFFFFFFFF) for p in packed[:n]] == [
        (key, row) for row, key in enumerate(keys) if key
    ]


@given(keys, st.integers(0, 25))
def test_blocks_are_the_runs_with_a_pair(keys, split):
    entries = sorted((key, row) for row, key in enumerate(keys) if key)
    packed = np.array([key << 32 | row for key, row in entries], np.uint64)
    kept, lengths, lefts = keep_blocks(packed, split)
    expected, expected_lengths, expected_lefts = naive.keep(entries, split)
    assert [(int(p) >> 32, int(p) & 0xFFFFFFFF) for p in packed[:kept]] == expected
    assert lengths.tolist() == expected_lengths
    assert lefts.tolist() == expected_lefts


@given(keys, st.integers(0, 5), st.sampled_from([2**32 - 1, 2**31, 3, 0]))
def test_repeated_keys_are_kept_and_parts_follow_one_another(keys, more, limit):
    # Beyond 32,768 rows the entries come in several parts.
    random = np.random.default_rng(more)
    every = np.concatenate([np.array(keys, np.uint32), random.integers(0, 2**32, 20_000 * more, np.uint32)])
    every[random.random(len(every)) < 0.1] = 0
    packed = np.empty(len(every), np.uint64)
    ends = pack_repeated(every, packed, limit)
    every[every > limit] = 0
    found = np.concatenate([np.sort(part) for part in np.split(packed[: ends[-1]], ends[:-1])])
    assert (np.diff(found.astype(object)) > 0).all()
    rows = (found & np.uint64(0xFFFFFFFF)).astype(np.intp)
    assert (found >> np.uint64(32) == every[rows]).all()
    assert every[rows].all()
    values, counts = np.unique(every[every != 0], return_counts=True)
    repeated = np.flatnonzero(np.isin(every, values[counts > 1]))
    assert np.isin(repeated, rows).all()
    assert len(rows) - len(repeated) <= 0.2 * len(every) + 5


def runs(keys):
    """Sorted packed keys of these rows."""
    return np.array(sorted(key << 32 | row for row, key in enumerate(keys)), np.uint64)


@given(keys, st.integers(1, 4), st.integers(0, 30))
def test_large_blocks_are_moved_out(keys, cap, room):
    packed = runs(keys)
    values, lengths = np.unique(packed >> np.uint64(32), return_counts=True)
    every = packed.tolist()
    again, room = packed.copy(), np.full(room, 7, np.uint64)
    large = part_blocks(packed, lengths.astype(np.uint32), cap)
    beside = part_blocks(again, lengths.astype(np.uint32), cap, room)
    assert beside.tolist() == large.tolist() and again.tolist() == packed.tolist()
    assert np.shares_memory(beside, room) == (0 < len(large) <= len(room))
    is_large = {int(v) for v, n in zip(values, lengths, strict=True) if n > cap}
    assert large.tolist() == [e for e in every if e >> 32 in is_large]
    assert packed[: len(every) - len(large)].tolist() == [e for e in every if e >> 32 not in is_large]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([0, 1, 2**32 - 1])), max_size=20))
def test_mixed_keys_are_equal_where_both_were(parts):
    packed = np.array([key << 32 | row for row, (key, _) in enumerate(parts)], np.uint64)
    noted = np.zeros(len(parts), np.uint32)
    mix_keys(packed, np.array([finer for _, finer in parts], np.uint32), noted)
    assert (packed & np.uint64(0xFFFFFFFF)).tolist() == list(range(len(parts)))
    assert (packed >> np.uint64(32)).tolist() == noted.tolist()
    assert 0 not in noted
    assert len(set(noted.tolist())) == len(set(parts))


@given(keys, st.integers(1, 40))
def test_tasks_are_whole_blocks_of_about_as_many_entries(keys, n_tasks):
    packed = runs(keys)
    of = (packed >> np.uint64(32)).tolist()
    ends = cut_blocks(packed, n_tasks)
    assert ends[-1:] == ([len(packed)] if len(packed) else [])
    assert len(ends) <= n_tasks
    assert sorted(set(ends)) == ends and 0 not in ends
    for begin, end in zip([0, *ends], ends, strict=False):
        assert not set(of[begin:end]) & set(of[end:])
        # Without its last block a task has no more entries than its share, and what a block before has left.
        assert end - begin - of.count(of[end - 1]) <= len(packed) / n_tasks + 1


@given(keys, st.integers(0, 25), st.booleans())
def test_a_sample_holds_all_pairs_of_its_blocks(keys, split, everything):
    packed = runs(keys)
    limit = 2**64 - 1 if everything else 2**63
    found = list(zip(*(side.tolist() for side in sample_blocks(packed, 3, split, limit)), strict=True))
    chosen = {pair: keys[pair[0]] for pair in found}
    expected = naive.sampled(packed.tolist(), split, lambda key: everything or key in chosen.values())
    assert found == expected


def test_wrong_lengths_are_refused():
    with pytest.raises(ValueError, match="do not fill"):
        part_blocks(np.ones(3, np.uint64), np.ones(2, np.uint32), 1)
    with pytest.raises(ValueError, match="expected 3"):
        mix_keys(np.ones(3, np.uint64), np.ones(2, np.uint32), np.ones(9, np.uint32))
    with pytest.raises(ValueError, match="one task or more"):
        cut_blocks(np.ones(3, np.uint64), 0)
    with pytest.raises(ValueError, match="a row beyond 1"):
        mix_keys(np.ones(1, np.uint64), np.ones(1, np.uint32), np.ones(1, np.uint32))


def test_too_little_room_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        pack_keys(np.ones(3, np.uint32), np.empty(2, np.uint64))
    with pytest.raises(ValueError, match="shorter"):
        pack_repeated(np.ones(3, np.uint32), np.empty(2, np.uint64))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 2**32 - 1), st.integers(0, 80))
def test_pairs_with_an_equal_key_are_dropped(keys, seed, n):
    keys, random = np.array(keys, np.uint32), np.random.default_rng(seed)
    left, right = random.integers(0, len(keys), (2, n), dtype=np.uint32)
    expected = [(a, b) for a, b in zip(left, right, strict=True) if not keys[a] or keys[a] != keys[b]]
    kept = keep_unequal(keys, left, right)
    assert list(zip(left[:kept], right[:kept], strict=True)) == expected


def test_pairs_of_rows_without_a_key_are_refused():
    with pytest.raises(ValueError, match="beyond the 2 keys"):
        keep_unequal(np.zeros(2, np.uint32), np.array([0], np.uint32), np.array([2], np.uint32))
