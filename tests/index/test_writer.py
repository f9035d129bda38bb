"""What a writer promises beyond its commits: one at a time, clear errors, nothing half done."""

from __future__ import annotations

import os
import pickle
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from linkage.errors import IndexLockedError, IndexStateError, InputError, LinkageError
from linkage.index.compaction import MOST_SEGMENTS
from linkage.index.connection import Connection
from linkage.index.index import Index
from linkage.index.maintenance import MOST_TOMBSTONE_ROWS
from linkage.index.writer import Writer
from linkage.segment.storage import LOCAL
from tests.index.fakes import FakeEngine, content, create, no_duplicates, open_reader, open_writer, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return create(tmp_path / "people.idx", [record(f"r{i}", f"name {i}") for i in range(4)])


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    with open_writer(path) as opened:
        yield opened


def test_one_writer(path: Path, writer: Writer) -> None:
    with pytest.raises(IndexLockedError, match=f"process {os.getpid()} on "):
        open_writer(path)
    writer.close()
    open_writer(path).close()


def test_context_manager_commits_unless_there_is_an_error(path: Path) -> None:
    with open_writer(path) as writer:
        writer.upsert(record("a"))
    with pytest.raises(ZeroDivisionError), open_writer(path) as writer:
        writer.upsert(record("b"))
        raise ZeroDivisionError
    assert set(content(open_reader(path))) == {"r0", "r1", "r2", "r3", "a"}


def test_closed(path: Path, writer: Writer) -> None:
    writer.close()
    writer.close()
    with pytest.raises(IndexStateError, match="closed"):
        writer.commit()
    reader = open_reader(path)
    reader.close()
    reader.close()
    with pytest.raises(IndexStateError, match="closed"):
        len(reader)
    with pytest.raises(IndexStateError, match="closed"):
        reader.refresh()


def test_result_says_what_was_affected(writer: Writer) -> None:
    writer.upsert([record("r1", "x"), record("a")])
    writer.delete(["r0", "nobody"])
    writer.delete("r2")
    result = writer.commit()
    assert (result.generation, result.n_upserted, result.n_deleted) == (2, 2, 2)
    assert result.affected == ("r1", "a", "r0", "r2")
    assert "r1" not in repr(result)
    again = writer.commit()
    assert (again.generation, again.n_upserted, again.affected) == (2, 0, ())


def test_duplicates_are_looked_for_when_asked_for(path: Path) -> None:
    asked: list[list[str]] = []

    def find(snapshot: Any, records: Any) -> list[Any]:
        asked.append([r["record_id"] for r in records])
        assert "a" in content(snapshot)
        return ["found"]

    writer = Writer(path, engine=FakeEngine(), find=find, background=False)
    writer.upsert([record("a"), record("b")])
    writer.delete("r0")
    result = writer.commit()
    assert not asked
    assert result.duplicates == ("found",)
    assert result.duplicates == ("found",)
    assert asked == [["a", "b"]]
    writer.delete("a")
    assert writer.commit().duplicates == ()
    writer.close()


def test_tables_of_any_kind(path: Path, writer: Writer) -> None:
    table = pa.table({"record_id": ["a", "b"], "Name": ["x", None], "number": [12, None], "other": [1, 2]})
    assert writer.upsert(table) == 2
    assert writer.upsert({"record_id": 7, "name": "y"}) == 1
    writer.commit()
    found = content(open_reader(path))
    assert found["a"] == {"record_id": "a", "name": "x", "number": "12", "phone": None}
    assert found["b"] == record("b")
    assert found["7"]["name"] == "y"


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ({"name": "secret"}, "record id"),
        ({"record_id": "", "name": "secret"}, "record id"),
        ({"record_id": "a", "nickname": "secret"}, "no field 'nickname'"),
        ({"record_id": "a", "name": ["secret"]}, "row 1, field 'name': expected a text, got list"),
        ([{"record_id": "a"}, "secret"], "row 2: expected a mapping"),
        ({"record_id": "a", "name": "secret\ud800"}, "surrogate"),
        ({"record_id": "secret\ud800"}, "surrogate"),
        ({"record_id": "a", "name": "secret" * 200_000}, "at most"),
        (pa.table({"name": ["secret"]}), "column 'record_id'"),
        (pa.table({"record_id": pa.array([None], pa.string())}), "record id"),
    ],
)
def test_records_that_do_not_fit(path: Path, writer: Writer, records: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        writer.upsert(records)
    assert "secret" not in str(caught.value)
    assert writer.commit().generation == 1


def test_ids_that_do_not_fit(writer: Writer) -> None:
    with pytest.raises(InputError, match="as text, got int"):
        writer.delete([1])  # type: ignore[list-item]


def test_identifiers_have_status_and_dates(path: Path, writer: Writer) -> None:
    writer.add_identifier("r1", "number", "079203001234", valid_from="2021-03-01")
    writer.upsert(record("a"))
    writer.add_identifier("a", "phone", "0912 345 678")
    writer.commit()
    writer.cancel_identifier("r1", "number", "079 203 001 234", valid_to="2024-05-02")
    writer.commit()
    reader = open_reader(path)
    (found,) = reader.find_identifier("number", "079203001234")
    assert found[2:] == ("079 203 001 234", "cancelled", "2021-03-01", "2024-05-02")
    assert reader.identifiers("r1") == [found]
    assert [i.record_id for i in reader.find_identifier("phone", "+84912345678")] == ["a"]
    assert reader.find_identifier("number", "079203001235") == []
    assert reader.find_identifier("number", "?") == []
    writer.delete("r1")
    writer.commit()
    assert reader.identifiers("r1") == [found], "a snapshot does not change"
    reader.refresh()
    assert reader.identifiers("r1") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody", "number", "079203001234"), "a record that is there"),
        (("r1", "name", "079203001234"), "expected an identifier or a phone"),
        (("r1", "number", "  "), "without one"),
        (("r1", "nickname", "1"), "no field"),
    ],
)
def test_identifiers_that_do_not_fit(writer: Writer, arguments: Any, message: str) -> None:
    with pytest.raises(LinkageError, match=message) as caught:
        writer.add_identifier(*arguments)
    assert "079203001234" not in str(caught.value)
    assert writer.commit().generation == 1


