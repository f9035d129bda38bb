"""A category under a header that says nothing is compared where it is the person's own, and only there."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.fields.meaning.detect import detect_schema
from linkage.reading import find_schema
from linkage.tables.opening import open_source

WORDS = np.array(["physics", "law", "music", "trade", "history"])


def table(kind, n=300):
    random = np.random.default_rng(4)
    people = random.integers(0, n // 2, n)
    names = [
        f"{chr(97 + p % 26)}na{chr(97 + p // 26)}l b{chr(97 + p // 7 % 26)}r{chr(97 + p % 23)}k"
        for p in people
    ]
    values = {
        "own": WORDS[people % 5],
        "of a record": random.choice(WORDS, n),
        "one": WORDS[(people > 3) * 1],
    }
    return pa.table({"full name": names, "xq": values[kind]})


@pytest.mark.parametrize(("kind", "compared"), [("own", True), ("of a record", False), ("one", False)])
def test_what_like_named_records_agree_on(kind, compared):
    schema = detect_schema(open_source(table(kind)))
    assert ("xq" in [f.name for f in schema.fields]) == compared


def test_few_records_tell_nothing():
    assert "xq" not in detect_schema(open_source(table("own", n=40)))


def test_what_happens_to_a_record_is_not_compared():
    renamed = table("own").rename_columns(["full name", "source status"])
    assert "source status" not in detect_schema(open_source(renamed))


def registers(n=600, seed=6):
    """Two tables of people of few names, with what is their own, what their state implies, and a record's."""
    random = np.random.default_rng(seed)
    given, family = random.integers(0, 6, n), random.integers(0, 8, n)
    state, role = random.integers(0, 3, n), random.integers(0, 5, n)
    first, last = np.array(list("abcdef")), np.array(["b" + c * 3 for c in "aeiouyrs"])
    people = {
        "full name": np.char.add(np.char.add(first[given], "na "), last[family]),
        "born": np.char.add("19", np.char.mod("%02d", random.integers(10, 90, n))) + "-03-07",
        "marital status": np.array(["single", "married", "widowed"])[state],
        "xq": WORDS[role],
        "household xq": np.array(["child", "parent", "grandparent"])[state],
    }  # fmt: skip
    rows = [np.arange(n), random.permutation(n)]
    return [
        pa.table({c: v[of] for c, v in people.items()} | {"desk": random.choice(WORDS, n)}) for of in rows
    ]


def test_where_names_are_common_a_day_of_birth_tells_one_persons_records():
    left, right = registers()
    linked = find_schema([open_source(left), open_source(right)], None, [])[0]
    one = find_schema([open_source(pa.concat_tables([left, right]))], None, [])[0]
    for schema in (linked, one):
        assert "xq" in schema
        assert "desk" not in schema  # a record's
        assert "household xq" not in schema  # what the marital status says already


def test_a_column_under_one_header_that_holds_something_else_is_left():
    left, right = registers()
    other = right.set_column(3, "xq", pa.array([f"{i}" for i in range(len(right))]))
    assert "xq" not in find_schema([open_source(left), open_source(other)], None, [])[0]


def classes(n=600, seed=2):
    """Pupils of three years, told twice, under headers that say nothing, with a parent and a visit."""
    random = np.random.default_rng(seed)
    people = np.repeat(np.arange(n // 2), 2)
    syllables = np.array(["ka", "lo", "mi", "ra", "ten", "vo", "su", "ne", "pi", "dal"])
    given = ["".join(random.choice(syllables, 2)) for _ in range(40)]
    family = ["".join(random.choice(syllables, 3)) for _ in range(n // 4)]
    child = [f"{given[(7 * p) % 40]} {family[p // 2]}" for p in people]
    parent = [f"{given[(3 * (p // 2)) % 40]} {family[p // 2]}{'x' * (k % 5)}" for k, p in enumerate(people)]
    born = [f"{2008 + p % 3}-{1 + p % 12:02}-{1 + p % 28:02}" for p in people]
    visit = [f"2021-{m:02}-{d:02}" for m, d in zip(*random.integers(1, 13, (2, n)), strict=True)]
    return {"c1": child, "c2": parent, "c3": born, "c4": visit}


def test_births_of_few_years_are_days_in_which_like_named_records_agree():
    table = classes()
    fields = {f.name: f for f in detect_schema(open_source(pa.table(table))).fields}
    assert fields["c3"].kind == "date"
    assert "c4" not in fields
    table["c3"] = table["c4"]
    assert not any(f.kind == "date" for f in detect_schema(open_source(pa.table(table))).fields)


def test_whose_records_agree_in_the_day_is_the_person():
    """The parents' names are written in more ways, and so they are more distinct."""
    table = classes()
    assert len(set(table["c2"])) > len(set(table["c1"]))
    fields = {f.name: f for f in detect_schema(open_source(pa.table(table))).fields}
    assert (fields["c1"].kind, fields["c2"].kind, fields["c2"].shared) == ("person_name", "text", True)
