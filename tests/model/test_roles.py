"""What a first look at families says of fields whose kind does not tell if families share them."""

import numpy as np
import pytest

from linkage.comparison.program import comparisons_of
from linkage.model.estimate import Estimate
from linkage.model.patterns import Maximiser
from linkage.model.roles import (
    is_of_households,
    learned_roles,
    schema_of,
    unclear_fields,
    unclear_numbers,
    with_shared,
)
from linkage.schema import Field, Schema

SCHEMA = Schema(
    (
        Field("born", "date"),
        *(Field(name, "text") for name in "ABC"),
        Field("town", "text", shared=True),
    ),
    (),
)
N_PAIRS = 1e6


def estimate(shape, agree, families=500.0):
    """Matches agree in .9, strangers in .01, families as told."""

    def tables(share):
        flat = np.ones(shape.size)
        for i, item in enumerate(shape.comparisons):
            table = shape.table(flat, i)
            table[:, 1:] = (1 - share.get(item.name, 0.9)) / (item.operation.n_codes - 2)
            table[:, -1] = share.get(item.name, 0.9)
        return flat

    names = [c.name for c in shape.comparisons]
    u = tables(dict.fromkeys(names, 0.01))
    prior = np.array([400.0, families]) / N_PAIRS
    return Estimate(tables({}), u, np.zeros(shape.size), tables(agree)[None], prior)


def roles(agree, schema=SCHEMA, families=500.0):
    comparisons = comparisons_of(schema)
    shape = Maximiser(with_shared(comparisons, unclear_fields(comparisons)), [-1] * len(comparisons))
    found = learned_roles(comparisons, estimate(shape, agree, families), shape, N_PAIRS)
    return {f.name: f.shared for f in schema_of(schema, found).fields}


def test_what_families_agree_on_is_shared():
    found = roles({"born": 0.01, "A": 0.8, "B": 0.02, "C": 0.3, "town": 0.9})
    assert found == {"born": None, "A": True, "B": None, "C": True, "town": True}


def test_what_the_schema_says_stays():
    schema = Schema((*SCHEMA.fields[:2], Field("B", "text", shared=False), *SCHEMA.fields[3:]), ())
    assert roles({"born": 0.01, "A": 0.8, "B": 0.9, "C": 0.02, "town": 0.9}, schema)["B"] is False


@pytest.mark.parametrize(
    ("agree", "families"),
    [
        ({"born": 0.01, "A": 0.8, "B": 0.02, "C": 0.3, "town": 0.9}, 20.0),
        ({"born": 0.01, "A": 0.8, "B": 0.02, "C": 0.02, "town": 0.02}, 500.0),
    ],
    ids=["a few pairs", "one thing in common"],
)
def test_such_families_are_not_believed_in(agree, families):
    assert roles(agree, families=families) == {f.name: f.shared for f in SCHEMA.fields}


def test_where_nothing_is_a_persons_own_nothing_is_learned():
    schema = Schema(SCHEMA.fields[1:], ())
    assert roles({"A": 0.8, "B": 0.8, "C": 0.8, "town": 0.9}, schema)["A"] is None


NUMBERED = Schema(
    (
        Field("name", "person_name"),
        Field("born", "date"),
        Field("number", "identifier"),
        Field("town", "text"),
    )
)


def codes_of(pairs):
    """uint8 codes of pairs that agree in their number: (name, date, town) each alike or not."""
    comparisons = comparisons_of(NUMBERED)
    out = np.zeros((len(pairs), len(comparisons)), np.uint8)
    for i, item in enumerate(comparisons):
        best = item.operation.n_codes - 1
        for k, pair in enumerate(pairs):
            out[k, i] = best if item.name == "number" else (1, best)[pair[item.name]]
    number = next(i for i, c in enumerate(comparisons) if c.name == "number")
    return out, Maximiser(comparisons, [-1] * len(comparisons)), number


PERSON, RELATIVE = {"name": 1, "born": 1, "town": 1}, {"name": 0, "born": 0, "town": 1}
MARRIED, MOVED = {"name": 0, "born": 1, "town": 1}, {"name": 1, "born": 1, "town": 0}


def test_a_number_that_relatives_have_is_a_households():
    assert is_of_households(*codes_of([PERSON] * 50 + [RELATIVE] * 50))


