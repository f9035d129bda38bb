"""Bounds by the words of a name lose nobody, but where the docs say so."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage._kernels.normalise import normalise_one
from linkage.schema import Field, Schema
from linkage.search.find import find, prepare, repaired
from linkage.segment import near_postings
from tests.kernels.made_up_model import drawn_model
from tests.search.asking import assert_finds_all, assert_is_brute_force, records_of
from tests.segment.registers import Part, segment_of

FAMILIES = ("Nguyễn", "NGUYEN", "Nguyen", "Trần", "Tran", "Lê", "Ông", "Ba", "H'Hen", "1.", "Ng.", "Văn")


MIDDLES = ("Văn", "Van", "Thị", "VĂN", "Vân", "", "Văn Văn", "Thị Thu", "Công Tằng Tôn", "Vawn")


GIVEN = (
    "Hùng",
    "Hung",
    "hưng",
    "Hoà",
    "Hòa",
    "Hoa",
    "Hoan",
    "H'Hen",
    "Ba",
    "Bà",
    "An2",
    "A",
    "Quỳnh",
    "Quyn",
    "Lan?",
    "Vi",
    "Vy",
    "Mỹ",
    "Mĩ",
)


BORN = ("05/03/1990", "05/03/1991", "03/05/1990", "06/03/1990", "1990", "01/01/1990", "17/11/1990", "")


def drawn_name(random):
    name = " ".join(filter(None, (random.choice(FAMILIES), random.choice(MIDDLES), random.choice(GIVEN))))
    if random.random() < 0.1:  # words that the vocabulary lacks, initials, names in one
        at = random.randrange(len(name))
        name = name[:at] + random.choice("abhmq. ") + name[at + random.randrange(2) :]
    return name


@cache
def register_of_names(seed, n=1500):
    """Names of every kind of token on few days, under a made-up model."""
    random = Random(seed)
    fields = (Field("name", "person_name"), Field("born", "date"), Field("sex", "category", format="sex"))
    rows = [
        {
            "name": drawn_name(random),
            "born": random.choice(BORN),
            "sex": random.choice(["Nam", "Nữ", ""]),
            "record_id": str(i),
        }
        for i in range(n)
    ]
    table = pa.table({k: pa.array([r[k] for r in rows], pa.string()) for k in rows[0]})
    with pytest.MonkeyPatch.context() as patch:
        # The vocabulary's tokens are taken for known, as in a large table, or none.
        patch.setattr(near_postings, "FEW_RECORDS", 0 if seed % 2 else n + 1)
        return segment_of(table, drawn_model(np.random.default_rng(seed), Schema(fields)))


def look_names_up_first(segment, rows):
    """From so many rows that are left on, names like the query's are looked up before days are looked at."""
    searcher = segment.borrow()
    searcher.worth_keys = rows
    segment.give_back(searcher)


@settings(max_examples=100)
@given(st.integers(0, 7), st.integers(0, 2**32), st.sampled_from([0, 1 << 15]))
def test_finer_bounds_of_names_lose_nothing(which, seed, rows):
    """The quick search draws bounds from marks, rarity, ties and keys of names; the oracle from none."""
    assert_nothing_is_lost(which, seed, rows)


@pytest.mark.long
@settings(max_examples=3000)
@given(st.integers(0, 63), st.integers(0, 2**32), st.sampled_from([0, 1 << 15]))
def test_finer_bounds_of_many_names_lose_nothing(which, seed, rows):
    assert_nothing_is_lost(which, seed, rows)


