"""Names that go on with the father's meet whole names."""

import random

import pyarrow as pa

from linkage.reading import find_schema
from linkage.tables.opening import open_source

MEN = ["Abebe", "Kebede", "Haile", "Girma", "Tesfaye", "Solomon", "Dawit", "Bekele", "Alemu", "Tadesse"]
WOMEN = ["Almaz", "Tigist", "Hanna", "Meron", "Selam", "Genet", "Aster", "Rahel", "Marta", "Hiwot", "Sara"]


def tables():
    r = random.Random(3)
    people = [(r.choice(MEN + WOMEN), r.choice(MEN), r.choice(MEN), r.choice(WOMEN)) for _ in range(300)]
    whole = pa.table({"Full Name": [" ".join(p[:3]) for p in people], "Year of birth": ["1980"] * 300})
    parts = pa.table({
        "First name": [p[0] for p in people],
        "Father's name": [p[1] for p in people],
        "Grandfather name": [p[2] for p in people],
        "Mother's name": [p[3] for p in people],
    })  # fmt: skip
    return open_source(whole), open_source(parts)


def test_fathers_names_go_on_with_a_given_name():
    joined = "First name ~ Father's name ~ Grandfather name"
    whole, parts = tables()
    assert find_schema([whole, parts], None, [])[1][1]["Full Name"] == joined
    assert find_schema([parts, whole], None, [])[1][0]["full_name"] == joined


def test_names_of_one_word_go_on_with_the_fathers_as_well():
    whole, parts = tables()
    columns = next(parts.batches(parts.columns))
    named = open_source(pa.table(columns.columns, names=["Name", *parts.columns[1:]]))
    joined = "Name ~ Father's name ~ Grandfather name"
    assert joined in find_schema([whole, named], None, [])[1][1].values()
    assert joined in find_schema([named, whole], None, [])[1][0].values()