def test_a_number_of_one_person_stays_a_persons():
    assert not is_of_households(*codes_of([PERSON] * 60 + [MARRIED] * 20 + [MOVED] * 20 + [RELATIVE] * 9))


def test_few_pairs_say_nothing():
    assert not is_of_households(*codes_of([RELATIVE] * 20))


def test_an_address_of_e_mail_that_several_people_have_is_not_ones_own():
    # Made of given name and year, huy1970@ is that of five people: who has it says as little twice.
    fields = (Field("name", "person_name"), Field("born", "date"), Field("mail", "email"))
    comparisons = comparisons_of(Schema(fields, ()))
    (mail,) = unclear_numbers(comparisons)
    shape = Maximiser(comparisons, [-1] * 3)
    pairs = np.ones((100, 3), np.uint8)
    pairs[:, mail] = comparisons[mail].operation.n_codes - 1
    assert is_of_households(pairs, shape, mail)
    # One of two things only is held: a name that differs is that of a couple, whose address it may be.
    pairs[:, [c.field.kind for c in comparisons].index("date")] = 0
    assert not is_of_households(pairs, shape, mail)


def test_where_a_name_alone_tells_whose_a_number_is_it_must_differ_altogether():
    # Of a tax office's records half of one payer's names lack a token, are abbreviated or turned round.
    comparisons = comparisons_of(Schema((Field("name", "person_name"), Field("number", "identifier")), ()))
    at = {c.name: i for i, c in enumerate(comparisons)}
    shape = Maximiser(comparisons, [-1, -1])
    pairs = np.full((100, 2), 10, np.uint8)
    pairs[:, at["number"]] = comparisons[at["number"]].operation.n_codes - 1
    pairs[:50, at["name"]] = 5
    assert not is_of_households(pairs, shape, at["number"])
    pairs[:50, at["name"]] = 2
    assert is_of_households(pairs, shape, at["number"])


def test_a_number_whose_role_is_told_is_left_alone():
    kinds = (Field("a", "identifier", shared=False), Field("b", "identifier", format="tax_code"))
    assert not unclear_numbers(comparisons_of(Schema((*kinds, Field("c", "phone")))))


def test_texts_that_differ_do_not_make_a_number_a_households():
    # Records of one person from two employers: name and number agree, the employer and its street do not.
    schema = Schema(
        (
            Field("given", "person_name", part="given"),
            Field("number", "identifier"),
            Field("work", "text"),
            Field("at", "text"),
        )
    )
    comparisons = comparisons_of(schema)
    codes = np.ones((100, len(comparisons)), np.uint8)
    places = {c.name: i for i, c in enumerate(comparisons)}
    for name in ("given", "number"):
        codes[:, places[name]] = comparisons[places[name]].operation.n_codes - 1
    shape = Maximiser(comparisons, [-1] * len(comparisons))
    assert not is_of_households(codes, shape, places["number"])
    codes[:40, places["given"]] = 1
    assert is_of_households(codes, shape, places["number"])


NOTHING_OWN = Schema((*(Field(name, "text") for name in "ABC"), Field("town", "text", shared=True)), ())


def test_where_nothing_else_is_a_persons_own_the_field_apart_from_all_others_is():
    found = roles({"A": 0.16, "B": 0.8, "C": 0.9, "town": 0.9}, NOTHING_OWN)
    assert found == {"A": None, "B": True, "C": True, "town": True}


@pytest.mark.parametrize(
    "agree",
    [
        {"A": 0.4, "B": 0.9, "C": 0.9, "town": 0.9},
        {"A": 0.16, "B": 0.2, "C": 0.9, "town": 0.9},
        {"A": 0.9, "B": 0.9, "C": 0.9, "town": 0.16},
    ],
    ids=["not apart", "two", "shared by its kind"],
)
def test_where_no_one_field_is_apart_nothing_is_decided(agree):
    assert set(roles(agree, NOTHING_OWN).values()) == {None, True}
    assert roles(agree, NOTHING_OWN)["C"] is None


def test_beside_something_of_ones_own_no_field_need_be():
    found = roles({"born": 0.01, "A": 0.16, "B": 0.8, "C": 0.9, "town": 0.9})
    assert found == {"born": None, "A": True, "B": True, "C": True, "town": True}
