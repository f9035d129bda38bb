"""A kill at every step of every kind of commit: afterwards the index is as before it or as after it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linkage.errors import IndexStateError, InputError
from linkage.index.writer import Writer
from tests.index.fakes import Record, content, create, open_reader, open_writer, record
from tests.index.stepping import Killed, Steps, abandon, die, stepping

Action = Callable[[Writer], None]
BEFORE = {f"r{i}": record(f"r{i}", f"name {i}") for i in range(6)}
STEPS = 600
"""More than any of the actions has: that the last ones run through is asserted."""


@pytest.fixture
def folder() -> Iterator[Path]:
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


def _change(writer: Writer) -> dict[str, Record]:
    """Upserts, a delete and an identifier, not committed; what they make of `BEFORE`."""
    new = [record("r1", "other name"), record("new", "new name")]
    writer.upsert(new)
    writer.delete(["r2", "nobody"])
    writer.add_identifier("r3", "number", "079203001234", status="current")
    after = {k: v for k, v in BEFORE.items() if k != "r2"}
    return after | {str(r["record_id"]): r for r in new}


def commit(writer: Writer) -> None:
    _change(writer)
    writer.commit()


def flush(writer: Writer) -> None:
    with writer.locked():
        writer.maintenance.flush()


def merge(writer: Writer) -> None:
    """Compaction as its thread does it, in this thread."""
    maintenance = writer.maintenance
    with writer.locked():
        maintenance.flush()
        plan = maintenance.begin(list(writer.view.open_segments))
    maintenance.build(plan)
    with writer.locked():
        maintenance.finish(plan)


def merge_beside_commit(writer: Writer) -> None:
    """A commit comes while the merged segment is built."""
    maintenance = writer.maintenance
    plan = maintenance.begin(list(writer.view.open_segments))
    maintenance.build(plan)
    commit(writer)
    with writer.locked():
        maintenance.finish(plan)


def _nothing(writer: Writer) -> None:
    pass


CASES: dict[str, tuple[int, Action, Action]] = {
    "commit": (1000, _nothing, commit),
    "commit and flush": (0, _nothing, commit),
    "flush": (1000, commit, flush),
    "merge": (0, commit, merge),
    "merge beside commit": (0, _nothing, merge_beside_commit),
}


def _begin(path: Path, limit: int, prepare: Action) -> dict[str, Record]:
    """Make the index of a case, and tell what it holds once it is changed."""
    create(path, list(BEFORE.values()))
    with open_writer(path, journal_limit=limit) as writer:
        after = _change(writer)
        writer.rollback()
        prepare(writer)
    return after


@pytest.mark.parametrize("case", CASES)
def test_killed_at_every_step(case: str, folder: Path) -> None:
    limit, prepare, act = CASES[case]
    start = folder / "start.idx"
    after = _begin(start, limit, prepare)
    before = _read(start)
    assert before[0] in (BEFORE, after)
    outcomes = set()
    for at in range(STEPS):
        target = folder / "people.idx"
        shutil.copytree(start, target)
        killed = _kill_at(target, at, limit, act)
        found = _read(target)
        if not killed:
            assert found[0] == after
            assert found[1] == ["r3"]
            break
        assert found in (before, (after, ["r3"]))
        outcomes.add(found == before)
        _goes_on(target, limit)
        shutil.rmtree(target)
    else:
        pytest.fail("more steps than expected")
    assert at > 15
    assert before[0] == after or outcomes == {True, False}


def _kill_at(path: Path, at: int, limit: int, act: Action) -> bool:
    steps = Steps(at, die)
    with stepping(steps) as storage:
        steps.at = -1  # opening is another matter
        writer = open_writer(path, journal_limit=limit, storage=storage)
        steps.at, steps.n = at, 0
        try:
            act(writer)
        except Killed:
            steps.at = -1
            abandon(writer)
            return True
        abandon(writer)
        return False


def _read(path: Path) -> tuple[dict[str, Record], list[str]]:
    with open_reader(path) as reader:
        reader.check()
        held = [item.record_id for item in reader.find_identifier("number", "079203001234")]
        return content(reader), held


def _goes_on(path: Path, limit: int) -> None:
    """The next writer clears up, commits and compacts."""
    with open_writer(path, journal_limit=limit) as writer:
        names = {file.stem for file in (path / "segments").iterdir()}
        assert names == set(writer.view.open_segments)
        writer.upsert(record("later", "x"))
        writer.commit()
        writer.compact()
        now = content(writer.view.snapshot())
    assert "later" in now
    assert content(open_reader(path)) == now


@pytest.mark.parametrize("case", CASES)
def test_copied_at_every_step(case: str, folder: Path) -> None:
    """What lies on the disk at each step, a half-done transaction's journal included, opens by itself."""
    limit, prepare, act = CASES[case]
    start = folder / "people.idx"
    after = _begin(start, limit, prepare)
    copies: list[Path] = []

    def copy() -> None:
        steps.at += 1
        copies.append(folder / f"copy {len(copies)}")
        shutil.copytree(start, copies[-1])

    steps = Steps(0, copy)
    with stepping(steps) as storage:
        writer = open_writer(start, journal_limit=limit, storage=storage)
        act(writer)
        writer.close()
    allowed = (BEFORE, after)
    states = [content(open_reader(path)) for path in copies]
    assert all(state in allowed for state in states)
    assert states == sorted(states, key=allowed.index), "a commit was there, and then was not"


