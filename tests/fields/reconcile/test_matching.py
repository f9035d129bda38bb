"""Two tables whose headers differ: which columns belong together, and a link by default."""

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.fields.meaning.held import find_headers
from linkage.fields.reconcile.matching import match_schemas
from linkage.tables.opening import open_source

GIVEN = ("anna", "berta", "clara", "dora", "emma", "frida", "greta", "hanna", "ida", "jutta")
FAMILY = ("maier", "huber", "wagner", "pichler", "steiner", "moser", "mayer", "hofer", "leitner", "berger")


def people(n, seed=0):
    random = np.random.default_rng(seed)
    given, family = random.choice(GIVEN, n), random.choice(FAMILY, n)
    family = [f"{f}{chr(97 + k % 26)}" for k, f in enumerate(family)]
    born = [f"{y}-{m:02}-{d:02}" for y, m, d in random.integers((1940, 1, 1), (2005, 13, 29), (n, 3))]
    return list(given), family, born


def whole(given, family):
    return [f"{g} {f}" for g, f in zip(given, family, strict=True)]


GIVEN_P, FAMILY_P, BORN_P = people(200)
LEFT_WHOLE = {"full_name": whole(GIVEN_P, FAMILY_P), "dob": BORN_P}
LEFT_PARTS = {"first_name": GIVEN_P, "last_name": FAMILY_P, "birth_date": BORN_P}
RIGHTS = {
    "whole": {"Họ và tên": whole(GIVEN_P, FAMILY_P), "Ngày sinh": BORN_P},
    "other language": {"Name": whole(GIVEN_P, FAMILY_P), "Geburtsdatum": BORN_P},
    "parts": {"Nachname": FAMILY_P, "Vorname": GIVEN_P, "geb. am": BORN_P},
    "patient": {"patient_name": whole(GIVEN_P, FAMILY_P), "Patient Birth Date": BORN_P},
}


@pytest.mark.parametrize("left", [LEFT_WHOLE, LEFT_PARTS], ids=["whole", "parts"])
@pytest.mark.parametrize("right", RIGHTS.values(), ids=RIGHTS)
def test_tables_with_headers_of_their_own_are_linked(left, right):
    ids = [f"p{k}" for k in range(200)]
    result = linkage.link(pa.table({"id": ids, **left}), pa.table({"id": ids, **right}))
    fields = result.resolution.records.schema.fields
    assert {"person_name", "date"} <= {f.kind for f in fields}
    sure = result.pairs.filter(pa.compute.greater(result.pairs["match_probability"], 0.95))
    assert sure.num_rows >= 190
    assert sure["record_id_l"].to_pylist() == sure["record_id_r"].to_pylist()


def test_columns_of_one_meaning_belong_together():
    left = {
        "vorname": GIVEN_P,
        "nachname": FAMILY_P,
        "plz": ["1010", "4020"] * 100,
        "ort": ["Wien", "Graz"] * 100,
    }
    right = {
        "zip": ["1010", "4020"] * 100,
        "city": ["Wien", "Graz"] * 100,
        "fname": GIVEN_P,
        "lname": FAMILY_P,
    }
    sources = [open_source(pa.table(t)) for t in (left, right)]
    schema = match_schemas(*sources)
    held = find_headers(sources[1], schema)
    assert held["vorname"] == "fname"
    assert held["nachname"] == "lname"
    assert held["plz"] == "zip"
    assert held["ort"] == "city"


def test_a_father_is_not_the_person():
    left = {"name": whole(GIVEN_P, FAMILY_P), "born": BORN_P}
    right = {"father_name": whole(GIVEN_P, FAMILY_P), "dob": BORN_P}
    sources = [open_source(pa.table(t)) for t in (left, right)]
    assert set(find_headers(sources[1], match_schemas(*sources))) == {"born"}


def test_the_only_whole_names_are_the_same():
    left = {"CUSTOMER": whole(GIVEN_P, FAMILY_P), "dob": BORN_P}
    right = {"hh_member": whole(GIVEN_P, FAMILY_P), "birth": BORN_P}
    sources = [open_source(pa.table(t)) for t in (left, right)]
    assert find_headers(sources[1], match_schemas(*sources))["CUSTOMER"] == "hh_member"


def test_a_middle_name_goes_with_the_others():
    left = {"SURNAME": FAMILY_P, "FIRST_NAME": GIVEN_P, "OTHER_NAME": FAMILY_P[::-1], "dob": BORN_P}
    right = {"Patient name": whole(GIVEN_P, FAMILY_P), "birth": BORN_P}
    sources = [open_source(pa.table(t)) for t in (left, right)]
    held = find_headers(sources[0], match_schemas(*sources))
    assert held["full_name"] == "FIRST_NAME ~ OTHER_NAME ~ SURNAME"


