"""Files that are damaged, or made to do harm: refused with their name and place, in one plain line."""

import io
import os
import struct

import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from linkage.errors import InputError, LinkageError
from linkage.tables.opening import open_source
from tests.fields.people import table
from tests.fields.test_source import as_csv, written


@pytest.mark.parametrize("first", ["null", "1", '"x"', "true"])
def test_a_json_file_begins_with_an_object(tmp_path, first):
    path = written(tmp_path / "x.jsonl", f"{first}\n".encode())
    with pytest.raises(
        InputError, match=r"x\.jsonl: expected a JSON object a line"
    ):  # null ended the process
        open_source(path)


def nested(depth):
    return '{"a":' + "[" * depth + "]" * depth + "}\n"


@pytest.mark.parametrize("lines", [nested(100_000), '{"a":[1]}\n' * 9 + nested(100_000), "[]{}" + nested(70)])
def test_json_deeper_than_anybody_writes_is_refused(tmp_path, lines):
    path = written(tmp_path / "x.jsonl", ('{"a":[1]}\n' + lines).encode())
    with pytest.raises(
        InputError, match=r"x\.jsonl: expected values, got lists or objects more than 64 deep"
    ):
        open_source(path)


def test_brackets_in_texts_are_not_deep(tmp_path):
    lines = f'{{"a":"{"[" * 500}","b":"\\"{"{" * 500}"}}\n' * 3
    source = open_source(written(tmp_path / "x.jsonl", lines.encode()))
    assert next(source.batches(["a"])).column(0).to_pylist() == ["[" * 500] * 3


def test_depth_is_looked_at_across_what_is_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("linkage.tables.json_lines.READ_AT_ONCE", 4096)
    lines = '{"a":[1]}\n' * 399 + '{"a":' + "[" * 200 + "1" + "]" * 200 + "}\n"
    path = written(tmp_path / "x.jsonl", lines.encode())
    # Arrow reads ahead: the second piece may be looked at before the file is open.
    with pytest.raises(InputError, match="more than 64 deep"):
        list(open_source(path).batches(["a"]))


def test_offsets_and_indices_of_an_arrow_file_are_checked(tmp_path):
    people = table()
    coded = people["sex"].combine_chunks().dictionary_encode()
    data = io.BytesIO()
    feather.write_feather(people.set_column(4, "sex", coded), data, compression="uncompressed")
    whole = data.getvalue()
    for values in (people["full_name"].combine_chunks().buffers()[1], coded.indices.buffers()[1]):
        raw = values.to_pybytes()[: 4 * len(people)]
        at = whole.index(raw) + 4 * 50
        for wrong in (0x7FFFFFFF, -1):
            path = written(tmp_path / "x.arrow", whole[:at] + struct.pack("<i", wrong) + whole[at + 4 :])
            with pytest.raises(
                InputError, match=r"x\.arrow, column '(full_name|sex)': its values are damaged"
            ):
                open_source(path)
    # A byte that is no letter is no reason to refuse it, as in any other file.
    name = whole.index("Nguyễn".encode())
    path = written(tmp_path / "x.arrow", whole[:name] + b"\xff" + whole[name + 1 :])
    assert open_source(path).n_records == len(people)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", b"\n\r\n ", bytes(5000), b"\xff\xfe"])
def test_a_text_file_of_nothing_says_so(tmp_path, data):
    with pytest.raises(InputError, match=r"x\.csv: expected rows of text, got none"):
        open_source(written(tmp_path / "x.csv", data))


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.csv")
    for path in (tmp_path / "x.csv", "/dev/null"):
        with pytest.raises(InputError, match=r"(x\.csv|null): expected a file or a folder"):
            open_source(path)
    with pytest.raises(InputError, match="no file is there"):
        open_source(tmp_path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", ",".join(f"c{i}" for i in range(5000)) + "\n" + "1," * 4999 + "1\n"),
        ("x.jsonl", "{" + ",".join(f'"c{i}":1' for i in range(5000)) + "}\n"),
    ],
)
def test_a_table_of_thousands_of_columns_is_refused(tmp_path, name, data):
    with pytest.raises(InputError, match=rf"{name}: expected at most 4,096 columns, got 5,000"):
        open_source(written(tmp_path / name, data.encode()))


@pytest.mark.parametrize("head", ["a,b\n" + "A" * (33 << 20) + ",1\n", '"' + as_csv()], ids=["long", "open"])
def test_why_a_row_cannot_be_read_is_said(tmp_path, head):
    path = written(tmp_path / "x.csv", (head + "x,y\n").encode())
    with pytest.raises(
        InputError, match=r"x\.csv.* a quote that is not closed, or a row of more than 16 MiB"
    ):
        list(open_source(path).batches(["a"]))


def test_what_a_library_says_in_several_lines_is_said_in_one(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(table(), path)
    data = path.read_bytes()
    n = int.from_bytes(data[-8:-4], "little")
    with pytest.raises(InputError, match=r"x\.parquet: cannot be read as parquet") as caught:
        open_source(written(path, data[: -8 - n] + b"\xff" * n + data[-8:]))
    assert str(caught.value).isprintable()


def test_errors_are_of_the_library_and_plain():
    assert issubclass(InputError, LinkageError)
    assert issubclass(InputError, ValueError)


@pytest.mark.parametrize("n_before", [0, 200_000])
def test_a_row_of_too_many_cells_is_named_and_not_shown(tmp_path, n_before):
    path = tmp_path / "people.csv"
    path.write_text("full_name,date_of_birth\n" + "An,1990\n" * n_before + "Secret,Name,1990\nAn,1990\n")
    with pytest.raises(InputError, match=r"people.csv.* expected 2 columns, got 3") as caught:
        list(open_source(path).batches(["full_name"]))
    assert "Secret" not in str(caught.value)
    assert f"row {n_before + 2}" in str(caught.value)
