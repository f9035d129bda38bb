"""Lists with a column of births for men and one for women: the two are one date of birth."""

import pyarrow as pa
import pytest

import linkage
from linkage.fields.meaning.detect import detect_schema
from linkage.tables.opening import open_source

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ"]
MIDDLE = ["Văn", "Thị", "Minh", "Ngọc", "Thanh", "Kim"]
GIVEN = ["An", "Bình", "Cường", "Dung", "Hoa"]
NAMES = [f"{f} {m} {g}" for f in FAMILY for m in MIDDLE for g in GIVEN]


def table(men, women, name="Họ và tên"):
    births = [f"{1 + k % 28:02d}/0{1 + k % 9}/{1950 + k % 50}" for k in range(300)]
    return pa.table(
        {
            name: NAMES,
            men: [None if k % 2 else day for k, day in enumerate(births)],
            women: [day if k % 2 else None for k, day in enumerate(births)],
        }
    )


@pytest.mark.parametrize(
    ("men", "women"), [("Nam", "Nữ"), ("Năm sinh nam", "Năm sinh nữ"), ("SN Nam", "SN Nữ"), ("Nữ", "Nam")]
)
def test_two_columns_are_one_birth(men, women):
    schema = detect_schema(open_source(table(men, women)))
    assert schema["date_of_birth"].columns[0] == f"{men} ~ {women}"


def test_elsewhere_too():
    schema = detect_schema(open_source(table("Born (male)", "Born (female)", "Beneficiary Name")))
    assert [f.kind for f in schema.fields if " ~ " in f.name] == ["date"]


def test_crosses_are_no_births():
    crossed = pa.table({"Họ và tên": NAMES, "Ngày sinh": ["01/02/1980"] * 300, "Nam": ["x", None] * 150})
    crossed = crossed.append_column("Nữ", pa.array([None, "x"] * 150))
    assert "Nam ~ Nữ" not in detect_schema(open_source(crossed))["date_of_birth"].columns


def test_people_are_found_by_them():
    once = table("Nam", "Nữ")
    result = linkage.dedupe(pa.concat_tables([once, once.slice(0, 100)]))
    assert sum(p >= 0.95 for p in result.pairs["match_probability"].to_pylist()) == 100
