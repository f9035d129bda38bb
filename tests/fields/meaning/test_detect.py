"""Which column is which field: values where headers say nothing or too much, parts of names."""

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import linkage
from linkage.comparison.program import fits_pattern
from linkage.errors import InputError
from linkage.fields.meaning.detect import detect_schema
from linkage.reading import find_schema
from linkage.tables.opening import open_source

SYLLABLES = ["ka", "lo", "mi", "ra", "ten", "vo", "su", "ne", "pi", "dal"]


def people(n=200, seed=0):
    random = np.random.default_rng(seed)

    def word():
        return "".join(random.choice(SYLLABLES, 3))

    def day(first, last):
        year, month, day = random.integers((first, 1, 1), (last, 13, 29))
        return f"{year}-{month:02}-{day:02}"

    names = [word() for _ in range(60)]
    return {
        "name": [f"{random.choice(names)} {random.choice(names)}" for _ in range(n)],
        "mail": [f"{word()}@{word()}.org" for _ in range(n)],
        "born": [day(1930, 2010) for _ in range(n)],
        "entered": [day(2024, 2025) for _ in range(n)],
        "sex": [str(random.choice(["H", "M"])) for _ in range(n)],
        "tel": [f"+49 {random.integers(10**8, 10**9) if i % 3 else 10**8 + i % 20}" for i in range(n)],
        "serial": [str(10_000_000 + i) for i in range(n)],
        "status": [str(random.choice(["open", "closed"])) for _ in range(n)],
    }


def test_values_tell_where_headers_do_not():
    columns = {f"x{i}y": values for i, values in enumerate(people().values())}
    kinds = {f.name: f.kind for f in detect_schema(open_source(pa.table(columns))).fields}
    assert kinds == {"x0y": "person_name", "x1y": "email", "x2y": "date", "x4y": "category", "x5y": "phone"}


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        (("Name", "Vorname"), {"Name": "family", "Vorname": "given"}),
        (("SURNAME", "OTHER NAMES"), {"SURNAME": "family", "OTHER NAMES": "given"}),
        (("nom", "prenom"), {"nom": "family", "prenom": "given"}),
        (("nome", "sobrenome"), {"nome": "given", "sobrenome": "family"}),
        (
            ("nombre", "apellido1", "apellido2"),
            {"nombre": "given", "apellido1": "family", "apellido2": "full"},
        ),
        (("이름", "성"), {"이름": "given", "성": "family"}),
        (("full_name", "first_name", "surname"), {"first_name": "given", "surname": "family"}),
    ],
)
def test_parts_of_a_name(headers, parts):
    table = open_source(pa.table({header: ["a", "b"] for header in headers}))
    assert {f.name: f.part for f in detect_schema(table).fields} == parts


def test_a_foreign_table_keeps_what_the_preset_has_no_place_for():
    headers = ("name", "dob", "ssn", "city", "zip")
    table = open_source(pa.table({header: ["a", "b"] for header in headers}))
    assert {f.name for f in detect_schema(table).fields} == set(headers)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {"GT"}),
        ({"Giới tính": ["Nam", "Nữ"]}, {"sex"}),
        ({"KH": ["Nữ", "Nam"]}, set()),  # either may be another's
    ],
)
def test_a_lone_column_of_sexes_is_the_sex_whatever_its_header(more, expected):
    columns = {"Họ và tên": ["Lê Thị Lan", "Trần Văn Ba"], "Ngày sinh": ["01/02/1980", "03/04/1990"]}
    columns |= {"Số CCCD": ["001180000001", "001090000002"], "GT": ["Nữ", "Nam"], **more}
    table = pa.table({name: values * 20 for name, values in columns.items()})
    found = detect_schema(open_source(table)).fields
    assert {f.name for f in found if f.format == "sex"} == expected


def test_a_table_of_more_columns_than_a_pattern_holds_keeps_those_that_tell_most():
    random = np.random.default_rng(2)
    columns = people(400)
    given, family = zip(*(name.split() for name in columns["name"]), strict=True)
    rows = {"given_name": given, "surname": family, "date_of_birth": columns["born"]}
    for k in range(40):
        rows[f"city_{k}"] = [f"town {x}" for x in random.integers(0, 20, 400)]
    table = pa.table({name: [*values, *values[:50]] for name, values in rows.items()})
    fields = [f.name for f in linkage.dedupe(table).resolution.records.schema.fields]
    assert fields[:3] == ["given_name", "surname", "date_of_birth"]
    assert 10 < len(fields) < 32


@pytest.mark.parametrize(
    ("header", "is_id"), [("SOS_VOTERID", True), ("Customer No", True), ("surname", False)]
)
@pytest.mark.parametrize("is_unique", [True, False])
def test_a_first_column_that_names_the_records(header, is_id, is_unique):
    columns = people(100)
    values = [f"K{i}" for i in range(100)]
    if not is_unique:
        values[7] = values[3]
    table = pa.table({header: values, "given_name": columns["name"], "born": columns["born"]})
    assert detect_schema(open_source(table)).record_id == (header if is_id and is_unique else None)


