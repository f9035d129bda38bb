"""The file catalog.sqlite: what an index consists of, generation by generation; one transaction a commit."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from linkage.errors import IndexStateError
from linkage.index.connection import Connection
from linkage.index.rows import (
    FORMAT_VERSION,
    TABLES,
    IdentifierRow,
    JournalRow,
    SegmentRow,
    State,
    TombstoneRow,
    check_rows,
    checksum_of,
)

CATALOG = "catalog.sqlite"
APPLICATION_ID = 0x4C4E4B58  # "LNKX"
LARGEST_MODEL = 1 << 28
_LAYOUT = {
    "state": "CREATE TABLE state (id INTEGER PRIMARY KEY, body BLOB, checksum INTEGER)",
    "model": "CREATE TABLE model (id INTEGER PRIMARY KEY, body BLOB)",
    "segments": "CREATE TABLE segments (position INTEGER PRIMARY KEY, name TEXT, n_records INTEGER,"
    " size INTEGER, frequencies_version INTEGER, checksum INTEGER)",
    "tombstones": "CREATE TABLE tombstones (id INTEGER PRIMARY KEY, segment TEXT, generation INTEGER,"
    " bitmap BLOB, checksum INTEGER)",
    "journal": "CREATE TABLE journal (seq INTEGER PRIMARY KEY, record_id TEXT, payload BLOB,"
    " checksum INTEGER)",
    "identifiers": "CREATE TABLE identifiers (id INTEGER PRIMARY KEY, record_id TEXT, field TEXT,"
    " code INTEGER, value TEXT, status TEXT, valid_from TEXT, valid_to TEXT, added INTEGER,"
    " removed INTEGER, checksum INTEGER)",
    "identifiers_by_code": "CREATE INDEX identifiers_by_code ON identifiers (field, code)",
    "identifiers_by_record": "CREATE INDEX identifiers_by_record ON identifiers (record_id)",
}


class Catalog:
    """An index's catalog.

    Raises
    ------
    IndexStateError
        By every method: the file is missing, no catalog, of another version, or damaged.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        if not path.is_file():
            lacking = path.name if path.parent.is_dir() else "such folder"
            raise IndexStateError(f"{path.parent}: expected an index, found no {lacking}")
        self.connection = Connection(path, writable=writable)
        try:
            self._check_layout()
        except BaseException:
            self.connection.close()
            raise

    @classmethod
    def create(cls, path: Path, model_json: str, segments: Sequence[SegmentRow]) -> None:
        """Write a new catalog of generation 1 with these segments."""
        connection = Connection(path, writable=True, create=True)
        try:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            model = model_json.encode()
            state = State(model=hashlib.sha256(model).digest())
            with connection.transaction():
                for statement in _LAYOUT.values():
                    connection.execute(statement)
                connection.execute("INSERT INTO model VALUES (1, ?)", [zlib.compress(model, 6)])
                insert(connection, state, "segments", segments)
                body = state.pack()
                connection.execute("INSERT INTO state VALUES (1, ?, ?)", [body, checksum_of("state", [body])])
        finally:
            connection.close()

    def _check_layout(self) -> None:
        """A changed byte in SQLite's own schema could make a table read as another."""
        (application,), (version,) = (
            self.connection.execute(f"PRAGMA {name}")[0] for name in ("application_id", "user_version")
        )
        if application != APPLICATION_ID:
            raise IndexStateError(f"{self.path}: expected the catalog of an index, found another database")
        if version != FORMAT_VERSION:
            raise IndexStateError(
                f"{self.path}: expected an index of version {FORMAT_VERSION}, got {version}"
            )
        if dict(self.connection.execute("SELECT name, sql FROM sqlite_master")) != _LAYOUT:
            raise IndexStateError(f"{self.path}: the catalog's tables are damaged")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the catalog for all statements inside."""
        with self.connection.transaction("DEFERRED"):
            yield

    def data_version(self) -> int:
        """Changes when another connection has committed."""
        return int(self.connection.execute("PRAGMA data_version")[0][0])

    def check_length(self) -> None:
        """Inside `reading`, after a first statement: whether the file is as long as it says; 22 microseconds.

        SQLite reads what is missing of a page as zeros, and no row that a look-up needs may lie there.
        """
        (pages,), (size,) = (self.connection.execute(f"PRAGMA {n}")[0] for n in ("page_count", "page_size"))
        found = self.path.stat().st_size
        if found < pages * size:
            raise IndexStateError(f"{self.path}: expected {pages * size} bytes, found {found}")

    def read_state(self) -> State:
        """The state of the newest commit."""
        rows = self.connection.execute("SELECT body, checksum FROM state")
        if len(rows) != 1:
            raise IndexStateError(f"{self.path}: expected one row of state, found {len(rows)}")
        (values,), _ = check_rows(self.path, "state", rows)
        try:
            return State.unpack(values[0])
        except (ValueError, TypeError):
            raise IndexStateError(f"{self.path}: the state is damaged") from None

    def read_segments(self, state: State) -> list[SegmentRow]:
        """Live segments in order."""
        rows = self._rows("segments", "ORDER BY position", digest=state.digests["segments"])
        return [SegmentRow(*row) for row in rows]

    def read_tombstones(self, state: State) -> list[TombstoneRow]:
        """All tombstones."""
        rows = self._rows("tombstones", "ORDER BY id", digest=state.digests["tombstones"])
        return [TombstoneRow(*row) for row in rows]

    def read_tombstones_since(self, generation: int) -> list[TombstoneRow]:
        """Tombstones of the generations after this one."""
        rows = self._rows("tombstones", "WHERE generation > ? ORDER BY id", [generation])
        return [TombstoneRow(*row) for row in rows]

    def read_journal(self, state: State, since: int = 0, digest: int = 0) -> list[JournalRow]:
        """Upserts and deletes after the row `since`; `digest` is that of the rows up to it."""
        found = self.connection.execute("SELECT * FROM journal WHERE seq > ? ORDER BY seq", [since])
        rows, new = check_rows(self.path, "journal", found)
        if digest ^ new != state.digests["journal"]:
            raise IndexStateError(f"{self.path}: rows of journal are missing")
        return [JournalRow(*row) for row in rows]

    def read_identifiers(self, where: str = "", values: Sequence[Any] = ()) -> list[IdentifierRow]:
        """Identifiers beyond those that the records themselves hold."""
        return [IdentifierRow(*row) for row in self._rows("identifiers", f"{where} ORDER BY id", values)]

    def read_model(self, state: State) -> str:
        """The model's JSON."""
        rows = self.connection.execute("SELECT body FROM model")
        try:
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(rows[0][0], LARGEST_MODEL)
            if hashlib.sha256(text).digest() == state.model:
                return text.decode()
        except (zlib.error, TypeError, IndexError, UnicodeError):
            pass
        raise IndexStateError(f"{self.path}: the model is damaged")

    def _rows(
        self, table: str, where: str, values: Sequence[Any] = (), digest: int | None = None
    ) -> list[tuple[Any, ...]]:
        found = self.connection.execute(f"SELECT * FROM {table} {where}", values)
        rows, computed = check_rows(self.path, table, found)
        if digest is not None and computed != digest:
            raise IndexStateError(f"{self.path}: rows of {table} are missing")
        return rows

    def check(self) -> None:
        """Read all there is: SQLite's own structures, every row, and that none is missing."""
        with self.reading():
            problems = self.connection.execute("PRAGMA integrity_check(1)")
            if problems != [("ok",)]:
                raise IndexStateError(f"{self.path}: SQLite finds the file damaged")
            state = self.read_state()
            self.read_segments(state)
            self.read_tombstones(state)
            self.read_model(state)
            for table in ("journal", "identifiers"):
                self._rows(table, "", digest=state.digests[table])

    def close(self) -> None:
        """Close; again does nothing."""
        self.connection.close()


def insert(connection: Connection, state: State, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows with their checksums, and enter them into the state's digest."""
    if not rows:
        return
    full = [(*row, checksum_of(table, row)) for row in rows]
    marks = ", ".join("?" * len(full[0]))
    connection.execute_many(f"INSERT INTO {table} VALUES ({marks})", full)
    state.add(table, (row[-1] for row in full))


def replace_all(connection: Connection, state: State, model_json: str) -> None:
    """Within a transaction: an index without records, of this model."""
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")
        state.digests[table] = 0
    model = model_json.encode()
    state.model = hashlib.sha256(model).digest()
    connection.execute("UPDATE model SET body = ?", [zlib.compress(model, 6)])


def write_state(connection: Connection, state: State) -> None:
    """Replace the state: the last statement of every transaction."""
    body = state.pack()
    connection.execute("UPDATE state SET body = ?, checksum = ?", [body, checksum_of("state", [body])])
