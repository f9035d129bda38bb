"""Verdicts per field, one code, and never a stored value."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.identifiers import OK, pack_one
from linkage.comparison import levels
from linkage.errors import InputError
from linkage.schema import citizen_schema
from linkage.search.verdicts import BY_LEVEL, WORDS, differs, in_words
from linkage.search.verify import Verification, verify
from linkage.search.words import in_vietnamese
from linkage.segment.build import build_segment
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source
from tests.search.register import MadePart, Register

NUMBER = "079203001234"
OPERATIONS = [o for o in vars(levels).values() if isinstance(o, levels.Operation)]
PERSON = {
    "record_id": "p1",
    "id_number": NUMBER,
    "old_id_number": None,
    "full_name": "Nguyễn Thị Hoà",
    "date_of_birth": "03/04/2003",
    "sex": "Nữ",
    "birth_province": "Hà Nam",
    "phone": None,
}


@pytest.fixture(scope="module")
def parts(register: Register) -> list[MadePart]:
    """The made-up register, and a segment of people whose forms are written by hand."""
    base = register.parts[0].segment
    twin = {**PERSON, "record_id": "p2", "id_number": "001099123456", "full_name": "Trần Văn Bình"}
    other = {**twin, "record_id": "p3", "full_name": "Lê Quốc Cường", "date_of_birth": "30/12/1951"}
    again = {**PERSON, "record_id": "p4", "id_number": "123456789"}
    people = pa.Table.from_pylist([PERSON, twin, other, again])
    model = linkage_model(base)
    data: Any = build_segment(open_source(people), model, None, like=base)
    return [register.parts[0], MadePart(Segment.from_bytes(data, like=base), None)]


def linkage_model(segment: Segment) -> Any:
    import json

    from linkage import Model

    return Model.from_dict(json.loads(segment.array("model").tobytes()))


@pytest.mark.parametrize(
    ("form", "code", "verdicts"),
    [
        ({"full_name": "Nguyễn Thị Hoà"}, "KHOP", "match"),
        ({"full_name": "NGUYỄN THỊ HÒA"}, "KHOP", "match"),
        ({"full_name": "nguyen thi hoa"}, "KHOP_CHUAN_HOA", "variant"),
        ({"full_name": "Nguyeenx Thij Hoaf"}, "KHOP_CHUAN_HOA", "variant"),
        ({"full_name": "Nguyễn Hoà"}, "KHOP_MOT_PHAN", "partial"),
        ({"full_name": "N. T. Hoà"}, "KHOP_MOT_PHAN", "partial"),
        ({"full_name": "Lê Văn Tám"}, "LECH_HO_TEN", "mismatch"),
        ({"date_of_birth": "2003-04-03"}, "KHOP", "match"),
        ({"date_of_birth": "2003"}, "KHOP_MOT_PHAN", "partial"),
        ({"date_of_birth": "04/2003"}, "KHOP_MOT_PHAN", "partial"),
        ({"date_of_birth": "04/03/2003"}, "LECH_NGAY_SINH", "mismatch"),
        ({"date_of_birth": "03/04/2002"}, "LECH_NGAY_SINH", "mismatch"),
        ({"date_of_birth": "hôm qua"}, "SAI_DINH_DANG", "mismatch"),
        ({"sex": "female"}, "KHOP", "match"),
        ({"sex": "Nam"}, "LECH_GIOI_TINH", "mismatch"),
        ({"birth_province": "Hà Nam"}, "KHOP", "match"),
        ({"birth_province": "Ninh Bình"}, "KHOP_CHUAN_HOA", "variant"),
        ({"birth_province": "Cà Mau"}, "LECH_BIRTH_PROVINCE", "mismatch"),
        ({"phone": "0912345678"}, "KHOP", "not_held"),
    ],
)
def test_one_field(parts: list[MadePart], form: dict[str, str], code: str, verdicts: str) -> None:
    found = verify(parts, {"id_number": NUMBER, **form})
    assert (found.code, found.fields) == (code, {"id_number": "match", next(iter(form)): verdicts})
    assert found.agrees == code.startswith("KHOP")


def test_the_ways_to_differ_are_not_told_apart(parts: list[MadePart]) -> None:
    """That day and month are swapped, or one digit differs, would give the stored date away."""
    found = [
        verify(parts, {"id_number": NUMBER, "date_of_birth": wrong})
        for wrong in ("04/03/2003", "03/04/2002", "03/05/2003", "30/12/1951")
    ]
    assert len({repr(item) for item in found}) == 1


def test_what_cannot_be_read_is_named(parts: list[MadePart]) -> None:
    found = verify(parts, {"id_number": NUMBER, "date_of_birth": "hôm qua"})
    assert (found.code, found.unreadable) == ("SAI_DINH_DANG", ("date_of_birth",))


@pytest.mark.parametrize("code", [*WORDS, "LECH_HO_TEN", "LECH_PHONE"])
def test_codes_are_said_in_vietnamese_and_english(code: str) -> None:
    vietnamese, english = in_words(code)
    assert vietnamese and english and vietnamese != english


def test_the_presets_fields_have_vietnamese_words() -> None:
    said = {item.name: in_words(differs(item.name)) for item in citizen_schema().fields}
    assert all(item.name not in said[item.name][0] for item in citizen_schema().fields)
    assert len(set(said.values())) == len(said)
    assert in_words(differs("hộ_khẩu"))[0] == "lệch hộ_khẩu"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"full_name": "Nguyễn Thị Hoà"}, "THIEU_SO"),
        ({"id_number": "", "full_name": "Nguyễn Thị Hoà"}, "THIEU_SO"),
        ({"id_number": "079303001239"}, "SO_KHONG_TON_TAI"),
        ({"id_number": "không có"}, "SO_KHONG_TON_TAI"),
        ({"id_number": "12345"}, "SAI_DINH_DANG"),
        ({"id_number": "001099123456"}, "NHIEU_UNG_VIEN"),
        ({"id_number": "001099123456", "full_name": "Trần Văn Bình", "date_of_birth": "03/04/2003"}, "KHOP"),
        ({"id_number": "79203001234"}, "KHOP_CHUAN_HOA"),
        ({"old_id_number": "123456789", "full_name": "Nguyễn Thị Hoà"}, "KHOP"),
        ({"id_number": "123 456 789", "full_name": "Nguyễn Thị Hoà"}, "KHOP_CHUAN_HOA"),
    ],
)
def test_the_number(parts: list[MadePart], form: dict[str, str], code: str) -> None:
    assert verify(parts, form).code == code


def test_an_index_without_records_has_no_number() -> None:
    assert verify([], {"id_number": NUMBER}).code == "SO_KHONG_TON_TAI"
    assert verify([], {}).code == "THIEU_SO"


def test_unknown_fields_are_refused_whatever_the_number(parts: list[MadePart]) -> None:
    with pytest.raises(InputError, match="got 'nickname'"):
        verify(parts, {"id_number": NUMBER, "nickname": "x"})


def texts_of(found: Verification) -> Iterator[str]:
    yield found.code
    yield from found.fields.values()
    yield from found.unreadable


@given(st.integers(0, 10**6), st.text(max_size=20))
def test_a_stored_value_never_shows(register: Register, pick: int, text: str) -> None:
    live = [r for r in register.live() if r["id_number"]]
    record = live[pick % len(live)]
    form: dict[str, Any] = {"id_number": record["id_number"], "full_name": text, "street": text}
    found = verify(register.parts, {**form, "date_of_birth": "01/01/1901", "sex": None})
    words = {r[k] for r in (record,) for k in r if k not in ("sex", "entity") and r[k] and len(r[k]) > 3}
    shown = [*texts_of(found), repr(found), str(found)]
    assert not any(word in line for word in words for line in shown)


def test_the_registers_own_records_agree(register: Register) -> None:
    fields = ("id_number", "full_name", "date_of_birth", "sex", "birth_province")
    several = 0
    for record in register.live()[::25]:
        if not record["id_number"] or pack_one(record["id_number"].encode(), "personal")[1] != OK:
            continue
        found = verify(register.parts, {k: record[k] for k in fields})
        several += found.code == "NHIEU_UNG_VIEN"
        assert found.agrees or found.code in ("NHIEU_UNG_VIEN", "SAI_DINH_DANG"), found
    assert several < 5


def test_each_level_of_each_comparison_has_a_verdict() -> None:
    assert {o.name: len(o.levels) for o in OPERATIONS} == {k: len(v) for k, v in BY_LEVEL.items()}


def test_each_level_has_vietnamese_words() -> None:
    for operation in OPERATIONS:
        assert all(in_vietnamese(level) != level for level in operation.levels), operation.name
