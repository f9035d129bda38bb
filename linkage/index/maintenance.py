"""The journal -> a small segment, and small segments -> larger ones: between commits and beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from copy import deepcopy

from linkage.errors import LinkageError
from linkage.index.catalog import insert
from linkage.index.compaction import Compaction, choose_inputs, new_name
from linkage.index.identifiers import forget_ended
from linkage.index.rows import JournalRow, SegmentRow, State, TombstoneRow, checksum_of
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
        self._failure: LinkageError | None = None
        self._forget_before = view.state.generation

    def tidy(self, journal_limit: int, *, merge: bool) -> None:
        """After a commit, which is durable whatever happens here: a fault is kept for `wait` to raise."""
        try:
            if self._journal_length() > journal_limit:
                self.flush()
                inputs = choose_inputs(list(self._view.open_segments.values()))
                if merge and inputs and self._thread is None:
                    self._start(inputs)
            elif self._n_tombstone_rows() > MOST_TOMBSTONE_ROWS:
                self._rewrite([], None, {})
        except LinkageError as error:
            self._failure = error

    def _journal_length(self) -> int:
        return int(self._view.catalog.connection.execute("SELECT count(*) FROM journal")[0][0])

    def _n_tombstone_rows(self) -> int:
        return int(self._view.catalog.connection.execute("SELECT count(*) FROM tombstones")[0][0])

    def flush(self) -> None:
        """Move the journal into a segment of its own."""
        from linkage.index.sources import source_of_payloads  # imports pyarrow, which opening need not

        view = self._view
        if not self._journal_length():
            return
        payloads, row, opened = view.delta.payloads, None, {}
        if payloads:
            name = new_name(view.state.generation + 1)
            path = segment_path(view.folder, name)
            source = source_of_payloads(payloads, view.model.schema)
            first = not view.open_segments
            view.engine.build(source, view.model, path, self._storage, with_frequencies=first)
            segment = view.engine.open(path, self._load)
            position = max((item.row.position for item in view.open_segments.values()), default=-1) + 1
            version = view.state.frequencies_version + first
            row = SegmentRow(position, name, segment.n_records, path.stat().st_size, version)
            opened[name] = segment
        self._rewrite([], row, opened, clear_journal=True)
