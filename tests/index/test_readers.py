"""Readers beside a writer: in other threads, pickled, after a fork; what they read, and what it costs."""

from __future__ import annotations

import os
import pickle
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from linkage.errors import IndexLockedError, IndexStateError
from linkage.index.connection import Connection
from linkage.index.index import Index
from linkage.index.writer import Writer
from tests.index.fakes import content, create, open_reader, open_writer, record


def test_readers_in_other_threads(path: Path, writer: Writer) -> None:
    """Refreshes and reads of one index from several threads, while commits come."""
    reader, stop, faults = open_reader(path), threading.Event(), []

    def read() -> None:
        try:
            while not stop.is_set():
                reader.refresh()
                assert len(content(reader)) >= 4
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(30):
        writer.upsert([record(f"new {i}", "x"), record("r1", f"{i}")])
        writer.commit()
        if i % 10 == 9:
            writer.compact()
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    reader.refresh()
    assert len(reader) == 34


def test_pickled_readers_reopen(path: Path, writer: Writer) -> None:
    reader = open_reader(path)
    copied: Index = pickle.loads(pickle.dumps(reader))
    assert content(copied) == content(reader)
    with pytest.raises(IndexStateError, match="cannot be pickled"):
        pickle.dumps(writer)
    data = pickle.dumps(reader)
    for file in (path / "segments").iterdir():
        file.unlink()
    with pytest.raises(IndexStateError):
        pickle.loads(data)


def test_an_index_put_back_is_not_the_pickled_one(tmp_path: Path, path: Path) -> None:
    with open_writer(path) as writer:
        writer.upsert(record("a"))
    data = pickle.dumps(open_reader(path))
    path.rename(tmp_path / "away.idx")
    create(path, [record("r0")])
    with pytest.raises(IndexStateError, match="generation 2 or later, found 1"):
        pickle.loads(data)


def _in_child(work: Any) -> int:
    """Exit code of a forked child: 0 when `work` returns true."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if work() else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_readers_go_on_after_a_fork(path: Path, writer: Writer) -> None:
    reader = open_reader(path)
    before = content(reader)
    writer.upsert(record("a"))
    writer.commit()

    def child() -> bool:
        same = content(reader) == before
        return same and reader.refresh() and "a" in content(reader) and not reader.refresh()

    assert _in_child(child) == 0
    assert content(reader) == before
    assert reader.refresh()


def test_writers_end_with_a_fork(path: Path, writer: Writer) -> None:
    writer.upsert(record("a"))

    def child() -> bool:
        for operation in (writer.commit, writer.rollback, lambda: writer.upsert(record("b"))):
            with pytest.raises(IndexStateError, match="does not survive fork"):
                operation()
        with pytest.raises(IndexLockedError):
            open_writer(path)
        writer.close()
        return True

    assert _in_child(child) == 0
    writer.commit()
    assert "a" in content(open_reader(path))


def test_a_living_child_does_not_keep_the_lock(path: Path) -> None:
    writer = open_writer(path)
    ear, mouth = os.pipe()  # the child ends when the parent closes its end
    forked, says_so = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(mouth)
        os.write(says_so, b"x")
        os.read(ear, 1)
        os._exit(0)
    try:
        os.read(forked, 1)
        writer.close()
        open_writer(path).close()
    finally:
        for handle in (ear, mouth, forked, says_so):
            os.close(handle)
        os.waitpid(child, 0)


def test_sqlite_is_set_up_as_promised(writer: Writer) -> None:
    pragmas = {name: writer.view.catalog.connection.execute(f"PRAGMA {name}")[0][0] for name in
               ("journal_mode", "synchronous", "secure_delete", "trusted_schema")}  # fmt: skip
    assert pragmas == {"journal_mode": "persist", "synchronous": 3, "secure_delete": 1, "trusted_schema": 0}


def test_readers_write_nothing(path: Path) -> None:
    reader = open_reader(path)
    with pytest.raises(IndexStateError, match="readonly"):
        reader._view.catalog.connection.execute("DELETE FROM journal")


def test_whole_index_as_a_table(path: Path, writer: Writer) -> None:
    writer.delete("r1")
    writer.upsert(record("a", "x", "12"))
    writer.commit()
    table = pa.table(open_reader(path))
    assert table.column_names == ["record_id", "name", "number", "phone"]
    assert {row["record_id"]: row for row in table.to_pylist()} == content(open_reader(path))


def test_representations_hold_no_record(path: Path, writer: Writer) -> None:
    assert repr(open_reader(path)) == f"Index({str(path)!r}, generation=1, n_records=4)"
    assert repr(writer) == f"Writer({str(path)!r}, generation=1)"


def test_a_refresh_without_news_reads_one_number(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = open_reader(path)
    statements: list[str] = []
    execute = Connection.execute
    monkeypatch.setattr(
        Connection,
        "execute",
        lambda self, sql, values=(): (statements.append(sql), execute(self, sql, values))[1],
    )
    assert not reader.refresh()
    assert statements == ["PRAGMA data_version"]


def test_small_commits_make_few_segments_in_memory(path: Path, writer: Writer) -> None:
    reader = open_reader(path)
    engine: Any = reader._engine
    for i in range(100):
        writer.upsert(record(f"new {i}", "x"))
        writer.commit()
        reader.refresh()
        assert len(reader.snapshot.parts) <= 1 + 3
    assert engine.n_built == 100
    assert len(reader) == 104


def test_the_journal_of_a_foreign_sqlite_is_not_in_the_way(path: Path) -> None:
    """A reader may look at the catalog with SQLite's own tool without disturbing a commit."""
    other = sqlite3.connect(path / "catalog.sqlite")
    other.execute("SELECT count(*) FROM journal").fetchall()
    with open_writer(path) as writer:
        writer.upsert(record("a"))
    assert other.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    other.close()
