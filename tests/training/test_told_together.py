"""Where no header says anything, couples are no matches: a given name and an age differ in them together."""

import random

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.comparison.program import comparisons_of
from linkage.schema import Field, Schema
from linkage.training.told_together import differ_together

COMPARISONS = comparisons_of(Schema((Field("A", "text"), Field("B", "text")), ()))
NAMES = [a + b for a in ("mar", "jo", "al", "ste", "ri", "lu") for b in ("ta", "bert", "nika", "son", "win")]
FAMILIES = [a + b for a in ("kar", "bel", "wes", "tor", "han", "mil", "dor") for b in NAMES]


def codes_of(*kinds):
    """Codes of pairs: how many, whether A agrees and whether B does; None where it is not held."""
    best = [c.operation.n_codes - 1 for c in COMPARISONS]
    rows = [
        [0 if agrees is None else best[i] if agrees else 1 for i, agrees in enumerate(pair)]
        for n, *pair in kinds
        for _ in range(n)
    ]
    return np.array(rows, np.uint8).reshape(-1, 2)


PEOPLE = [(100, True, True), (10, True, False), (90, False, False), (10, False, True)]
CHANCE = codes_of((20, True, False), (900, False, False), (20, False, True))


def test_two_people_differ_in_both():
    assert differ_together(codes_of(*PEOPLE), CHANCE, COMPARISONS, 0, 1)


@pytest.mark.parametrize(
    "kinds",
    [
        [(100, True, True), (90, False, True), (10, False, False)],
        [(100, True, False), (100, False, False)],
        [(400, True, True), (35, False, False)],
        [(20, True, True), (200, False, False)],
        [(100, True, None), (90, False, None), (10, False, False), (10, True, True)],
    ],
    ids=["one alone", "neither", "too rarely", "too few", "not held"],
)
def test_otherwise_nothing_is_said(kinds):
    assert not differ_together(codes_of(*kinds), CHANCE, COMPARISONS, 0, 1)


def test_what_strangers_have_together_tells_of_no_people():
    # A department and its physician.
    strangers = codes_of((60, True, True), (20, True, False), (900, False, False), (20, False, True))
    assert not differ_together(codes_of(*PEOPLE), strangers, COMPARISONS, 0, 1)


def customers(rng):
    """Households of one or two, their records once or more; headers say nothing."""
    rows, person = [], 0
    for home in range(1000):
        family, phone = rng.choice(FAMILIES), f"{rng.randrange(201, 990)}{rng.randrange(10**6, 10**7)}"
        street, town = f"{rng.randrange(1, 900)} {rng.choice(FAMILIES)} street", rng.choice(NAMES) + "ville"
        post_code = str(rng.randrange(10**4, 10**5))
        for _ in range(1 + (home % 10 < 6)):
            person += 1
            given, age = rng.choice(NAMES), str(rng.randrange(50, 80))
            for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
                name = given if rng.random() > 0.05 else given[:1] + "x" + given[2:]
                known = phone if rng.random() < 0.6 else None
                rows.append((person, name, family, age, street, town, post_code, known))
    rng.shuffle(rows)
    columns = dict(zip(("entity", *(f"c{i}" for i in range(1, 8))), zip(*rows, strict=True), strict=True))
    return pa.table({name: list(values) for name, values in columns.items()})


def test_couples_are_no_matches_where_no_header_says_anything():
    table = customers(random.Random(4))
    table = table.append_column("id", pa.array([f"r{i}" for i in range(len(table))]))
    entity = dict(zip(table["id"].to_pylist(), table["entity"].to_pylist(), strict=True))
    result = linkage.dedupe(table.drop_columns(["entity"]))
    pairs = result.pairs.filter(pa.array(result.pairs["match_probability"].to_numpy() >= 0.95)).to_pylist()
    found = [entity[p["record_id_l"]] == entity[p["record_id_r"]] for p in pairs]
    counts = np.bincount(table["entity"].to_numpy())
    assert sum(found) > 0.9 * len(found)
    assert sum(found) > 0.85 * (counts * (counts - 1) // 2).sum()
