"""Random lives of an index of real segments against a dict: what is read, and what is found."""

from __future__ import annotations

import pickle
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from linkage.index.compaction import Compaction
from linkage.index.index import Index
from linkage.index.writer import Writer
from tests.index.register import Record, content, indexed, new_index, people

JOURNAL_LIMIT = 5
MOST_ALIKE = 30
OLD_IDS = st.integers(0, 9).map(lambda i: str(people()[i]["record_id"]))
IDS = st.one_of(OLD_IDS, st.integers(0, 9).map(lambda i: f"new {i}"))
TEXTS = st.integers(0, 30)
"""Whose texts a record gets: those of people in the index at the beginning, or of others."""


def texts_of(number: int) -> Record:
    """A person's texts without the id."""
    return {name: text for name, text in people()[number * 10].items() if name != "record_id"}


class RealIndexMachine(RuleBasedStateMachine):
    """`committed` is what a reader sees after a refresh, `pending` what the writer has been told since."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = new_index(self.folder / "people.idx")
        self.committed = indexed()
        self.pending = dict(self.committed)
        self.writer = self._open_writer()
        self.reader = Index(self.path)
        self.seen = dict(self.committed)
        self.plan: Compaction | None = None

    def _open_writer(self) -> Writer:
        return Writer(self.path, journal_limit=JOURNAL_LIMIT, background=False)

    @rule(ids=st.lists(IDS, min_size=1, max_size=4), number=TEXTS)
    def upsert(self, ids: list[str], number: int) -> None:
        rows = [{"record_id": i, **texts_of(number)} for i in ids]
        assert self.writer.upsert(rows) == len(set(ids))
        self.pending.update({i: row for i, row in zip(ids, rows, strict=True)})

    @rule(ids=st.lists(IDS, max_size=4))
    def delete(self, ids: list[str]) -> None:
        self.writer.delete(ids)
        for record_id in ids:
            self.pending.pop(record_id, None)

    @rule()
    def commit(self) -> None:
        gone = set(self.committed) - set(self.pending)
        changed = {i for i, r in self.pending.items() if self.committed.get(i) != r}
        result = self.writer.commit()
        assert changed | gone <= set(result.affected)
        assert result.n_deleted == len(gone)
        self.committed = dict(self.pending)

    @rule()
    def rollback(self) -> None:
        self.writer.rollback()
        self.pending = dict(self.committed)

    @precondition(lambda self: self.plan is None)
    @rule()
    def compact(self) -> None:
        self.writer.compact()
        segments = self.writer.view.open_segments.values()
        assert [item.row.n_records for item in segments] == [len(self.committed)]
        assert not any(item.dead for item in segments)

    @precondition(lambda self: self.plan is None)
    @rule(data=st.data())
    def begin_compaction(self, data: st.DataObject) -> None:
        """What is committed from now on must survive the plan's end."""
        names = list(self.writer.view.open_segments)
        chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        self.plan = self.writer.maintenance.begin(chosen)
        self.writer.maintenance.build(self.plan)

    @precondition(lambda self: self.plan is not None)
    @rule()
    def finish_compaction(self) -> None:
        assert self.plan is not None
        with self.writer.locked():
            self.writer.maintenance.finish(self.plan)
        self.plan = None

    @precondition(lambda self: self.plan is None)
    @rule(gone=st.lists(IDS, min_size=1, max_size=4), replaced=st.lists(IDS, min_size=1), number=TEXTS)
    def compact_beside_a_commit(self, gone: list[str], replaced: list[str], number: int) -> None:
        """What is deleted and replaced while records are copied does not come back."""
        maintenance = self.writer.maintenance
        plan = maintenance.begin(list(self.writer.view.open_segments))
        maintenance.build(plan)
        self.upsert(replaced, number)
        self.delete(gone)
        self.commit()
        with self.writer.locked():
            maintenance.finish(plan)
        self.refresh()

    @rule()
    def reopen_writer(self) -> None:
        self.writer.close()
        self.writer, self.plan = self._open_writer(), None
        self.pending = dict(self.committed)
        names = {path.stem for path in (self.path / "segments").iterdir()}
        assert names == set(self.writer.view.open_segments)

    @rule()
    def refresh(self) -> None:
        assert self.reader.refresh() or self.seen == self.committed
        assert self.reader.generation == self.writer.generation
        self.seen = dict(self.committed)
        assert not self.reader.refresh()
        self.reader.check()

    @rule()
    def pickle_reader(self) -> None:
        copy = pickle.loads(pickle.dumps(self.reader))
        self.reader.close()
        self.reader, self.seen = copy, dict(self.committed)

    @rule(number=TEXTS)
    def look_up(self, number: int) -> None:
        """Who has these texts comes first, of equals; who has been deleted never comes."""
        query = texts_of(number)
        matches = self.reader.lookup(query, limit=MOST_ALIKE)
        best = {m.record_id for m in matches if m.match_weight == matches[0].match_weight}
        held = {i for i, r in self.seen.items() if {**r, "record_id": None} == {**query, "record_id": None}}
        assert held <= best
        for match in matches:
            assert match.record == self.seen[match.record_id]

    @invariant()
    def reader_sees_its_commit(self) -> None:
        if hasattr(self, "reader"):
            assert len(self.reader) == len(self.seen)
            assert content(self.reader) == self.seen

    def teardown(self) -> None:
        if hasattr(self, "reader"):
            self.writer.close()
            self.reader.close()
            shutil.rmtree(self.folder)


RealIndexMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=30)
TestRealIndex = RealIndexMachine.TestCase
