"""Records in every form they come in, and every way in which a file can be broken."""

import unicodedata

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from linkage.errors import InputError, SchemaError, TrainingError
from linkage.fields.page_texts import as_array
from linkage.tables.encoding import detect_encoding
from linkage.tables.opening import open_source
from tests.fields.people import TRUE, matches, people, table
from tests.tables.test_workbooks import workbook

PEOPLE = people()


def as_csv(rows=PEOPLE, delimiter=","):
    lines = [list(rows[0]), *(row.values() for row in rows)]
    return "".join(delimiter.join(map(str, line)) + "\n" for line in lines)


def to_cp1258(text):
    """Windows-1258 has no letter with two marks: the tone follows its letter."""
    out = []
    for char in text:
        marks = [c for c in unicodedata.normalize("NFD", char)[1:] if c in "\u0300\u0301\u0303\u0309\u0323"]
        rest = "".join(c for c in unicodedata.normalize("NFD", char) if c not in marks)
        out.append(unicodedata.normalize("NFC", rest) + "".join(marks))
    return "".join(out).encode("cp1258")


def written(path, data):
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plain.csv", as_csv().encode()),
        ("mark.csv", b"\xef\xbb\xbf" + as_csv().encode()),
        ("semicolon.csv", b"\xef\xbb\xbf" + as_csv(delimiter=";").encode()),
        ("tab.tsv", as_csv(delimiter="\t").encode()),
        ("bar.txt", as_csv(delimiter="|").encode()),
        ("utf16.csv", as_csv().encode("utf-16")),
        ("big_endian.csv", b"\xfe\xff" + as_csv().encode("utf-16-be")),
        ("unmarked.csv", as_csv().encode("utf-16-le")),
        ("unmarked_big_endian.csv", as_csv().encode("utf-16-be")),
        ("utf32.csv", as_csv().encode("utf-32")),
        ("windows.csv", to_cp1258(as_csv())),
        ("returns.csv", as_csv().replace("\n", "\r\n").encode()),
        ("decomposed.csv", unicodedata.normalize("NFD", as_csv()).encode()),
        ("quoted.csv", as_csv().replace("r0,", '"r0",').encode()),
        ("zeros.csv", as_csv().replace("Văn", "V\0ăn").encode()),
        ("unnamed.csv", as_csv().replace("\n", ",,\n").encode()),
        ("damaged.csv", as_csv().encode().replace(b"r50,Ng", b"r50,\xffNg")),
        ("damaged_id.csv", as_csv().encode().replace(b"r50,", b"r50\xff,")),
    ],
)
def test_text_files(tmp_path, name, data):
    assert matches(linkage.dedupe(written(tmp_path / name, data))) == TRUE


def test_a_bad_byte_far_into_a_file_is_no_reason_to_refuse_it(tmp_path):
    lines = (as_csv() * 300).splitlines()
    data = "\n".join(lines).encode()
    assert len(data) > 1 << 20
    at = data.rfind("ễ".encode())
    path = written(tmp_path / "x.csv", data[:at] + b"\xff" + data[at:])
    source = open_source(path)
    assert sum(len(batch) for batch in source.batches(source.columns)) == len(lines) - 1


def test_all_values_of_a_file_are_read_as_text(tmp_path):
    source = open_source(written(tmp_path / "x.csv", b"a,b\n001,1e5\n,2\n"))
    batch = pa.Table.from_batches(list(source.batches(["b", "a"])))
    assert batch.to_pydict() == {"b": ["1e5", "2"], "a": ["001", None]}


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        (b"a,b\n", "utf-8"),
        ("Nguyễn".encode(), "utf-8"),
        ("Nguyễn ".encode() * 9 + b"\xff", "utf-8"),
        (to_cp1258("Nguyễn Văn Đức"), "cp1258"),
        (b"\x90\x9d caf\xe9", "utf-8"),
        (b"\xff\xfea\0", "utf-16"),
        ("họ tên;sinh\nĐỗ Ý;1.2.1990\n".encode("utf-16-le"), "utf-16-le"),
        ("氏名,生年\n山田太郎,1990-01-02\n".encode("utf-16-be"), "utf-16-be"),
        ("a,b\n1,2\n".encode("utf-32"), "utf-32"),
        (b"a\0b,c\0d\n\0" * 9, "utf-8"),
        (b"\0" * 99, "utf-8"),
    ],
)
def test_encodings(tmp_path, data, encoding):
    assert detect_encoding(written(tmp_path / "x.csv", data)) == encoding


