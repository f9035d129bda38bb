"""Texts of Parquet files read page by page are what Arrow reads, whatever wrote them; damage is told."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import linkage
from linkage.errors import InputError
from linkage.fields.columns import COLUMNS
from linkage.fields.page_texts import CodedTexts, PageTexts, as_array
from linkage.results.examples import _rows_of
from linkage.schema import Field
from linkage.tables.opening import open_source


def written(path, values, kind=None, **how):
    kind = kind or pa.string()
    pq.write_table(pa.table({"a": pa.array(values, kind)}), path, **how)
    return path


def parts_of(path):
    return [part for block in open_source(path).blocks(["a"]) for part in block.read("a")]


def texts_of(path):
    return [text for part in parts_of(path) for text in as_array(part).to_pylist()]


@pytest.fixture
def hands_out_small_pages(monkeypatch):
    monkeypatch.setattr("linkage.tables.parquet_pages.LEAST", 1)


@pytest.mark.usefixtures("hands_out_small_pages")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_files_of_every_form(tmp_path, data):
    text = st.one_of(st.none(), st.sampled_from(["", "a", "Nguyễn", "Trần Văn"]), st.text(max_size=12))
    values = data.draw(st.lists(text, max_size=200))
    how = {
        "compression": data.draw(st.sampled_from(["none", "snappy", "zstd", "gzip", "brotli"])),
        "use_dictionary": data.draw(st.booleans()),
        "data_page_version": data.draw(st.sampled_from(["1.0", "2.0"])),
        "data_page_size": data.draw(st.sampled_from([1, 100, 1 << 20])),
        "dictionary_pagesize_limit": data.draw(st.sampled_from([1, 40, 1 << 20])),
        "write_batch_size": 7,
        "row_group_size": data.draw(st.sampled_from([1, 30, 1000])),
        "version": data.draw(st.sampled_from(["1.0", "2.6"])),
        "store_schema": data.draw(st.booleans()),
    }
    path = written(tmp_path / "x.parquet", values, **how)
    assert all(isinstance(part, PageTexts | CodedTexts) for part in parts_of(path))
    assert texts_of(path) == values
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, max(len(values) - 1, 0))))) or [0], np.int64)
    if values:
        assert _rows_of(open_source(path), ["a"], rows) == {"a": [values[row] for row in rows]}
    schema = pa.schema([pa.field("a", pa.string(), nullable=False)])
    held = [v for v in values if v is not None]
    pq.write_table(pa.table({"a": held}, schema), path, **how)
    assert texts_of(path) == held


def test_small_pages_are_put_together(tmp_path):
    values = [f"{i % 900:03}" for i in range(5000)]
    path = written(tmp_path / "x.parquet", values, data_page_size=64, write_batch_size=10)
    assert len(parts_of(path)) == 1
    assert texts_of(path) == values


def test_what_is_read_by_arrow(tmp_path):
    path = written(
        tmp_path / "x.parquet", ["a", "b"], use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY"
    )
    assert [type(part) for part in parts_of(path)] == [pa.StringArray]
    assert texts_of(path) == ["a", "b"]
    assert texts_of(written(path, ["a", None], compression="lz4")) == ["a", None]
    for kind, values in (
        (pa.int64(), [1, 2]),
        (pa.binary(), [b"a", None]),
        (pa.list_(pa.string()), [["a"], []]),
    ):
        assert texts_of(written(tmp_path / "x.parquet", values, kind)) == values


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize(
    ("item", "texts"),
    [
        (Field("a", "person_name"), ["Trần Văn An", "tran van an", "Trâfn Văn Bình", "", None]),
        (Field("a", "text"), ["Ngõ 29", None, "ngo 29", "Tổ 3"]),
        (Field("a", "category", format="sex"), ["Nam", "nữ", None, "F", ""]),
        (Field("a", "identifier", format="personal_number"), ["079203001234", "145076032", "x", None, ""]),
        (Field("a", "phone"), ["0987220308", "+84 987 220 308", "12", None]),
        (Field("a", "date"), ["17/03/1975", "1975", "31/02/1975", "x", None]),
        (Field("a", "number"), ["1", "2,5", None, "x"]),
    ],
)
def test_columns_make_of_pages_what_they_make_of_texts(
    tmp_path, item, texts, coded, kind, hands_out_small_pages
):
    values = [texts[i * 7 % len(texts)] for i in range(400)]
    path = written(
        tmp_path / "x.parquet", values, kind, use_dictionary=coded, data_page_size=100, write_batch_size=50
    )
    parts = parts_of(path)
    assert {type(part) for part in parts} == {CodedTexts if coded else PageTexts}
    of_pages, of_texts = COLUMNS[item.kind](item), COLUMNS[item.kind](item)
    begin = 0
    for part in parts:
        rows = [np.full((len(part), of_pages.n_words), 7, np.uint32) for _ in range(2)]
        plain = pa.array(values[begin : begin + len(part)], pa.string())
        begin += len(part)
        for column, given_, out in zip((of_pages, of_texts), (part, plain), rows, strict=True):
            column.encode(given_, out)
        assert np.array_equal(*rows)
        if item.kind == "identifier":
            assert np.array_equal(of_pages.old_numbers, of_texts.old_numbers)
    assert of_pages.report == of_texts.report


def test_damage_is_told_or_does_no_harm(tmp_path, hands_out_small_pages):
    values = ["Nguyễn Văn An", None, "Trần", "Lê", "Lê"] * 20
    path = tmp_path / "x.parquet"
    for how in ({}, {"use_dictionary": False, "compression": "none"}, {"data_page_version": "2.0"}):
        data = written(path, values, **how, row_group_size=60).read_bytes()
        n = data.rindex(b"PAR1") - int.from_bytes(data[-8:-4], "little") - 4
        source = open_source(path)
        for at in range(n):
            for change in (1, 128, 255):
                path.write_bytes(data[:at] + bytes([data[at] ^ change]) + data[at + 1 :])
                try:
                    found = [as_array(part) for block in source.blocks(["a"]) for part in block.read("a")]
                except InputError as error:
                    assert "Văn" not in str(error)
                else:
                    assert sum(map(len, found)) == len(values)
        for n_left in range(0, n, 7):
            path.write_bytes(data[:n_left])
            with pytest.raises(InputError, match=r"x\.parquet"):
                for block in source.blocks(["a"]):
                    list(block.read("a"))


def test_ids_keep_their_type(tmp_path):
    names, days = ["Trần Văn An", "Lê Thị Bình"] * 3, [f"0{i // 2 + 1}/02/1980" for i in range(6)]
    for kind in (pa.string(), pa.large_string()):
        table = pa.table({"record_id": pa.array("abcdef", kind), "full_name": names, "date_of_birth": days})
        pq.write_table(table, tmp_path / "x.parquet")
        assert linkage.dedupe(tmp_path / "x.parquet").pairs["record_id_l"].type == kind


def test_rows_that_arrow_reads_are_shown_as_their_columns_are_encoded(tmp_path):
    columns = {
        "text": ["a", None, "c", "d"],
        "number": [1.0, 2.5, None, 4.0],
        "bytes": [b"ok", b"\xff", None, b""],
        "day": pa.array([0, 1, None, 3], pa.date32()),
    }
    pq.write_table(pa.table(columns), tmp_path / "x.parquet", row_group_size=3)
    found = _rows_of(open_source(tmp_path / "x.parquet"), list(columns), np.array([1, 2, 3]))
    assert found == {
        "text": [None, "c", "d"],
        "number": ["2.5", None, "4"],
        "bytes": ["\ufffd", None, ""],
        "day": ["1970-01-02", None, "1970-01-04"],
    }