def test_of_several_places_values_tell_which_is_which():
    villages, communes = (
        [f"Trey {chr(97 + k % 23)}n" for k in range(200)],
        [f"Puok {'abcdefghijklm'[k % 13]}" for k in range(200)],
    )
    left = {"name": whole(GIVEN_P, FAMILY_P), "Village": villages, "Commune": communes}
    right = {"name": whole(GIVEN_P, FAMILY_P), "town": ["Xã " + c for c in communes], "locality": villages}
    sources = [open_source(pa.table(t)) for t in (left, right)]
    held = find_headers(sources[1], match_schemas(*sources))
    assert (held["Village"], held["Commune"]) == ("locality", "town")


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("father_name", "पिता का नाम", True),
        ("Father's name", "S/o D/o W/o", True),
        ("father_name", "mother", False),
        ("mother_name", "spouse", False),
    ],
)
def test_relatives_meet_under_other_headers(one, other, are_one):
    left = {"name": whole(GIVEN_P, FAMILY_P), one: whole(GIVEN_P[::-1], FAMILY_P)}
    right = {"name": whole(GIVEN_P, FAMILY_P), other: [f"{g} zz" for g in FAMILY_P]}
    sources = [open_source(pa.table(t)) for t in (left, right)]
    assert (other in find_headers(sources[1], match_schemas(*sources)).values()) == are_one


def test_a_schema_of_joined_names_reads_itself_back():
    sources = [open_source(pa.table(t)) for t in (LEFT_PARTS, RIGHTS["whole"])]
    schema = match_schemas(*sources)
    again = linkage.Schema.from_dict(schema.to_dict())
    assert find_headers(sources[0], again)["full_name"] == "first_name ~ last_name"
    batch = next(sources[0].batches(["first_name ~ last_name"]))
    assert batch.column(0)[0].as_py() == f"{GIVEN_P[0]} {FAMILY_P[0]}"


MANY_GIVEN = [f"{name}{'aiu'[k % 3]}" for k, name in enumerate(GIVEN_P)]


def test_columns_under_headers_that_say_nothing_meet_by_their_values():
    numbers = [f"{100_000 + 7_919 * k % 900_000}" for k in range(200)]
    towns = [f"town {'abcdefghijklmnopq'[k % 17]}" for k in range(200)]
    right = {"XN": FAMILY_P, "XV": MANY_GIVEN, "born": BORN_P, "N3": numbers, "Q": towns}
    left = {
        "nachname": FAMILY_P,
        "vorname": MANY_GIVEN,
        "geburtsdatum": BORN_P,
        "passport_no": numbers,
        "ort": towns,
    }
    for one, other in ((left, right), (right, left)):
        sources = [open_source(pa.table(t)) for t in (one, other)]
        schema = match_schemas(*sources)
        held = find_headers(sources[1], schema)
        pairs = dict(zip(right, left, strict=True))
        pairs = pairs if one is right else {v: k for k, v in pairs.items()}
        assert {k: v for k, v in held.items() if k} == pairs
        kinds = {f.kind for f in schema.fields}
        assert kinds == {"person_name", "date", "identifier", "text"}


def test_of_columns_as_like_the_first_meets_the_first():
    first, second = FAMILY_P, FAMILY_P[7:] + FAMILY_P[:7]
    left = {"nombre": MANY_GIVEN, "apellido1": first, "apellido2": second, "nacimiento": BORN_P}
    right = {"F1": first, "F2": second, "G": MANY_GIVEN, "nacimiento": BORN_P}
    sources = [open_source(pa.table(t)) for t in (left, right)]
    held = find_headers(sources[1], match_schemas(*sources))
    assert (held["nombre"], held["apellido1"], held["apellido2"]) == ("G", "F1", "F2")


def test_what_is_alike_everywhere_connects_nothing():
    left = {"name": GIVEN_P, "born": BORN_P, "house_no": [str(1 + k % 90) for k in range(200)]}
    right = {"name": GIVEN_P, "born": BORN_P, "visits": [str(1 + k % 90) for k in range(200)]}
    sources = [open_source(pa.table(t)) for t in (left, right)]
    assert set(find_headers(sources[1], match_schemas(*sources))) == {"name", "born"}


