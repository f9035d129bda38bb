"""Packing keys and keeping the runs that hold a pair, against the naive twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.blocks import keep_blocks, pack_keys, pack_repeated
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


@given(keys, st.integers(0, 5))
def test_repeated_keys_are_kept_and_parts_follow_one_another(keys, more):
    # Beyond 32,768 rows the entries come in several parts.
    random = np.random.default_rng(more)
    every = np.concatenate([np.array(keys, np.uint32), random.integers(0, 2**32, 20_000 * more, np.uint32)])
    every[random.random(len(every)) < 0.1] = 0
    packed = np.empty(len(every), np.uint64)
    ends = pack_repeated(every, packed)
    found = np.concatenate([np.sort(part) for part in np.split(packed[: ends[-1]], ends[:-1])])
    assert (np.diff(found.astype(object)) > 0).all()
    rows = (found & np.uint64(0xFFFFFFFF)).astype(np.intp)
    assert (found >> np.uint64(32) == every[rows]).all()
    assert every[rows].all()
    values, counts = np.unique(every[every != 0], return_counts=True)
    repeated = np.flatnonzero(np.isin(every, values[counts > 1]))
    assert np.isin(repeated, rows).all()
    assert len(rows) - len(repeated) <= 0.2 * len(every) + 5


def test_too_little_room_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        pack_keys(np.ones(3, np.uint32), np.empty(2, np.uint64))
    with pytest.raises(ValueError, match="shorter"):
        pack_repeated(np.ones(3, np.uint32), np.empty(2, np.uint64))
