"""The journal -> a small segment, and small segments -> larger ones: between commits and beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress

from pyroaring import BitMap

from linkage.errors import LinkageError
from linkage.index.catalog import insert
from linkage.index.compaction import Compaction, choose_inputs, new_name
from linkage.index.identifiers import forget_ended
from linkage.index.rows import SegmentRow, State, TombstoneRow, checksum_of
from linkage.index.snapshot import OpenSegment, View, segment_path
from linkage.segment.storage import Storage

MOST_TOMBSTONE_ROWS = 512
"""Commits add a row per segment they touch; this many are united, for the sake of whoever opens the index."""


class Maintenance:
    """What keeps an index small and quick; every step is a commit of its own that changes no record.

    Parameters
    ----------
    view : View
        The writer's.
    storage : Storage
    load : {"mmap", "ram"}
    locked, changing : callable
        The writer's: one operation at a time; a transaction that ends in a state.
    settled : callable
        The writer's: a transaction's outcome has been taken in.
    """

    def __init__(
        self,
        view: View,
        storage: Storage,
        load: str,
        locked: Callable[[], AbstractContextManager[None]],
        changing: Callable[[State], AbstractContextManager[None]],
        settled: Callable[[], None],
    ) -> None:
        self._view = view
        self._storage = storage
        self._load = load
        self._locked = locked
        self._changing = changing
        self._settled = settled
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None
        self._forget_before = view.state.generation

    def tidy(self, journal_limit: int, *, merge: bool) -> None:
        """After a commit, which is durable whatever happens here: a fault is kept for `wait` to raise."""
        try:
            if self._view.n_journal > journal_limit:
                self.flush()
                inputs = choose_inputs(list(self._view.open_segments.values()))
                if merge and inputs and not self._under_way():
                    self._start(inputs)
            elif self._view.n_tombstones > MOST_TOMBSTONE_ROWS:
                self._rewrite([], None)
        except LinkageError as error:
            self._failure = error

    def _under_way(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def flush(self) -> None:
        """Move the journal into a segment of its own."""
        from linkage.index.sources import source_of_payloads  # imports pyarrow, which opening need not

        view = self._view
        if not view.n_journal:
            return
        opened = None
        if view.delta.payloads:
            name = new_name(view.state.generation + 1)
            path = segment_path(view.folder, name)
            source = source_of_payloads(view.delta.payloads, view.model.schema)
            base = view.base
            view.engine.build(source, view.model, path, self._storage, base)
            segment = view.engine.open(path, self._load, base)
            positions = [item.row.position for item in view.open_segments.values()]
            version = view.state.frequencies_version + (base is None)
            row = SegmentRow(
                max(positions, default=-1) + 1, name, len(view.delta), path.stat().st_size, version
            )
            opened = OpenSegment(row, segment, BitMap())
        self._rewrite([], opened, clear_journal=True)

    def begin(self, names: Sequence[str]) -> Compaction:
        """Plan the merger of these live segments."""
        view = self._view
        ordered = list(view.open_segments.values())
        inputs = [item for item in ordered if item.row.name in names]
        # The first segment's frequencies weigh all others: its successor must hold some record.
        first = bool(inputs) and inputs[0] is ordered[0]
        while first and len(inputs) < len(ordered) and not sum(item.n_live for item in inputs):
            inputs = ordered[: len(inputs) + 1]
        return Compaction(inputs, new_name(view.state.generation + 1), None if first else view.base)

    def build(self, plan: Compaction) -> None:
        """Write a plan's segment; commits may come meanwhile."""
        view = self._view
        plan.build(view.folder, view.engine, view.model, self._storage, self._load)

    def finish(self, plan: Compaction) -> None:
        """Put a plan's segment in the place of its inputs, without what has ended since it began."""
        view = self._view
        opened = None
        if plan.output is not None:
            position = min(item.row.position for item in plan.inputs)
            version = view.state.frequencies_version + (plan.base is None)
            row = SegmentRow(position, plan.name, plan.output.n_records, plan.size, version)
            opened = OpenSegment(row, plan.output, plan.ended_since(view.open_segments))
        self._rewrite([item.row for item in plan.inputs], opened)
        for item in plan.inputs:
            with suppress(OSError):
                self._storage.unlink(segment_path(view.folder, item.row.name))

    def start_compaction(self) -> None:
        """Flush, then merge all segments in a thread, if there is anything to gain."""
        self.flush()
        items = list(self._view.open_segments.values())
        if len(items) > 1 or any(item.dead for item in items):
            self._start([item.row.name for item in items])

    def wait(self) -> None:
        """Return when no compaction is under way; raises what stopped the last one."""
        thread = self._thread
        if thread is not None:
            thread.join()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _start(self, names: Sequence[str]) -> None:
        self._thread = threading.Thread(
            target=self._run, args=(self.begin(names),), name="linkage-compaction"
        )
        self._thread.start()

    def _run(self, plan: Compaction) -> None:
        try:
            self.build(plan)
            with self._locked():
                self.finish(plan)
        except Exception as error:
            # Not lost: `wait` raises it. Files left behind are garbage, removed at the next opening.
            self._failure = error

    def _rewrite(
        self, removed: Sequence[SegmentRow], opened: OpenSegment | None, *, clear_journal: bool = False
    ) -> None:
        """One transaction that changes the list of segments, and unites tombstones."""
        view = self._view
        connection = view.catalog.connection
        state = view.state.copy()
        gone = {row.name for row in removed}
        kept = [item for item in view.open_segments.values() if item.row.name not in gone]
        with self._changing(state):
            state.epoch += 1
            connection.execute_many(
                "DELETE FROM segments WHERE position = ?", [(r.position,) for r in removed]
            )
            state.add("segments", (checksum_of("segments", row) for row in removed))
            if opened is not None:
                insert(connection, state, "segments", [opened.row])
                state.frequencies_version = max(state.frequencies_version, opened.row.frequencies_version)
                kept.append(opened)
            self._unite_tombstones(state, kept)
            if clear_journal:
                connection.execute("DELETE FROM journal")
                state.digests["journal"] = 0
            if removed:
                forget_ended(view.catalog, state, self._forget_before)
        if removed:
            self._forget_before = state.generation
        if opened is not None:
            view.open_segments[opened.row.name] = opened
        view.reload()
        self._settled()

    def _unite_tombstones(self, state: State, items: Sequence[OpenSegment]) -> None:
        connection = self._view.catalog.connection
        rows = []
        for item in items:
            if item.dead:
                state.last_row += 1
                row = TombstoneRow(state.last_row, item.row.name, state.generation, item.dead.serialize())
                rows.append(row)
        connection.execute("DELETE FROM tombstones")
        state.digests["tombstones"] = 0
        insert(connection, state, "tombstones", rows)
