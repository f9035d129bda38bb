"""Expectation, group totals and joint counts against their naive twins."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.dictionary import VALUE_DTYPE
from linkage._kernels.expectation import expectation, run_sums
from linkage._kernels.patterns import (
    count_levels,
    entry_counts,
    joint_counts,
    level_shares,
    number_pairs,
    table_entries,
    unpack_levels,
)
from linkage._kernels.statistics import count_words, ends_of_names, group_totals, number_distinct
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


def drawn_runs(random, n_contents, size):
    """Runs of entries in the tables, some of them empty: where each begins, and their members."""
    lengths = random.integers(0, 4, n_contents)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return offsets, random.integers(0, size, offsets[-1]).astype(np.int16)


@given(seeds, st.sampled_from([0, 0.01, 0.5]))
def test_expectation_as_the_naive_twin(seed, doubt):
    random = np.random.default_rng(seed)
    _, _, (counts, rarity, shared, rows, prior, any_rarity) = drawn(seed)
    offsets, members = drawn_runs(random, 7, len(rows))
    runs = [members[a:b].tolist() for a, b in pairwise(offsets)]
    contents = random.integers(0, 7, (len(counts), int(random.integers(1, 4)))).astype(np.int16)
    begins = np.sort([0, *random.integers(0, len(counts) + 1, 2), len(counts)])
    expected = np.full((3, *rows.shape), np.nan)
    posterior, best = np.empty(len(counts)), np.empty(len(counts))
    sums = expectation(
        contents, begins, counts, rarity, shared, run_sums(offsets, members, rows), offsets, members,
        prior, any_rarity, expected, posterior, best, doubt,
    )  # fmt: skip
    of_kinds = []
    for kind in map(slice, begins[:-1], begins[1:]):
        entries = [[entry for content in pattern for entry in runs[content]] for pattern in contents[kind]]
        of_kinds.append(
            naive.expectation(
                entries, counts[kind], rarity[kind], shared[kind], rows, prior, any_rarity, doubt
            )
        )
    np.testing.assert_allclose(sums, sum(found[0] for found in of_kinds), rtol=1e-9, atol=1e-6)
    for of_kind, found in zip(expected, of_kinds, strict=True):
        np.testing.assert_allclose(of_kind, found[1], rtol=1e-9, atol=1e-6)
    for of_patterns, at in ((posterior, 2), (best, 3)):
        twin = np.concatenate([found[at] for found in of_kinds])
        np.testing.assert_allclose(of_patterns, twin, rtol=1e-9, atol=1e-6)


WRONG = {
    "a pattern's content lies beyond": {"contents": np.array([[1]], np.int16)},
    "content lies beyond": {"contents": np.array([[-1]], np.int16)},
    "at most 8 classes": {"bits": np.zeros((1, 7))},
    "one count, rarity and place": {"best": np.empty(2)},
    "one flag a class": {"any_rarity": np.ones(2, np.uint8)},
    "the kinds do not fit": {"begins": np.array([0, 2])},
    "kinds do not fit": {"begins": np.array([0, 1, 1])},
    "the runs do not fit": {"offsets": np.array([1, 1], np.int32)},
    "runs do not fit their": {"offsets": np.array([0, 2], np.int32)},
    "one run a content": {"offsets": np.array([0, 1, 1], np.int32)},
    "a run's member lies beyond": {"members": np.array([2], np.int16)},
    "member lies beyond": {"members": np.array([-1], np.int16)},
}


@pytest.mark.parametrize("message", WRONG)
def test_expectations_that_would_leave_their_tables_are_refused(message):
    one = np.ones(1)
    arguments = {
        "contents": np.zeros((1, 1), np.int16), "begins": np.array([0, 1]), "counts": one, "rarity": one,
        "rarity_shared": one, "bits": np.zeros((1, CLASSES)), "offsets": np.array([0, 1], np.int32),
        "members": np.zeros(1, np.int16), "prior": one, "any_rarity": np.ones(1, np.uint8),
        "expected": np.zeros((1, 2, CLASSES)), "posterior": one.copy(), "best": one.copy(),
    }  # fmt: skip
    expectation(*arguments.values())
    with pytest.raises(ValueError, match=message):
        expectation(*(arguments | WRONG[message]).values())


def test_entries_beyond_the_tables_are_refused():
    for entry in (-1, 2):
        with pytest.raises(ValueError, match="beyond the tables"):
            entry_counts(np.array([[entry]], np.int16, order="F"), np.ones(1), 2)


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
    rows = random.normal(0, 5, (6, CLASSES))
    offsets, members = drawn_runs(random, int(random.integers(0, 9)), len(rows))
    sums = [rows[members[a:b]].sum(axis=0) for a, b in pairwise(offsets)]
    np.testing.assert_allclose(run_sums(offsets, members, rows), sums or np.empty((0, CLASSES)))


def test_runs_that_do_not_fit_are_refused():
    rows, one = np.zeros((2, CLASSES)), np.zeros(1, np.int16)
    for offsets in ([1, 1], [0, 2], [0, 1, 0]):
        with pytest.raises(ValueError, match="do not fit"):
            run_sums(np.array(offsets, np.int32), one, rows)
    for member in (-1, 2):
        with pytest.raises(ValueError, match="beyond the tables"):
            run_sums(np.array([0, 1], np.int32), np.array([member], np.int16), rows)
    with pytest.raises(ValueError, match="expected rows of 8"):
        run_sums(np.array([0, 1], np.int32), one, rows[:, :7].copy())


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 2**63, 2**64 - 1, 1 << 20]), st.integers(0, 99))))
def test_group_totals_as_the_naive_twin(entries):
    keys, counts = [k for k, _ in entries], [c for _, c in entries]
    found = group_totals(np.array(keys, np.uint64), np.array(counts, np.int64))
    assert found.tolist() == naive.group_totals(keys, counts)


@given(st.lists(st.sampled_from([0, 0x19900102, 0x17991231, 0x20990000, 0x18000101, 0x19901399, 0x20551231])))
def test_days_are_counted_where_they_are_whole(words):
    rows = np.array([[7, word] for word in words], np.uint32).reshape(-1, 2)
    (counts,) = count_words(rows, [(1, None, N_DAYS + 2)])
    at = day_places(rows[:, 1])
    assert counts[:N_DAYS].tolist() == np.bincount(at[at >= 0], minlength=N_DAYS).tolist()
    n_missing = words.count(0)
    assert counts[N_DAYS:].tolist() == [sum(at < 0) - n_missing, n_missing]
    with pytest.raises(ValueError, match="one of 2 words"):
        count_words(rows, [(2, None, N_DAYS + 2)])
    with pytest.raises(ValueError, match="two places or more"):
        count_words(rows, [(1, None, 1)])
    with pytest.raises(ValueError, match="1 values lie beyond"):
        count_words(np.array([[0x20550101]], np.uint32), [(0, None, 3)])


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
