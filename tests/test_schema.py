"""Schemas: JSON in and out, contradictions refused, headers recognised, answers never taken."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.normalise import normalise_one
from linkage.errors import SchemaError
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.fold import _FOLDED, fold_header
from linkage.fields.meaning.held import find_headers
from linkage.schema import (
    FORMATS,
    KINDS,
    PARTS,
    BlockingRule,
    Field,
    Schema,
    block_on,
    citizen_schema,
)
from linkage.tables.opening import open_source

names = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1, max_size=8)


@st.composite
def fields(draw, name):
    kind = draw(st.sampled_from(KINDS))
    return Field(
        name,
        kind,
        part=draw(st.sampled_from(["full", "given", "family"])),
        columns=draw(st.lists(names, max_size=2)),
        format=draw(st.sampled_from([None, *FORMATS.get(kind, ())])),
        shared=draw(st.sampled_from([None, True, False])),
        term_frequencies=draw(st.sampled_from([None, True, False])),
        missing=draw(st.sampled_from(["neutral", "informative", "unpaired"])),
        date_order=draw(st.sampled_from(["auto", "day_first", "month_first"])),
        comparator=draw(st.one_of(st.none(), names)),
        compare=draw(st.booleans()),
    )


@st.composite
def schemas(draw):
    found = [draw(fields(n)) for n in draw(st.lists(names, min_size=1, max_size=4, unique=True))]
    keys = [f"{f.name}.{p}" for f in found for p in PARTS[f.kind]] + [f.name for f in found]
    some = st.lists(st.sampled_from(keys), max_size=3)
    rules = draw(st.lists(st.tuples(some.filter(bool), some), max_size=3))
    return Schema(
        tuple(found),
        tuple(block_on(*k, refine=r) for k, r in rules),
        draw(st.one_of(st.none(), names)),
    )


@given(schemas())
def test_json_brings_the_same_schema_back(schema):
    assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema


def test_a_file_brings_the_same_schema_back(tmp_path):
    path = tmp_path / "schema.json"
    citizen_schema().save(path)
    assert Schema.load(path) == citizen_schema()
    assert "Họ và tên" in path.read_text(encoding="utf-8")


FIELD = {"name": "a", "kind": "text"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "expected an object with a list of fields"),
        ({}, "expected an object with a list of fields"),
        ({"fields": "a"}, "expected an object with a list of fields"),
        ({"fields": []}, "at least one field"),
        ({"fields": [FIELD], "rules": []}, "unknown entries rules"),
        ({"fields": [3]}, "a field with name and kind, got 3"),
        ({"fields": [{"name": "a"}]}, "a field with name and kind"),
        ({"fields": [{"name": "", "kind": "text"}]}, "expected a name, got ''"),
        ({"fields": [{"name": "a", "kind": "colour"}]}, "field 'a': expected a kind of .*'colour'"),
        ({"fields": [{**FIELD, "colour": 1}]}, "field 'a': unknown entries colour$"),
        ({"fields": [{**FIELD, "format": "sex"}]}, "format of none for this kind, got 'sex'"),
        ({"fields": [{**FIELD, "part": "half"}]}, "expected part of full, given, family"),
        ({"fields": [{**FIELD, "missing": "?"}]}, "expected missing of neutral, informative, unpaired"),
        ({"fields": [{**FIELD, "date_order": "?"}]}, "expected date_order of auto"),
        ({"fields": [FIELD, FIELD]}, "field names must differ, got a twice"),
        ({"fields": [FIELD], "blocking_rules": [[]]}, "expected a list of keys"),
        ({"fields": [FIELD], "blocking_rules": [3]}, "expected a list of keys, got 3"),
        ({"fields": [FIELD], "blocking_rules": [{"keys": [1]}]}, "expected a list of keys"),
        ({"fields": [FIELD], "blocking_rules": [["b"]]}, "no field 'b'; it has a"),
        (
            {"fields": [FIELD], "blocking_rules": [["a.year"]]},
            "blocking key 'a.year': expected a part",
        ),
        ({"fields": [FIELD], "blocking_rules": [{"keys": ["a"], "refine": ["b"]}]}, "no field 'b'"),
    ],
)
def test_what_contradicts_itself_is_refused(data, message):
    with pytest.raises(SchemaError, match=message):
        Schema.from_dict(data)


@pytest.mark.parametrize(
    "data",
    [
        {"fields": [{"name": ["a"], "kind": "text"}]},
        {"fields": [{"name": "a", "kind": ["text"]}]},
        {"fields": [{**FIELD, "columns": 3}]},
        {"fields": [{**FIELD, "columns": "Tên"}]},
        {"fields": [{**FIELD, "shared": "yes"}]},
        {"fields": [{**FIELD, "columns": [3]}]},
        {"fields": [{**FIELD, "format": ["sex"]}]},
        {"fields": [{**FIELD, "comparator": 3}]},
        {"fields": [FIELD], "blocking_rules": 3},
        {"fields": [FIELD], "blocking_rules": None},
        {"fields": [FIELD], "blocking_rules": [{"keys": ["a"], "refine": 3}]},
        {"fields": [FIELD], "record_id": 3},
    ],
)
def test_values_of_another_type_are_refused(data):
    with pytest.raises(SchemaError):
        Schema.from_dict(data)


@pytest.mark.parametrize("text", ["", "{", "[1]", "\udcff", "null"])
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "schema.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SchemaError, match=r"schema\.json"):
        Schema.load(path)
    with pytest.raises(SchemaError, match=r"nowhere\.json"):
        Schema.load(tmp_path / "nowhere.json")


def test_a_rule_names_itself_and_needs_a_key():
    assert block_on("a", "b.given").name == "a & b.given"
    with pytest.raises(SchemaError, match="at least one key"):
        block_on()


def test_only_some_fields_keep_the_rules_that_they_carry():
    schema = Schema(
        (Field("a", "text"), Field("b", "text")), (block_on("a", refine=("b",)), block_on("a", "b"))
    )
    assert schema.only(["a"]).blocking_rules == (BlockingRule(("a",)),)
    assert [f.name for f in schema.only(["a"]).fields] == ["a"]
    with pytest.raises(SchemaError, match="no field 'c'"):
        schema["c"]
    with pytest.raises(SchemaError, match=r"no field 'full_nme'; it has .*; did you mean 'full_name'\?"):
        citizen_schema()["full_nme"]
    assert "a" in schema
    assert "c" not in schema


def test_what_a_family_shares_is_known_by_kind():
    kinds = {f.name: f.is_shared for f in citizen_schema().fields}
    assert kinds["mother_name"]
    assert kinds["street"]
    assert kinds["phone"]
    assert not kinds["full_name"]
    assert not kinds["date_of_birth"]
    assert Field("x", "person_name", part="family").is_shared
    assert not Field("x", "phone", shared=False).is_shared


def test_headers_compare_without_case_diacritics_and_punctuation():
    assert fold_header("Họ và tên") == fold_header("HO_VA_TEN") == "ho va ten"
    assert fold_header("dateOfBirth") == fold_header("date_of_birth") == "date of birth"


@given(st.from_regex(_FOLDED, fullmatch=True))
def test_what_is_taken_for_folded_is(text):
    assert fold_header(text) == text == normalise_one(text.encode(), "text")[2].decode()


def source(**columns):
    return open_source(pa.table(columns))


TWO = ["a", "b"]
FEBRL = ("given_name", "surname", "street_number", "address_1", "suburb", "postcode", "state")


def test_headers_of_febrl():
    table = source(rec_id=TWO, **dict.fromkeys(FEBRL, TWO), date_of_birth=TWO, soc_sec_id=TWO)
    schema = detect_schema(table)
    kinds = {f.name: (f.kind, f.part) for f in schema.fields}
    assert kinds["given_name"] == ("person_name", "given")
    assert kinds["surname"] == ("person_name", "family")
    assert kinds["date_of_birth"] == ("date", "full")
    assert kinds["soc_sec_id"] == ("identifier", "full")
    assert kinds["address_1"] == ("address", "full")
    assert kinds["state"][0] == "category"
    assert set(kinds) == {*FEBRL, "date_of_birth", "soc_sec_id"}
    assert find_headers(table, schema)[""] == "rec_id"


VIETNAMESE = {
    "Họ và tên": "full_name",
    "Ngày sinh": "date_of_birth",
    "Số CCCD": "id_number",
    "Giới tính": "sex",
    "Nơi thường trú": "street",
    "SĐT": "phone",
    "Họ tên mẹ": "mother_name",
    "Dân tộc": "ethnicity",
}


@pytest.mark.parametrize("change", [str, str.upper, lambda h: h.replace(" ", "_")])
def test_vietnamese_headers(change):
    headers = {change(h): f for h, f in VIETNAMESE.items()}
    table = source(STT=TWO, **dict.fromkeys(headers, TWO), **{"Ghi chú": TWO})
    schema = detect_schema(table)
    found = find_headers(table, schema)
    assert {f: c for f, c in found.items() if f} == {f: h for h, f in headers.items()}
    assert found[""] == "STT"


@pytest.mark.parametrize(
    "answer",
    ["entity", "cluster", "cluster_id", "Cluster ID", "true_id", "label", "source_dataset"],
)
def test_a_column_that_tells_the_answer_is_never_taken(answer):
    columns = {"first_name": TWO, "surname": TWO, answer: TWO}
    schema = detect_schema(source(**columns))
    assert {f.name for f in schema.fields} == {"first_name", "surname"}
    assert answer not in find_headers(source(**columns), schema).values()


def test_the_named_truth_is_never_taken():
    table = source(first_name=TWO, surname=TWO, phone=TWO)
    schema = detect_schema(table, exclude=["phone"])
    assert {f.name for f in schema.fields} == {"first_name", "surname"}
    citizen = source(full_name=TWO, date_of_birth=TWO, phone=TWO)
    assert {f.name for f in detect_schema(citizen, exclude=["phone"]).fields} == {
        "full_name",
        "date_of_birth",
    }


def test_columns_without_two_values_say_nothing():
    table = source(first_name=TWO * 20, surname=TWO * 20, city=["x"] * 40, phone=[None] * 40)
    assert {f.name for f in detect_schema(table).fields} == {"first_name", "surname"}


def test_a_table_of_unknown_columns_is_refused_with_its_headers():
    with pytest.raises(SchemaError, match="no column is recognised among foo, bar"):
        detect_schema(source(foo=TWO, bar=TWO))


def test_columns_without_a_meaning_are_ignored():
    table = source(full_name=TWO, date_of_birth=TWO, shoe_size=TWO)
    assert "shoe_size" not in find_headers(table, detect_schema(table)).values()
