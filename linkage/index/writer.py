"""Upserts and deletes -> commits: each one transaction of the catalog, durable when `commit` returns."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from linkage.errors import IndexStateError, InputError, LinkageError
from linkage.index.catalog import insert, write_state
from linkage.index.commits import CommitResult, FindDuplicates
from linkage.index.compaction import MOST_SEGMENTS, remove_garbage
from linkage.index.duplicates import LikelyDuplicate, find_duplicates
from linkage.index.engine import SEGMENTS, Engine
from linkage.index.identifiers import write_changes
from linkage.index.lock import WriterLock
from linkage.index.maintenance import Maintenance
from linkage.index.operations import check_text, pack_records, texts_of
from linkage.index.rows import State, TombstoneRow
from linkage.index.snapshot import View
from linkage.index.statuses import Statuses
from linkage.index.transaction import Pending, effect_of
from linkage.segment.storage import LOCAL, Storage

JOURNAL_LIMIT = 32_768
"""Rows of the journal after which a commit moves it into a segment: bounds what opening an index reads and
keeps in memory (about 20 MB), and is still a second's worth of bulk upserts."""


class Writer(Statuses):
    """The one writer of an index; its methods may be called from several threads.

    As a context manager it commits at the end, unless an exception is raised, and closes.

    Parameters
    ----------
    folder : Path
    engine : Engine
    load : {"mmap", "ram"}
    find : callable
        Snapshot and upserted records -> likely duplicates, for `CommitResult`.
    storage : Storage
    journal_limit : int
        See `JOURNAL_LIMIT`.
    background : bool
        Whether segments that have become too many are merged by a thread, or by nobody but `compact`.

    Raises
    ------
    IndexLockedError
        There is another writer.
    IndexStateError
        The folder is no index, or it is damaged.
    """

    def __init__(
        self,
        folder: Path,
        *,
        engine: Engine = SEGMENTS,
        load: str = "mmap",
        find: FindDuplicates = find_duplicates,
        storage: Storage = LOCAL,
        journal_limit: int = JOURNAL_LIMIT,
        background: bool = True,
    ) -> None:
        self.folder = folder
        self._process = os.getpid()
        self._closed = False
        self._interrupted = False
        self._mutex = threading.RLock()
        self._find_duplicates = find
        self._journal_limit = journal_limit
        self._background = background
        self._pending = Pending()
        if not folder.is_dir():
            raise IndexStateError(f"{folder}: expected an index, found no such folder")
        self._lock = WriterLock(folder)
        try:
            self.view = View(folder, engine, load=load, writable=True)
            self._schema = self.view.model.schema
            remove_garbage(folder, list(self.view.open_segments), storage)
        except BaseException:
            self._lock.release()
            raise
        self.maintenance = Maintenance(self.view, storage, load, self.locked, self.changing, self.settled)

    @property
    def generation(self) -> int:
        """The generation of the last commit."""
        return self.view.state.generation

    def upsert(self, records: Any) -> int:
        """Write records; each replaces an earlier one of its id, wherever that lies.

        Parameters
        ----------
        records : mapping, list of mappings, or any table `dedupe` takes
            Each with a record id. Mappings name fields as the schema does; which columns of a table are no
            field `commit` says.

        Returns
        -------
        int
            How many records will be written.

        Raises
        ------
        InputError
            A record does not fit; none of these is taken then.
        """
        with self.locked():
            packed = pack_records(records, self._schema)
            self._pending.upsert(packed)
            return len(packed.payloads)

    def delete(self, record_ids: str | Iterable[str]) -> None:
        """Remove records by their ids; ids that are not there do not matter."""
        ids = [record_ids] if isinstance(record_ids, str) else list(record_ids)
        for record_id in ids:
            if not isinstance(record_id, str):
                raise InputError(f"delete: expected record ids as text, got {type(record_id).__name__}")
            check_text(record_id, "delete: record id")
        with self.locked():
            self._pending.delete(ids)

    def rollback(self) -> None:
        """Forget what has not been committed."""
        with self.locked():
            self._pending = Pending()

    def commit(self) -> CommitResult:
        """Make everything since the last commit durable and visible, all of it or nothing.

        When this returns, the commit survives a kill of the process, a crash of the system and a loss of
        power. When it raises, the index is as before and the operations are still pending.

        Raises
        ------
        IndexStateError
            The catalog cannot be written, or the writer is closed.
        """
        with self.locked():
            records = self._pending.records
            result = self._commit()
            self.maintenance.tidy(self._journal_limit, merge=self._background)
        if len(self.view.open_segments) > 2 * MOST_SEGMENTS and self._background:
            self.maintenance.wait()
        if not result.n_upserted:
            return result
        return replace(result, find=partial(self._duplicates_of, records))

    def _duplicates_of(self, records: dict[str, bytes | None]) -> tuple[LikelyDuplicate, ...]:
        with self.locked():
            snapshot = self.view.snapshot()
        upserted = [
            texts_of(r, payload, self._schema) for r, payload in records.items() if payload is not None
        ]
        return tuple(self._find_duplicates(snapshot, upserted))

    def _commit(self) -> CommitResult:
        effect = effect_of(self._pending, self.view)
        if not effect.affected and not self._pending.identifiers:
            self._pending = Pending()
            return CommitResult(self.generation)
        state = self.view.state.copy()
        with self.changing(state):
            connection = self.view.catalog.connection
            tombstones = []
            for name, bitmap in effect.tombstones.items():
                state.last_row += 1
                tombstones.append(TombstoneRow(state.last_row, name, state.generation, bitmap.serialize()))
            insert(connection, state, "tombstones", tombstones)
            insert(connection, state, "journal", effect.journal)
            state.last_seq += len(effect.journal)
            write_changes(self.view.catalog, state, self._schema, self._pending.identifiers, state.generation)
        self.view.advance(state, tombstones, effect.journal)
        ignored = tuple(self._pending.ignored_columns)
        self._pending = Pending()
        self._interrupted = False
        affected = tuple(effect.affected)
        return CommitResult(state.generation, effect.n_upserted, effect.n_deleted, affected, ignored)

    def compact(self, *, wait: bool = True) -> None:
        """Write all committed records into one segment, without what has been deleted and replaced.

        Parameters
        ----------
        wait : bool
            False returns at once: a thread compacts, commits go on meanwhile, and `close` waits for it.

        Raises
        ------
        LinkageError
            What stopped this compaction, or one before it in a thread; no record is lost by that.
        """
        self.maintenance.wait()
        with self.locked():
            self.maintenance.start_compaction()
        if wait:
            self.maintenance.wait()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One operation at a time, on a writer that may be used."""
        if self._process != os.getpid():
            raise IndexStateError(f"{self.folder}: a writer does not survive fork; open it in the child")
        with self._mutex:
            if self._closed:
                raise IndexStateError(f"{self.folder}: the writer is closed")
            if self._interrupted:
                raise IndexStateError(f"{self.folder}: a commit was interrupted; close the writer and reopen")
            yield

    @contextmanager
    def changing(self, state: State) -> Iterator[None]:
        """One transaction that ends in `state`, a generation later.

        Until whoever calls has taken the new state in and says so, the writer counts as interrupted. When
        the transaction fails and the catalog is certainly as it was, the writer remains usable.
        """
        before = state.generation
        state.generation += 1
        self._interrupted = True
        try:
            with self.view.catalog.connection.transaction():
                yield
                write_state(self.view.catalog.connection, state)
        except Exception:
            try:
                self._interrupted = self.view.catalog.read_state().generation != before
            except LinkageError:
                self._interrupted = True
            raise

    def settled(self) -> None:
        """The new state has been taken in."""
        self._interrupted = False

    def close(self) -> None:
        """Wait for a compaction under way, forget what has not been committed, let go of the lock.

        Raises
        ------
        LinkageError
            What stopped merging segments in a thread; no record is lost by that.
        """
        if self._closed:
            return
        if self._process != os.getpid():
            self._closed = True
            return
        try:
            self.maintenance.wait()
        finally:
            with self._mutex:
                self._closed = True
                self.view.close()
                self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self._closed:
                self.commit()
        finally:
            self.close()

    def __repr__(self) -> str:
        return f"Writer({str(self.folder)!r}, generation={self.generation})"

    def __reduce__(self) -> Any:
        raise IndexStateError(f"{self.folder}: a writer cannot be pickled; there is only one")
