"""Twins in plenty are no matches whose names were replaced; names that damage replaced stay matches."""

import random

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.schema import Field
from linkage.training import rounds
from linkage.training.owners import letters_of
from tests.kernels.scoring import encode

GIVEN = (
    *("Anna", "Boris", "Clara", "Dmitri", "Esther", "Felix", "Gudrun", "Hector", "Ingrid", "Jasper"),
    *("Karola", "Ludwig", "Miriam", "Norbert", "Olivia", "Petra", "Quentin", "Rosa", "Stefan", "Thekla"),
    *("Ulrich", "Vera", "Walter", "Xenia", "Yannick", "Zita", "Bruno", "Carla", "Detlef", "Edgar"),
)
FAMILY = (
    "Abel",
    "Brandt",
    "Conrad",
    "Dorn",
    "Eckert",
    "Falk",
    "Gerber",
    "Hartung",
    "Imhof",
    "Jansen",
    "Nolte",
)


def slip(word, r):
    """The word with one of its letters another one."""
    at = r.randrange(1, len(word))
    return word[:at] + r.choice("abdegiklmnorstu".replace(word[at], "")) + word[at + 1 :]


def pupils(*, twins, replaced, seed=0):
    """Families of two or three; a third of the pupils twice, with a slip or another's given name."""
    r = random.Random(seed)
    rows = []

    def born():
        return f"{r.randrange(2008, 2019)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}"

    for k in range(320):
        family, phone = r.choice(FAMILY) + r.choice("abcdefghik"), f"09{r.randrange(10**8):08d}"
        parents = f"{r.choice(GIVEN)} {family}", f"{r.choice(GIVEN)} {r.choice(FAMILY)}"
        names = r.sample(GIVEN, 3)
        days = [born(), born(), born()]
        if r.random() < twins:
            days[1] = days[0]
        for j in range(r.choice([2, 3])):
            row = [names[j], family, days[j], *parents, phone, f"p{k}.{j}"]
            rows.append(row)
            if r.random() < 0.33:
                again = list(row)
                if r.random() < replaced:
                    again[0] = r.choice(GIVEN)
                elif r.random() < 0.4:
                    again[0] = slip(again[0], r)
                if r.random() < replaced:
                    again[2], again[3] = r.choice([(born(), again[3]), (again[2], r.choice(GIVEN))])
                elif r.random() < 0.3:
                    again[3] = slip(again[3], r)
                rows.append(again)
    r.shuffle(rows)
    columns = ["first name", "last name", "date of birth", "father name", "mother name", "phone", "who"]
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


def told(columns):
    """Pairs that are said to match with .95, those who do, and how many do in all."""
    who = columns["who"]
    table = pa.table({name: values for name, values in columns.items() if name != "who"})
    pairs, probability = linkage.dedupe(table).ordered_pairs
    sure = probability >= 0.95
    right = np.array([who[a] == who[b] for a, b in zip(pairs.left[sure], pairs.right[sure], strict=True)])
    return int(sure.sum()), int(right.sum()), len(who) - len(set(who))


@pytest.mark.parametrize("seed", [0, 1])
def test_many_twins_are_no_matches_whose_names_were_replaced(seed):
    said, right, n = told(pupils(twins=0.3, replaced=0.0, seed=seed))
    assert right >= 0.97 * said
    assert right >= 0.97 * n


@pytest.mark.parametrize("seed", [0, 1])
def test_names_that_damage_replaces_as_it_does_other_things_are_bounded_by_nothing(seed, monkeypatch):
    columns = pupils(twins=0.0, replaced=0.15, seed=seed)
    found = told(columns)
    monkeypatch.setattr(rounds, "with_other_names", lambda known, *_: known)
    assert found == told(columns)


@pytest.mark.parametrize(
    ("without", "expected"), [("", "annamariaberg"), ("first", "mariaberg"), ("last", "annamaria")]
)
def test_letters_of_a_name_without_a_token(without, expected):
    records = encode({"x": ["Anna Maria Berg", "Cher"]}, [Field("x", "person_name")])
    letters = letters_of(records.columns["x"], records.rows[:, records.words["x"]], without)
    of_first = {chr(k + 64): int(n) for k, n in enumerate(letters[0]) if n and k != ord(" ") % 64}
    assert of_first == {c: expected.count(c) for c in set(expected)}
    assert letters[1].sum() == (0 if without else 4)


def newborn(*, twins, wrong_sex=0.0, seed=0):
    """Babies of one year, their families' only children but for twins; most twice, some without a name."""
    r = random.Random(seed)
    rows = []
    for k in range(900):
        family, day = (
            r.choice(FAMILY) + r.choice("abcdefghik"),
            f"2021-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}",
        )
        mother, street = r.choice(GIVEN), f"{r.randrange(1, 300)} {r.choice(FAMILY)} Street"
        for j, name in enumerate(r.sample(GIVEN, 2)[: 1 + (r.random() < twins)]):
            sex = r.choice("MF")
            for _ in range(r.choice([1, 2, 2])):
                given = f"Baby {'Boy' if sex == 'M' else 'Girl'} of {mother}" if r.random() < 0.2 else name
                given = slip(given, r) if r.random() < 0.05 else given
                told = r.choice("MF") if r.random() < wrong_sex else sex
                rows.append([given, family, day, told, mother, street, f"p{k}.{j}"])
    r.shuffle(rows)
    columns = ["first name", "last name", "date of birth", "sex", "mother first name", "address", "who"]
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


@pytest.mark.parametrize("seed", [0, 1])
def test_twins_among_the_newborn_differ_in_sex_where_names_differ(seed):
    columns = newborn(twins=0.06, seed=seed)
    who, sexes = columns["who"], columns["sex"]
    pairs, probability = linkage.dedupe(
        pa.table({k: v for k, v in columns.items() if k != "who"})
    ).ordered_pairs
    sure = [(a, b) for a, b, p in zip(pairs.left, pairs.right, probability, strict=True) if p >= 0.95]
    assert sum(who[a] == who[b] for a, b in sure) >= 0.92 * len(sure)
    assert sum(sexes[a] != sexes[b] for a, b in sure) < 5
