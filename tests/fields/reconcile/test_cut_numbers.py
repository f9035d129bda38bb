"""Numbers of which some are the birth alone are compared by births, and as numbers where they are whole."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.reconcile.born_in_numbers import births_of
from linkage.fields.reconcile.cut_numbers import with_births_of_cut_numbers
from linkage.fields.source import BORN, ENDING
from linkage.tables.opening import open_source

RANDOM = np.random.default_rng(11)
DAYS = [date(1940, 1, 1) + timedelta(int(k)) for k in RANDOM.integers(0, 27_000, 400)]
TAILS = [f"{k:04d}" for k in RANDOM.permutation(10_000)[:400]]
GIVEN = ["Anna", "Berta", "Clara", "Dora", "Elsa", "Frida", "Greta", "Hanna"]
NAMES = [f"{GIVEN[k % 8]} {'abcdefgh'[k % 7]}mit{'xyz'[k % 3]}" for k in range(400)]
WHOLE = [f"{d:%Y%m%d}-{t}" for d, t in zip(DAYS, TAILS, strict=True)]
CUT = [
    f"{d:%y%m%d}" if k % 2 else f"{d:%y%m%d}-{t}" for k, (d, t) in enumerate(zip(DAYS, TAILS, strict=True))
]
MASKED = [f"{d:%y%m%d}-{1 + k % 2}***" for k, d in enumerate(DAYS)]


def table(numbers, **more):
    return pa.table({"name": NAMES, "personnummer": numbers, **more})


def read(numbers, **more):
    source = open_source(table(numbers, **more))
    return {f.name: f.kind for f in with_births_of_cut_numbers(detect_schema(source), [source]).fields}


def test_births_stand_beside_the_numbers_that_are_whole():
    assert read(CUT) == {
        "name": "person_name",
        f"personnummer{ENDING}10": "identifier",
        f"personnummer{BORN}yymmdd at 0": "date",
    }


def test_of_masked_numbers_the_births_alone_are_left():
    assert read(MASKED) == {"name": "person_name", f"personnummer{BORN}yymmdd at 0": "date"}


@pytest.mark.parametrize("numbers", [WHOLE, [f"{t}{t[::-1]}{t}" for t in TAILS]])
def test_numbers_that_are_all_whole_stay(numbers):
    assert read(numbers) == {"name": "person_name", "personnummer": "identifier"}


@pytest.mark.parametrize(("numbers", "left"), [(CUT, f"personnummer{ENDING}10"), (MASKED, None)])
def test_beside_births_numbers_count_where_they_are_whole(numbers, left):
    births = [f"{d:%d.%m.%Y}" for d in DAYS]
    found = {"name": "person_name", "geboren": "date"}
    assert read(numbers, geboren=births) == (found | {left: "identifier"} if left else found)


def test_whole_numbers_beside_births_stay():
    births = [f"{d:%d.%m.%Y}" for d in DAYS]
    assert read(WHOLE, geboren=births)["personnummer"] == "identifier"


@pytest.mark.parametrize("other", [CUT, MASKED])
def test_cut_numbers_of_one_table_meet_whole_ones_of_the_other(other):
    ids = pa.array([f"r{k}" for k in range(400)])
    result = linkage.link(table(WHOLE, record_id=ids), table(other, record_id=ids))
    pairs = result.pairs.filter(pa.compute.greater(result.pairs["match_probability"], 0.95)).to_pylist()
    right = [pair for pair in pairs if pair["record_id_l"] == pair["record_id_r"]]
    assert len(right) >= 360
    assert len(right) > 0.95 * len(pairs)


EITHER = [(n, n[2:], n.replace("-", ""), f"{n[:8]}-XXXX")[k % 4] for k, n in enumerate(WHOLE)]


def test_numbers_with_and_without_the_century_in_one_column():
    assert read(EITHER) == {
        "name": "person_name",
        f"personnummer{ENDING}10": "identifier",
        f"personnummer{BORN}yymmdd or yyyymmdd at 0": "date",
    }


def test_numbers_with_and_without_the_century_beside_births():
    births = [f"{d:%d.%m.%Y}" for d in DAYS]
    numbers = [whole[2 * (k % 2) :] for k, whole in enumerate(WHOLE)]
    assert read(numbers, geboren=births)[f"personnummer{ENDING}10"] == "identifier"


def test_births_are_read_with_and_without_the_century():
    written = ["19850312-1234", "850312-1234", "198503121234", "850312", "19850312-XXXX", "850312-****"]
    found = births_of(pa.array(written), "yymmdd or yyyymmdd at 0").to_pylist()
    assert found == ["12/03/1985", "12/03/85", "12/03/1985", "12/03/85", "12/03/1985", "12/03/85"]
