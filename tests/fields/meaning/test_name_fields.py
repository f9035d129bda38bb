"""Which name is the record's own: a head's where nobody else is named, a whole one under "given name"."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.headers import is_of_head
from linkage.fields.reconcile.matching import match_schemas
from linkage.tables.opening import open_source

GIVEN = ["Anh", "Binh", "Chi", "Dung", "Hai", "Lan", "Mai", "Nam", "Son", "Tam"]
FAMILY = ["Nguyen", "Tran", "Le", "Pham", "Vu", "Dang", "Bui", "Do", "Ho", "Ngo"]


def columns(n=120, seed=0):
    random = np.random.default_rng(seed)
    given, family = random.choice(GIVEN, n), random.choice(FAMILY, n)
    born = [f"{y}-{m:02}-{d:02}" for y, m, d in random.integers((1940, 1, 1), (2005, 13, 29), (n, 3))]
    return list(given), list(family), [f"{f} Van {g}" for f, g in zip(family, given, strict=True)], born


def fields_of(table):
    return {f.name: f for f in detect_schema(open_source(pa.table(table))).fields}


@pytest.mark.parametrize("header", ["Họ tên chủ hộ", "Nama Kepala Keluarga", "head of household", "세대주명"])
def test_a_table_that_names_heads_alone_is_about_them(header):
    given, _, whole, born = columns()
    assert is_of_head(header)
    alone = fields_of({header: whole, "xã": given, "ngày lập": born})
    assert alone[header].kind == "person_name" and not alone[header].shared
    beside = fields_of({"Vorname": given, "Nachname": given[::-1], header: whole})
    assert beside[header].shared


def test_heads_meet_the_people_of_a_register():
    _, _, whole, born = columns()
    register = pa.table({"HoVaTenCongDan": whole, "NgayThangNamSinh": born})
    heads = pa.table({"Họ tên chủ hộ": whole, "Năm sinh chủ hộ": born})
    schema = match_schemas(open_source(register), open_source(heads))
    assert {f.kind for f in schema.fields} == {"person_name", "date"}


def test_a_mother_alone_is_no_head():
    _, _, whole, born = columns()
    assert fields_of({"mother_name": whole, "birth date": born})["mother_name"].shared


@pytest.mark.parametrize(("header", "part"), [("first name", "full"), ("ten_chu_nha", "full")])
def test_a_lone_given_name_of_several_words_is_a_whole_one(header, part):
    given, family, whole, born = columns()
    assert fields_of({header: whole, "geboren": born})[header].part == part
    assert fields_of({"Vorname": given, "geboren": born})["Vorname"].part == "given"
    compound = [f"{g} Maria" if i % 3 else g for i, g in enumerate(given)]
    assert fields_of({"Vorname": compound, "geboren": born})["Vorname"].part == "given"
    assert fields_of({"Vorname": whole, "Nachname": family, "geboren": born})["Vorname"].part == "given"


@pytest.mark.parametrize(
    ("headers", "family"),
    [
        (("Vorname", "Nachname", "Geburtsname"), "Nachname"),
        (("Geburtsname", "Vorname", "Nachname"), "Nachname"),
        (("previous_last_name", "first_name", "last_name"), "last_name"),
        (("Vorname", "Geburtsname"), "Geburtsname"),
    ],
)
def test_a_maiden_name_is_the_family_name_where_there_is_no_other(headers, family):
    schema = detect_schema(open_source(pa.table({header: ["a", "b"] for header in headers})))
    assert [f.name for f in schema.fields if f.part == "family"] == [family]
    assert {f.name for f in schema.fields} == set(headers)


@pytest.mark.parametrize("who", ["arrestee", "PARTICIPANT", "taxpayer"])
def test_first_and_last_of_one_word_are_the_names_of_whom_it_is(who):
    given, family, _, born = columns()
    found = fields_of({f"{who}_first": given, f"{who}_last": family, f"{who}_mid": given[::-1], "dob": born})
    assert [found[f"{who}_{end}"].part for end in ("first", "last", "mid")] == ["given", "family", "given"]


def test_first_and_last_of_something_else_are_no_names():
    given, family, _, born = columns()
    days = fields_of({"stay_first": born, "stay_last": born[::-1], "town": family, "name": given})
    assert not any(item.part in ("given", "family") for item in days.values() if item.name[:4] == "stay")
    two = {"buyer_first": given, "buyer_last": family, "seller_first": given, "seller_last": family}
    beside = fields_of({"first_name": given, "last_name": family, "stay_first": given, "stay_last": family})
    assert beside["first_name"].part == "given" and beside["stay_first"].part == "full"
    assert fields_of(two)


def test_two_columns_of_words_that_make_names_together_are_its_parts():
    """Under headers that say nothing, where no sex tells; the more varied of the two is the family name."""
    random = np.random.default_rng(1)
    syllables = np.array(["ka", "lo", "mi", "ra", "ten", "vo", "su", "ne", "pi", "dal"])
    given = ["".join(random.choice(syllables, 2)) for _ in range(40)]
    family = ["".join(random.choice(syllables, 3)) for _ in range(200)]
    people = random.integers((0, 0), (40, 200), (400, 2))
    towns = ["Ulm", "Bonn", "Kiel", "Trier"]
    table = {
        "c0": [family[f] for _, f in people],
        "c1": [given[g] for g, _ in people],
        "c2": [towns[g % 4] for g, _ in people],
    }
    found = {
        f.name: (f.kind, f.part) for f in detect_schema(open_source(pa.table(table)), is_alone=True).fields
    }
    assert found["c0"] == ("person_name", "family")
    assert found["c1"] == ("person_name", "given")
    table = {
        "c0": table["c2"],
        "c1": [f"{t}er" for t in table["c2"]],
        "c2": table["c2"][::-1],
        "c3": table["c1"],
    }
    fields = detect_schema(open_source(pa.table(table)), is_alone=True).fields
    assert not any(f.kind == "person_name" for f in fields)
