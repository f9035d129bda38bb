"""Expectation, group totals and joint counts against their naive twins."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.dictionary import VALUE_DTYPE
from linkage._kernels.expectation import expectation, run_sums, spread_runs
from linkage._kernels.patterns import (
    count_levels,
    entry_counts,
    joint_counts,
    level_shares,
    number_pairs,
    table_entries,
    unpack_levels,
)
from linkage._kernels.statistics import count_days, count_words, ends_of_names, group_totals, number_distinct
from linkage.model.term_frequencies import N_DAYS, day_places
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
    codes = np.asfortranarray(random.integers(0, n_codes, (n, len(n_codes))).astype(np.uint8))
    counts, rarity = random.uniform(0, 100, n), random.uniform(-3, 9, n)
    bits, prior = random.normal(0, 5, (base[-1], CLASSES)), random.normal(-10, 4, n_classes)
    any_rarity = random.integers(0, 2, n_classes).astype(np.uint8)
    layout = base[:-1].copy(), parent, n_codes
    return codes, layout, (counts, rarity, rarity / 2, bits, prior, any_rarity)


@given(seeds)
def test_entries_as_the_naive_twin(seed):
    codes, layout, _ = drawn(seed)
    assert table_entries(codes, *layout).tolist() == naive.table_entries(codes, *layout)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=70))
def test_levels_are_the_bits_of_a_pattern(patterns):
    shift, n_bits = np.array([0, 3, 20, 60], np.int32), np.array([3, 4, 8, 4], np.int32)
    out = np.empty((len(patterns), 4), np.uint8, order="F")
    unpack_levels(np.array(patterns, np.uint64), shift, n_bits, out)
    assert out.tolist() == naive.unpack_levels(patterns, shift.tolist(), n_bits.tolist())


@given(st.lists(st.integers(0, 2**64 - 1), max_size=70))
def test_levels_are_counted_as_they_are_unpacked(patterns):
    shift, n_bits = np.array([0, 3, 20, 60], np.int32), np.array([3, 4, 2, 4], np.int32)
    counts = np.ones((4, 16), np.int64)
    count_levels(np.array(patterns, np.uint64), shift, n_bits, counts)
    codes = naive.unpack_levels(patterns, shift.tolist(), n_bits.tolist())
    assert counts.tolist() == [[1 + [row[f] for row in codes].count(k) for k in range(16)] for f in range(4)]
    with pytest.raises(ValueError, match="beyond the 64 bits"):
        count_levels(np.array(patterns, np.uint64), shift, n_bits + 2, counts)


@given(st.lists(st.sampled_from([0, 1, 2, 2**63, 2**64 - 1, 1 << 29]), max_size=70))
def test_distinct_keys_are_numbered_as_they_appear(keys):
    first, numbers = number_distinct(np.array(keys, np.uint64))
    seen = list(dict.fromkeys(keys))
    assert first.tolist() == [keys.index(key) for key in seen]
    assert numbers.tolist() == [seen.index(key) for key in keys]


def test_levels_beyond_a_pattern_are_refused():
    one, out = np.ones(1, np.int32), np.empty((1, 1), np.uint8, order="F")
    with pytest.raises(ValueError, match="beyond the 64 bits"):
        unpack_levels(np.ones(1, np.uint64), one * 64, one, out)
    with pytest.raises(ValueError, match="room for every code"):
        unpack_levels(np.ones(2, np.uint64), one, one, out)


@given(seeds, st.sampled_from([0, 0.01, 0.5]))
def test_expectation_as_the_naive_twin(seed, doubt):
    codes, layout, arguments = drawn(seed)
    entries = np.ascontiguousarray(table_entries(codes, *layout))
    expected, posterior, best = np.empty_like(arguments[3]), np.empty(len(codes)), np.empty(len(codes))
    sums = expectation(entries, *arguments, expected, posterior, best, doubt)
    twins = naive.expectation(entries, *arguments, doubt)
    for found, twin in zip((sums, expected, posterior, best), twins, strict=True):
        np.testing.assert_allclose(found, twin, rtol=1e-9, atol=1e-6)


def test_entries_beyond_the_tables_are_refused():
    bits, one, out = np.zeros((2, CLASSES)), np.ones(1), np.empty(1)
    flags, held = np.ones(1, np.uint8), np.zeros((1, 1), np.int16)
    for entry in (-1, 2):
        entries = np.array([[entry]], np.int16)
        with pytest.raises(ValueError, match="beyond the tables"):
            expectation(entries, one, one, one, bits, one, flags, bits.copy(), out, out)
        with pytest.raises(ValueError, match="beyond the tables"):
            entry_counts(np.asfortranarray(entries), one, 2)
    with pytest.raises(ValueError, match="at most 8 classes"):
        expectation(held, one, one, one, bits[:, :7].copy(), one, flags, bits.copy(), out, out)
    with pytest.raises(ValueError, match="one count, rarity and place"):
        expectation(held, one, one, one, bits, one, flags, bits.copy(), out, np.empty(2))


@given(seeds)
def test_entry_counts_as_the_naive_twin(seed):
    codes, layout, (counts, *_, bits, _, _) = drawn(seed)
    entries = table_entries(codes, *layout)
    found = entry_counts(entries, counts, len(bits))
    np.testing.assert_allclose(found, naive.entry_counts(entries, counts, len(bits)))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 1, 300, 32767])), max_size=200),
    st.integers(1, 17),
)
def test_pairs_are_numbered_in_order_of_appearance(pairs, most):
    columns = np.array(pairs, np.int16).reshape(-1, 2)
    out, first = np.empty(len(pairs), np.int16), np.empty(most, np.int32)
    found = number_pairs(columns[:, 0].copy(), columns[:, 1].copy(), out, first)
    numbers, places = naive.number_pairs(pairs)
    if len(places) > most:
        assert found == -1
    else:
        assert found == len(places)
        assert out.tolist() == numbers
        assert first[:found].tolist() == places


@given(seeds)
def test_what_runs_sum_is_what_their_members_sum(seed):
    random = np.random.default_rng(seed)
    lengths, rows = random.integers(0, 4, int(random.integers(0, 9))), random.normal(0, 5, (6, CLASSES))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    members = random.integers(0, len(rows), offsets[-1]).astype(np.int16)
    runs = [members[a:b].tolist() for a, b in pairwise(offsets)]
    sums, out = run_sums(offsets, members, rows), np.zeros_like(rows)
    np.testing.assert_allclose(sums, [rows[run].sum(axis=0) for run in runs] or np.empty((0, CLASSES)))
    spread_runs(offsets, members, sums, out)
    twin = np.zeros_like(rows)
    for run, row in zip(runs, sums, strict=True):
        for member in run:
            twin[member] += row
    np.testing.assert_allclose(out, twin)


def test_runs_that_do_not_fit_are_refused():
    rows, one = np.zeros((2, CLASSES)), np.zeros(1, np.int16)
    for offsets in ([1, 1], [0, 2], [0, 1, 0]):
        with pytest.raises(ValueError, match="do not fit"):
            run_sums(np.array(offsets, np.int32), one, rows)
    for member in (-1, 2):
        with pytest.raises(ValueError, match="beyond the tables"):
            run_sums(np.array([0, 1], np.int32), np.array([member], np.int16), rows)
    with pytest.raises(ValueError, match="expected 1 rows"):
        spread_runs(np.array([0, 1], np.int32), one, rows, rows)


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 2**63, 2**64 - 1, 1 << 20]), st.integers(0, 99))))
def test_group_totals_as_the_naive_twin(entries):
    keys, counts = [k for k, _ in entries], [c for _, c in entries]
    found = group_totals(np.array(keys, np.uint64), np.array(counts, np.int64))
    assert found.tolist() == naive.group_totals(keys, counts)


@given(st.lists(st.sampled_from([0, 0x19900102, 0x17991231, 0x20990000, 0x18000101, 0x19901399, 0x20551231])))
def test_days_are_counted_where_they_are_whole(words):
    rows = np.array([[7, word] for word in words], np.uint32).reshape(-1, 2)
    counts, n_held = count_days(rows, 1, N_DAYS)
    at = day_places(rows[:, 1])
    assert counts.tolist() == np.bincount(at[at >= 0], minlength=N_DAYS).tolist()
    assert n_held == sum(word != 0 for word in words)
    with pytest.raises(ValueError, match="one of 2 words"):
        count_days(rows, 2, N_DAYS)
    with pytest.raises(ValueError, match="1 days lie beyond"):
        count_days(np.array([[0x20550101]], np.uint32), 0, 1)


@given(seeds)
def test_names_are_grouped_by_their_form_and_ends(seed):
    random = np.random.default_rng(seed)
    values = np.zeros(random.integers(0, 9), VALUE_DTYPE)
    values["folded"] = random.integers(0, 2**64, len(values), np.uint64)
    values["n_tokens"] = random.integers(0, 12, len(values))
    values["tokens"] = random.integers(0, 2**32, (len(values), 8))
    folded, ends, last = ends_of_names(values.view(np.uint8))
    lasts = [int(v["tokens"][min(max(int(v["n_tokens"]) - 1, 0), 7)]) for v in values]
    assert folded.tolist() == values["folded"].tolist()
    assert last.tolist() == lasts
    assert ends.tolist() == [int(v["tokens"][0]) << 32 | end for v, end in zip(values, lasts, strict=True)]


@given(st.lists(st.integers(0, 2**32 - 1), max_size=70))
def test_words_are_counted_as_far_as_the_mask_shows(words):
    rows = np.array([[7, word] for word in words], np.uint32).reshape(-1, 2)
    shown = [word & 15 for word in words]
    second, first, none = count_words(rows, [(1, 15, 16), (0, 15, 8), (0, 0, 1)])
    assert second.tolist() == [shown.count(k) for k in range(16)]
    assert first.tolist() == [0] * 7 + [len(words)]
    assert none.tolist() == [len(words)]
    assert count_words(rows, []) == []
    with pytest.raises(ValueError, match="1 values lie beyond"):
        count_words(np.array([[7]], np.uint32), [(0, 15, 7)])
    with pytest.raises(ValueError, match="one of 2 words"):
        count_words(rows, [(2, 15, 16)])
    with pytest.raises(ValueError, match="at most 64"):
        count_words(rows, [(0, 15, 16)] * 65)


@given(seeds)
def test_joint_counts_as_the_naive_twin(seed):
    codes, _, (counts, *_) = drawn(seed)
    np.testing.assert_allclose(joint_counts(codes, counts), naive.joint_counts(codes, counts))


def test_codes_beyond_the_table_are_refused():
    with pytest.raises(ValueError, match="beyond 15"):
        joint_counts(np.array([[16, 0]], np.uint8, order="F"), np.ones(1))
    with pytest.raises(ValueError, match="differ in length"):
        group_totals(np.zeros(2, np.uint64), np.zeros(1, np.int64))


def drawn_counts(seed):
    """Counts in tables of levels, some of them without any, and what is expected of levels."""
    random = np.random.default_rng(seed)
    _, (base, parent, n_codes), _ = drawn(seed)
    rows = [n_codes[p] if p >= 0 else 1 for p in parent]
    tables = [
        random.uniform(0, 10.0 ** random.integers(-2, 5), (n, m)) * random.integers(0, 2, (n, m))
        for n, m in zip(rows, n_codes, strict=True)
    ]
    priors = [random.uniform(0.01, 1, m - 1) for m in n_codes]
    moves = (parent >= 0) & random.integers(0, 2, len(parent)).astype(bool)
    spares, informative = random.integers(0, 2, (2, len(parent)))
    return tables, (base, parent, n_codes), priors, moves, (parent >= 0) & (spares == 1), informative


@given(seeds)
def test_shares_of_levels_as_the_naive_twin(seed):
    tables, layout, priors, *flags = drawn_counts(seed)
    flat = np.concatenate([table.ravel() for table in tables])
    as_bytes = [flag.astype(np.uint8) for flag in flags]
    found = level_shares(flat, *layout, np.concatenate(priors), *as_bytes, 8.0, 40.0, 0.6)
    expected = naive.level_shares(tables, priors, *flags, 8.0, 40.0, 0.6)
    np.testing.assert_allclose(found, np.concatenate([table.ravel() for table in expected]), rtol=1e-12)


@pytest.mark.parametrize(("at", "wrong"), [(0, 1), (1, 7), (2, 1), (2, 300), (3, None)])
def test_tables_that_leave_the_counts_are_refused(at, wrong):
    arrays = [np.array(x, np.int32) for x in ([0], [-1], [3])] + [np.full(2, 0.5)]
    if wrong is None:
        arrays[at] = arrays[at][:1].copy()
    else:
        arrays[at][0] = wrong
    no = np.zeros(1, np.uint8)
    with pytest.raises(ValueError, match=r"expected|leaves"):
        level_shares(np.ones(3), *arrays, no, no, no, 8.0, 40.0, 0.6)
