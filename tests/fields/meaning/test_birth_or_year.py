"""A birth, and in another column the year of birth alone, are one field."""

import pyarrow as pa
import pytest

from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.held import find_headers
from linkage.fields.reconcile.matching import match_schemas
from linkage.fields.source import ELSE
from linkage.tables.opening import open_source

NAMES = [
    f"{a} {b}" for a in ("Nguyễn Văn", "Trần Thị", "Lê Minh", "Phạm Thu") for b in ("An", "Bình", "Chi")
] * 10
DAYS = [f"{1 + k % 28:02d}/{1 + k % 12:02d}/{1950 + k % 60}" for k in range(120)]


def columns(day, year, names=("Họ tên", "Ngày sinh", "Năm sinh")):
    return pa.table({
        names[0]: NAMES,
        names[1]: [d if day(k) else None for k, d in enumerate(DAYS)],
        names[2]: [d[-4:] if year(k) else "" for k, d in enumerate(DAYS)],
    })  # fmt: skip


def births(schema):
    return [c for f in schema.fields if f.kind == "date" for c in (f.name, *f.columns) if ELSE in c]


@pytest.mark.parametrize(
    "names", [("Họ tên", "Ngày sinh", "Năm sinh"), ("name", "date of birth", "year of birth")]
)
def test_years_stand_where_days_lack(names):
    schema = detect_schema(open_source(columns(lambda k: k % 3, lambda k: k % 3 == 0, names)))
    assert births(schema) == [f"{names[1]} else {names[2]}"]
    source = open_source(columns(lambda k: k % 3, lambda k: True, names))
    batch = next(source.batches([f"{names[1]} else {names[2]}"]))
    assert batch.column(0).to_pylist() == [d if k % 3 else d[-4:] for k, d in enumerate(DAYS)]


def test_a_year_that_is_always_beside_its_day_is_left_alone():
    assert not births(detect_schema(open_source(columns(lambda k: True, lambda k: True))))


def test_another_event_is_no_birth():
    table = columns(lambda k: k % 2, lambda k: True, ("name", "date of birth", "year"))
    died = pa.array([str(int(d[-4:]) + 70) for d in DAYS])
    table = table.set_column(2, "date of death", died)
    assert not births(detect_schema(open_source(table)))


@pytest.mark.parametrize("two_first", [True, False])
def test_two_columns_meet_one(two_first):
    two = columns(lambda k: k % 3, lambda k: k % 3 == 0)
    one = pa.table({"Họ và tên": NAMES, "Ngày sinh": DAYS})
    left, right = map(open_source, (two, one) if two_first else (one, two))
    assert births(match_schemas(left, right)) == ["Ngày sinh else Năm sinh"]


def aged(year, off=lambda k: 0):
    """Every third record has the age alone, as it was in that year."""
    rows = columns(lambda k: k % 3, lambda k: False)
    ages = [str(year - int(d[-4:]) - off(k)) if k % 2 or not k % 3 else None for k, d in enumerate(DAYS)]
    return rows.set_column(2, "Tuổi", pa.array(ages)).rename_columns(["Họ tên", "Ngày sinh", "Tuổi"])


@pytest.mark.parametrize("late", [0, 4])
def test_ages_stand_where_births_lack(late):
    rows = aged(2022, lambda k: int(late > 0 and k % late == 0))
    schema = detect_schema(open_source(rows))
    joined = "Ngày sinh else Tuổi years before 2022"
    assert births(schema) == [joined]
    values = next(open_source(rows).batches([joined])).column(0).to_pylist()
    assert [v for k, v in enumerate(values) if k % 3] == [d for k, d in enumerate(DAYS) if k % 3]
    assert all(abs(int(v) - int(DAYS[k][-4:])) <= 1 for k, v in enumerate(values) if k % 3 == 0)
    left, right = open_source(pa.table({"Họ và tên": NAMES, "Ngày sinh": DAYS})), open_source(rows)
    assert births(match_schemas(left, right)) == [joined]


def test_two_tables_tell_ages_of_years_of_their_own():
    left, right = open_source(aged(2012)), open_source(aged(2022))
    schema = match_schemas(left, right)
    held = [find_headers(s, schema, side=k)["date_of_birth"] for k, s in enumerate((left, right))]
    assert held == [f"Ngày sinh else Tuổi years before {year}" for year in (2012, 2022)]


def test_ages_that_no_birth_explains_are_left_alone():
    assert not births(detect_schema(open_source(aged(2022, lambda k: 7 * k % 50))))