def test_history_of_deleted_records_goes_with_compactions(path: Path, writer: Writer) -> None:
    writer.add_identifier("r1", "number", "079203001234")
    writer.commit()
    writer.delete("r1")
    writer.commit()
    for _ in range(2):
        writer.upsert(record("r0", "x"))
        writer.commit()
        writer.compact()
    assert b"079203001234" not in (path / "catalog.sqlite").read_bytes()
    open_reader(path).check()


def test_segments_stay_few(path: Path) -> None:
    with Writer(path, engine=FakeEngine(), find=no_duplicates, journal_limit=0) as writer:
        for i in range(40):
            writer.upsert(record(f"new {i}", "x"))
            writer.commit()
            assert len(writer.view.open_segments) <= 2 * MOST_SEGMENTS
    with open_reader(path) as reader:
        assert len(reader) == 44
        assert len(list((path / "segments").iterdir())) == len(reader.info()["segments"])


def test_tombstones_are_united(tmp_path: Path) -> None:
    n = MOST_TOMBSTONE_ROWS + 8
    path = create(tmp_path / "many.idx", [record(f"r{i}") for i in range(n)])
    reader = open_reader(path)
    with open_writer(path) as writer:
        for i in range(n - 1):
            writer.delete(f"r{i}")
            writer.commit()
        assert writer.view.n_tombstones < 8
    reader.refresh()
    assert set(content(reader)) == {f"r{n - 1}"}


def test_everything_deleted_and_begun_again(path: Path, writer: Writer) -> None:
    writer.delete([f"r{i}" for i in range(4)])
    writer.commit()
    writer.compact()
    with open_reader(path) as reader:
        assert len(reader) == 0
        assert reader.info()["segments"] == []
        assert pa.table(reader).num_rows == 0
    writer.upsert(record("a", "x"))
    writer.commit()
    writer.compact()
    assert content(open_reader(path)) == {"a": record("a", "x")}


def test_commits_beside_a_compaction_in_a_thread(path: Path) -> None:
    building, go_on = threading.Event(), threading.Event()

    class SlowEngine(FakeEngine):
        def build(self, source: Any, model: Any, target: Any, storage: Any, base: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                building.set()
                assert go_on.wait(60)
            return super().build(source, model, target, storage, base)

    writer = Writer(path, engine=SlowEngine(), find=no_duplicates, background=False)
    writer.upsert([record("a", "x"), record("b", "x")])
    writer.commit()
    writer.compact(wait=False)
    assert building.wait(60)
    writer.delete(["r0", "a"])
    writer.upsert(record("b", "y"))
    writer.commit()
    reader = open_reader(path)
    expected = {**{f"r{i}": record(f"r{i}", f"name {i}") for i in range(1, 4)}, "b": record("b", "y")}
    assert content(reader) == expected
    go_on.set()
    writer.close()
    assert reader.refresh()
    assert content(reader) == expected
    assert len(reader.info()["segments"]) == 1


class FullDisk:
    """A storage on which nothing more can be written."""

    def __getattr__(self, name: str) -> Any:
        if name in ("create", "write"):
            return self._fail
        return getattr(LOCAL, name)

    def _fail(self, *args: Any) -> Any:
        raise OSError(28, "No space left on device")


def test_a_flush_that_fails_undoes_no_commit(path: Path) -> None:
    writer = open_writer(path, journal_limit=0, storage=FullDisk())
    writer.upsert(record("a"))
    assert writer.commit().generation == 2
    writer.upsert(record("b"))
    assert writer.commit().generation == 3
    with pytest.raises(InputError, match="No space left"):
        writer.close()
    assert {"a", "b"} <= set(content(open_reader(path)))
    open_writer(path).close()


def test_a_compaction_that_fails_leaves_all_as_it_was(path: Path) -> None:
    writer = open_writer(path, storage=FullDisk())
    writer.delete("r1")
    writer.commit()
    with pytest.raises(InputError, match="No space left"):
        writer.compact()
    writer.upsert(record("a"))
    writer.commit()
    writer.close()
    assert set(content(open_reader(path))) == {"r0", "r2", "r3", "a"}


def test_a_transaction_that_fails_can_be_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = open_writer(path)
    writer.upsert(record("a"))
    execute = Connection.execute

    def fail(self: Connection, statement: str, values: Any = ()) -> Any:
        if statement.startswith("UPDATE state"):
            raise IndexStateError("database or disk is full")
        return execute(self, statement, values)

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "execute", fail)
        with pytest.raises(IndexStateError, match="full"):
            writer.commit()
    assert "a" not in content(open_reader(path))
    assert writer.commit().n_upserted == 1
    writer.close()
    assert "a" in content(open_reader(path))


def test_an_unknown_outcome_ends_the_writer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = open_writer(path)
    writer.upsert(record("a"))
    execute = Connection.execute

    def fail(self: Connection, statement: str, values: Any = ()) -> Any:
        found = execute(self, statement, values)
        if statement == "COMMIT":
            raise IndexStateError("disk I/O error")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "execute", fail)
        with pytest.raises(IndexStateError, match="I/O"):
            writer.commit()
    with pytest.raises(IndexStateError, match="interrupted"):
        writer.commit()
    writer.close()
    assert "a" in content(open_reader(path))


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
