"""Sexes that two tables code in opposite ways are told by the given names."""

import random

import pyarrow as pa
import pytest

from linkage.reading import find_schema
from linkage.tables.opening import open_source

WOMEN = ["Ana", "Carmen", "Elena", "Lucia", "Maria", "Marta", "Paula", "Pilar", "Rosa", "Sara"]
MEN = ["Antonio", "Carlos", "David", "Diego", "Jorge", "Jose", "Luis", "Manuel", "Mario", "Pablo"]


def table(women, men, header, seed):
    r = random.Random(seed)
    people = [r.choice([(name, women) for name in WOMEN] + [(name, men) for name in MEN]) for _ in range(600)]
    names = [f"{name} {r.choice(['Garcia', 'Lopez', 'Perez', 'Ruiz'])}" for name, _ in people]
    return open_source(pa.table({"name": names, header: [sex for _, sex in people], "email": names}))


@pytest.mark.parametrize(
    ("left", "right", "read"),
    [
        (("Nữ", "Nam"), ("1", "0"), " read as 0=nam,1=nu"),
        (("F", "M"), ("M", "H"), " read as h=m,m=f"),
        (("0", "1"), ("1", "0"), " read as 0=1,1=0"),
        (("F", "M"), ("female", "male"), ""),
        (("2", "1"), ("F", "M"), ""),
        (("0", "1"), ("0", "1"), ""),
    ],
)
def test_codes_are_told_by_names(left, right, read):
    tables = table(*left, "sex", 1), table(*right, "sexo", 2)
    headers = find_schema(list(tables), None, [])[1]
    assert headers[1]["sex"] == "sexo" + read
    values = next(tables[1].batches([headers[1]["sex"]])).column(0).to_pylist()
    assert set(values) == {v.casefold().replace("ữ", "u") for v in left} or not read


def test_names_that_do_not_know_decide_nothing():
    names = [f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"] * 4
    sexes = ["1", "0"] * 200
    one = open_source(pa.table({"name": names, "sex": sexes}))
    other = open_source(pa.table({"name": names[::-1][7:] + names[:7], "sex": sexes[:200] + sexes[1:201]}))
    assert find_schema([one, other], None, [])[1][1]["sex"] == "sex"
