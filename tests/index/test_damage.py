"""Catalogs with changed bytes, rows and files: a typed error or the right answer, never another one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
from pyroaring import BitMap

from linkage.errors import IndexStateError, LinkageError
from linkage.index.catalog import CATALOG
from linkage.index.rows import TABLES, State, checksum_of
from tests.index.fakes import content, create, open_reader, open_writer, record

STRIDE = 41
"""Every byte takes minutes (`make proof`); this many apart, every structure is still hit many times."""


@pytest.fixture
def folder() -> Iterator[Path]:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.fixture
def path(folder: Path) -> Path:
    """An index with something in every table."""
    target = folder / "people.idx"
    create(target, [record(f"r{i}", f"name {i}") for i in range(20)])
    with open_writer(target) as writer:
        writer.upsert([record("r3", "third"), record("new", "new")])
        writer.delete(["r5"])
        writer.add_identifier("r1", "number", "079203001234")
        writer.commit()
        with writer.locked():
            writer.maintenance.flush()
        writer.upsert([record("r4", "fourth"), record("newer", "newer")])
        writer.delete(["new"])
    return target


def _read_all(path: Path) -> Any:
    with open_reader(path) as reader:
        return content(reader), reader.identifiers("r1"), reader.find_identifier("number", "079203001234")


def _flip_bytes(path: Path, stride: int) -> int:
    """Flip bytes of the catalog one at a time; how many were noticed.

    Records are verified as they are read. Further identifiers are found through an index of SQLite's, of
    which a look-up reads a page or two: there a fault may go unnoticed until `check`, as in a segment.
    """
    catalog = path / CATALOG
    good, expected = catalog.read_bytes(), _read_all(path)
    noticed = 0
    for at in range(0, len(good), stride):
        damaged = bytearray(good)
        damaged[at] ^= 0xFF if at % 2 else 1 << at % 8
        catalog.write_bytes(damaged)
        try:
            found = _read_all(path)
            assert found[0] == expected[0], at
            with open_reader(path) as reader:
                reader.check()
            assert found == expected, at
        except LinkageError as error:
            noticed += 1
            assert not any(text in str(error) for text in ("third", "fourth", "079203001234")), at
    catalog.write_bytes(good)
    assert _read_all(path) == expected
    return noticed


def test_changed_bytes_of_the_catalog(path: Path) -> None:
    assert _flip_bytes(path, STRIDE) > 30


@pytest.mark.long
def test_every_byte_of_the_catalog(path: Path) -> None:
    assert _flip_bytes(path, 1) > 1200


def test_cut_catalogs(path: Path) -> None:
    good = (path / CATALOG).read_bytes()
    for size in {0, 1, 15, 16, 99, 100, 511, 4095, *range(4096, len(good), 4096), len(good) - 1}:
        (path / CATALOG).write_bytes(good[:size])
        with pytest.raises(LinkageError):
            _read_all(path)


@pytest.mark.parametrize("cut", [1, 7, 100, 1000, 4095, 4096, 5000, 9000])
def test_a_cut_catalog_is_noticed_when_it_is_opened(path: Path, cut: int) -> None:
    """Nothing of the last page may be needed to look somebody up: SQLite reads what is missing as zeros."""
    good = (path / CATALOG).read_bytes()
    (path / CATALOG).write_bytes(good[:-cut])
    with pytest.raises(IndexStateError, match=r"expected \d+ bytes, found|malformed"):
        open_reader(path)


@pytest.mark.parametrize("open_index", [open_reader, open_writer])
def test_a_pipe_in_the_place_of_the_journal_is_not_waited_for(path: Path, open_index: Any) -> None:
    journal = Path(f"{path / CATALOG}-journal")
    journal.unlink(missing_ok=True)
    os.mkfifo(journal)
    with pytest.raises(IndexStateError, match="journal: is not a file"):
        open_index(path)


@pytest.mark.parametrize("table", TABLES)
def test_lost_rows(path: Path, table: str) -> None:
    """A row that has gone without a trace in SQLite's structures."""
    _execute(path, f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
    with pytest.raises(IndexStateError, match=r"missing|not live"):
        open_reader(path).check()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET payload = zeroblob(5)",
        "UPDATE journal SET record_id = 'other' WHERE payload IS NOT NULL",
        "UPDATE journal SET record_id = 7",
        "UPDATE journal SET payload = NULL",
        "UPDATE journal SET record_id = CAST(x'ff00' AS TEXT)",
        "UPDATE tombstones SET bitmap = x'3a30000000000000'",
        "UPDATE segments SET n_records = n_records + 1",
        "UPDATE segments SET name = '../../etc/passwd'",
        "UPDATE state SET body = x''",
        "UPDATE state SET checksum = 'x'",
        "DELETE FROM state",
        "PRAGMA user_version = 2",
        "PRAGMA application_id = 5",
        "DROP INDEX identifiers_by_code",
        "CREATE TABLE more (x)",
        "CREATE TRIGGER t AFTER INSERT ON journal BEGIN SELECT 1; END",
    ],
)
def test_changed_rows(path: Path, change: str) -> None:
    _execute(path, change)
    with pytest.raises(IndexStateError) as caught:
        _read_all(path)
    assert str(path) in str(caught.value)