def test_a_letter_cut_at_the_end_of_the_sample_says_nothing(tmp_path):
    data = b"a" * ((1 << 20) - 1) + "ễ".encode() * 9
    assert detect_encoding(written(tmp_path / "x.csv", data)) == "utf-8"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.csv", b"", "x.csv: the file is empty"),
        ("x.csv", b"\n\n", "x.csv: expected rows of text, got none"),
        ("x.csv", b"a,b\n\xda\xff,2\n\xda,\xff,3\n", "x.csv, row 3: .* expected 2 columns, got 3"),
        (
            "x.csv",
            as_csv().encode() + b"1,2\n",
            "x.csv, row 112: cannot be read .* expected 5 columns, got 2",
        ),
        ("x.csv", as_csv().encode() + b'1,"2,3,4,5\n', "x.csv, row 112: cannot be read as csv"),
        ("x.xlsx", b"hello", "x.xlsx: cannot be read as a workbook"),
        ("x.parquet", b"hello", "x.parquet: cannot be read as parquet"),
        ("x.arrow", b"hello", "x.arrow: cannot be read as arrow"),
        ("x.json", b' [{"a": 1}]', r"x.json: expected a JSON object a line, got one list"),
        ("x.json", b'{"a": "x"}\n{"a": 1}', "x.json, column 'a', row 2: expected a string .* got a number"),
        (
            "x.jsonl",
            b'{"name": {"a": 1}}',
            r"column 'name': expected .* got struct<a: int64>; exclude it",
        ),
        ("x.html", b"{}", r"x.html: expected .parquet, .csv"),
        ("x", b"a", r"x: expected .parquet, .csv"),
    ],
)
def test_broken_files_are_named(tmp_path, name, data, message):
    with pytest.raises(InputError, match=message):
        linkage.dedupe(written(tmp_path / name, data))


@pytest.mark.parametrize("path", ["nowhere.csv", "nowhere.parquet", "."])
def test_files_that_are_not_there(tmp_path, path):
    with pytest.raises(InputError, match=r"no such file|no file is there"):
        linkage.dedupe(tmp_path / path)


@pytest.mark.parametrize("store_schema", [False, True])
@pytest.mark.parametrize("kind", [pa.string(), pa.binary(), pa.large_string()])
def test_texts_of_a_parquet_file_keep_their_type(tmp_path, monkeypatch, store_schema, kind):
    monkeypatch.setattr("linkage.tables.parquet_files.MOST_SHORT", 300)
    values = [None if i % 7 == 0 else b"%d" % i * (i % 5) for i in range(500)]
    texts = pa.array(values, pa.binary()).cast(kind)
    path, how = tmp_path / "x.parquet", {"use_dictionary": False, "store_schema": store_schema}
    pq.write_table(pa.table({"a": texts}), path, row_group_size=130, **how)
    expected = pq.ParquetFile(path).schema_arrow.field("a").type
    parts = [as_array(part) for block in open_source(path).blocks(["a"]) for part in block.read("a")]
    assert {part.type for part in parts} == {expected}
    assert pa.chunked_array(parts).to_pylist() == texts.cast(expected).to_pylist()