def test_a_whole_name_meets_its_parts_with_the_patronymic():
    """Which brothers share, and which is of the person's own name all the same."""
    patronymics = [f"{g}овна" for g in reversed(GIVEN_P)]
    parts = {"Имя": GIVEN_P, "Отчество": patronymics, "Фамилия": FAMILY_P, "Дата рождения": BORN_P}
    names = [" ".join(name) for name in zip(GIVEN_P, patronymics, FAMILY_P, strict=True)]
    sources = [open_source(pa.table(t)) for t in ({"ФИО": names, "Дата рождения": BORN_P}, parts)]
    for both in (sources, sources[::-1]):
        schema = match_schemas(*both)
        assert [f.kind for f in schema.fields] == ["person_name", "date"]
        held = [find_headers(source, schema)[schema.fields[0].name] for source in both]
        assert sorted(held) == ["Имя ~ Отчество ~ Фамилия", "ФИО"]


SECOND_P = [f"{f[::-1]}x" for f in FAMILY_P]


def test_a_second_family_name_stands_behind_the_first_in_a_whole_name():
    names = [f"{g} {f} {s}" for g, f, s in zip(GIVEN_P, FAMILY_P, SECOND_P, strict=True)]
    left = open_source(pa.table({"nombre completo": names, "fecha de nacimiento": BORN_P}))
    parts = {"nombres": GIVEN_P, "ap materno": SECOND_P, "apellido paterno": FAMILY_P, "f nac": BORN_P}
    parts["apellido materno"] = parts.pop("ap materno")
    right = open_source(pa.table(parts))
    for sources in ((left, right), (right, left)):
        schema = match_schemas(*sources)
        held = find_headers(right, schema).values()
        assert "nombres ~ apellido paterno ~ apellido materno" in held


def test_both_family_names_in_one_column_meet_two_columns():
    both = [f"{f} {s}" for f, s in zip(FAMILY_P, SECOND_P, strict=True)]
    whole_side = open_source(pa.table({"nombre": GIVEN_P, "apellidos": both, "dob": BORN_P}))
    parts = open_source(
        pa.table({"nombre": GIVEN_P, "apellido1": FAMILY_P, "apellido2": SECOND_P, "dob": BORN_P})
    )
    for sources in ((whole_side, parts), (parts, whole_side)):
        schema = match_schemas(*sources)
        assert "apellidos" in find_headers(whole_side, schema).values()
        assert "apellido1 ~ apellido2" in find_headers(parts, schema).values()


def test_a_first_family_name_alone_stays_alone():
    one = open_source(pa.table({"nombre": GIVEN_P, "apellidos": FAMILY_P, "dob": BORN_P}))
    two = open_source(
        pa.table({"nombre": GIVEN_P, "apellido1": FAMILY_P, "apellido2": SECOND_P, "dob": BORN_P})
    )
    assert "apellido1" in find_headers(two, match_schemas(one, two)).values()


def test_what_stands_before_a_family_name_goes_with_it_where_the_other_table_has_it_there():
    before = [("van der", "de", None)[i % 3] for i in range(len(FAMILY_P))]
    whole = [f"{p} {f}" if p else f for p, f in zip(before, FAMILY_P, strict=True)]
    one = open_source(pa.table({"voornaam": GIVEN_P, "naam": whole, "geboren": BORN_P}))
    columns = {"voornamen": GIVEN_P, "tussenvoegsel": before, "achternaam": FAMILY_P, "geboortedatum": BORN_P}
    two = open_source(pa.table(columns))
    for sources in ((one, two), (two, one)):
        schema = match_schemas(*sources)
        assert "tussenvoegsel ~ achternaam" in find_headers(two, schema).values()
        assert "naam" in find_headers(one, schema).values()
        assert len(schema.fields) == 3
    bare = open_source(pa.table({"voornaam": GIVEN_P, "naam": FAMILY_P, "geboren": BORN_P}))
    for sources in ((bare, two), (two, bare)):
        assert "achternaam" in find_headers(two, match_schemas(*sources)).values()


@pytest.mark.parametrize("parts_first", [True, False])
def test_an_address_meets_its_parts(parts_first):
    villages, communes = ["An Hòa", "Bình Phú", "Cát Tường", "Tân Lập"] * 50, ["Diễn Kỷ", "Hưng Bình"] * 100
    parts = {"Họ tên": whole(GIVEN_P, FAMILY_P), "Năm sinh": BORN_P, "Thôn": villages, "Xã": communes}
    address = [f"{v}, xã {c}, Nghệ An" for v, c in zip(villages, communes, strict=True)]
    other = {"Họ và tên": parts["Họ tên"], "Ngày sinh": BORN_P, "Nơi cư trú": address}
    tables = [open_source(pa.table(t)) for t in ((parts, other) if parts_first else (other, parts))]
    schema = match_schemas(*tables)
    held = [find_headers(t, schema) for t in tables]
    met = {h[f.name] for f in schema.fields if f.kind == "address" for h in held if f.name in h}
    assert "Nơi cư trú" in met and any("Thôn" in c and "Xã" in c for c in met)


