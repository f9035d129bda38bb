"""Calendars are told by what no other one writes, and their dates are those of the Gregorian calendar."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.held import find_headers
from linkage.fields.reconcile.calendars import calendar_of, in_gregorian, mixed_in_one_calendar
from linkage.fields.reconcile.matching import match_schemas
from linkage.tables.opening import open_source

LENGTHS = {
    "persian": lambda y: [31] * 6 + [30] * 5 + [30 if y % 33 in (1, 5, 9, 13, 17, 22, 26, 30) else 29],
    "islamic": lambda y: [30, 29] * 5 + [30, 30 if (11 * y + 14) % 30 < 11 else 29],
    "ethiopian": lambda y: [30] * 12 + [6 if y % 4 == 3 else 5],
    "minguo": lambda y: [31, 29 if y % 4 == 1 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31],
}
"""The months' days in a year of each calendar, from which days are counted one by one."""
NEW_YEARS = {
    "persian": (1290, date(1911, 3, 22)),
    "islamic": (1330, date(1911, 12, 22)),
    "ethiopian": (1900, date(1907, 9, 12)),
    "minguo": (1, date(1912, 1, 1)),
}


def days_of(calendar, n_years):
    """Every day of some years, counted: texts as the calendar writes them, and the Gregorian dates."""
    year, day = NEW_YEARS[calendar]
    texts, dates = [], []
    for y in range(year, year + n_years):
        for month, length in enumerate(LENGTHS[calendar](y), 1):
            for k in range(1, length + 1):
                texts.append(f"{y}/{month:02}/{k:02}")
                dates.append(day.isoformat())
                day += timedelta(1)
    return texts, dates


@pytest.mark.parametrize("calendar", LENGTHS)
def test_days_are_those_that_counting_comes_to(calendar):
    texts, dates = days_of(calendar, 112)
    assert in_gregorian(pa.array(texts), calendar).to_pylist() == dates


@pytest.mark.parametrize(
    ("calendar", "text", "day"),
    [
        ("persian", "۱۴۰۳/۰۱/۰۱", "2024-03-20"),
        ("persian", "13571122", "1979-02-11"),
        ("islamic", "01/01/1446", "2024-07-08"),
        ("ethiopian", "1/1/2000", "2007-09-12"),
        ("minguo", "民國75年3月21日", "1986-03-21"),
        ("minguo", "0750321", "1986-03-21"),
        ("persian", "1365", "1986"),
        ("islamic", "1407", "1987"),
        ("persian", "1365/12/31", "1986"),
        ("islamic", "1407/13/01", ""),
        ("persian", "unknown", ""),
    ],
)
def test_days_that_are_known(calendar, text, day):
    assert in_gregorian(pa.array([text, None]), calendar).to_pylist() == [day, None]


@pytest.mark.parametrize("calendar", LENGTHS)
def test_a_calendar_is_told_by_its_dates(calendar):
    texts = days_of(calendar, 112)[0][::29]
    assert calendar_of("dob", texts) == calendar
    assert calendar_of("dob", ["/".join(reversed(t.split("/"))) for t in texts]) in (calendar, "")


@given(st.lists(st.dates(date(1900, 1, 1), date(2030, 1, 1)), min_size=30, max_size=400), st.booleans())
def test_gregorian_and_buddhist_dates_are_left_alone(days, is_buddhist):
    later = 543 if is_buddhist else 0
    assert calendar_of("dob", [f"{d.day}/{d.month}/{d.year + later}" for d in days]) == ""
    assert calendar_of("dob", [f"{d:%y/%m/%d}" for d in days]) == ""


def test_one_table_is_read_by_the_calendar_of_the_other():
    texts, dates = (values[::13] for values in days_of("persian", 60))
    left = open_source(
        pa.table({"نام خانوادگی": ["x", "y"] * (len(texts) // 2), "تاریخ تولد": texts[: len(texts) // 2 * 2]})
    )
    right = open_source(pa.table({"Last name": ["x", "y"] * 9, "Birth date": dates[:18]}))
    for one, other in ((left, right), (right, left)):
        schema = match_schemas(one, other)
        name = next(f.name for f in schema.fields if f.kind == "date")
        read = [
            next(source.batches([find_headers(source, schema)[name]])).column(0) for source in (one, other)
        ]
        assert [column[5].as_py() for column in read] == [dates[5]] * 2


@pytest.mark.parametrize("calendar", ["persian", "islamic", "minguo"])
def test_one_header_of_both_tables_with_two_calendars(calendar):
    texts, dates = (values[::17] for values in days_of(calendar, 112))
    left = open_source(
        pa.table({"name": ["x", "y"] * (len(texts) // 2), "dob": texts[: len(texts) // 2 * 2]})
    )
    right = open_source(pa.table({"name": ["x", "y"] * 40, "dob": dates[400:480]}))
    for one, other in ((left, right), (right, left)):
        schema = match_schemas(one, other)
        name = next(f.name for f in schema.fields if f.kind == "date")
        read = [
            next(source.batches([find_headers(source, schema)[name]])).column(0).to_pylist()
            for source in (one, other)
        ]
        assert sorted(read, key=len) == [dates[400:480], dates[: len(texts) // 2 * 2]]


@given(st.dates(date(1880, 1, 1), date(2030, 1, 1)), st.sampled_from(["persian", "islamic", "minguo"]))
def test_a_gregorian_date_among_those_of_another_calendar_stays(day, calendar):
    assert in_gregorian(pa.array([day.isoformat()]), calendar).to_pylist() == [day.isoformat()]


@pytest.mark.parametrize("calendar", ["persian", "islamic"])
def test_one_table_with_two_calendars(calendar):
    texts, dates = (values[::83] for values in days_of(calendar, 112))
    written = [text if k % 3 else day for k, (text, day) in enumerate(zip(texts, dates, strict=True))]
    table = pa.table(
        {"الاسم": ["x", "y"] * (len(texts) // 2), "تاريخ الميلاد": written[: len(texts) // 2 * 2]}
    )
    source = open_source(table)
    schema = mixed_in_one_calendar(detect_schema(source), source)
    name = next(f.name for f in schema.fields if f.kind == "date")
    read = next(source.batches([find_headers(source, schema)[name]])).column(0).to_pylist()
    assert read == dates[: len(read)]


def test_a_table_by_one_calendar_keeps_it_whatever_slips():
    texts = days_of("persian", 112)[0][::83]
    written = [text if k % 40 else text.replace("1", "", 1) for k, text in enumerate(texts)]
    source = open_source(
        pa.table({"الاسم": ["x", "y"] * (len(texts) // 2), "تاريخ الميلاد": written[: len(texts) // 2 * 2]})
    )
    schema = detect_schema(source)
    assert mixed_in_one_calendar(schema, source) == schema
