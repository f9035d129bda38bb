"""Random lives of an index against a dict: a reader, a writer that comes and goes, compactions in steps."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from linkage.index.compaction import Compaction
from linkage.index.index import Index
from linkage.index.snapshot import Snapshot
from linkage.index.writer import Writer
from tests.index.fakes import Record, content, create, open_reader, open_writer, record

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Many commits and nothing that a disk could forget: in memory each takes a tenth of the time."""
IDS = st.sampled_from([f"r{i}" for i in range(12)])
TEXTS = st.one_of(st.none(), st.text(max_size=4).filter(lambda t: t.isprintable()))
NUMBERS = st.sampled_from(["079203001234", "079203001235", "001090000001"])


class IndexMachine(RuleBasedStateMachine):
    """`committed` is what a reader must see after a refresh, `pending` what the writer was told since."""

    snapshots: Bundle[Any] = Bundle("snapshots")

    @initialize(records=st.dictionaries(IDS, TEXTS, min_size=1), limit=st.sampled_from([0, 3, 1000]))
    def begin(self, records: dict[str, str | None], limit: int) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY))
        self.limit = limit
        rows = [record(i, name) for i, name in records.items()]
        create(self.folder / "people.idx", rows)
        self.path = self.folder / "people.idx"
        self.committed: dict[str, Record] = {str(r["record_id"]): r for r in rows}
        self.identifiers: dict[str, dict[str, str]] = {}
        self.seen = dict(self.committed)
        self.writer: Writer = open_writer(self.path, journal_limit=limit)
        self.reader: Index = open_reader(self.path)
        self.plan: Compaction | None = None
        self._forget()

    def _forget(self) -> None:
        self.pending = dict(self.committed)
        self.pending_identifiers = {r: dict(held) for r, held in self.identifiers.items()}

    @rule(ids=st.lists(IDS, min_size=1, max_size=4), name=TEXTS)
    def upsert(self, ids: list[str], name: str | None) -> None:
        rows = [record(i, name) for i in ids]
        assert self.writer.upsert(rows) == len(set(ids))
        self.pending.update({str(r["record_id"]): r for r in rows})

    @rule(ids=st.lists(IDS, max_size=4))
    def delete(self, ids: list[str]) -> None:
        self.writer.delete(ids)
        for record_id in ids:
            self.pending.pop(record_id, None)
            self.pending_identifiers.pop(record_id, None)

    @precondition(lambda self: self.pending)
    @rule(data=st.data(), number=NUMBERS, status=st.sampled_from(["current", "cancelled"]))
    def add_identifier(self, data: st.DataObject, number: str, status: str) -> None:
        record_id = data.draw(st.sampled_from(sorted(self.pending)))
        self.writer.add_identifier(record_id, "number", number, status=status)
        self.pending_identifiers.setdefault(record_id, {})[number] = status

    @rule()
    def commit(self) -> None:
        before = self.writer.generation
        result = self.writer.commit()
        assert result.generation >= before
        gone = set(self.committed) - set(self.pending)
        changed = {i for i, r in self.pending.items() if self.committed.get(i) != r}
        assert changed | gone <= set(result.affected)
        assert result.n_deleted == len(gone)
        self.committed = dict(self.pending)
        self.identifiers = {r: dict(held) for r, held in self.pending_identifiers.items()}

    @rule()
    def rollback(self) -> None:
        self.writer.rollback()
        self._forget()

    @rule()
    def flush(self) -> None:
        with self.writer.locked():
            self.writer.maintenance.flush()

    @precondition(lambda self: self.plan is None)
    @rule(data=st.data())
    def begin_compaction(self, data: st.DataObject) -> None:
        names = list(self.writer.view.open_segments)
        if names:
            chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
            self.plan = self.writer.maintenance.begin(chosen)
            if data.draw(st.booleans()):
                self.writer.maintenance.build(self.plan)

    @precondition(lambda self: self.plan is not None)
    @rule()
    def finish_compaction(self) -> None:
        assert self.plan is not None
        maintenance = self.writer.maintenance
        if self.plan.output is None:
            maintenance.build(self.plan)
        with self.writer.locked():
            maintenance.finish(self.plan)
        self.plan = None

    @precondition(lambda self: self.plan is None)
    @rule()
    def compact(self) -> None:
        self.writer.compact()
        assert len(self.writer.view.open_segments) <= 1
        assert not any(item.dead for item in self.writer.view.open_segments.values())

    @rule()
    def reopen_writer(self) -> None:
        self.writer.close()
        self.plan = None  # as after a crash: what it has built is garbage
        self.writer = open_writer(self.path, journal_limit=self.limit)
        names = {path.stem for path in (self.path / "segments").iterdir()}
        assert names == set(self.writer.view.open_segments)
        self._forget()

    @rule()
    def refresh(self) -> None:
        refreshed = self.reader.refresh()
        assert refreshed or self.seen == self.committed
        assert self.reader.generation == self.writer.generation
        self.seen = dict(self.committed)
        assert not self.reader.refresh()
        assert {i: h for i in self.committed if (h := self._held(i))} == {
            i: h for i, h in self.identifiers.items() if i in self.committed and h
        }

    def _held(self, record_id: str) -> dict[str, str]:
        return {item.value: item.status for item in self.reader.identifiers(record_id)}

    @rule()
    def reopen_reader(self) -> None:
        self.reader.close()
        self.reader = open_reader(self.path)
        self.seen = dict(self.committed)

    @rule(target=snapshots)
    def keep(self) -> tuple[Snapshot, dict[str, Record]]:
        return self.reader.snapshot, dict(self.seen)

    @rule(kept=consumes(snapshots))
    def kept_is_as_it_was(self, kept: tuple[Snapshot, dict[str, Record]]) -> None:
        assert content(kept[0]) == kept[1]

    @rule(number=NUMBERS)
    def find_identifier(self, number: str) -> None:
        self.refresh()
        spelled = f" {number[:3]}.{number[3:]} "
        found = {item.record_id for item in self.reader.find_identifier("number", spelled)}
        assert found == {i for i, held in self.identifiers.items() if number in held}

    @invariant()
    def reader_sees_its_commit(self) -> None:
        if hasattr(self, "reader"):
            assert content(self.reader) == self.seen

    @rule()
    def check(self) -> None:
        self.reader.check()

    def teardown(self) -> None:
        if hasattr(self, "writer"):
            self.writer.close()
            self.reader.close()
            shutil.rmtree(self.folder)


IndexMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestIndex = IndexMachine.TestCase