@pytest.mark.parametrize(
    ("headers", "given", "family"),
    [
        (["Nome", "Cognome"], "Nome", "Cognome"),
        (["نام", "نام خانوادگی"], "نام", "نام خانوادگی"),
    ],
)
def test_a_plain_name_beside_a_family_name_is_the_given_one(headers, given, family):
    names = [f"an{chr(97 + k % 20)}" for k in range(60)]
    table = pa.table({h: names for h in headers} | {"Ngày sinh": ["01/02/1990", "03/04/1985"] * 30})
    fields = {f.name: f.part for f in detect_schema(open_source(table)).fields}
    assert fields[given] == "given"
    assert fields[family] == "family"


@pytest.mark.parametrize("letters", ["УХ", "ΑΒ", "אב", "AB"])
def test_numbers_behind_letters_of_any_alphabet_are_numbers(letters):
    numbers = [f"{letters}{10_000_019 + 77_003 * (k // 2)}" for k in range(120)]
    assert {f.name: f.kind for f in fields_of(pa.array(numbers))}["C"] == "identifier"


def test_values_correct_what_a_header_promises():
    n = 60
    mails = [f"a{k}@mail.org" for k in range(n)]
    table = pa.table({"name": [f"an{chr(97 + k % 20)}" for k in range(n)], "Street": mails, "Contact": mails})
    kinds = {f.name: f.kind for f in detect_schema(open_source(table)).fields}
    assert kinds == {"name": "person_name", "Street": "email", "Contact": "email"}


def test_a_middle_initial_is_a_part_of_a_name():
    headers = ["first_name", "middle_name", "last_name"]
    table = pa.table({h: [f"an{chr(97 + k % 20)}" for k in range(60)] for h in headers})
    assert [f.part for f in detect_schema(open_source(table)).fields] == ["given", "given", "family"]


@pytest.mark.parametrize("given", ["Ім'я", "Імʼя", "Имя", "Аты / Имя"])
def test_a_name_beside_a_family_name_is_a_given_name(given):
    table = pa.table({"Прізвище": ["Бойко", "Мороз"] * 30, given: ["Ганна", "Іван", "Олег"] * 20})
    assert [f.part for f in detect_schema(open_source(table)).fields] == ["family", "given"]


def test_a_marital_status_is_no_sex():
    marital = pa.array(["M", "S", "W"] * 40)
    assert "C" not in [f.name for f in fields_of(marital)]


def fields_of(values):
    table = pa.table({"full name": [f"anna {i}ova" for i in range(len(values))], "C": values})
    return detect_schema(open_source(table)).fields


def test_streets_with_a_number_that_some_lack_are_addresses():
    streets = [
        ("대학로", "종로", "중앙로")[k % 3] + ("" if k % 9 == 0 else f" {1 + k % 70}") for k in range(300)
    ]
    table = pa.table({"A": [f"19{40 + k % 60}-0{1 + k % 9}-11" for k in range(300)], "B": streets})
    found = {f.name: f.kind for f in detect_schema(open_source(table)).fields}
    assert found == {"A": "date", "B": "address"}


@pytest.mark.parametrize("n", [1, 2, 29])
def test_a_few_records_may_all_say_the_same_under_headers_that_are_known(n):
    table = pa.table({"given": ["Ann"] * n, "family": ["Lee"] * n, "dob": ["1990-01-02"] * n, "x": ["y"] * n})
    assert [f.name for f in detect_schema(open_source(table)).fields] == ["given", "family", "dob"]


def test_a_table_without_records_is_refused_as_such():
    table = pa.table({"given": [], "family": [], "dob": []})
    with pytest.raises(InputError, match="table: expected records, got none"):
        detect_schema(open_source(table))


@pytest.mark.parametrize("form", ["{:.17g}", "{:.6f}", "{:.2f}"])
def test_numbers_with_a_fraction_are_no_telephones(form):
    random = np.random.default_rng(4)
    values = [form.format(x) for x in random.uniform(0, 90, 150)] * 2
    assert [f.name for f in fields_of(pa.array(values))] == ["full name"]


@pytest.mark.parametrize("form", ["0{}.0", "0{}", "555.{:.4}"])
def test_telephones_with_a_point_are_telephones(form):
    random = np.random.default_rng(4)
    values = [form.format(str(x)) for x in random.integers(10**8, 10**9, 150)] * 2
    if form.startswith("555"):
        values = [f"0{v}" for v in values]
    assert {f.name: f.kind for f in fields_of(pa.array(values))}["C"] == "phone"


