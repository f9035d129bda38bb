"""What relatives who are surely such without a name say of it; and that their class is kept below that."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.comparison.program import comparisons_of
from linkage.model.estimate import Estimate, Known
from linkage.model.patterns import Maximiser, Patterns, Runs
from linkage.model.relatives import bound_likeness, relatives_of
from linkage.model.sure_relatives import LEAST_RELATIVES, most_alike, names_asked
from linkage.schema import Field, Schema

SCHEMA = Schema(
    (
        Field("name", "person_name"),
        Field("sex", "category"),
        Field("nation", "category", shared=False),
        Field("faith", "category", shared=False),
        Field("mother", "person_name", shared=True),
        Field("street", "address"),
        Field("town", "text", shared=True),
        Field("phone", "phone"),
    ),
    (),
)
OWN = ("name", "sex", "nation", "faith")
RARE, PRIOR = 1e-4, 1e-6


def tables(households=100):
    """Strangers agree in nothing, matches in all, a household in what is not a person's own."""
    shape = Maximiser(comparisons_of(SCHEMA), [-1] * len(SCHEMA.fields))
    kinds = relatives_of(shape.comparisons, np.ones((1000, len(SCHEMA.fields)), np.uint8))
    e = Estimate(
        np.ones(shape.size), np.ones(shape.size), np.zeros(shape.size), np.ones((len(kinds), shape.size)),
        np.array([PRIOR, households * PRIOR, *[PRIOR / 1e3] * (len(kinds) - 1)]),
    )  # fmt: skip
    for i, item in enumerate(shape.comparisons):
        agree = 1 - RARE if item.name not in OWN else RARE
        for flat, equal in ((e.m, 0.9), (e.u, RARE), *((family, agree) for family in e.family)):
            table = shape.table(flat, i)
            table[:, 1:] = (1 - equal) / (table.shape[1] - 2)
            table[:, -1] = equal
    known = Known(
        n_records=100_000,
        n_total_pairs=5e9,
        prior_m=[np.array(c.operation.prior) for c in shape.comparisons],
        shared=[c.field.is_shared for c in shape.comparisons],
        relatives=kinds,
        u_exact={},
        other_dates={},
    )
    return shape, e, known


def told(pairs, households=100):
    """The household's share of one name, of pairs as a number, what they agree and what they differ in."""
    shape, e, known = tables(households)
    codes = np.array(
        [
            [c.operation.n_codes - 1 if c.name in agree else int(c.name in differ) for c in shape.comparisons]
            for _, agree, differ in pairs
        ]
    )
    nothing = np.zeros(len(pairs))
    counts = np.array([n for n, _, _ in pairs], float)
    patterns = Patterns(np.asfortranarray(codes, np.uint8), counts, nothing, nothing)
    bits = np.zeros((shape.size, 8))
    bits[:, : len(e.prior)] = np.log2(np.vstack([e.m[None], e.family]) / e.u).T
    entries = shape.entries(patterns)
    runs = Runs(entries, np.arange(shape.size + 1, dtype=np.int32), np.arange(shape.size, dtype=np.int16))
    name = [c.name for c in shape.comparisons].index("name")
    odds = bits[entries, :].sum(axis=1)[:, : len(e.prior)] + np.log2(e.prior)
    likely = np.exp2(odds[:, 0]) / (1 + np.exp2(odds).sum(axis=1))
    fields = names_asked(shape, known.shared, known.relatives)
    best = odds.max(axis=1)
    found = most_alike(patterns, runs, entries, likely, best, runs.sums(bits), e, known, shape, fields)
    return found.get((0, name))


HOUSE = {"street", "town", "phone"}


def test_names_are_asked_where_they_alone_are_ones_own():
    comparisons = comparisons_of(Schema((*SCHEMA.fields, Field("born", "date")), ()))
    shape = Maximiser(comparisons, [-1] * len(comparisons))
    kinds = relatives_of(comparisons, np.ones((1000, len(comparisons)), np.uint8))
    assert names_asked(shape, [c.field.is_shared for c in comparisons], kinds) == {}


def test_names_are_asked_of_classes_that_differ_in_them():
    shape, _, known = tables()
    found = names_asked(shape, known.shared, known.relatives)
    at, kinds = [c.name for c in shape.comparisons].index, [kind.name for kind in known.relatives]
    assert {kinds[k] for k in found[at("name")]} == {"household", "siblings"}
    assert all(known.relatives[k].any_rarity for k in found.get(at("mother"), []))
    assert set(found) <= {at("name"), at("mother")}


@pytest.mark.parametrize("n_unsure", [0, 10**5])
def test_whoever_may_be_one_person_says_nothing_of_a_familys_names(n_unsure):
    """Of pairs of one house of other sexes, nations, faiths, two in a thousand are of one name."""
    other = {"nation", "sex", "faith"}
    unsure = (n_unsure, HOUSE | {"name"}, {"sex"})
    found = told([(998_000, HOUSE, other | {"name"}), (2000, HOUSE | {"name"}, other), unsure])
    assert found[-1] == pytest.approx(0.002, rel=0.01)


def test_too_few_relatives_say_nothing():
    few = LEAST_RELATIVES / 2
    assert told([(few, HOUSE, {"nation", "sex", "faith", "name"})]) is None
    assert told([(4 * few, HOUSE, {"nation", "sex", "faith", "name"})]) is not None


def test_strangers_in_one_town_say_nothing():
    """They may be anybody: rules found those of one name alone."""
    pairs = [(10**6, {"town", "phone", "name"}, {"nation", "sex", "faith"})]
    assert told(pairs, households=16) is None and told(pairs, households=1000) is not None


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_a_class_is_alike_no_more_than_the_sure_ones_or_strangers(n_top, seed):
    random = np.random.default_rng(seed)
    rows = random.dirichlet(np.ones(10), 3)
    table, u = (np.hstack([np.ones((3, 1)), x]) for x in (rows.copy(), random.dirichlet(np.ones(10), 3)))
    most = random.random(n_top) * 0.2
    bound_likeness(table, u, most)
    np.testing.assert_allclose(table[:, 1:].sum(axis=1), 1)
    assert (table[:, -n_top:] <= np.maximum(most, u[:, -n_top:]) + 1e-12).all()
    assert (table[:, -n_top:] <= rows[:, -n_top:] + 1e-12).all()
    assert (table[:, 0] == 1).all()
