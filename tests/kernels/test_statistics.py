"""Expectation, group totals and joint counts against their naive twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.statistics import (
    expectation,
    group_totals,
    joint_counts,
    match_bits,
    table_entries,
)
from tests.reference import em as naive

CLASSES = 8
seeds = st.integers(0, 2**32)


def drawn(seed):
    """Codes of patterns, the layout of their tables, and the arguments of an expectation step."""
    random = np.random.default_rng(seed)
    n, n_classes = int(random.integers(0, 20)), int(random.integers(1, 8))
    n_codes = random.integers(2, 6, int(random.integers(1, 6))).astype(np.int32)
    parent = np.array([random.integers(-1, i) for i in range(len(n_codes))], np.int32)
    sizes = [k * (n_codes[p] if p >= 0 else 1) for k, p in zip(n_codes, parent, strict=True)]
    base = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    codes = random.integers(0, n_codes, (n, len(n_codes))).astype(np.uint8)
    counts, rarity = random.uniform(0, 100, n), random.uniform(-3, 9, n)
    bits, prior = random.normal(0, 5, (base[-1], CLASSES)), random.normal(-10, 4, n_classes)
    any_rarity = random.integers(0, 2, n_classes).astype(np.uint8)
    layout = base[:-1].copy(), parent, n_codes
    return codes, layout, (counts, rarity, rarity / 2, bits, prior, any_rarity)


@given(seeds)
def test_entries_as_the_naive_twin(seed):
    codes, layout, _ = drawn(seed)
    assert table_entries(codes, *layout).tolist() == naive.table_entries(codes, *layout)


@given(seeds, st.sampled_from([0, 0.01, 0.5]))
def test_expectation_as_the_naive_twin(seed, doubt):
    codes, layout, arguments = drawn(seed)
    entries = table_entries(codes, *layout)
    expected, posterior = np.empty_like(arguments[3]), np.empty(len(codes))
    sums = expectation(entries, *arguments, expected, posterior, doubt)
    twins = naive.expectation(entries, *arguments, doubt)
    for found, twin in zip((sums, expected, posterior), twins, strict=True):
        np.testing.assert_allclose(found, twin, rtol=1e-9, atol=1e-6)


@given(seeds)
def test_match_bits_are_the_odds_of_one_class(seed):
    codes, layout, (_, rarity, _, bits, prior, _) = drawn(seed)
    entries = table_entries(codes, *layout)
    found = match_bits(entries, rarity, bits[:, 0].copy(), prior[0])
    for k, at in enumerate(entries):
        assert found[k] == pytest.approx(prior[0] + rarity[k] + bits[at, 0].sum())


def test_entries_beyond_the_tables_are_refused():
    bits, one, out = np.zeros((2, CLASSES)), np.ones(1), np.empty(1)
    flags, held = np.ones(1, np.uint8), np.zeros((1, 1), np.int16)
    for entry in (-1, 2):
        entries = np.array([[entry]], np.int16)
        with pytest.raises(ValueError, match="beyond the tables"):
            expectation(entries, one, one, one, bits, one, flags, bits.copy(), out)
        with pytest.raises(ValueError, match="beyond the tables"):
            match_bits(entries, one, bits[:, 0].copy(), 0.0)
    with pytest.raises(ValueError, match="at most 8 classes"):
        expectation(held, one, one, one, bits[:, :7].copy(), one, flags, bits.copy(), out)


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 2**63, 2**64 - 1, 1 << 20]), st.integers(0, 99))))
def test_group_totals_as_the_naive_twin(entries):
    # The empty key and 1 share a slot: hashes are never 0, and tokens' ids meet 0 only alone.
    entries = [(k or 3, c) for k, c in entries]
    keys, counts = [k for k, _ in entries], [c for _, c in entries]
    found = group_totals(np.array(keys, np.uint64), np.array(counts, np.int64))
    assert found.tolist() == naive.group_totals(keys, counts)


@given(seeds)
def test_joint_counts_as_the_naive_twin(seed):
    codes, _, (counts, *_) = drawn(seed)
    np.testing.assert_allclose(joint_counts(codes, counts), naive.joint_counts(codes, counts))


def test_codes_beyond_the_table_are_refused():
    with pytest.raises(ValueError, match="beyond 15"):
        joint_counts(np.array([[16, 0]], np.uint8), np.ones(1))
    with pytest.raises(ValueError, match="differ in length"):
        group_totals(np.zeros(2, np.uint64), np.zeros(1, np.int64))
