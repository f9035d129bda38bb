"""Ages become years of birth where that says more, and stay ages where it does not."""

import random

import pyarrow as pa
import pytest

import linkage
from linkage.fields.meaning.headers import is_age
from linkage.reading import find_schema
from linkage.tables.opening import open_source

GIVEN = ["Anna", "Berta", "Carla", "Dora", "Emma", "Frida", "Greta", "Hanna", "Ida", "Jana", "Klara", "Lina"]
FAMILY = [
    a + b
    for a in ("Berg", "Stein", "Wald", "Hof", "Linden", "Rosen", "Eich", "Holz")
    for b in ("mann", "er", "kamp", "au")
]


def people(n, seed=1):
    r = random.Random(seed)
    return [
        (r.choice(GIVEN) + " " + r.choice(FAMILY) + " " + r.choice(FAMILY), r.randint(1930, 2010))
        for _ in range(n)
    ]


def table(rows, *columns):
    return pa.table({c: [str(row[i]) for row in rows] for i, c in enumerate(columns)})


def columns_of(*tables, **settings):
    return find_schema([open_source(t) for t in tables], None, [], **settings)[1]


def test_ages_of_several_years_are_years_of_birth():
    r = random.Random(2)
    visits = [
        (n, year - born, f"{year}-0{r.randint(1, 9)}-11")
        for n, born in people(400)
        for year in (2017, r.choice([2021, 2023]))
    ]
    visits = table(visits, "name", "age", "visit date")
    assert columns_of(visits)[0]["age years before visit date"] == "age years before visit date"
    assert "age" in columns_of(visits, for_index=True)[0]  # which is asked for an age


def test_ages_do_not_count_from_days_of_something_else():
    r = random.Random(2)
    rows = [(n, 2023 - born, f"{r.randint(1990, 2023)}-05-11") for n, born in people(400) for _ in range(2)]
    assert "age years before 2000" in columns_of(table(rows, "name", "age", "registered on"))[0]


@pytest.mark.parametrize("born", [lambda y: y, lambda y: f"{y}-03-05", lambda y: f"07/08/{y}"])
def test_ages_meet_births(born):
    known = people(600)
    ages = table([(n, 2019 - y, "x") for n, y in known[:400]], "Name", "Age", "Ward")
    births = table([(n, born(y)) for n, y in known[200:]], "full name", "Date of birth")
    for left, right in ((ages, births), (births, ages)):
        assert "Age years before 2019" in [h for side in columns_of(left, right) for h in side.values()]
    result = linkage.link(ages, births)
    assert result.pairs.num_rows >= 190


def test_ages_meet_births_of_which_some_are_missing():
    known = people(600)
    ages = table([(n, 2019 - y) for n, y in known[:400]], "Name", "Age")
    births = table([(n, f"07/08/{y}") for n, y in known[200:]], "full name", "Date of birth")
    some = [None if i % 20 == 0 else text for i, text in enumerate(births["Date of birth"].to_pylist())]
    births = births.set_column(1, "Date of birth", pa.array(some))
    assert "Age years before 2019" in columns_of(ages, births)[0].values()


def test_ages_of_two_censuses_meet():
    known = people(600)
    first = table([(n, 2001 - y + 40) for n, y in known[:400]], "name", "age")
    second = table([(n, 2011 - y + 40) for n, y in known[200:]], "full_name", "age_years")
    assert [set(h.values()) for h in columns_of(first, second)] == [
        {"name", "age years before 2000"},
        {"full_name", "age_years years before 2010"},
    ]


def test_ages_that_fit_no_birth_are_left():
    ages = table([(n, 2019 - y) for n, y in people(400, 1)], "name", "age")
    births = table([(n, y) for n, y in people(400, 7)], "name", "year of birth")
    assert all("before" not in column for header in columns_of(ages, births) for column in header.values())


def test_ages_under_one_header_count_from_a_year_of_each_table():
    known = people(600)
    first = table([(n, 2008 - y) for n, y in known[:400]], "name", "age")
    second = table([(n, 2020 - y) for n, y in known[200:]], "name", "age")
    assert [set(h.values()) for h in columns_of(first, second)] == [
        {"name", "age years before 2000"},
        {"name", "age years before 2012"},
    ]
    assert linkage.link(first, second).pairs.num_rows >= 190
    same = table([(n, 2008 - y) for n, y in known[200:]], "name", "age")
    assert all(set(h.values()) == {"name", "age years before 2000"} for h in columns_of(first, same))


def test_censuses_whose_names_are_all_common():
    r = random.Random(5)
    known = [
        (f"{r.choice(GIVEN)} {FAMILY[int(r.random() ** 2 * 12)]}", r.randint(1930, 2000)) for _ in range(900)
    ]
    told = [table([(n, year - y) for n, y in known], "name", "age") for year in (2000, 2007)]
    assert "age years before 2007" in columns_of(*told)[1].values()


def test_an_age_that_is_no_number_stays_what_it_is():
    rows = [(n, f"{(2008 - y) // 10}0s") for n, y in people(400) for _ in range(2)]
    assert "age years before 2000" not in columns_of(table(rows, "name", "age"))[0].values()


@pytest.mark.parametrize("header", ["age", "Tuổi", "tuoi", "อายุ", "年龄"])
def test_ages_are_known_in_any_language(header):
    assert is_age(header)