def test_columns_of_lists_are_left_out_or_refused_by_name():
    people = {
        "given": [f"an{chr(97 + k % 20)}" for k in range(40)],
        "dob": [f"19{40 + k}-01-02" for k in range(40)],
    }
    table = pa.table(people | {"tags": [["a"]] * 40, "visits": [{"at": 1}] * 40})
    assert [f.name for f in detect_schema(open_source(table)).fields] == ["given", "dob"]
    with pytest.raises(
        InputError, match=r"table, column 'family': expected text, numbers or dates, got list<"
    ):
        detect_schema(open_source(pa.table(people | {"family": [["a"]] * 40})))


def test_numbers_are_no_family_names_whatever_the_header_says():
    masked = [f"XXXX-XXXX-{1000 + k * 7 % 9000}" for k in range(400)]
    schema = detect_schema(
        open_source(pa.table({"dob": ["1990-01-02", "1991-02-03"] * 200, "card (last 4)": masked}))
    )
    assert [f.kind for f in schema.fields if f.name == "card (last 4)"] != ["person_name"]


@pytest.mark.parametrize("zero", "0٠۰०০௦๐၀")
def test_numbers_in_the_digits_of_any_script(zero):
    numbers = [f"{10**9 + k * 7_654_321 % 10**9}" for k in range(300)] * 2
    written = ["".join(chr(ord(zero) + int(d)) for d in number) for number in numbers]
    schema = detect_schema(open_source(pa.table({"full name": ["a b"] * 599 + ["c d"], "xq": written})))
    assert [f.kind for f in schema.fields if f.name == "xq"] == ["identifier"]


@pytest.mark.parametrize("again", [False, True])
def test_a_full_name_that_never_says_the_family_name_is_a_given_one(again):
    family, given = (
        ["Moyo", "Dube", "Zulu", "Cele", "Ndlovu", "Sithole", "Nkosi", "Botha"] * 25,
        ["Anna Lee", "Ben", "Cora Ann", "Dan", "Eve", "Fay", "Gus Jan"] * 29,
    )
    names = [f"{g} {f}" for g, f in zip(given, family, strict=False)] if again else given[:200]
    schema = detect_schema(open_source(pa.table({"Surname": family, "Full names": names})))
    assert schema["Full names"].part == ("full" if again else "given")


def test_columns_that_few_records_hold_do_not_push_out_those_that_all_do():
    n = 200
    table = dict(zip(("first_name", "city"), (people()["name"], people(seed=1)["name"]), strict=True))
    for k in range(16):
        names = people(seed=k + 2)["name"]
        table[f"dependent_{k}_name"] = [names[i] if i % 50 == k else None for i in range(n)]
    schema, _ = find_schema([open_source(pa.table(table))], None, [])
    assert {"first_name", "city"} <= {f.name for f in schema.fields}
    assert fits_pattern(schema)


@pytest.mark.parametrize("of_whom", ["agent", "provider", "physician", "doctor"])
def test_a_table_of_physicians_lists_these_and_one_of_patients_their_patients(of_whom):
    columns = people()
    given, family = zip(*(name.split() for name in columns["name"]), strict=True)
    theirs = {f"{of_whom}_first_name": given, f"{of_whom}_last_name": family, "agency_name": columns["mail"]}
    listed = detect_schema(open_source(pa.table({**theirs, "born": columns["born"]}))).fields
    parts = {f.name: f.part for f in listed if f.kind == "person_name"}
    assert parts == {f"{of_whom}_first_name": "given", f"{of_whom}_last_name": "family"}
    patients = {"first_name": family, "last_name": given, "born": columns["born"], **theirs}
    found = detect_schema(open_source(pa.table(patients))).fields
    assert {f.name for f in found if f.part in ("given", "family")} == {"first_name", "last_name"}


@pytest.mark.parametrize("form", ["'{}", '="{}"', " '{} "])
def test_what_keeps_a_number_a_text_is_no_part_of_it(form):
    numbers = [str(100_000_000_000 + 7_919_000_003 * (k % 150)) for k in range(200)]
    table = people() | {"customer_no": [form.format(n) for n in numbers]}
    assert detect_schema(open_source(pa.table(table)))["customer_no"].kind == "identifier"
    names = people() | {"place": [f"'t {'Ros' * (1 + k % 3)}dal{'e' * (k % 13)}" for k in range(200)]}
    assert detect_schema(open_source(pa.table(names)))["place"].kind == "text"


@pytest.mark.parametrize("words", [("Y", "N"), ("true", "false"), ("1", "0")])
def test_whether_somebody_is_a_woman_is_the_sex(words):
    table = people() | {"sex": ["x"] * 200, "is_female": [words[k % 2] for k in range(200)]}
    assert detect_schema(open_source(pa.table(table)))["is_female"].format == "sex"