def test_damage_inside_a_parquet_file_is_found_while_reading(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(table(), path)
    data = path.read_bytes()
    with pytest.raises(InputError, match=r"x\.parquet"):
        linkage.dedupe(written(path, data[: len(data) // 2]))
    with pytest.raises(InputError, match=r"x\.parquet"):
        linkage.dedupe(written(path, data[:100] + bytes(600) + data[700:]))


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_records_are_refused(tmp_path, n):
    with pytest.raises(TrainingError, match=f"at least two records to compare, got {n}"):
        linkage.dedupe(table().slice(0, n))
    lines = as_csv().splitlines(keepends=True)[: n + 1]
    with pytest.raises(TrainingError, match=rf"x\.csv: expected at least .* got {n}"):
        linkage.dedupe(written(tmp_path / "x.csv", "".join(lines).encode()))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_header_that_is_there_twice_is_numbered(tmp_path, ending):
    path = tmp_path / f"x.{ending}"
    if ending == "csv":
        path.write_text("a,b,a,a 2\n1,2,3,4\n")
    else:
        workbook(path, [["a", "b", "a", "a 2"], ["1", "2", "3", "4"]])
    source = open_source(path)
    assert source.columns == ["a", "b", "a 3", "a 2"]
    assert next(source.batches(source.columns)).to_pylist() == [{"a": "1", "b": "2", "a 3": "3", "a 2": "4"}]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_without_headers_begins_with_a_record(tmp_path, ending):
    rows = [["Nguyen", "Lan", "1990-02-01", "x@y.vn"], ["Tran", "Hoa", "1981-12-11", "h@y.vn"]]
    path = tmp_path / f"x.{ending}"
    if ending == "csv":
        path.write_text("".join(",".join(row) + "\n" for row in rows))
    else:
        workbook(path, rows)
    source = open_source(path)
    assert source.columns == [f"column {i}" for i in range(1, 5)]
    assert [list(r.values()) for r in next(source.batches(source.columns)).to_pylist()] == rows


class Stream:
    """What a DataFrame of polars, pandas or DuckDB shows of itself."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


VIEWS = pa.schema([(name, pa.string_view()) for name in table().column_names])
LARGE = pa.schema([(name, pa.large_string()) for name in table().column_names])


@pytest.mark.parametrize(
    "records",
    [
        Stream(table()),
        Stream(table().cast(VIEWS)),
        table().cast(LARGE),
        table().combine_chunks().to_batches()[0],
        table().to_reader(max_chunksize=7),
        PEOPLE,
        iter(PEOPLE),
        tuple(PEOPLE),
        [{k: v for k, v in row.items() if v != "Nam"} for row in PEOPLE],
        [{k: v for k, v in row.items() if i or k == "record_id"} for i, row in enumerate(PEOPLE)][::-1],
    ],
    ids=lambda r: type(r).__name__,
)
def test_records_in_memory(records):
    assert matches(linkage.dedupe(records)) >= TRUE - {frozenset(("r0", "d0"))}


def test_dataframes():
    for name in ("polars", "pandas"):
        module = pytest.importorskip(name)
        assert matches(linkage.dedupe(module.DataFrame(PEOPLE))) == TRUE


def test_a_column_that_the_first_mapping_lacks_is_read():
    rows = [{"record_id": 0}, {"record_id": 1, "full_name": "a", "date_of_birth": "1990"}]
    assert open_source(rows).columns == ["record_id", "full_name", "date_of_birth"]


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (5, "expected a path, .* got int"),
        (None, "got NoneType"),
        ({"full_name": ["a"]}, "got dict"),
        (b"abc", "got bytes"),
        ([PEOPLE[0], [1, 2]], "row 2: expected a mapping .*got list"),
        ([{"a": 1}, {"a": []}], "column 'a', row 2: expected a text, a number or a date, got list"),
        (pa.table([[1], [2]], ["a", "a"]), "column 'a' appears twice"),
    ],
)
def test_what_holds_no_records(records, message):
    with pytest.raises(InputError, match=message):
        linkage.dedupe(records)


@pytest.mark.parametrize("records", [[], pa.table({})])
def test_tables_without_records(records):
    with pytest.raises(InputError, match="expected records, got none"):
        linkage.dedupe(records)


def test_a_table_without_a_known_column():
    with pytest.raises(SchemaError, match="no column is recognised"):
        linkage.dedupe(pa.table({"x": [1, 2]}))


def test_the_same_answer_from_every_form(tmp_path):
    pq.write_table(table(), tmp_path / "x.parquet", row_group_size=17)
    written(tmp_path / "x.csv", as_csv().encode())
    given = [tmp_path / "x.parquet", tmp_path / "x.csv", table(), PEOPLE]
    first, *others = (linkage.dedupe(records).pairs for records in given)
    for other in others:
        assert other.equals(first)


@pytest.mark.parametrize("row_group_size", [1, 17, 64, 1000])
def test_columns_read_apart_hold_what_batches_hold(tmp_path, monkeypatch, row_group_size):
    monkeypatch.setattr("linkage.tables.parquet_files.BATCH", 64)
    names = [f"Người {i}" if i % 7 else None for i in range(300)]
    whole = pa.table({"full_name": names, "sex": ["nam" if i % 3 else "nữ" for i in range(300)]})
    pq.write_table(whole, tmp_path / "x.parquet", row_group_size=row_group_size)
    source, found = open_source(tmp_path / "x.parquet"), {"sex": [], "full_name": []}
    for block in source.blocks(list(found)):
        assert block.n_records <= 64
        for column, values in found.items():
            of_block = [text for part in block.read(column) for text in as_array(part).to_pylist()]
            assert len(of_block) == block.n_records
            values += of_block
    assert pa.table(found).select(whole.column_names).equals(whole)


def test_reading_columns_apart_does_not_hold_a_large_row_group(tmp_path, monkeypatch):
    monkeypatch.setattr("linkage.tables.parquet_files.BATCH", 1 << 13)
    path, n = tmp_path / "one_group.parquet", 50 << 13
    table = pa.table({"full_name": [f"{i * 0x9E3779B97F4A7C15 % 2**64:020}" for i in range(n)]})
    pq.write_table(table, path)
    before, most = pa.total_allocated_bytes(), 0
    for block in open_source(path).blocks(["full_name"]):
        for part in block.read("full_name"):
            most = max(most, pa.total_allocated_bytes() - before)
            del part
    assert most < path.stat().st_size // 2


def test_reading_does_not_hold_the_whole_file(tmp_path, monkeypatch):
    monkeypatch.setattr("linkage.tables.parquet_files.BATCH", 1 << 13)
    path, n = tmp_path / "many_groups.parquet", 50 << 13
    table = pa.table({"full_name": [f"{i * 0x9E3779B97F4A7C15 % 2**64:020}" for i in range(n)]})
    pq.write_table(table, path, row_group_size=1 << 13)
    before, most = pa.total_allocated_bytes(), 0
    for batch in open_source(path).batches(["full_name"]):
        most = max(most, pa.total_allocated_bytes() - before)
        assert len(batch) == 1 << 13
        del batch
    assert most < path.stat().st_size // 2
