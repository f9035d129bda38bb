"""Postings against a dict; keys of arrays against keys of single values; buckets beyond the entries."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.segment.hashing import mixed, name_hashes, posting_keys
from linkage.segment.postings import build_postings, row_bits
from tests.reference.frequencies import pair_hashes

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
hashes = st.integers(0, MASK)


def mixed_twin(x):
    x ^= x >> 33
    x = x * 0xFF51AFD7ED558CCD & MASK
    x ^= x >> 33
    x = x * 0xC4CEB9FE1A85EC53 & MASK
    return x ^ x >> 33


def looked_up(postings, key, n_records):
    bits = row_bits(n_records)
    at = key * (len(postings.buckets) - 1) >> 32
    found = postings.entries[postings.buckets[at] : postings.buckets[at + 1]].tolist()
    return [e & ((1 << bits) - 1) for e in found if e >> bits == key & ((1 << (32 - bits)) - 1)]


@given(
    st.lists(st.one_of(st.sampled_from([0, 1, 2, 2**32 - 1]), st.integers(0, 2**32 - 1)), min_size=1),
    st.data(),
)
def test_every_row_is_found_by_its_key(listed, data):
    keys = np.array(listed, np.uint32)
    cut = data.draw(st.integers(0, len(keys)))
    order = data.draw(st.permutations(range(len(keys))))
    ranks = np.argsort(order).astype(np.uint32)
    came = keys[ranks]  # record i of those that came is row ranks[i]
    postings = build_postings([came[:cut], came[cut:]], ranks, len(keys))
    assert len(postings.entries) == np.count_nonzero(keys)
    for key in set(listed) - {0}:
        rows = np.flatnonzero(keys == key).tolist()
        found = looked_up(postings, key, len(keys))
        assert [r for r in found if keys[r] == key] == rows
        low = (1 << (32 - row_bits(len(keys)))) - 1
        assert all(int(keys[r]) & low == key & low for r in found)


def test_many_rows_fall_into_buckets_evenly():
    keys = np.random.default_rng(1).integers(1, 2**32, 50_000, dtype=np.uint32)
    postings = build_postings([keys], np.arange(len(keys), dtype=np.uint32), len(keys))
    assert postings.buckets[0] == 0 and postings.buckets[-1] == len(keys)
    assert np.diff(postings.buckets.astype(np.int64)).min() >= 0
    assert all(row in looked_up(postings, int(keys[row]), len(keys)) for row in range(0, 50_000, 97))


@given(st.lists(hashes, max_size=20), st.integers(0, 23))
def test_keys(listed, family):
    keys = posting_keys(np.array(listed, np.uint64), family).tolist()
    salt = (family + 1) * GOLDEN & MASK
    assert keys == [0 if h == 0 else max(mixed_twin(h ^ salt) >> 32, 1) for h in listed]


@given(st.lists(st.tuples(hashes, hashes), min_size=1, max_size=20))
def test_pairs(pairs):
    first, last = (np.array(side, np.uint64) for side in zip(*pairs, strict=True))
    assert pair_hashes(first, last).tolist() == [
        mixed_twin(mixed_twin(a + GOLDEN & MASK) ^ b) for a, b in pairs
    ]
    assert mixed(first).tolist() == [mixed_twin(a) for a, _ in pairs]


@given(st.lists(st.lists(st.integers(0, 5), max_size=8), min_size=1, max_size=10))
def test_names(names):
    tokens = np.zeros(6, [("phonetic", np.uint32)])
    tokens["phonetic"] = [0, 7, 9, 9, 2**32 - 1, 123456]
    values = np.zeros(len(names), [("tokens", np.uint32, 8)])
    for i, ids in enumerate(names):
        values["tokens"][i, : len(ids)] = ids
    parts = [mixed_twin(int(p) + GOLDEN & MASK) for p in tokens["phonetic"]]
    assert name_hashes(values, tokens).tolist() == [sum(parts[t] for t in ids if t) & MASK for ids in names]
