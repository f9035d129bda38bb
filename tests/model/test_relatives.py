"""Which classes of relatives there are: each differs from matches in something the records hold."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.compare_foreign import run_linkage
from benchmarks.foreign import tables
from linkage.comparison.program import comparisons_of
from linkage.model.patterns import Maximiser
from linkage.model.relatives import (
    LEAST_TOLD,
    MOST_FREE,
    Relatives,
    family_tables,
    of_one_family,
    relatives_of,
)
from linkage.schema import Field, Schema

FIELDS = (
    Field("name", "person_name"),
    Field("born", "date"),
    Field("mother", "person_name", shared=True),
    Field("phone", "phone"),
    Field("address", "address"),
    Field("province", "category", shared=True),
    Field("sex", "category"),
    Field("card", "identifier"),
    Field("mail", "email"),
)


def kinds(*names, held=1.0):
    """Classes where these fields are held on both sides in such a share of pairs, the name always."""
    comparisons = comparisons_of(Schema(tuple(f for f in FIELDS if f.name in names), ()))
    random = np.random.default_rng(0)
    seen = random.random((1000, len(comparisons))) < [1.0 if c.name == "name" else held for c in comparisons]
    return [kind.name for kind in relatives_of(comparisons, seen.astype(np.uint8))]


def test_namesakes_need_something_of_their_own_to_differ_in():
    assert kinds("name", "phone", "address") == ["household"]
    assert kinds("name", "phone", "address", "sex") == ["household"]
    assert kinds("name", "phone", "address", "mail") == ["household"]
    assert kinds("name", "phone", "address", "born") == ["household", "twins", "namesakes"]
    assert kinds("name", "phone", "address", "card") == ["household", "namesakes"]


def test_what_few_records_hold_tells_no_class():
    assert "namesakes" in kinds("name", "born", "phone", held=0.9)
    assert kinds("name", "born", "phone", held=0.1) == ["household", "twins"]
    assert kinds("name", "born", "province", held=0.1) == ["household", "twins"]


def test_twins_need_names():
    assert kinds("born", "phone", "address") == ["household"]
    assert kinds("phone", "address", "sex") == []


def test_twins_are_of_one_family_where_no_parents_tell():
    # Half of a household are couples of two sexes whose names have nothing in common, half siblings.
    comparisons = comparisons_of(Schema((Field("name", "person_name"), Field("sex", "category")), ()))
    sex, name = ([c.name for c in comparisons].index(x) for x in ("sex", "name"))
    parents = [-1, -1]
    parents[name] = sex
    shape = Maximiser(comparisons, parents)
    u, family = np.ones(shape.size), np.ones(shape.size)
    by_chance = np.array([0.9, 0.06, 0.03, 0.01, *[0.0] * 6])
    siblings = np.array([0.0, 0.9, 0.0, 0.1, *[0.0] * 6])
    shape.table(u, sex)[0, 1:] = [0.5, 0, 0.5]
    shape.table(family, sex)[0, 1:] = [0.75, 0, 0.25]
    for code, share in ((0, 0.5), (1, 1 / 3), (2, 0.5), (3, 1.0)):
        shape.table(u, name)[code, 1:] = by_chance
        shape.table(family, name)[code, 1:] = share * siblings + (1 - share) * by_chance
    of_one_family(family, u, shape, [False, False])
    np.testing.assert_allclose(
        shape.table(family, sex)[0, 1:],
        MOST_FREE * np.array([0.5, 0, 0.5]) + 0.03 * np.array([0.75, 0, 0.25]),
    )
    of_two_sexes = shape.table(family, name)[1, 1:]
    whole = siblings / 3 + by_chance * 2 / 3
    np.testing.assert_allclose(of_two_sexes, MOST_FREE * siblings + (1 - MOST_FREE) * whole, atol=1e-12)


def test_a_household_of_strangers_names_keeps_its_tables():
    comparisons = comparisons_of(Schema((Field("name", "person_name"),), ()))
    shape = Maximiser(comparisons, [-1])
    u = np.ones(shape.size)
    u[1:] = np.arange(10, 0, -1) / 55
    family = u.copy()
    of_one_family(family, u, shape, [False])
    np.testing.assert_allclose(family, u)


@given(
    names=st.sets(st.sampled_from([f.name for f in FIELDS]), min_size=1),
    seed=st.integers(0, 2**32),
    share=st.floats(0, 1),
)
def test_no_class_can_become_matches_whatever_the_fields(names, seed, share):
    comparisons = comparisons_of(Schema(tuple(f for f in FIELDS if f.name in names), ()))
    held = np.random.default_rng(seed).random((200, len(comparisons))) < share
    found = relatives_of(comparisons, held.astype(np.uint8))
    for kind in found:
        assert held[:, kind.differs_in(comparisons)].any(axis=1).mean() >= LEAST_TOLD
        assert kind.like is None or kind.like in [k.name for k in found]


@pytest.mark.parametrize(("n_schools", "has_community"), [(1, False), (8, True)])
def test_no_community_where_its_wide_fields_say_all_the_others(n_schools, has_community):
    """One school a country: people of one country are of one school, as one person's records are."""
    fields = (Field("name", "person_name"), Field("school", "text", shared=True))
    comparisons = comparisons_of(Schema((*fields, Field("country", "category", shared=True)), ()))
    random = np.random.default_rng(0)
    last = {c.name: c.operation.n_codes - 1 for c in comparisons}
    of_one_country = random.random(4000) < 0.1
    of_one_school = of_one_country & (random.random(4000) < 1 / n_schools)
    codes = {
        "name": np.ones(4000),
        "country": np.where(of_one_country, last["country"], 1),
        "school": np.where(of_one_school, last["school"], 1),
    }
    found = relatives_of(comparisons, np.stack([codes[c.name] for c in comparisons], axis=1).astype(np.uint8))
    assert ("community" in [kind.name for kind in found]) == has_community


