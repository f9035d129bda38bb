"""The share in which matches differ: counted where nothing else of a person's own differs."""

import numpy as np
import pytest

from linkage.comparison.program import comparisons_of
from linkage.model.own import (
    is_elsewhere,
    n_unlike,
    own_fields,
    shape_of_matches,
    unlike_below,
    without_likenesses,
)
from linkage.model.patterns import Maximiser
from linkage.schema import Field, Schema

SCHEMA = Schema(
    (
        Field("born", "date"),
        Field("sex", "category"),
        Field("name", "person_name"),
        Field("town", "text", shared=True),
    ),
    (),
)


def shape():
    return Maximiser(comparisons_of(SCHEMA), [-1] * 4)


def test_own_fields_are_name_date_and_category():
    tables = shape()
    names = [
        tables.comparisons[i].name
        for i in own_fields(tables, [c.field.is_shared for c in tables.comparisons])
    ]
    assert sorted(names) == ["born", "name", "sex"]


def test_patterns_count_the_fields_that_differ_beyond_damage():
    tables = shape()
    own = [0, 1, 2]
    last = [c.operation.n_codes - 1 for c in tables.comparisons]
    first = [unlike_below(tables, i) for i in own]
    codes = np.array([last, [0, 0, 0, 1], [1, *last[1:]], [1, 1, 1, 0], [*first, 1]], np.uint8, order="F")
    assert n_unlike(codes, tables, own).tolist() == [0, 0, 1, 3, 0]


@pytest.mark.parametrize("seed", [0, 1])
def test_damage_is_found_among_families(seed):
    """Matches whose fields are damaged independently, and pairs that differ in all of them at once."""
    tables, random = shape(), np.random.default_rng(seed)
    own, share = [0, 1, 2], np.array([0.2, 0.1, 0.3])
    last = np.array([c.operation.n_codes - 1 for c in tables.comparisons])
    codes = np.tile(last, (30_000, 1))
    differ = random.random((20_000, 3)) < share
    codes[:20_000, own] = np.where(differ, 1, last[own])
    codes[20_000:, own] = 1
    unlike = np.minimum(n_unlike(codes.astype(np.uint8), tables, own), 2)
    counts = np.zeros((3, tables.size))
    for row, d in zip(codes, unlike, strict=True):
        for i in range(4):
            tables.table(counts[d], i)[0, row[i]] += 1
    m = shape_of_matches(counts, tables, own)
    for i in own:
        table = tables.table(m, i)[0]
        assert table[1] / table[1:].sum() == pytest.approx(share[i], abs=0.02)
    assert tables.table(m, 3)[0, 1:].sum() == (unlike < 2).sum()


def test_who_shares_no_narrow_part_of_an_address_is_elsewhere():
    tables = shape()
    last = [c.operation.n_codes - 1 for c in tables.comparisons]
    codes = np.array([last, [*last[:3], 1], [*last[:3], 0]], np.uint8, order="F")
    assert is_elsewhere(codes, np.ones(3), tables).tolist() == [False, True, True]


def test_a_text_that_few_pairs_hold_tells_of_no_place():
    """Of alleged people few have another name; it passed for a town, and all without it for elsewhere."""
    tables = shape()
    last = [c.operation.n_codes - 1 for c in tables.comparisons]
    codes = np.array([last, [*last[:3], 0]], np.uint8, order="F")
    assert is_elsewhere(codes, np.array([20.0, 80.0]), tables).tolist() == [False, True]
    assert is_elsewhere(codes, np.array([2.0, 98.0]), tables).tolist() == [True, True]


@pytest.mark.parametrize(("elsewhere", "expected"), [(0.2, 0.02), (0.01, None)])
def test_who_moved_differs_no_more_often(elsewhere, expected):
    """More that differ elsewhere are like-named people; fewer are damage that spares the date."""
    tables = shape()
    parts = []
    for n, share in ((4000.0, 0.02), (1000.0, elsewhere)):
        part = np.zeros(tables.size)
        tables.table(part, 0)[0, [1, -1]] = n * share, n * (1 - share)
        parts.append(part)
    counts = parts[0] + parts[1]
    before = counts.copy()
    without_likenesses(counts, parts, tables, [0])
    found = tables.table(counts, 0)[0]
    if expected is None:
        assert np.array_equal(counts, before)
    else:
        assert found[1] / found[1:].sum() == pytest.approx(expected)


def test_few_matches_tell_nothing():
    tables = shape()
    parts = [np.zeros(tables.size) for _ in range(2)]
    for part, differ in zip(parts, (1, 50), strict=True):
        tables.table(part, 0)[0, [1, -1]] = differ, 100 - differ
    counts = parts[0] + parts[1]
    without_likenesses(counts, parts, tables, [0])
    assert np.array_equal(counts, parts[0] + parts[1])
