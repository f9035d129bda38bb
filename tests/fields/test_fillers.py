"""Values that stand for none are taken as missing; what merely recurs stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.fields.fillers import drop_fillers
from linkage.fields.nameless import nameless
from linkage.schema import Field
from tests.kernels.scoring import encode


def days(n, seed=0, years=(1930, 2010)):
    random = np.random.default_rng(seed)
    return [
        f"{y}-{m:02}-{d:02}"
        for y, m, d in zip(
            random.integers(*years, n), random.integers(1, 13, n), random.integers(1, 29, n), strict=True
        )
    ]


def dropped(values, field):
    records = encode({"x": values}, [field])
    n = drop_fillers(records)
    assert n.get("x", 0) == sum(v is not None for v in values) - int((records.rows != 0).any(axis=1).sum())
    return n.get("x", 0)


@pytest.mark.parametrize(
    "fillers", [{"1900-01-01": 40}, {"1970-01-01": 90, "1900-01-01": 60, "2000-01-01": 30}]
)
def test_days_that_stand_for_none(fillers):
    values = days(900) + [day for day, n in fillers.items() for _ in range(n)]
    assert dropped(values, Field("x", "date")) >= sum(fillers.values())


@pytest.mark.parametrize(
    "values",
    [
        days(900),
        days(900, years=(2015, 2016)),  # a year's pupils
        [day[:4] for day in days(900)],  # years alone
        [f"{day[:4]}-01-01" for day in days(900)],  # only the year was known
        days(40) + ["1990-02-03"] * 5,
    ],
)
def test_days_that_recur(values):
    assert dropped(values, Field("x", "date")) == 0


@pytest.mark.parametrize(("kind", "filler"), [("identifier", "123450000"), ("phone", "0912345678")])
def test_numbers_that_very_many_have(kind, filler):
    values = [f"09{10_000_019 + k * 7919}" for k in range(500)]
    assert dropped([*values, *values[:200], *[filler] * 60], Field("x", kind)) == 60
    assert dropped([*values, *values[:200], *[filler] * 6], Field("x", kind)) == 0


def named_days(name_of_holder):
    """900 people, and 60 records of one day whose k-th has the name that is asked for."""
    born = [*days(900), *["1971-06-05"] * 60]
    names = [f"Jo{k % 97:02}n Sm{k % 89:02}th" for k in range(900)] + [name_of_holder(k) for k in range(60)]
    records = encode({"born": born, "name": names}, [Field("born", "date"), Field("name", "person_name")])
    return drop_fillers(records).get("born", 0)


def test_what_the_many_records_of_one_person_hold_is_that_persons():
    assert named_days(lambda k: "Ada Lovelace") == 0
    assert named_days(lambda k: "Ada Lovelace" if k % 3 else f"Ada Lov{k}lace") == 0


def test_what_records_of_many_names_hold_is_nobodys():
    assert named_days(lambda k: f"Ada{k} Lovelace") >= 60
    assert named_days(lambda k: "Ada Lovelace" if k < 20 else f"Bo{k} Dee") >= 60


@pytest.mark.parametrize(
    "word", ["UNKNOWN", "Không rõ", "desconocido", "Не указано", "不详", "Sin datos", "n/a"]
)
@pytest.mark.parametrize("kind", ["text", "address"])
def test_words_for_none(word, kind):
    towns = [f"Town {chr(97 + k % 20)}" for k in range(400)]
    assert dropped([*towns, *[word] * 20], Field("x", kind)) == 20
    assert dropped([*towns, word], Field("x", kind)) == 0
    assert dropped([*towns * 10, *[word] * 9], Field("x", kind)) == 9
    assert dropped([*towns * 10, *[word] * 7], Field("x", kind)) == 0


def test_names_that_look_like_words_for_none_stay():
    names = [f"{a} Tran" for a in ("Lan", "Hoa", "Mai") * 100]
    assert dropped([*names, *["Na"] * 30, *["unknown"] * 30], Field("x", "person_name")) == 30


@pytest.mark.parametrize(
    "word", ["Daughter", "LADY OF THE HOUSE", "Baby Girl", "respondent", "Recién nacido"]
)
def test_words_for_who_somebody_is_are_no_names(word):
    # Few of each, for there are many such words: how often one occurs does not show it.
    values = [f"name{k}" for k in range(300)] + [word]
    assert dropped(values, Field("x", "person_name", part="given")) == 1
    assert dropped(values, Field("x", "text")) == 0


def test_names_that_hold_such_words_stay():
    values = [
        "Son",
        "Nino",
        "Lady",
        "Mother Teresa",
        "Girlie",
        "Resident Evil",
        "Baby",
        "Father Brown",
        "F",
    ] * 3
    assert dropped(values, Field("x", "person_name", part="given")) == 0


@given(
    st.lists(
        st.sampled_from(["Daughter of", "Anna", "Infant", "Anna Infant", "of", "baby", "Baby Boy", "Mr"])
    )
)
def test_the_values_found_are_those_of_the_list(names):
    listed = {"Daughter of", "Infant", "Baby Boy", "Mr"}
    values = [*names, "Anna"]
    records = encode({"x": values}, [Field("x", "person_name")])
    column = records.columns["x"]
    found = np.isin(records.rows[:, records.words["x"]], nameless(column.values, column.tokens))
    assert [name in listed for name in values] == found.tolist()


@pytest.mark.parametrize(("word", "others"), [("NC", ["VA", "NY", "SC"]), ("ND", ["MN", "SD", "MT"])])
def test_a_code_among_codes_is_no_word_for_none(word, others):
    places = Field("x", "text", shared=True)
    assert dropped([word] * 300 + others * 40, places) == 0
    assert dropped([word] * 30 + ["Paris", "Lyon", "Nantes", "Toulouse"] * 40, places) == 30


@pytest.mark.parametrize("part", ["given", None])
def test_whatever_stands_behind_a_newborn_is_no_given_name(part):
    values = [f"name{k}" for k in range(300)]
    values += [
        "Baby Girl B",
        "BABY BOY OF MARIA",
        "son of Peter Paul",
        "Baby",
        "Infant Maria",
        "Newborn Anna",
        "Baby of Maria",
    ]
    item = Field("x", "person_name", part=part) if part else Field("x", "person_name")
    assert dropped(values, item) == (4 if part else 0)


def test_addresses_that_many_people_share_are_nobodys():
    own = [f"{chr(97 + k % 26)}{k}@mail.com" for k in range(2000)]
    shared = ["noemail@shop.com"] * 60 + ["info@company.com"] * 30
    assert dropped([*own, *own[:300], *shared], Field("x", "email")) == 90
    assert dropped([*own, *own[:300], *shared[:8]], Field("x", "email")) == 0


def test_the_address_of_one_person_with_many_records_stays():
    own = [f"{chr(97 + k % 26)}{k}@mail.com" for k in range(2000)]
    names = [f"Ann {chr(97 + k % 26)}{chr(97 + k // 26)}lee" for k in range(2000)]
    fields = [Field("mail", "email"), Field("name", "person_name")]

    def kept(holders):
        records = encode({"mail": own + ["x@y.com"] * 60, "name": names + holders}, fields)
        return "mail" not in drop_fillers(records)

    assert kept(["Ann Bell"] * 60)
    assert not kept(names[:60])


@pytest.mark.parametrize("word", ["TEST TEST", "Guest", "unknown unknown", "Khách lẻ", "Consumidor final"])
def test_customers_without_a_name(word):
    names = [f"Ann {chr(97 + k % 26)}{chr(97 + k // 26)}lee" for k in range(600)]
    assert dropped(names + [word] * 20, Field("x", "person_name")) == 20


def test_names_for_nobody_need_not_be_frequent():
    values = [f"name{k}" for k in range(300)] + ["John Doe", "UNKNOWN MALE", "Do Not Use", "John Doering"]
    assert dropped(values, Field("x", "person_name")) == 3
