"""Identity cards: old numbers of nine digits among the personal ones of twelve."""

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.fields.meaning.content import are_personal_numbers
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.reconcile.old_numbers import fields_of_numbers, with_old_numbers
from linkage.tables.opening import open_source

N = 60
NEW = [f"0{[1, 31, 36, 38, 79][i % 5]:02d}0{60 + i % 40}{i * 7919 % 10**6:06d}" for i in range(N)]
OLD = [f"{123456789 + 7919 * i}" for i in range(N)]
GIVEN, MIDDLE = ["An", "Bình", "Cường", "Dũng", "Giang", "Hải", "Khoa"], ["Văn", "Đức", "Hữu", "Ngọc", "Minh"]
NAMES = [f"Nguyễn {MIDDLE[i % 5]} {GIVEN[i % 7]}" for i in range(N)]
BORN = [f"{i % 28 + 1}/{i % 12 + 1}/{1950 + i % 50}" for i in range(N)]


def table(**columns):
    return pa.table({k: pa.array(v, pa.string()) for k, v in columns.items()})


MIXED = table(**{
    "Họ tên": NAMES * 2, "Ngày sinh": BORN * 2, "CMND/CCCD": [*NEW[:30], *OLD[30:], *NEW[:20], *OLD[20:]],
})  # fmt: skip


def test_old_numbers_among_new_ones_have_a_field_of_their_own():
    source = open_source(MIXED)
    schema = detect_schema(source)
    assert fields_of_numbers(schema) == ("id_number", None)
    wider = with_old_numbers(schema, [source])
    assert fields_of_numbers(wider) == ("id_number", "old_id_number")
    assert with_old_numbers(wider, [source]) is wider
    assert with_old_numbers(schema, [open_source(MIXED.slice(0, 30))]) is schema


def test_an_old_and_a_new_number_are_no_disagreement():
    records = linkage.dedupe(MIXED).resolution.records
    new, old = (records.rows[:, records.words[n] :][:, :2] != 0 for n in ("id_number", "old_id_number"))
    holds = np.array([len(v) == 12 for v in MIXED["CMND/CCCD"].to_pylist()])
    assert (new.any(axis=1) == holds).all() and (old.any(axis=1) == ~holds).all()


def test_old_numbers_meet_those_of_another_table():
    left = table(**{"Họ tên": NAMES, "Ngày sinh": BORN, "Số giấy tờ": [*NEW[:30], *OLD[30:]]})
    right = table(**{"Họ và tên": NAMES, "Ngày sinh": BORN, "Số CCCD": NEW, "Số CMND": OLD})
    found = linkage.link(left, right)
    assert {"id_number", "old_id_number"} <= {f.name for f in found.model.schema.fields}
    records = found.resolution.records
    word = records.words["old_id_number"]
    assert (records.rows[30:N, word : word + 2] == records.rows[N + 30 :, word : word + 2]).all()


@pytest.mark.parametrize("old_first", [True, False])
def test_a_column_of_old_numbers_meets_one_of_both(old_first):
    old = table(**{"Họ tên": NAMES, "Ngày sinh": BORN, "Số CMND": OLD})
    both = table(**{"Họ và tên": NAMES, "Ngày sinh": BORN, "Số giấy tờ": [*NEW[:30], *OLD[30:]]})
    records = linkage.link(*((old, both) if old_first else (both, old))).resolution.records
    word = records.words["old_id_number"]
    assert (records.rows[30:N, word : word + 2] == records.rows[N + 30 :, word : word + 2]).all()


@pytest.mark.parametrize("header", ["CMND/CCCD", "ID_NO"])
def test_an_index_reads_and_finds_old_numbers_among_new_ones(header, tmp_path):
    table = MIXED.rename_columns(["Họ tên", "Ngày sinh", header])
    index = linkage.build_index(tmp_path / "i", table)
    new, old = fields_of_numbers(index.schema)
    assert old == "old_id_number"
    for number, field, start in ((OLD[31], old, 31), (NEW[3], new, 3)):
        rows = {str(start), str(start + N)}
        assert {r.record_id for r in index.get(new, number)} == rows
        slipped = number[:-1] + str((int(number[-1]) + 1) % 10)
        for asked, level in ((number, "equal"), (slipped, "one edit")):
            found = index.lookup({new: asked, "full_name": NAMES[start]}, limit=2)
            assert {m.record_id for m in found} == rows
            assert all(m.levels[field] == level for m in found)
    assert {r.record_id for r in index.get(old, OLD[31])} == {"31", str(31 + N)}
    with linkage.open_index(tmp_path / "i", mode="w") as writer:
        writer.upsert([{"record_id": "x", "full_name": "Trần Văn Bình", new: "012345678"}])
        writer.commit()
    index.refresh()
    assert [r.record_id for r in index.get(old, "012345678")] == ["x"]
    assert index.lookup({new: "012345678"})[0].levels == {old: "equal"}


def test_a_column_of_old_numbers_that_was_excluded_stays_out():
    whole = table(**{"Họ tên": NAMES, "Ngày sinh": BORN, "Số CCCD": NEW, "Số CMND": OLD})
    schema = detect_schema(open_source(whole), exclude=["Số CMND"])
    assert with_old_numbers(schema, [open_source(whole)], ["Số CMND"]) is schema


@pytest.mark.parametrize(
    ("values", "are"),
    [
        (NEW, True),
        ([*NEW, *OLD], True),
        ([f"{x:012d}" for x in np.random.default_rng(0).integers(0, 10**12, 400)], False),
        (OLD, False),
        ([f"9{x}" for x in NEW], False),
    ],
)
def test_personal_numbers_show_by_their_first_digits(values, are):
    assert are_personal_numbers(pa.array(values, pa.string())) == are


def test_a_number_under_an_english_header_is_known_by_its_digits():
    rows = {"FULL_NAME": NAMES, "DOB": BORN, "ID_NO": NEW}
    other = {"Họ và tên": NAMES, "Ngày sinh": BORN, "Số định danh cá nhân": NEW}
    found = linkage.link(table(**rows), table(**other))
    assert any(f.format == "personal_number" for f in found.model.schema.fields)