def assert_nothing_is_lost(which, seed, rows):
    segment = register_of_names(which)
    look_names_up_first(segment, rows)
    random = Random(seed)
    query = {"name": drawn_name(random), "born": random.choice(BORN), "sex": random.choice(["Nam", "Nữ", ""])}
    if random.random() < 0.3:
        del query[random.choice(["born", "sex"])]
    limit = random.choice([1, 2, 6, 40])
    quick, cut = find([Part(segment)], query, limit=limit)
    every, _ = find([Part(segment)], query, limit=len(segment), exhaustive=True)
    if not cut:
        found = [h for h in quick if not is_blind(segment, query, h)]
        expected = [h for h in every if not is_blind(segment, query, h)]
        assert found == expected[: len(found)]
        assert len(found) == min(len(expected), limit) or len(found) < len(quick)


def is_blind(segment, query, hit):
    """Whether bounds by words may miss a record (docs/lookup.md): the query but for spaces."""
    name = records_of(segment, [hit[2]])[0]["name"]
    at = segment.positions["name"]
    meant = [repaired(segment, prepare(segment, q)[0])[at] for q in (query, {"name": name})]
    a, b = (normalise_one(text)[2].decode() for text in meant)
    if len(a.split()) == len(b.split()) and sum(map(edits, a.split(), b.split())) <= 2:
        return False
    return a.replace(" ", "") == b.replace(" ", "") or edits(a, b) <= 2


def edits(a, b):
    """Letters lost, added, replaced or exchanged with a neighbour."""
    rows = [list(range(len(b) + 1))]
    for i in range(1, len(a) + 1):
        row = [i]
        for j in range(1, len(b) + 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def test_the_last_token_of_a_name_may_be_an_earlier_one_too():
    table = {
        "record_id": ["1", "2", "3"],
        "name": ["Trần Thị An", "An Văn An", "Lê Văn Hùng"],
        "born": ["05/03/1990"] * 3,
    }
    schema = Schema((Field("name", "person_name"), Field("born", "date")))
    for seed in range(20):
        segment = segment_of(table, drawn_model(np.random.default_rng(seed), schema))
        every, _ = assert_finds_all(segment, {"name": "An Vân An", "born": "05/03/1990"}, 3)
        assert_is_brute_force(segment, {"name": "An Vân An", "born": "05/03/1990"}, 3, every)


def test_a_last_word_two_letters_away_is_found_on_the_day():
    """The words say no more than that the first is alike; in all it is two letters (docs/lookup.md)."""
    names = ["Vũ Công Thuật", "Vũ Công Thuỷ", "Lê Thị Mai", "Vũ Thị Hoa"]
    table = {"record_id": list("1234"), "name": names, "born": ["05/03/1990"] * 4}
    schema = Schema((Field("name", "person_name"), Field("born", "date")))
    for seed in range(60):
        segment = segment_of(table, drawn_model(np.random.default_rng(seed), schema))
        assert_finds_all(segment, {"name": "Vũ Công Thuý", "born": "05/03/1990"}, 4)


def test_a_name_with_a_space_less_more_or_elsewhere_is_found_on_any_day():
    """Hot rows do not tell it, whatever its day: its names are looked up."""
    names = [
        "Vũ ThịHoa",
        "Vũ Thịhoa",
        "VũThị Hoa",
        "Vũ Thị Ho A",
        "Vũ Thịh Oa",
        "Vũt Hị Hoa",
        "Lê Văn Ba",
        "Hoa Oa Ho",
    ]
    days = ["05/03/1990", "06/03/1990", "05/03/1991", "03/05/1990", "17/11/1990", "1990", "12/12/1950"]
    table = {
        "record_id": [str(i) for i in range(len(names) * len(days))],
        "name": [name for name in names for _ in days],
        "born": days * len(names),
        "number": [f"{10**8 + i * 7919}" for i in range(len(names) * len(days))],
    }
    schema = Schema((Field("name", "person_name"), Field("born", "date"), Field("number", "identifier")))
    for seed in range(20):
        segment = segment_of(table, drawn_model(np.random.default_rng(seed), schema))
        for born in ("05/03/1990", "1990"):
            for limit in (1, 3, 12):
                assert_finds_all(segment, {"name": "Vũ Thị Hoa", "born": born}, limit)
