"""Columns that are made of a record's other columns are no evidence of their own."""

import random

import pyarrow as pa
import pytest

from linkage.fields.meaning import derived
from linkage.fields.meaning.derived import LONGEST, without_derived
from linkage.fields.meaning.detect import detect_schema
from linkage.schema import Field
from linkage.tables.opening import open_source

GIVEN = [a + b for a in ("Ad", "Ben", "Cle", "Dor", "Em", "Finn") for b in ("a", "o", "il")]
CALLED = {name: name + "y" for name in GIVEN}
FAMILY = [
    a + b for a in ("Ar", "Bel", "Cor", "Dun", "Fal", "Gor", "Hol") for b in ("den", "mann", "ley", "ski")
]
HOMES = ["Alder", "Birch", "Cedar", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Larch", "Maple", "Oak"]


def people(n=300, seed=1):
    draw = random.Random(seed)
    return [
        dict(
            given=draw.choice(GIVEN),
            family=draw.choice(FAMILY),
            year=draw.randrange(1940, 2005),
            month=draw.randrange(1, 13),
            day=draw.randrange(1, 29),
            phone=f"202{draw.randrange(10**7):07d}",
            home=draw.choice(HOMES),
        )
        for _ in range(n)
    ]


def kept(rows, **more):
    """The fields of a table of people, some of whom are there twice, and those that stay."""
    rows = [*rows, *rows[: len(rows) // 5]]
    columns = {
        "first_name": [p["given"] for p in rows],
        "last_name": [p["family"] for p in rows],
        "dob": [f"{p['year']}-{p['month']:02d}-{p['day']:02d}" for p in rows],
        "phone": [p["phone"] for p in rows],
    }
    source = open_source(pa.table(columns | {name: [make(p) for p in rows] for name, make in more.items()}))
    schema = detect_schema(source)
    return {f.name for f in schema.fields}, {f.name for f in without_derived(schema, [source]).fields}


PLAIN = {"first_name", "last_name", "dob", "phone"}


@pytest.mark.parametrize(
    ("header", "make"),
    [
        ("initials", lambda p: p["given"][0] + p["family"][0]),
        ("username", lambda p: (p["given"][0] + p["family"]).lower()),
        ("display_name", lambda p: f"{p['given']} {p['family'][0]}."),
        ("match_key", lambda p: f"{p['family'][:4]}{p['day']:02d}{p['month']:02d}{p['year'] % 100:02d}"),
        ("first_name_clean", lambda p: p["given"].lower()),
        ("last_name_clean", lambda p: p["family"].upper()),
        ("birth_year", lambda p: str(p["year"])),
        ("date_of_birth_text", lambda p: f"{p['day']:02d}/{p['month']:02d}/{p['year']}"),
        ("mob", lambda p: str(p["month"])),
        ("phone_last4", lambda p: p["phone"][-4:]),
    ],
)
def test_what_is_made_of_other_columns_is_not_compared(header, make):
    found, left = kept(people(), **{header: make})
    assert header in found, "the test asks nothing"
    assert left == PLAIN


def test_of_one_number_in_two_forms_the_longer_stays():
    found, left = kept(people(), phone_e164=lambda p: "+1" + p["phone"])
    assert found == {*PLAIN, "phone_e164"}
    assert left == found - {"phone"}


def test_what_strangers_of_one_given_name_are_called_says_no_more_than_it():
    rows = people(2_000)
    found, left = kept(rows, nickname=lambda p: CALLED[p["given"]] if p["day"] % 2 else "")
    assert "nickname" in found
    assert left == PLAIN


@pytest.mark.parametrize(
    ("header", "make"),
    [
        ("middle_name", lambda p: GIVEN[int(p["other"]) % len(GIVEN)]),
        ("national_id", lambda p: f"{p['other'][3:]}{p['day']:02d}7"),
        ("ssn", lambda p: f"{p['year'] % 100:02d}{p['month']:02d}{p['day']:02d}{p['other'][-4:]}"),
        ("maiden_name", lambda p: p["family"] if p["day"] % 3 else "Olden"),
        ("city", lambda p: p["home"] + "ville"),
    ],
)
def test_what_has_something_of_its_own_to_say_stays(header, make):
    draw = random.Random(5)
    rows = [p | {"other": f"{draw.randrange(10**9, 10**10)}"} for p in people(2_000)]
    found, left = kept(rows, **{header: make})
    assert header in found
    assert left == found


def test_a_birth_that_stands_where_the_other_is_missing_stays():
    rows = people()
    columns = {
        "first_name": [p["given"] for p in rows],
        "last_name": [p["family"] for p in rows],
        "dob": [f"{p['year']}-{p['month']:02d}-{p['day']:02d}" if k % 3 else "" for k, p in enumerate(rows)],
        "birth date": [f"{p['day']:02d}/{p['month']:02d}/{p['year']}" for p in rows[:200]] + [""] * 100,
    }
    source = open_source(pa.table(columns))
    schema = detect_schema(source)
    assert {f.name for f in schema.fields} == set(columns)
    assert without_derived(schema, [source]) == schema


def test_swapped_names_of_doubles_born_on_one_day_are_no_strangers():
    """Else what doubles agree on, their number, would seem to go with the day."""
    rows = people(400)
    doubled = [p | {"given": p["family"], "family": p["given"]} for p in rows[:100]]
    found, left = kept([*rows, *doubled], passport_no=lambda p: f"K{int(p['phone']) * 7919 % 10**8:08d}")
    assert "passport_no" in found
    assert left == found


def test_a_cell_of_a_million_letters_is_looked_at_no_longer_than_others(monkeypatch):
    looked_at = derived._made_of
    lengths = []

    def made_of(text, parts):
        lengths.append(max(map(len, (text, *(part for kind in parts for part in kind)))))
        return looked_at(text, parts)

    monkeypatch.setattr(derived, "_made_of", made_of)
    rows = people()
    rows[7] |= {"given": "a" * 1_000_000, "family": "a" * 1_000_000, "phone": "5" * 1_000_000}
    found, left = kept(rows, username=lambda p: p["given"][0] + p["family"])
    assert found - left == {"username"}
    assert max(lengths) <= LONGEST


GIVEN_NAME = Field("given", "person_name", part="given")
FAMILY_NAME = Field("family", "person_name", part="family")


def names(rows):
    return {"given": pa.array([p["given"] for p in rows]), "family": pa.array([p["family"] for p in rows])}


@pytest.mark.parametrize(("share", "is_made"), [(1.0, True), (0.5, False)])
def test_nearly_all_texts_are_made_of_the_others(share, is_made):
    rows = people()
    logins = [p["given"] + p["family"] if k < share * len(rows) else p["phone"] for k, p in enumerate(rows)]
    table = names(rows) | {"login": pa.array(logins)}
    assert derived._is_made_of(table, Field("login", "text"), [GIVEN_NAME, FAMILY_NAME]) == is_made


def test_what_anybodys_values_make_is_made_of_nobodys():
    table = {"given": pa.array([f"A{p['given']}".title() for p in people()]), "class": pa.array(["A"] * 300)}
    assert not derived._is_made_of(table, Field("class", "text"), [GIVEN_NAME])


@pytest.mark.parametrize(("share", "is_same"), [(0.9, True), (0.5, False)])
def test_two_births_mostly_say_the_same_where_one_is_a_copy(share, is_same):
    draw = random.Random(3)
    days = [f"{draw.randrange(1940, 2005)}-{draw.randrange(1, 13):02d}-11" for _ in range(300)]
    others = [day if draw.random() < share else f"{draw.randrange(1940, 2005)}-01-02" for day in days]
    table = {"dob": pa.array(days), "told": pa.array(others)}
    assert derived._is_same_day(table, Field("told", "date"), Field("dob", "date")) == is_same


@pytest.mark.parametrize("n_values", [2, 3])
def test_what_any_two_often_agree_on_goes_with_no_name(n_values):
    rows, draw = people(2_000), random.Random(4)
    table = names(rows) | {"wing": pa.array([f"Wing {draw.randrange(n_values)}" for _ in rows])}
    assert not derived._goes_with(table, Field("wing", "text"), [GIVEN_NAME, FAMILY_NAME])
