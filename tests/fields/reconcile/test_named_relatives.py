"""A register of mothers is linked to births by the mothers, one of children by the children."""

import random

import pyarrow as pa
import pytest

from linkage.fields.meaning.held import find_headers
from linkage.fields.reconcile.matching import match_schemas
from linkage.tables.opening import open_source

GIVEN = ["Anna", "Berta", "Carla", "Dora", "Emma", "Frida", "Greta", "Hanna", "Ida", "Jana", "Klara", "Lina"]
FAMILY = [
    a + b for a in ("Berg", "Stein", "Wald", "Hof", "Linden", "Rosen") for b in ("mann", "er", "kamp", "au")
]


def people(n, seed, years):
    r = random.Random(seed)
    return [
        (
            r.choice(GIVEN),
            r.choice(FAMILY),
            f"{r.randint(*years)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
        )
        for _ in range(n)
    ]


MOTHERS, BABIES = people(200, 1, (1960, 1995)), people(200, 2, (2010, 2020))


def register(rows):
    return pa.table({
        "given_names": [g for g, _, _ in rows],
        "surname": [f for _, f, _ in rows],
        "dob": [d for _, _, d in rows],
        "suburb": [f"Place {k % 20}" for k in range(len(rows))],
    })  # fmt: skip


def births(mother=("mother_given_names", "mother_surname"), birth="mother_dob"):
    names = {mother[0]: [g for g, _, _ in MOTHERS], mother[1]: [f for _, f, _ in MOTHERS]}
    if len(set(mother)) == 1:
        names = {mother[0]: [f"{g} {f}" for g, f, _ in MOTHERS]}
    return pa.table({
        "baby_given": [g for g, _, _ in BABIES],
        "baby_surname": [f for _, f, _ in BABIES],
        "baby_dob": [d for _, _, d in BABIES],
        **names,
        birth: [d for _, _, d in MOTHERS],
        "suburb": [f"Place {k % 20}" for k in range(len(BABIES))],
    })  # fmt: skip


def met(left, right):
    sources = open_source(left), open_source(right)
    schema = match_schemas(*sources)
    return set(find_headers(sources[1], schema, side=1).values())


@pytest.mark.parametrize("mother", [("mother_given_names", "mother_surname"), ("mother_name", "mother_name")])
def test_mothers_meet_mothers(mother):
    held = met(register(MOTHERS), births(mother))
    assert {"mother_dob", "suburb"} <= held
    assert not any(column.startswith("baby") for column in held)
    assert any(mother[0] in column for column in held)


def test_children_meet_children():
    held = met(register(BABIES), births())
    assert {"baby_given", "baby_surname", "baby_dob"} <= held


def test_a_register_of_all_meets_the_children():
    assert "baby_dob" in met(register([*MOTHERS, *BABIES]), births())


def test_strangers_meet_those_whom_the_table_lists():
    assert "baby_dob" in met(register(people(200, 3, (1920, 1950))), births())


def test_headers_that_are_the_same_stay_together():
    right = births().rename_columns(
        ["given_names", "surname", "dob", "mother_given_names", "mother_surname", "mother_dob", "suburb"]
    )
    assert "dob" in met(register(MOTHERS), right)
