"""Expectation, group totals and joint counts against their naive twins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.statistics import expectation, group_totals, joint_counts, match_bits
from tests.reference import em as naive

seeds = st.integers(0, 2**32)


def drawn(seed):
    """Patterns, layout and tables of a drawn model."""
    random = np.random.default_rng(seed)
    n, n_classes = int(random.integers(0, 20)), int(random.integers(1, 6))
    n_codes = random.integers(2, 6, int(random.integers(1, 6))).astype(np.int32)
    parent = np.array([random.integers(-1, i) for i in range(len(n_codes))], np.int32)
    sizes = [k * (n_codes[p] if p >= 0 else 1) for k, p in zip(n_codes, parent, strict=True)]
    base = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    codes = random.integers(0, n_codes, (n, len(n_codes))).astype(np.uint8)
    counts, rarity = random.uniform(0, 100, n), random.uniform(-3, 9, n)
    bits, prior = random.normal(0, 5, (n_classes, base[-1])), random.normal(-10, 4, n_classes)
    any_rarity = random.integers(0, 2, n_classes).astype(np.uint8)
    patterns = codes, counts, rarity, rarity / 2
    return *patterns, base[:-1].copy(), parent, n_codes, bits, prior, any_rarity


@given(seeds, st.sampled_from([0, 0.01, 0.5]))
def test_expectation_as_the_naive_twin(seed, doubt):
    arguments = drawn(seed)
    bits, prior = arguments[7:9]
    expected, posterior = np.empty((len(prior) + 1, bits.shape[1])), np.empty(len(arguments[0]))
    sums = expectation(*arguments, expected, posterior, doubt)
    twins = naive.expectation(*arguments, doubt)
    for found, twin in zip((sums, expected, posterior), twins, strict=True):
        np.testing.assert_allclose(found, twin, rtol=1e-9, atol=1e-6)


@given(seeds)
def test_expected_counts_add_up_to_the_pairs(seed):
    arguments = drawn(seed)
    base, n_codes, bits, prior = arguments[4], *arguments[6:9]
    expected, posterior = np.empty((len(prior) + 1, bits.shape[1])), np.empty(len(arguments[0]))
    expectation(*arguments, expected, posterior)
    ends = [*base[1:], bits.shape[1]]
    for begin, end in zip(base, ends, strict=True):
        assert expected[:, begin:end].sum() == pytest.approx(arguments[1].sum(), abs=1e-5)
    assert len(n_codes) == len(base)


@given(seeds)
def test_match_bits_are_the_odds_of_one_class(seed):
    codes, _, rarity, _, base, parent, n_codes, bits, prior, _ = drawn(seed)
    found = match_bits(codes, rarity, base, parent, n_codes, bits[0].copy(), prior[0])
    for k, pattern in enumerate(codes.astype(int)):
        at = naive.table_at(pattern, base, parent, n_codes)
        assert found[k] == pytest.approx(prior[0] + rarity[k] + bits[0, at].sum())


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 2, 2**63, 2**64 - 1, 1 << 20]), st.integers(0, 99)))
)
def test_group_totals_as_the_naive_twin(entries):
    # The empty key and 1 share a slot: hashes are never 0, and tokens' ids meet 0 only alone.
    entries = [(k or 3, c) for k, c in entries]
    keys, counts = [k for k, _ in entries], [c for _, c in entries]
    found = group_totals(np.array(keys, np.uint64), np.array(counts, np.int64))
    assert found.tolist() == naive.group_totals(keys, counts)


@given(seeds)
def test_joint_counts_as_the_naive_twin(seed):
    codes, counts, *_ = drawn(seed)
    np.testing.assert_allclose(joint_counts(codes, counts), naive.joint_counts(codes, counts))


def test_codes_beyond_the_table_are_refused():
    with pytest.raises(ValueError, match="beyond 15"):
        joint_counts(np.array([[16, 0]], np.uint8), np.ones(1))
    with pytest.raises(ValueError, match="differ in length"):
        group_totals(np.zeros(2, np.uint64), np.zeros(1, np.int64))
