"""Titles and commas in names: what is taken away, what stays, and that customers with and without meet."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.fields.columns import TextColumn
from linkage.fields.dressed_names import (
    _DRESSED,
    _UNCLE,
    _matched,
    are_dressed,
    are_uncles,
    undressed,
)
from linkage.fields.meaning.headers import WORDS
from linkage.schema import Field


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("Herr Otto Klein", "Otto Klein"),
        ("Frau Dr. Klein, Anna", "Anna Klein"),
        ("Klein, Herr Otto", "Otto Klein"),
        ("Sig.ra Rosa Bianchi", "Rosa Bianchi"),
        ("Dott.ssa Rosa Bianchi", "Rosa Bianchi"),
        ("Daw Mya Mya", "Mya Mya"),
        ("Dawson Ann", "Dawson Ann"),
        ("S/O RAM LAL", "RAM LAL"),
        ("Smith, John A.", "John A. Smith"),
        ("Smith, Jr.", "Smith, Jr."),
        ("Miller III, Bob", "Bob Miller III"),
        ("Frauke Dressler", "Frauke Dressler"),
        ("Hr. Jensen", "Jensen"),
        ("OSPANOV/NURSULTAN MR", "NURSULTAN OSPANOV"),
        ("Van Dam/Jan Piet", "Jan Piet Van Dam"),
        ("Ravi a/l Muthu", "Ravi a/l Muthu"),
        ("Anna c/o Klein", "Anna c/o Klein"),
        ("12/34", "12/34"),
        ("นายสมชาย ใจดี", "สมชาย ใจดี"),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("a, b, c", "a, b, c"),
        (None, None),
    ],
)
def test_titles_go_and_commas_turn(raw, meant):
    assert undressed(pa.array([raw, "Mr. X Y"]), turn=True).to_pylist()[0] == meant


def test_given_names_are_not_turned():
    names = pa.array(["Marie, Anne", "Mme Claire"])
    assert undressed(names, turn=False).to_pylist() == ["Marie, Anne", "Claire"]


words = st.sampled_from(
    [*WORDS["titles"], *WORDS["dotted titles"], *WORDS["joined titles"], "Anna", "U", "s/o"]
)
marks = st.sampled_from(["", " ", ".", ". ", ",", ", ", "/", "  "])


@given(st.lists(st.tuples(marks, words, st.booleans()), max_size=4))
def test_names_are_dressed_where_the_pattern_says_so(parts):
    name = "".join(mark + (word.upper() if upper else word) for mark, word, upper in parts)
    names = pa.array([name, "Otto Klein", None])
    assert are_dressed(names) == (any(_matched(names, _DRESSED).to_pylist()) or are_uncles(names))
    assert are_uncles(names) == (_matched(names, _UNCLE).to_pylist()[0] is True)


def test_bare_names_are_left_alone():
    names = pa.array(["Anna Klein", "Otto Herr", ""])
    assert not are_dressed(names)
    assert undressed(names, turn=True).equals(names)


@pytest.mark.parametrize(("share", "meant"), [(2, "Tin Maung"), (50, "U Tin Maung")])
def test_u_is_an_address_where_many_have_it_and_an_initial_elsewhere(share, meant):
    names = pa.array(["U Tin Maung" if i % share == 0 else "Ravi Kumar" for i in range(200)])
    assert are_uncles(names) == (meant == "Tin Maung")
    assert undressed(names, turn=True, uncles=are_uncles(names))[0].as_py() == meant
    column = TextColumn(Field("name", "person_name"))
    words = np.zeros((201, 1), np.uint32)
    column.encode(names, words[:200])
    column.encode(pa.array([meant]), words[200:])
    column.finish()
    assert column.text_of(int(words[0, 0])) == meant.lower()
    assert words[0, 0] == words[200, 0]


def test_customers_with_and_without_titles_are_found():
    given = ["Anna", "Otto", "Karl", "Lena", "Paul", "Rita", "Hugo", "Ida", "Kurt", "Olga"]
    family = ["Klein", "Vogel", "Richter", "Sommer", "Winter", "Krause", "Lorenz", "Busch", "Pohl", "Engel"]
    people = [(g, f, f"0151 {k:07d}") for k, (g, f) in enumerate((g, f) for g in given for f in family)]
    rows = [{"Kunde": f"{f}, {g}", "Telefon": t} for g, f, t in people]
    rows += [
        {"Kunde": f"Herr {g} {f}", "Telefon": None if k % 2 else t} for k, (g, f, t) in enumerate(people)
    ]
    result = linkage.dedupe(pa.Table.from_pylist(rows))
    levels = result.pairs.to_pydict()["gamma_Kunde"]
    assert levels.count(max(levels)) >= 100


def test_a_table_is_looked_at_once_and_the_next_one_anew():
    column = TextColumn(Field("name", "person_name"))
    dressed, bare = ["Herr Otto Klein", "Anna Vogel"], ["Otto Klein", "Herr Otto Klein"]
    found = []
    for table in (dressed, [*bare, *[f"Anna {chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(500)]]):
        column.begin()
        for part in (table[:1], table[1:]):
            out = np.zeros((len(part), 1), np.uint32)
            column.encode(pa.array(part), out)
            found.append(out[:2, 0].tolist())
    otto, anna = found[0][0], found[1][0]
    assert found[2] == [otto]
    assert found[3][0] not in (otto, anna)
