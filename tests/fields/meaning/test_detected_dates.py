"""Which columns are dates, and whose: whole ones, in three columns, years, numbers that lost a zero."""

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import linkage
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.held import find_headers
from linkage.fields.page_texts import as_array
from linkage.fields.text import joined_date
from linkage.tables.opening import open_source
from tests.fields.meaning.test_detect import fields_of, people


def test_a_date_column_without_dates_is_none():
    columns = {"name": people()["name"], "geboren": people()["status"]}
    assert {f.name for f in detect_schema(open_source(pa.table(columns))).fields} == {"name"}


@pytest.mark.parametrize(
    "headers",
    [
        ("by", "bm", "bd"),
        ("dob_year", "dob_mon", "dob_day"),
        ("birth_year", "birth_month", "birth_day"),
        ("ano", "mes", "dia"),
    ],
)
@pytest.mark.parametrize("suffix", [".parquet", ".csv", None])
def test_a_date_in_three_columns_is_one_field(headers, suffix, tmp_path):
    whole = [tuple(map(int, date.split("-"))) for date in people()["born"]]
    columns = dict(zip(headers, map(list, zip(*whole, strict=True)), strict=True))
    table = pa.table({"name": people()["name"], **columns})
    path = tmp_path / f"table{suffix}"
    if suffix == ".csv":
        pa.csv.write_csv(table, path)
    elif suffix:
        pa.parquet.write_table(table, path)
    source = open_source(path if suffix else table)
    schema = detect_schema(source)
    assert [(f.name, f.kind) for f in schema.fields] == [("name", "person_name"), ("birth_date", "date")]
    header = find_headers(source, linkage.Schema.from_dict(schema.to_dict()))["birth_date"]
    dates = [t for batch in source.batches(["name", header]) for t in batch.column(1).to_pylist()]
    assert dates == people()["born"]
    assert [
        t for block in source.blocks([header]) for a in block.read(header) for t in as_array(a).to_pylist()
    ] == dates


def test_a_date_of_which_parts_are_missing():
    parts = [
        pa.array(["1990", "1990.0", "1990", None, ""]),
        pa.array([5, 5, None, 1, 1]),
        pa.array(["7", "", "1", "1", "1"]),
    ]
    assert joined_date(parts).to_pylist() == ["1990-05-07", "1990-05", "1990", None, None]


def test_codes_for_what_nobody_knows_are_no_part_of_a_split_date():
    years = ["1990", "1990", "1990.0", "9999", "0", "1990", "00"]
    months = ["5", "99", "5", "5", "0", "98.0", "12"]
    days = ["99", "99", "88", "7", "0", "7", "31"]
    parts = [pa.array(values, pa.string()) for values in (years, months, days)]
    assert joined_date(parts).to_pylist() == ["1990-05", "1990", "1990-05", None, None, "1990", "00-12-31"]


def test_years_before_1800_are_years():
    years = [str(1600 + i) for i in range(60)]
    parts = {"birth_year": years, "birth_month": ["5"] * 60, "birth_day": ["7"] * 60}
    schema = detect_schema(open_source(pa.table({"surname": [f"name {y}" for y in years], **parts})))
    assert [f.name for f in schema.fields if f.kind == "date"] == ["birth_date"]


def test_a_split_date_finds_duplicates():
    columns = people(300)
    rows = []
    for i, (name, born) in enumerate(zip(columns["name"], columns["born"], strict=True)):
        given, family = name.split()
        year, month, day = born.split("-")
        row = {"fname": given, "lname": family, "by": year, "bm": month, "bd": day}
        rows += [{"id": f"a{i}", **row}, *([{"id": f"b{i}", **row}] if i < 40 else [])]
    pairs = linkage.dedupe(rows).pairs.to_pylist()
    sure = {(p["record_id_l"], p["record_id_r"]) for p in pairs if p["match_probability"] > 0.95}
    assert sure == {(f"a{i}", f"b{i}") for i in range(40)}


def test_numbers_are_no_dates():
    n = 60
    table = pa.table(
        {
            "name": [f"an{chr(97 + k % 20)}" for k in range(n)],
            "PIN": [f"{110001 + 7 * k}" for k in range(n)],
            "Sr No": [str(1930 + k) for k in range(n)],
            "code": [f"AA{100190 + 37 * (k // 2)}" for k in range(n)],
            "seen": [f"{1 + k % 28:02}/0{1 + k % 9}/{1940 + k}" for k in range(n)],
            "Ano": [str(1940 + k % 50) for k in range(n)],
        }
    )
    kinds = {f.name: f.kind for f in detect_schema(open_source(table)).fields}
    assert kinds == {
        "name": "person_name", "PIN": "text", "code": "identifier", "seen": "date", "Ano": "date"
    }  # fmt: skip


def test_a_date_that_no_header_names_is_none_of_a_person_whose_birth_is_named():
    born = [f"{1930 + k % 70}-0{1 + k % 9}-11" for k in range(300)]
    seen = [f"{1940 + k * 7 % 80}-0{1 + k % 9}-13" for k in range(300)]
    table = pa.table({"first name": [f"an{chr(97 + k % 20)}" for k in range(300)], "dob": born, "col7": seen})
    assert [f.name for f in detect_schema(open_source(table)).fields] == ["first name", "dob"]
    table = table.rename_columns(["first name", "col6", "col7"])
    assert [f.name for f in detect_schema(open_source(table)).fields] == ["first name", "col6", "col7"]


def test_days_of_thirty_years_are_no_births():
    seen = [f"{1995 + k % 30}-0{1 + k % 9}-13" for k in range(150)] * 2
    assert "C" not in [f.name for f in fields_of(pa.array(seen))]


def test_years_among_whole_dates_are_dates():
    births = [
        f"{k % 28 + 1:02}/0{k % 9 + 1}/{1940 + k % 70}" if k % 2 else str(1940 + k % 70) for k in range(400)
    ]
    schema = detect_schema(open_source(pa.table({"full name": ["a b"] * 399 + ["c d"], "NS": births})))
    assert next(f.kind for f in schema.fields if f.name == "NS") == "date"


@pytest.mark.parametrize("written", ["tokony ho {}", "khoảng {}", "c. {}", "~{}", "{}?"])
def test_years_with_a_word_among_whole_dates_are_dates(written):
    years = [1940 + k * 7 % 70 for k in range(400)]
    births = [
        f"{k % 28 + 1:02}/0{k % 9 + 1}/{y}" if k % 4 else written.format(y) for k, y in enumerate(years)
    ]
    schema = detect_schema(open_source(pa.table({"full name": ["a b"] * 399 + ["c d"], "NS": births})))
    assert next(f.kind for f in schema.fields if f.name == "NS") == "date"


@pytest.mark.parametrize("written", ["{d}{m:02}{y}", "{d}{m:02}{y}.0", "{m}{d:02}{y}"])
def test_days_as_numbers_that_lost_a_zero_are_dates_under_any_header(written):
    random = np.random.default_rng(0)
    days = random.integers((1930, 1, 1), (2005, 13, 29), (300, 3)).tolist()
    table = {"c7": [written.format(y=y, m=m, d=d) for y, m, d in days], "city": ["Ulm", "Bonn"] * 150}
    assert detect_schema(open_source(pa.table(table)))["c7"].kind == "date"
    table["c7"] = [str(k) for k in random.integers(1_000_000, 40_000_000, 300)]
    schema = detect_schema(open_source(pa.table(table | {"name": ["Ann Lee", "Bo Ray", "Cy Fox"] * 100})))
    assert not any(f.kind == "date" for f in schema.fields)