@given(st.integers(0, 200), st.integers(0, 200))
@example(40, 0)
@example(60, 0)
@example(60, 40)
@example(60, 20)
def test_a_community_is_ruled_out_by_fifty_strangers_of_whom_most_do_not_differ(n_equal, n_differ):
    fields = (FIELDS[0], Field("school", "text", shared=True), Field("land", "category", shared=True))
    comparisons = comparisons_of(Schema(fields, ()))
    names, last = [c.name for c in comparisons], [c.operation.n_codes - 1 for c in comparisons]
    school, land = names.index("school"), names.index("land")
    codes = np.ones((n_equal + n_differ + 1000, len(names)), np.uint8)  # a thousand of other countries
    codes[: n_equal + n_differ, land] = last[land]
    codes[:n_equal, school] = last[school]
    found = [kind.name for kind in relatives_of(comparisons, codes)]
    assert ("community" in found) == (n_equal + n_differ < 50 or n_differ >= n_equal)


def even_tables(comparisons, shape):
    """Priors, m, u and the tables of two classes in which all levels of a comparison are as frequent."""
    prior = [np.full(c.operation.n_codes - 1, 1 / (c.operation.n_codes - 1)) for c in comparisons]
    m, u, family = (np.zeros(n) for n in (shape.size, shape.size, (2, shape.size)))
    for i, levels in enumerate(prior):
        for flat in (m, u, *family):
            shape.table(flat, i)[:, 1:] = levels
    return prior, m, u, family


@given(st.integers(30, 3000), st.integers(10**5, 10**7))
@example(300, 10**6)
def test_a_class_of_relatives_leans_on_all_of_them_as_three_hundred_pairs(n_own, n_others):
    """In what is a person's own a small class differs as relatives do, a large one as its pairs say."""
    comparisons = comparisons_of(Schema((FIELDS[0], FIELDS[2]), ()))
    names = [c.name for c in comparisons]
    shape = Maximiser(comparisons, [-1, -1])
    kinds = [Relatives("household"), Relatives("siblings")]
    shared = [c.field.is_shared for c in comparisons]
    prior, m, u, family = even_tables(comparisons, shape)
    expected = np.zeros((2, shape.size))
    other, own = (names.index(x) for x in ("mother", "name"))
    shape.table(expected[0], other)[0, 1] = n_own
    shape.table(expected[0], own)[0, 1] = n_own  # these differ in one way
    shape.table(expected[1], own)[0, 2] = n_others  # all others in another
    family_tables(family, expected, shape, m, u, prior, shared, kinds, {})
    one_way, the_other = shape.table(family[0], own)[0, 1:3]
    assert one_way / the_other == pytest.approx(n_own / 300, rel=0.1)


