"""A person's name in several columns is compared once."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.fields.meaning.repeated_names import LEAST_ROWS, without_repetition
from linkage.schema import Field

GIVEN, FAMILY = ("Zoë", "Jan", "Mary", "Ida", "Olaf"), ("de Boer", "Smith", "Ng", "O'Hara")
PEOPLE = [(g, m, f) for g in GIVEN for m in ("Ann", "Kim", "Per") for f in FAMILY]


def kept(columns, fields):
    return [f.name for f in without_repetition(fields, pa.table(columns))]


def test_of_two_whole_names_the_one_with_fewer_words_is_superfluous():
    columns = {
        "short": [f"{g} {f}".lower() for g, _, f in PEOPLE],
        "long": [f"Dr {g} {m} {f}" for g, m, f in PEOPLE],
    }
    fields = [Field("short", "person_name"), Field("long", "person_name"), Field("born", "date")]
    assert kept(columns, fields) == ["long", "born"]
    assert kept(columns, fields[::-1]) == ["born", "long"]


def test_of_equal_ones_the_first_stays():
    names = [f"{g} {f}" for g, _, f in PEOPLE]
    fields = [Field("a", "person_name"), Field("b", "person_name")]
    assert kept({"a": names, "b": names}, fields) == ["a"]


@pytest.mark.parametrize("has_middle", [True, False])
def test_given_and_family_name_say_what_a_whole_name_says(has_middle):
    columns = {
        "first": [g for g, _, _ in PEOPLE],
        "last": [f for _, _, f in PEOPLE],
        "shown as": [f"{f}, {g} {m if has_middle else ''}" for g, m, f in PEOPLE],
    }
    fields = [
        Field("first", "person_name", part="given"),
        Field("last", "person_name", part="family"),
        Field("shown as", "person_name"),
    ]
    assert kept(columns, fields) == ["first", "last"]


def test_what_says_something_of_its_own_stays():
    columns = {
        "first": [g for g, _, _ in PEOPLE],
        "last": [f for _, _, f in PEOPLE],
        "second": [m for _, m, _ in PEOPLE],
        "mother": [f"{g} {f}" for g, _, f in PEOPLE],
        "alias": [f"{g} {f}" if i % 2 else "El Gordo" for i, (g, _, f) in enumerate(PEOPLE)],
    }
    fields = [
        Field("first", "person_name", part="given"),
        Field("last", "person_name", part="family"),
        Field("second", "person_name"),
        Field("mother", "person_name", shared=True),
        Field("alias", "person_name"),
    ]
    assert kept(columns, fields) == [f.name for f in fields]


def test_few_rows_tell_nothing():
    names = [f"{g} {f}" for g, _, f in PEOPLE][: LEAST_ROWS - 1]
    fields = [Field("a", "person_name"), Field("b", "person_name")]
    assert kept({"a": names, "b": names}, fields) == ["a", "b"]


@given(
    st.lists(st.lists(st.sampled_from(["x y", "y", "x y z", "", None]), min_size=60, max_size=60), max_size=4)
)
def test_one_of_the_names_always_stays(columns):
    table = pa.table({str(k): pa.array(c, pa.string()) for k, c in enumerate(columns)})
    fields = [Field(name, "person_name") for name in table.column_names]
    found = without_repetition(fields, table)
    assert bool(found) == bool(fields)
    assert found == [f for f in fields if f in found]


@pytest.mark.parametrize("order", [("last", "first"), ("first", "last"), ("last", "second", "first")])
def test_names_put_together_to_be_searched_for_say_nothing_new(order):
    columns = {
        "first": [g for g, _, _ in PEOPLE],
        "second": [m for _, m, _ in PEOPLE],
        "last": [f for _, _, f in PEOPLE],
    }
    rows = zip(*(columns[c] for c in order), strict=True)
    columns["key"] = ["".join(row).upper().replace(" ", "").replace("'", "") for row in rows]
    columns = {c: [v.replace("'", "") for v in values] for c, values in columns.items()}
    parts = [
        Field("first", "person_name", part="given"),
        Field("last", "person_name", part="family"),
        Field("second", "person_name"),
    ]
    fields = [f for f in parts if f.name in order]
    assert kept(columns, [*fields, Field("key", "person_name")]) == [f.name for f in fields]
    columns["whole"] = [" ".join(row) for row in zip(*(columns[c] for c in order), strict=True)]
    whole, key = Field("whole", "person_name"), Field("key", "person_name")
    assert kept(columns, [whole, key]) == ["whole"]
    columns["key"] = columns["key"][1:] + columns["key"][:1]
    assert kept(columns, [whole, key]) == ["whole", "key"]


@pytest.mark.parametrize("in_parts", [True, False])
def test_a_list_of_ways_to_write_the_name_says_it_again(in_parts):
    columns = {
        "first": [g for g, _, _ in PEOPLE],
        "last": [f for _, _, f in PEOPLE],
        "name": [f"{g} {f}" for g, _, f in PEOPLE],
        "aliases": [f"{f}, {g}; {g[0]}. {f}" if i % 2 else f"{m} {f}" for i, (g, m, f) in enumerate(PEOPLE)],
        "of the house": [f"{PEOPLE[i - i % 2][0]} {f}" for i, (_, _, f) in enumerate(PEOPLE)],
    }
    parts = [Field("first", "person_name", part="given"), Field("last", "person_name", part="family")]
    names = parts if in_parts else [Field("name", "person_name")]
    fields = [*names, Field("aliases", "text"), Field("of the house", "text")]
    assert kept(columns, fields) == [f.name for f in (*names, fields[-1])]
    assert kept(columns, [*names, Field("aliases", "person_name")]) == [f.name for f in names]
    assert kept(columns, [Field("aliases", "text")]) == ["aliases"]
