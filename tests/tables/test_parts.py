"""Folders, patterns, compressed texts and JSON lines hold what one plain file holds."""

import gzip
import json
import os
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from linkage.errors import InputError
from linkage.fields.page_texts import as_array
from linkage.tables.opening import open_source
from linkage.tables.parquet_files import BATCH

ROWS = [
    {"id": f"{i:03}", "full_name": f"Người {i % 7}", "date_of_birth": f"19{50 + i % 40}-02-0{1 + i % 9}"}
    for i in range(60)
]
COLUMNS = list(ROWS[0])


def rows_of(path):
    source = open_source(path)
    assert source.columns == COLUMNS
    blocks = [
        {name: [x for part in block.read(name) for x in as_array(part).to_pylist()] for name in COLUMNS}
        for block in source.blocks(COLUMNS)
    ]
    read = [dict(zip(COLUMNS, row, strict=True)) for b in blocks for row in zip(*b.values(), strict=True)]
    assert read == [row for batch in source.batches(COLUMNS) for row in batch.to_pylist()]
    return read


def as_csv(rows):
    return "\n".join([",".join(COLUMNS), *(",".join(row.values()) for row in rows), ""]).encode()


def parquet_folder(path, at=(0, 17, 40, 60)):
    (path / "deep").mkdir(parents=True)
    for k, (begin, end) in enumerate(pairwise(at)):
        place = path / ("deep" if k == 0 else "") / f"part-{k}.parquet"
        table = pa.Table.from_pylist(ROWS[begin:end])
        pq.write_table(table.select(COLUMNS if k == 0 else COLUMNS[::-1]), place)
    return path


def test_a_folder_is_the_table_of_its_files(tmp_path):
    folder = parquet_folder(tmp_path / "people")
    (folder / "_SUCCESS").touch()
    (folder / ".part-0.parquet.crc").write_bytes(b"x")
    assert rows_of(folder) == ROWS
    assert open_source(folder).n_records == 60
    assert rows_of(folder / "deep" / "part-*.parquet") == ROWS[:17]


def test_a_folder_of_csv_files(tmp_path):
    (tmp_path / "a.csv").write_bytes(as_csv(ROWS[:20]))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(as_csv(ROWS[20:])))
    assert rows_of(tmp_path) == ROWS
    assert open_source(tmp_path).n_records is None


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".zst"])
def test_compressed_texts(tmp_path, ending):
    path = str(tmp_path / f"people.csv{ending}")
    with pa.output_stream(path) as file:
        file.write(as_csv(ROWS))
    assert rows_of(path) == ROWS


def test_json_lines_keep_texts_that_look_like_dates_or_numbers(tmp_path):
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)))
    assert rows_of(path) == ROWS
    assert open_source(path).columns == COLUMNS


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ({"id": "60", "nickname": "x"}, "people.jsonl: a column appears"),
        ({"id": 7}, "people.jsonl, column 'id': expected a string as before, got a number"),
    ],
)
def test_what_comes_late_in_json_lines_is_not_dropped(tmp_path, monkeypatch, last, message):
    monkeypatch.setattr("linkage.tables.json_lines.READ_AT_ONCE", 1 << 10)
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join(map(json.dumps, [*ROWS, last])))
    with pytest.raises(InputError, match=message):
        list(open_source(path).batches(["id"]))


def test_answers_do_not_depend_on_how_the_rows_are_filed(tmp_path):
    folder = parquet_folder(tmp_path / "people")
    whole = linkage.dedupe(pa.Table.from_pylist(ROWS))
    apart = linkage.dedupe(folder)
    assert apart.pairs.equals(whole.pairs)


def test_a_changed_part_is_another_input(tmp_path):
    from linkage.checkpoint import fingerprint
    from linkage.schema import citizen_schema

    folder = parquet_folder(tmp_path / "people")

    def told():
        return fingerprint([open_source(folder)], citizen_schema(), {}, None, {})

    before = told()
    assert before == told()
    os.utime(folder / "part-1.parquet", ns=(1, 1))
    assert told() != before


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "people: no file is there"),
        ({"a.csv": b"id,name\n1,x\n", "b.csv": b"id,nom\n2,y\n"}, "people: column 'name' is not in .*b.csv"),
        ({"a.csv": b"id\n1\n", "b.csv": b"id,nom\n2,y\n"}, "people: column 'nom' is only in .*b.csv"),
        ({"a.csv": b"id,name\n1,x\n", "readme.md": b"x"}, "readme.md: expected .parquet, .csv"),
        ({"a.csv": b"id,name\n1,x\n", "b.csv": b""}, "b.csv: the file is empty"),
        ({"a.jsonl": b'{"id": "1"}\n{"id": 2}\n'}, "a.jsonl, column 'id', row 2: expected a string"),
        ({"a.jsonl": b'{"id": "1"}\n{"id": "2\n'}, "a.jsonl, row 2: cannot be read as JSON"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, files, message):
    folder = tmp_path / "people"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        list(open_source(folder).batches([]))


def test_a_pattern_that_fits_nothing(tmp_path):
    with pytest.raises(InputError, match="no file is there"):
        open_source(tmp_path / "*.csv")


def test_batches_do_not_cross_files(tmp_path):
    blocks = list(open_source(parquet_folder(tmp_path / "people")).blocks(COLUMNS))
    assert [block.n_records for block in blocks] == [17, 23, 20]
    assert BATCH > 60
