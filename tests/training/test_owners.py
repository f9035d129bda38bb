"""Whose a number is, where the names beside it hardly say anything any more."""

import random

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.comparison.program import comparisons_of
from linkage.schema import Field
from linkage.training.owners import letters_of, likeness, with_owners
from linkage.training.short_numbers import is_as_by_chance
from linkage.training.train import _level_scorer
from tests.kernels.scoring import encode

GIVEN = "Anna Boris Clara Dmitri Esther Felix Gudrun Hector Ingrid Jasper Karola Ludwig Miriam Norbert Olivia"
FAMILY = "Abel Brandt Conrad Dorn Eckert Falk Gerber Hartung Imhof Jansen Kessler Lorenz Mertens Nolte Opitz"
FIELDS = [
    Field("given", "person_name", part="given"),
    Field("family", "person_name", part="family"),
    Field("number", "identifier"),
    Field("mobile", "phone"),
]


def wreck(word, r):
    """What is left of a word: three of its letters lost, exchanged or another's."""
    letters = list(word.lower())
    for _ in range(3):
        at = r.randrange(len(letters))
        letters[at : at + 1] = r.choice([[], [r.choice("bcdfghklmnprst")], [letters[at], r.choice("xyz")]])
    r.shuffle(letters[1:3])
    return "".join(letters)[: r.randrange(3, 8)] or "x"


def people(n, *, wrecked, household, seed=0):
    """Records of people each of whom has another one, or somebody of the household, under one number."""
    r = random.Random(seed)
    columns = {f.name: [] for f in FIELDS} | {"who": []}
    for k in range(n):
        given, family = r.choice(GIVEN.split()), r.choice(FAMILY.split()) + r.choice("abcdefgh")
        number, mobile = f"{k:07d}"[::-1], f"09{r.randrange(10**8):08d}"
        columns_of = [(given, family, f"p{k}")]
        if r.random() < wrecked:
            columns_of.append((wreck(given, r), wreck(family, r), f"p{k}"))
        elif r.random() < household:
            columns_of.append((r.choice(GIVEN.split()), family, f"h{k}"))
        for row in columns_of:
            values = (row[0], row[1], number, mobile, row[2])
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
    return columns


def roles(columns):
    records = encode({f.name: columns[f.name] for f in FIELDS}, FIELDS)
    comparisons = comparisons_of(records.schema)
    found = with_owners(records, comparisons, _level_scorer(records, comparisons, {}))
    return {c.name: c.field.shared for c in found if c.field.kind in ("identifier", "phone")}


@pytest.mark.parametrize(
    ("wrecked", "household", "expected"),
    [
        (0.6, 0, {"number": None, "mobile": False}),
        (0.0, 0.6, {"number": True, "mobile": None}),
        (0.1, 0.6, {"number": True, "mobile": None}),
    ],
)
def test_a_number_is_ones_own_where_unlike_names_are_what_damage_left(wrecked, household, expected):
    assert roles(people(600, wrecked=wrecked, household=household)) == expected


def families(n, number_of, seed=3):
    """Members of households, some with a second record, under four digits: one's own, or the household's."""
    r = random.Random(seed)
    columns = {f.name: [] for f in FIELDS}
    for household in range(n):
        family, mobile = r.choice(FAMILY.split()) + r.choice("abcdefgh"), f"09{r.randrange(10**8):08d}"
        for _ in range(r.randrange(1, 5)):
            given, number = r.choice(GIVEN.split()), number_of(household, r)
            for _ in range(r.choice((1, 1, 2))):
                values = (given, family, number, mobile)
                for name, value in zip(columns, values, strict=True):
                    columns[name].append(value)
    return columns


@pytest.mark.parametrize(
    ("number_of", "expected"),
    [
        (lambda household, r: f"{r.randrange(10**4):04d}", None),
        (lambda household, r: f"{household:04d}", True),
        (lambda household, r: f"{household % 40:04d}", True),
    ],
    ids=["the last four of one's own", "a household's", "an employer's"],
)
def test_a_number_of_few_digits_is_ones_own_where_chance_gives_it_to_others(number_of, expected):
    assert roles(families(2000, number_of))["number"] is expected


def test_of_two_tables_as_many_pairs_have_a_short_number_as_chance_gives():
    left, right = np.random.default_rng(0).integers(1, 11, (2, 3000, 3)).astype(np.uint32)
    digits = np.concatenate([left, right]) @ np.array([256, 16, 1], np.uint32)
    words = np.stack([digits, np.zeros_like(digits)], axis=1)
    assert is_as_by_chance(words, 3000, 0.9)
    assert not is_as_by_chance(np.where(words > 0x800, 0x888, words), 3000, 0.9)
    words[:, 1] = 1
    assert not is_as_by_chance(words, 3000, 0.9)


def test_few_unlike_names_say_nothing():
    assert roles(people(40, wrecked=0.5, household=0))["mobile"] is None


def test_names_of_others_are_as_alike_as_chance_has_it():
    r = np.random.default_rng(0)
    left, right = (r.integers(0, 3, (500, 64)).astype(np.int32) for _ in range(2))
    assert likeness(left, right) == pytest.approx(0.5, abs=0.03)
    assert likeness(left, left) > 0.99


def test_letters_are_counted_by_value():
    records = encode({"x": ["Anna", "Bob", None]}, [Field("x", "person_name")])
    letters = letters_of(records.columns["x"], records.rows[:, records.words["x"]])
    assert letters.sum(axis=1).tolist() == [4, 3, 0]
    assert letters[0, ord("a") % 64] == 2
    assert letters[1, ord("b") % 64] == 2


def test_people_are_found_by_their_numbers_whatever_is_left_of_their_names():
    columns = people(1500, wrecked=0.6, household=0, seed=1)
    who = columns.pop("who")
    columns["town"] = [random.Random(name).choice(["Aal", "Bebra", "Kiel", "Dahn"]) for name in who]
    result = linkage.dedupe(pa.table(columns))
    pairs, probability = result.ordered_pairs
    sure = probability >= 0.95
    right = sum(who[a] == who[b] for a, b in zip(pairs.left[sure], pairs.right[sure], strict=True))
    n = len(who) - len(set(who))
    assert 2 * right / (sure.sum() + n) > 0.97
