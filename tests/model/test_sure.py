"""What matches that are sure without a field say of it; and that a table is kept below that."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.comparison.program import comparisons_of
from linkage.model.estimate import Estimate, Known
from linkage.model.patterns import Maximiser, Patterns, cut_into_runs
from linkage.model.sure import LEAST_SURE, SURE, TIMES, bound_levels, fields_asked, most_at_levels
from linkage.schema import Field, Schema

SCHEMA = Schema(
    (
        Field("number", "identifier"),
        Field("born", "date"),
        Field("name", "person_name"),
        Field("mother", "person_name", shared=True),
        Field("town", "text", shared=True),
    ),
    (),
)


PRIOR = 0.01
TWO_FIELDS = 2 * np.log2(0.9 / 0.001) + np.log2(PRIOR)
assert TWO_FIELDS - np.log2(0.9 / 0.001) < SURE < TWO_FIELDS


def shape(parents=(-1,) * 5):
    return Maximiser(comparisons_of(SCHEMA), list(parents))


def estimate(tables):
    """Matches agree in nine of ten fields, strangers in one of a thousand."""
    m, u = np.ones(tables.size), np.ones(tables.size)
    for i in range(5):
        for flat, equal in ((m, 0.9), (u, 0.001)):
            table = tables.table(flat, i)
            table[:, 1:] = (1 - equal) / (table.shape[1] - 2)
            table[:, -1] = equal
    return Estimate(m, u, np.zeros(tables.size), np.empty((0, tables.size)), np.array([PRIOR]))


def known(tables):
    return Known(
        n_records=10_000,
        n_total_pairs=5e7,
        prior_m=[np.array(c.operation.prior) for c in tables.comparisons],
        shared=[c.field.is_shared for c in tables.comparisons],
        relatives=[],
        u_exact={},
        other_dates={},
    )


def asked(tables, codes, counts, likely=None):
    e, nothing = estimate(tables), np.zeros(len(codes))
    patterns = Patterns(np.asfortranarray(codes, np.uint8), np.array(counts, float), nothing, nothing)
    bits = np.zeros((tables.size, 8))
    bits[:, 0] = np.log2(e.m / e.u)
    likely = np.ones(len(codes)) if likely is None else np.array(likely)
    fields = fields_asked(tables, known(tables).shared)
    entries = tables.entries(patterns)
    with ThreadPoolExecutor(1) as pool:
        runs = cut_into_runs(entries, pool)
        of_runs = runs.sums(bits)
        return most_at_levels(
            patterns, runs, entries, likely, of_runs, e, known(tables), tables, fields, pool
        )


def at(tables, *names):
    """The codes of a pair that agrees on these fields and holds no others."""
    return [c.operation.n_codes - 1 if c.name in names else 0 for c in tables.comparisons]


def place(tables, name):
    return [c.name for c in tables.comparisons].index(name)


@pytest.mark.parametrize(("own", "others"), [(True, {"number", "born", "name"}), (False, set())])
def test_of_what_a_family_shares_names_are_asked(own, others):
    tables = shape()
    found = fields_asked(tables, known(tables).shared, own=own)
    assert {tables.comparisons[i].name for i in found} == {"mother", *others}


def test_namesakes_say_nothing_of_dates_where_numbers_do():
    """800 whose name and number agree tell of the date; 900 who agree on the name alone do not."""
    tables = shape()
    born = place(tables, "born")
    same, other, namesakes = (
        at(tables, *names) for names in (("number", "name", "born"),) * 2 + (("name",),)
    )
    other[born] = namesakes[born] = 1
    most = asked(tables, [same, other, namesakes], [784, 16, 900])[born]
    usual = tables.comparisons[born].operation.prior[0]
    assert most[0] == pytest.approx(TIMES * (16 + 8 * usual) / 808)


def test_few_tell_nothing():
    tables = shape()
    born = place(tables, "born")
    same = at(tables, "number", "name", "born")
    assert born not in asked(tables, [same], [LEAST_SURE - 1])
    assert born in asked(tables, [same], [LEAST_SURE])
    # Sure ones who are a twentieth of all are no sample of them.
    unsure = at(tables, "name", "born")
    assert born not in asked(tables, [same, unsure], [100, 1900])


def test_a_table_given_the_field_tells_nothing_of_it():
    """Where the town leans on the date, it says in part what the date says, and makes nobody sure of it."""
    free = shape()
    born, town = place(free, "born"), place(free, "town")
    leaning = shape([born if i == town else -1 for i in range(5)])
    pair = at(free, "number", "town", "born")
    assert born in asked(free, [pair], [500])
    assert born not in asked(leaning, [pair], [500])


@given(
    st.lists(st.floats(0.001, 1), min_size=4, max_size=9), st.lists(st.floats(0, 1), min_size=1, max_size=3)
)
def test_bounded_shares_sum_as_before_and_never_exceed(levels, most):
    m = np.array([[1.0, *levels]] * 2)
    m[:, 1:] /= m[:, 1:].sum(axis=1, keepdims=True)
    before = m.copy()
    bound_levels(m, np.array(most))
    n = len(most)
    assert (m[:, 1 : n + 1] <= np.minimum(before[:, 1 : n + 1], most) + 1e-12).all()
    assert m[:, 1:].sum(axis=1) == pytest.approx(1.0)
    assert m[0, n + 1 :] / m[0, n + 1 :].sum() == pytest.approx(before[0, n + 1 :] / before[0, n + 1 :].sum())