def test_changed_model(path: Path) -> None:
    _execute(path, "UPDATE model SET body = x'00'")
    with pytest.raises(IndexStateError, match="model"):
        open_reader(path).check()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        msgpack.packb([1, 2, 3]),
        msgpack.packb(["a", None]),
        msgpack.packb({"a": 1}),
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 5000,
    ],
)
def test_hostile_payloads(path: Path, payload: bytes) -> None:
    """Rows whose checksums are right: whoever made them knows the format."""
    _forge(path, "journal", lambda row: (*row[:2], payload))
    with pytest.raises(IndexStateError, match="journal"):
        _read_all(path)


@pytest.mark.parametrize(
    "bitmap",
    [
        b"",
        b"\x3a\x30\x00\x00\xff\xff\xff\x7f" + bytes(64),
        b"\xff" * 100,
        BitMap([10**6]).serialize(),
        BitMap([21]).serialize()[:-1],
    ],
)
def test_hostile_bitmaps(path: Path, bitmap: bytes) -> None:
    _forge(path, "tombstones", lambda row: (*row[:3], bitmap))
    with pytest.raises(IndexStateError, match="tombstone"):
        _read_all(path)


def test_missing_segment(path: Path) -> None:
    next((path / "segments").iterdir()).unlink()
    with pytest.raises(IndexStateError, match="no such file"):
        open_reader(path)


def test_segment_of_another_size(path: Path) -> None:
    with next((path / "segments").iterdir()).open("ab") as file:
        file.write(b" ")
    with pytest.raises(IndexStateError, match="bytes"):
        open_reader(path)


def test_no_index(folder: Path) -> None:
    for target in (folder / "none", folder):
        with pytest.raises(IndexStateError, match="expected an index"):
            open_reader(target)
    with pytest.raises(IndexStateError, match="expected an index"):
        open_writer(folder / "none")
    assert not (folder / "none").exists()


def test_damage_found_while_reading_on(path: Path) -> None:
    """A reader that is open keeps its snapshot and says what is wrong with the next."""
    reader = open_reader(path)
    before = content(reader)
    with open_writer(path) as writer:
        writer.upsert(record("r9", "again"))
    _execute(path, "UPDATE journal SET payload = zeroblob(3) WHERE record_id = 'r9'")
    with pytest.raises(IndexStateError, match="journal is damaged"):
        reader.refresh()
    assert content(reader) == before


def test_a_copy_is_an_index(path: Path, folder: Path) -> None:
    shutil.copytree(path, folder / "copy.idx")
    assert _read_all(folder / "copy.idx") == _read_all(path)


def _execute(path: Path, statement: str, values: Any = ()) -> None:
    connection = sqlite3.connect(path / CATALOG, isolation_level=None)
    connection.execute(statement, values)
    connection.close()


def _forge(path: Path, table: str, change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> None:
    """Change all rows of a table that have a content, with checksums and digests to fit."""
    connection = sqlite3.connect(path / CATALOG, isolation_level=None)
    (body,) = connection.execute("SELECT body FROM state").fetchone()
    state = State.unpack(body)
    rows = [row[:-1] for row in connection.execute(f"SELECT * FROM {table}").fetchall()]
    connection.execute(f"DELETE FROM {table}")
    state.digests[table] = 0
    for row in rows:
        forged = change(row) if row[-1] is not None else row
        checksum = checksum_of(table, forged)
        state.add(table, [checksum])
        marks = ", ".join("?" * (len(forged) + 1))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", (*forged, checksum))
    packed = state.pack()
    connection.execute("UPDATE state SET body = ?, checksum = ?", (packed, checksum_of("state", [packed])))
    connection.close()
