"""Codes of one table are read as the other's values, where sure matches say so and nowhere else."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkage
from linkage.fields.batch import encode_records
from linkage.fields.reconcile import code_systems
from linkage.fields.reconcile.code_systems import with_one_code_system
from linkage.schema import Field, Schema
from linkage.tables.opening import open_source

PLACES = "Bac Giang,Ca Mau,Da Nang,Dong Nai,Gia Lai,Ha Noi,Hue,Lao Cai,Nghe An,Quang Nam,Son La,Tra Vinh"
PLACES = PLACES.split(",")
WORDS = ["Anh", "Binh", "Chi", "Dung", "Giang", "Hai", "Hung", "Lan", "Mai", "Nam"]


def codes_of(values, kind="category", mapped=None, **more):
    """What is learned of pairs (left value, right value), each of a person of their own."""
    left, right = zip(*values, strict=True)
    born = [f"{1930 + i // 336}-{i % 12 + 1:02}-{i // 12 % 28 + 1:02}" for i in range(len(left))]
    names = [f"Person {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}" for i in range(len(left))]
    tables = [{"name": names, "born": born, "place": column} for column in (left, right)]
    sources = [open_source(pa.table(t)) for t in tables]
    fields = (Field("name", "person_name"), Field("born", "date"), Field("place", kind, **more))
    headers = [{f.name: f.name for f in fields}] * 2
    records = encode_records(sources, headers, Schema(fields, ()), threads=2)
    read = with_one_code_system(records, learns=True)
    return dict(records.schema["place"].read_as), records, read


def people(n, seed, choose):
    r = random.Random(seed)
    return [choose(r) for _ in range(n)]


@pytest.mark.parametrize("kind", ["category", "text"])
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12), st.floats(0, 0.3))
def test_two_vocabularies_are_mapped_whatever_their_order(kind, seed, n_values, moved):
    shuffled = random.Random(seed).sample(range(100), n_values)

    def choose(r):
        k = r.randrange(n_values)
        return PLACES[k], str(shuffled[k if r.random() > moved else r.randrange(n_values)])

    codes, records, read = codes_of(people(800, seed, choose), kind)
    assert codes == {str(code): PLACES[k].lower() for k, code in enumerate(shuffled)}
    words = records.rows[:, records.words["place"]]
    assert set(words[records.n_left :]) <= set(words[: records.n_left])
    assert read["place"].n_records == 800 and read["place"].n_sure == 800


@pytest.mark.parametrize("kind", ["category", "text"])
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 0.85, 0.0]))
def test_one_vocabulary_stays_as_it_is(kind, seed, stays):
    """Whether people stay where they are, move, or nothing connects the two columns."""

    def choose(r):
        place = PLACES[int(r.expovariate(0.5)) % 12]
        return place, place if r.random() < stays else PLACES[int(r.expovariate(0.5)) % 12]

    codes, _, read = codes_of(people(600, seed, choose), kind)
    assert not codes and not read


@given(st.integers(0, 10_000), st.floats(0.3, 0.95))
@settings(max_examples=20, deadline=None)
def test_codes_that_say_nothing_of_the_other_value_are_no_names_of_it(seed, usual):
    """Most live in one place: whatever their code is, that place goes with it most often."""

    def choose(r):
        return PLACES[0] if r.random() < usual else r.choice(PLACES), str(r.randrange(8))

    assert not codes_of(people(600, seed, choose))[0]


def test_the_same_numbers_may_mean_others():
    ring = {str(k): str(k % 12 + 1) for k in range(1, 13)}
    choose = lambda r: (ring[code := str(r.randint(1, 12))], code)  # noqa: E731
    assert codes_of(people(500, 3, choose))[0] == ring


def test_some_values_may_have_other_names():
    def choose(r):
        place = r.choice(PLACES)
        return place, {"Da Nang": "DNG", "Ha Noi": "HN"}.get(place, place.upper())

    assert codes_of(people(500, 4, choose), "text")[0] == {"dng": "da nang", "hn": "ha noi"}


def test_several_codes_may_stand_for_one_value():
    choose = lambda r: (PLACES[(k := r.randrange(24)) // 2], f"{k:03}")  # noqa: E731
    assert codes_of(people(900, 5, choose))[0] == {f"{k:03}": PLACES[k // 2].lower() for k in range(24)}


def test_a_code_too_rare_to_be_told_is_missing_where_these_are_two_vocabularies():
    pairs = [(PLACES[i % 10], f"0{i % 10}") for i in range(500)] + [("Bac Giang", "77")]
    codes, records, read = codes_of(pairs)
    assert codes["77"] == "" and records.rows[-1, records.words["place"]] == 0
    assert np.count_nonzero(records.rows[:, records.words["place"]] == 0) == 1
    assert read["place"].examples[0][0] != "77"


def test_values_of_a_household_or_of_ones_own_comparator_are_left_alone():
    values = [(PLACES[i % 12], str(i % 12)) for i in range(500)]
    assert not codes_of(values, "address")[0]
    assert not codes_of(values, "category", compare=False)[0]


def test_large_tables_are_asked_by_a_part_and_tell_the_same(monkeypatch):
    values = [(PLACES[i * i % 12], str(i * i % 12)) for i in range(3000)]
    whole = codes_of(values)
    monkeypatch.setattr(code_systems, "LOOKED_AT", 400)
    part = codes_of(values)
    assert whole[0] == part[0] and (whole[1].rows == part[1].rows).all() and whole[2] == part[2]
    same = [(PLACES[i % 12],) * 2 for i in range(3000)]
    assert not codes_of(same)[0]


def tables(seed, left, right):
    """Two tables of the same people, places by name in one and by code in the other."""
    r = random.Random(seed)
    rows = ([], [])
    for i in range(700):
        name = " ".join(r.choice(WORDS) for _ in range(3))
        born, k = f"{r.randint(1, 28):02}/{r.randint(1, 12):02}/{r.randint(1950, 2005)}", r.randrange(12)
        rows[0].append((name, born, left(k), i))
        if r.random() < 0.6:
            rows[1].append((name.upper(), born, right(k if r.random() < 0.9 else r.randrange(12)), i))
    columns = ("ho_ten", "ngay_sinh", "noi_o")
    return [
        pa.table({c: [row[k] for row in table] for k, c in enumerate(columns)})
        .rename_columns(["ho_ten", "ngay_sinh", "quan_huyen"])
        .append_column("record_id", pa.array([str(row[3]) for row in table]))
        for table in rows
    ]


def test_the_model_reads_them_again_and_the_summary_says_so(tmp_path):
    ours, theirs = tables(6, PLACES.__getitem__, lambda k: str(100 + k * 7))
    found = linkage.link(ours, theirs)
    told = [w["message"] for w in found.summary["warnings"] if w["code"] == "codes_read"]
    assert len(told) == 1 and " sure matches)" in told[0] and "= 'bac giang'" in told[0]
    found.model.save(tmp_path / "model.json")
    again = linkage.link(ours, theirs, linkage.Model.load(tmp_path / "model.json"))
    assert again.pairs.equals(found.pairs)
    assert "as the model says" in str(again.summary["warnings"])
    hidden = linkage.link(ours, theirs, hide_values=True)
    assert "bac giang" not in str(hidden.summary["warnings"])


def test_answers_are_those_of_one_vocabulary_on_any_number_of_threads():
    one, other = tables(7, PLACES.__getitem__, PLACES.__getitem__)
    theirs = tables(7, PLACES.__getitem__, lambda k: str(100 + k * 7))[1]
    plain = linkage.link(one, other).pairs
    for threads in (1, 3):
        assert linkage.link(one, theirs, threads=threads).pairs.equals(plain)
