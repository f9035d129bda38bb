"""Births that a database counts from 1970."""

import datetime
import random

import pyarrow as pa
import pytest

from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.held import find_headers
from linkage.fields.reconcile.epochs import IN_A_DAY, days_since, epoch_of
from linkage.fields.reconcile.matching import match_schemas
from linkage.tables.opening import open_source

EPOCH = datetime.date(1970, 1, 1)
DAYS = [random.Random(k).randrange(-14_000, 14_000) for k in range(300)]
ZONE = {"days": 0, "seconds": 7 * 3_600, "milliseconds": -5 * 3_600_000}
"""Midnights of other zones."""


def texts(unit, ending=""):
    return [f"{d * IN_A_DAY[unit] - ZONE[unit.split()[0]]}{ending}" for d in DAYS]


@pytest.mark.parametrize("ending", ["", ".0"])
@pytest.mark.parametrize("unit", list(IN_A_DAY))
def test_numbers_are_the_days_that_they_count(unit, ending):
    table = pa.table({"name": [f"Ann Lee{k}" for k in range(len(DAYS))], "dob": texts(unit, ending)})
    source = open_source(table)
    column = find_headers(source, detect_schema(source))["date_of_birth"]
    found = source.first([column]).column(0).to_pylist()
    assert found == [(EPOCH + datetime.timedelta(d)).isoformat() for d in DAYS]


def test_so_they_are_where_headers_say_more_and_where_they_say_nothing():
    table = {"first_name": ["Ann", "Bo", "Cy"] * 100, "last_name": ["Lee", "Ray"] * 150, "shoe": ["41"] * 300}
    for header, unit in (("birthdate", "days since 1970"), ("c7", "seconds since 1970")):
        schema = detect_schema(open_source(pa.table(table | {header: texts(unit)})))
        assert [f.name for f in schema.fields if f.kind == "date"] == [f"{header} born by {unit}"]


@pytest.mark.parametrize("unit", list(IN_A_DAY))
def test_under_a_header_that_says_nothing_only_midnights_are_births(unit):
    values = pa.array(texts(unit))
    assert epoch_of(values, is_named=True) == unit
    assert epoch_of(values, is_named=False) == ("" if unit.startswith("days") else unit)


@pytest.mark.parametrize(
    "values",
    [
        [str(31_000 + 7 * k) for k in range(300)],
        [str(10_000_000 + 977 * k) for k in range(300)],
        [str(-1_000_000_000 + 12_345_677 * k) for k in range(300)],
        ["1985-03-12"] * 300,
        [str(86_400 * k) for k in range(300)],
        ["5549"] * 5,
        [str(100 + 80 * k) for k in range(300)],
        [*texts("days since 1970")[:240], *["unknown"] * 60],
    ],
    ids=[
        "serial days",
        "numbers",
        "no midnights",
        "dates",
        "one year",
        "few",
        "all after 1970",
        "words among",
    ],
)
def test_other_numbers_count_from_no_day(values):
    assert epoch_of(pa.array(values), is_named=True) == ""


def test_what_is_no_number_is_no_day():
    found = days_since(pa.array(["", "x", "--5", "9" * 30, None, "²", " 1 "]), "days since 1970")
    assert found.to_pylist() == ["", "", "", "", None, "", "1970-01-02"]


PLAIN = [(EPOCH + datetime.timedelta(d)).isoformat() for d in DAYS]
COUNTED = {unit: [d * n for d in DAYS] for unit, n in IN_A_DAY.items()}


@pytest.mark.parametrize(
    "left, right",
    [
        ("", "days since 1970"),
        ("days since 1970", ""),
        ("", "seconds since 1970"),
        ("milliseconds since 1970", "days since 1970"),
        ("days since 1970", "days since 1970"),
    ],
)
@pytest.mark.parametrize(
    "headers",
    [("dob", "dob"), ("dob", "DOB"), ("dob", "birth_date"), ("ngay_sinh",) * 2, ("date_of_birth",) * 2],
)
def test_each_of_two_tables_is_read_in_its_own_way(left, right, headers):
    names = ("so_cccd", "ho_va_ten", "gioi_tinh") if "dob" not in headers else ("first_name", "city", "zip")
    people = {name: [f"A{'bcdefg'[k % 6]} {k % 37}" for k in range(300)] for name in names}
    tables = [
        open_source(pa.table(people | {name: COUNTED.get(unit, PLAIN)}))
        for name, unit in zip(headers, (left, right), strict=True)
    ]
    schema = match_schemas(*tables)
    (birth,) = (f.name for f in schema.fields if f.kind == "date")
    for side, table in enumerate(tables):
        column = find_headers(table, schema, side=side)[birth]
        assert table.first([column]).column(0).to_pylist() == PLAIN
