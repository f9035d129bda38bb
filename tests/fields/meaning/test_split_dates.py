"""Births in three columns, of which many records have codes for what nobody knows."""

import random

import pyarrow as pa
import pytest

from linkage.fields.meaning.detect import detect_schema
from linkage.tables.opening import open_source

MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def read(none, *, month=lambda m: f"{m:02d}"):
    """The births as they are read, and as they were, of whom three in ten lack the day and one the month."""
    draw = random.Random(3)
    parts, births = [], []
    for _ in range(400):
        year, m, d = draw.randrange(1930, 2005), draw.randrange(1, 13), draw.randrange(1, 29)
        has_month, has_day = draw.random() < 0.9, draw.random() < 0.6
        has_day &= has_month
        parts.append((str(year), month(m) if has_month else none, f"{d:02d}" if has_day else none))
        births.append(f"{year}" + f"-{month(m)}" * has_month + f"-{d:02d}" * has_day)
    table = dict(zip(("birth_year", "birth_month", "birth_day"), zip(*parts, strict=True), strict=True))
    source = open_source(pa.table({"name": [f"Ann Smith{k}" for k in range(400)], **table}))
    schema = detect_schema(source)
    (item,) = [f for f in schema.fields if f.kind == "date"]
    return source.first(list(item.columns)).column(0).to_pylist(), births


@pytest.mark.parametrize("none", ["", "00", "99", "88", "98", "XX", "UNK", "?", "N/A"])
def test_codes_for_unknown_days_are_no_days(none):
    found, births = read(none)
    assert found == births


def test_months_may_be_called_by_their_names():
    found, births = read("", month=lambda m: MONTHS[m - 1])
    assert found == births


def test_what_is_no_month_is_no_birth():
    with pytest.raises(ValueError, match="too many values"):
        read("", month=lambda m: "qrstuvwxyzab"[m - 1] * 4)