def test_files_are_durable_before_they_are_named(folder: Path) -> None:
    """Bytes, name and folder of a segment are synced before the transaction that names it is committed."""
    create(folder / "people.idx", list(BEFORE.values()))
    steps = Steps()
    with stepping(steps) as storage:
        writer = open_writer(folder / "people.idx", journal_limit=0, storage=storage)
        commit(writer)
        merge(writer)
        writer.close()
    names = steps.names
    inserts = [i for i, name in enumerate(names) if name.startswith("INSERT INTO segments")]
    assert inserts
    for insert in inserts:
        before = names[:insert]
        linked = max(i for i, name in enumerate(before) if name.startswith(("link ", "rename ")))
        synced = max(i for i, name in enumerate(before) if name.startswith("sync ") and "done" in name)
        folder_synced = max(
            i for i, name in enumerate(before) if name.startswith("sync_folder") and "done" in name
        )
        assert synced < linked < folder_synced


def test_creating_killed_at_every_step(folder: Path) -> None:
    """Nothing is there, or all; what is left over goes with the next try."""
    target = folder / "people.idx"
    for at in range(STEPS):
        steps = Steps(at, die)
        with stepping(steps) as storage:
            try:
                create(target, list(BEFORE.values()), storage=storage)
                break
            except Killed:
                pass
        if target.exists():
            assert content(open_reader(target)) == BEFORE
            shutil.rmtree(target)
        assert not list(folder.iterdir())
    assert at > 20
    assert [path.name for path in folder.iterdir()] == ["people.idx"]


def test_replacing_killed_at_every_step(folder: Path) -> None:
    target = folder / "people.idx"
    other = {"x": record("x", "y")}
    outcomes = set()
    for at in range(STEPS):
        create(target, list(BEFORE.values()))
        reader = open_reader(target)
        with stepping(Steps(at, die)) as storage:
            try:
                create(target, list(other.values()), overwrite=True, storage=storage)
                killed = False
            except Killed:
                killed = True
        assert content(reader) == BEFORE
        reader.refresh()
        assert content(reader) == content(open_reader(target))
        outcomes.add(content(reader) == BEFORE)
        shutil.rmtree(target)
        if not killed:
            break
    assert outcomes == {True, False}


def test_abandoned_folders_of_killed_builders_are_removed(folder: Path) -> None:
    left = folder / ".people.idx.0123.partial"
    (left / "segments").mkdir(parents=True)
    (folder / ".other.idx.0123.partial").mkdir()
    create(folder / "people.idx", list(BEFORE.values()))
    assert sorted(path.name for path in folder.iterdir()) == [".other.idx.0123.partial", "people.idx"]


def test_what_exists_is_not_replaced_unasked(folder: Path) -> None:
    create(folder / "people.idx", list(BEFORE.values()))
    with pytest.raises(InputError, match="already exists"):
        create(folder / "people.idx", [record("x")])
    (folder / "letters").mkdir()
    with pytest.raises(InputError, match="something else"):
        create(folder / "letters", [record("x")], overwrite=True)
    with pytest.raises(IndexStateError, match="being written"), open_writer(folder / "people.idx"):
        create(folder / "people.idx", [record("x")], overwrite=True)
    assert content(open_reader(folder / "people.idx")) == BEFORE