@given(st.integers(0, 10**5))
@example(10**4)
def test_brothers_have_one_mother_whatever_they_are_called(n_taken):
    """EM takes like-named brothers for matches but for those whose mothers' names differ."""
    comparisons = comparisons_of(Schema((FIELDS[0], FIELDS[2]), ()))
    own, other = ([c.name for c in comparisons].index(x) for x in ("name", "mother"))
    shape = Maximiser(comparisons, [-1 if i == own else own for i in range(2)])
    kinds = [Relatives("household", apart=frozenset({other})), Relatives("siblings")]
    shared = [c.field.is_shared for c in comparisons]
    prior, m, u, family = even_tables(comparisons, shape)
    expected = np.zeros((2, shape.size))
    for counts in expected:
        shape.table(counts, own)[0, 1] = 10**6
        shape.table(counts, other)[1, -1] = 10**6  # named otherwise, of one mother
        shape.table(counts, other)[-1, 1] = n_taken
    family_tables(family, expected, shape, m, u, prior, shared, kinds, {})
    alike = comparisons[other].operation.personal
    household, siblings = (shape.table(family[k], other)[1:, alike:].sum(axis=1) for k in range(2))
    assert siblings == pytest.approx(np.full(len(siblings), siblings[0])) and siblings[0] > 0.9
    assert n_taken < 1000 or household[-1] < 0.5 < household[0]


def test_siblings_have_their_parents_names_in_common_whatever_em_takes_for_siblings():
    comparisons = comparisons_of(Schema((FIELDS[0], FIELDS[2]), ()))
    own, mother = ([c.name for c in comparisons].index(x) for x in ("name", "mother"))
    shape = Maximiser(comparisons, [-1, -1])
    kinds = [k for k in relatives_of(comparisons, np.ones((100, 2), np.uint8)) if k.name != "namesakes"]
    assert [kind.name for kind in kinds] == ["household", "siblings"]
    shared = [c.field.is_shared for c in comparisons]
    prior, m, u, family = even_tables(comparisons, shape)
    shape.table(m, mother)[0, 1:] = prior_of_mother = np.array(comparisons[mother].operation.prior)
    expected = np.zeros((2, shape.size))
    for counts in expected:
        shape.table(counts, own)[0, 1] = shape.table(counts, mother)[0, 1] = 10**6  # of another mother
    family_tables(family, expected, shape, m, u, prior, shared, kinds, {})
    household, siblings = (shape.table(family[k], mother)[0, 1:] for k in range(2))
    assert household[0] > 0.9
    np.testing.assert_allclose(siblings, MOST_FREE * prior_of_mother + (1 - MOST_FREE) / 10)


def test_people_of_one_name_school_and_country_match():
    """Nothing keeps like-named people of one country and school apart: agreeing on all is what a match is."""
    random = np.random.default_rng(3)
    letters = random.choice(list("abdegiklmnoprstuv"), (2500, 16))
    people = [(f"{''.join(w[:7])} {''.join(w[7:])}", int(random.integers(12))) for w in letters]
    rows = [(name, land, who) for who, (name, land) in enumerate(people) for _ in range(1 + (who % 3 == 0))]
    table = pa.table(
        {
            "attendee": [name for name, _, _ in rows],
            "affiliation": [f"University of Land {land}" for _, land, _ in rows],
            "country": [f"Land {land}" for _, land, _ in rows],
            "entity": [str(who) for _, _, who in rows],
        }
    )
    table = table.append_column("record_id", pa.array([str(i) for i in range(len(rows))]))
    found, _, _ = run_linkage([table])
    assert found.at_95 > 0.9


def test_a_list_of_names_telephones_and_addresses(monkeypatch):
    """Nothing but the name is a person's own: who agrees in everything matches."""

    def row(person, random):
        return {
            "name": f"{person['given']} {person['family']}",
            "phone": person["phone"],
            "address": f"{person['number']} {person['street']}, {person['place']}",
        }

    damage = {
        "name": "typo:.15 missing:.02",
        "phone": "digits:.08 other:.05",
        "address": "typo:.15 missing:.05",
    }
    for country in ("us", "tr"):
        monkeypatch.setitem(
            tables.TABLES, "list", tables.Table(country, row, damage, copies=(0.9, 0.07, 0.03))
        )
        found, _, _ = run_linkage(tables.make_table("list", records=1200, seed=3))
        assert found.at_95 > 0.87
