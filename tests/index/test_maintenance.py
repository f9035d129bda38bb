"""Segments stay few and tombstones short; what fails meanwhile, or is cut off, undoes no commit."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from linkage.errors import IndexStateError, InputError
from linkage.index.compaction import MOST_SEGMENTS, choose_inputs
from linkage.index.connection import Connection
from linkage.index.maintenance import MOST_TOMBSTONE_ROWS
from linkage.index.writer import Writer
from linkage.segment.storage import LOCAL
from tests.index.fakes import FakeEngine, content, create, no_duplicates, open_reader, open_writer, record


def test_segments_stay_few(path: Path) -> None:
    with Writer(path, engine=FakeEngine(), find=no_duplicates, journal_limit=0) as writer:
        for i in range(40):
            writer.upsert(record(f"new {i}", "x"))
            writer.commit()
            assert len(writer.view.open_segments) <= 2 * MOST_SEGMENTS
    with open_reader(path) as reader:
        assert len(reader) == 44
        assert len(list((path / "segments").iterdir())) == len(reader.info()["segments"])


def segments_of(*sizes: tuple[int, int]) -> Any:
    """Segments as `choose_inputs` sees them: records, and how many of them have ended."""
    return [
        SimpleNamespace(row=SimpleNamespace(name=str(n), n_records=n), n_live=n - ended, dead=range(ended))
        for n, ended in sizes
    ]


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ([(1, 0), (10, 0), (100, 0), (1000, 0)], []),
        ([(1, 0), (10, 0), (100, 0), (1000, 0), (10000, 0)], ["1", "10"]),
        ([(10000, 0), (4, 0), (3, 0), (9, 0), (1000, 0)], ["3", "4", "9"]),
        ([(5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (52, 0)], ["5", "6", "7", "8", "9", "52"]),
        ([(5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (90, 0)], ["5", "6", "7", "8", "9"]),
        ([(100, 25), (1000, 0)], []),
        ([(100, 26), (1000, 0)], ["100"]),
    ],
)
def test_segments_to_merge_keep_sizes_apart(sizes: Any, chosen: list[str]) -> None:
    assert choose_inputs(segments_of(*sizes)) == chosen


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