def numbered(n, seed=1):
    return [str(k) for k in np.random.default_rng(seed).integers(100_000_000, 999_999_999, n)]


def matched(left, right):
    schema = match_schemas(open_source(pa.table(left)), open_source(pa.table(right)))
    return {f.name: next(iter(f.columns), f.name) for f in schema.fields}


def test_words_in_front_of_a_place_say_whose_it_is():
    numbers, units = [str(k % 97 + 1) for k in range(200)], [str(k % 13 + 1) for k in range(200)]
    streets = [f"{f} road" for f in FAMILY_P]
    left = {**LEFT_PARTS, "mailing_street_number": numbers, "mailing_unit_number": units}
    right = {**LEFT_PARTS, "unit_number": units, "street_number": numbers, "street_name": streets}
    left |= {"mailing_street_name": streets}
    found = matched(left, right)
    assert found["mailing_street_number"] == "street_number"
    assert found["mailing_unit_number"] == "unit_number"
    assert found["mailing_street_name"] == "street_name"


def test_of_several_such_places_none_is_guessed_at():
    towns = ["Wien", "Graz", "Wels", "Steyr"] * 50
    left = {**LEFT_PARTS, "city": towns}
    right = {**LEFT_PARTS, "birth city": towns[::-1], "home city": towns, "mailing city": towns}
    assert "mailing city" not in matched(left, right).values()


def test_an_employers_address_is_not_a_persons():
    homes = [f"{k + 1} {f} road" for k, f in enumerate(FAMILY_P)]
    left = {**LEFT_PARTS, "employer_location": homes}
    assert "home_address" not in matched(left, {**LEFT_PARTS, "home_address": homes}).values()


def test_a_relatives_number_is_not_a_persons():
    left = {**LEFT_PARTS, "spouse_ssn": numbered(200)}
    assert "passport" not in matched(left, {**LEFT_PARTS, "passport": numbered(200, 2)}).values()


@pytest.mark.parametrize("side", [0, 1])
def test_maiden_names_of_one_table_are_looked_for_among_the_family_names_of_the_other(side):
    """Of 200 women a third have married: one table says what they were called, the other knows no more."""
    new = [FAMILY_P[-k] if k % 3 == 0 else f for k, f in enumerate(FAMILY_P)]
    maiden = [f if k % 3 == 0 else None for k, f in enumerate(FAMILY_P)]
    ids = [f"p{k}" for k in range(200)]
    before = pa.table({"id": ids, "Vorname": GIVEN_P, "Nachname": FAMILY_P, "Geburtsdatum": BORN_P})
    after = {"id": ids, "first_name": GIVEN_P, "last_name": new, "maiden_name": maiden, "dob": BORN_P}
    sides = [before, pa.table(after)][:: -1 if side else 1]
    schema = match_schemas(*map(open_source, sides))
    assert not schema["maiden_name"].compare
    result = linkage.link(*sides)
    assert "gamma_maiden_name" not in result.pairs.column_names
    pairs = result.pairs.filter(pa.compute.equal(result.pairs["record_id_l"], result.pairs["record_id_r"]))
    family = next(f.name for f in result.resolution.records.schema.fields if f.part == "family")
    # Codes without the missing one: 3 is "swapped with another part of the name".
    levels = dict(zip(pairs["record_id_l"].to_pylist(), pairs[f"gamma_{family}"].to_pylist(), strict=True))
    assert {level for k, level in levels.items() if int(k[1:]) % 3 and int(k[1:])} == {6}
    assert {level for k, level in levels.items() if not int(k[1:]) % 3} <= {3, 4, 6} and len(levels) == 200
    sure = result.pairs.filter(pa.compute.greater(result.pairs["match_probability"], 0.95))
    assert sure.num_rows >= 195 and sure["record_id_l"].to_pylist() == sure["record_id_r"].to_pylist()


def test_a_link_with_its_own_model_needs_no_maiden_names():
    left = pa.table({"first_name": GIVEN_P, "last_name": FAMILY_P, "maiden_name": FAMILY_P, "dob": BORN_P})
    right = pa.table({"first_name": GIVEN_P, "last_name": FAMILY_P, "dob": BORN_P})
    model = linkage.link(left, right).model
    assert linkage.link(left, right, model).pairs.num_rows
    assert linkage.link(right, right, model).pairs.num_rows
