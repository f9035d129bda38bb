"""Whole dates by their looks: two patterns, of which the costly one is seldom tried, as one would tell."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage.fields.meaning import content

PIECES = [
    "3",
    "12",
    "1990",
    "2001",
    "Jan",
    "März",
    "tháng",
    "May.",
    "Ma",
    ",",
    " ",
    "-",
    "/",
    "年",
    "월",
    "x",
]
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), min_size=1, max_size=9)


@given(TEXTS)
@example(["March 3, 1990", "May. 12 2001", "Ma 3 1990"])
def test_whole_dates_are_those_of_either_pattern(texts):
    values = pa.array(texts, pa.string())
    either = pc.match_substring_regex(values, f"{content._DATE}|{content._MONTH_FIRST}")
    assert content._are_whole_dates(values).equals(either)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("{m} {d}, {y}", "date"),  # month first, in letters
        ("{d:02}/{n:02}/{y}", "date"),
        ("{y}", "date"),
        ("A{d:02} {y}", None),
    ],
)
def test_columns_of_dates_under_headers_that_say_nothing(written, kind):
    months = ("January", "March", "June", "October")
    values = [
        written.format(m=months[i % 4], n=i % 12 + 1, d=i % 28 + 1, y=1930 + 13 * i % 70) for i in range(90)
    ]
    found = content.looks_like("x", pa.array(values))
    assert (found.kind if found and found.kind == "date" else None) == kind


@given(st.floats(0.4, 1), st.integers(0, 1000))
def test_personal_numbers_and_old_ones_are_no_telephones(share, seed):
    """Twelve digits that begin with a province's 0 look dialled."""
    random = np.random.default_rng(seed)
    new = [
        f"0{random.choice(['01', '79', '48'])}{c}{n:08}" for c, n in random.integers(0, (4, 10**8), (90, 2))
    ]
    old = [f"{n:09}" for n in random.integers(0, 10**9, 90)]
    mixed = [a if random.random() < share else b for a, b in zip(new, old, strict=True)] * 2 + new[:31]
    found = content.looks_like("x", pa.array(mixed))
    assert found is not None and (found.kind, found.format) == ("identifier", "personal_number")


def test_times_under_a_header_of_names_are_no_names():
    times = pa.array([f"2024-{1 + k % 12:02d}-{1 + k % 28:02d}T{k % 24:02d}:05:00" for k in range(300)])
    assert content.fitted(content.Field("last", "person_name", part="family"), times) is None


def test_numbers_of_lines_are_no_addresses():
    lines = pa.array([str(k % 40) for k in range(300)])
    assert content.fitted(content.Field("manifest line", "address", shared=True), lines).kind == "text"
    houses = pa.array([f"{k % 40}/{k % 7}" for k in range(300)])
    assert content.fitted(content.Field("address", "address", shared=True), houses).kind == "address"


MONTHS = ["enero", "marzo", "mayo", "julio", "agosto", "octubre"]


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("{d} de {m} de {y}", "date"),
        ("{d:02d}MAY{y}", "date"),
        ("Saturday, May {d:02d}, {y}", "date"),
        ("{d} Oak Street {y}", "address"),
        ("ABC{y}05{d:02d}", "identifier"),
    ],
)
def test_days_with_months_in_words(form, kind):
    texts = [form.format(d=1 + k % 28, m=MONTHS[k % 6], y=1930 + (7 * k) % 71) for k in range(600)]
    assert content.looks_like("x", pa.array([*texts, texts[0]])).kind == kind


def test_remarks_with_words_and_numbers_are_no_addresses():
    wards = pa.array([f"Holland {k % 30}" for k in range(300)])
    assert content.looks_like("x", wards).kind == "address"
    assert content.looks_like("precinct name", wards) is None


@pytest.mark.parametrize("form", ["{}-48{k:02}", "19{}-48{k:02}", "{}-1******", "{}-XXXX"])
def test_numbers_that_begin_with_a_birth_are_peoples(form):
    births = [f"{30 + k * 7 % 70}{1 + k % 12:02}{1 + k * 5 % 28:02}" for k in range(300)]
    numbers = [form.format(birth, k=k % 100) for k, birth in enumerate(births)]
    mixed = [n if k % 3 else births[k] + "1234" for k, n in enumerate(numbers)]
    for values in (numbers, mixed):
        item = content.looks_like("c1", pa.array([*values, *values[:30]]))
        assert item is not None and item.kind == "identifier"
