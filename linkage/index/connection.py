"""A catalog's path -> one SQLite connection: durable transactions, typed errors, safe across fork."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from linkage.errors import IndexStateError

BUSY_SECONDS = 60.0
"""A commit waits for readers that are reading the catalog at that moment, and they for it: milliseconds."""

_SETTINGS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",  # a damaged or truncated file must give an error, not a signal
    "PRAGMA cache_size = -16384",
)
# A rollback journal, never WAL: SQLite before 3.51.3 can lose a WAL's commits, and the host chooses SQLite.
# PERSIST zeroes the journal's header (and syncs it) instead of removing the file, so a commit changes no
# folder and allocates no block.
_WRITER_SETTINGS = (
    "PRAGMA journal_mode = PERSIST",
    "PRAGMA journal_size_limit = 4194304",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA secure_delete = ON",
)

# Connections that a fork left in the child. SQLite forbids even closing them there, which Python would do
# when it frees them.
_abandoned: list[sqlite3.Connection] = []


class Connection:
    """One connection to a catalog; every SQLite error becomes an IndexStateError that names the file.

    Parameters
    ----------
    path : Path
    writable : bool
        Readers are opened for writing too where that is permitted, because a reader may be the first to come
        after a crash, and must roll back what the crash left; but they change nothing else.
    create : bool
    """

    def __init__(self, path: Path, *, writable: bool = False, create: bool = False) -> None:
        self.path = path
        self.writable = writable
        self._create = create
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        journal = Path(f"{self.path}-journal")
        if journal.exists() and not journal.is_file():  # SQLite would wait for a pipe
            raise IndexStateError(f"{journal}: is not a file")
        mode = "rwc" if self._create else "rw"
        with self._naming():
            self._raw: sqlite3.Connection | None = sqlite3.connect(
                f"file:{quote(str(self.path.absolute()))}?mode={mode}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=64,
            )
            try:
                for setting in (*_SETTINGS, *(_WRITER_SETTINGS if self.writable else ())):
                    self._raw.execute(setting).fetchall()
                if not self.writable:
                    self._raw.execute("PRAGMA query_only = ON")
            except BaseException:
                self._raw.close()
                raise

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection of this process: a reader's is opened again after a fork, a writer's is not."""
        if self._process != os.getpid():
            if self._raw is not None:
                _abandoned.append(self._raw)
                self._raw = None
            if self.writable:
                raise IndexStateError(f"{self.path}: a writer does not survive fork; open it in the child")
            self._open()
        if self._raw is None:
            raise IndexStateError(f"{self.path}: the index is closed")
        return self._raw

    def execute(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run one statement; its rows."""
        with self._naming():
            return self.raw.execute(statement, values).fetchall()

    def execute_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        with self._naming():
            self.raw.executemany(statement, rows)

    @contextmanager
    def transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        """All statements inside, or none; ``DEFERRED`` for reading one state of the catalog."""
        self.execute(f"BEGIN {kind}")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self.roll_back()
            raise

    def roll_back(self) -> None:
        """Undo the transaction under way, if SQLite has not done so itself."""
        raw = self._raw
        if raw is not None and self._process == os.getpid() and raw.in_transaction:
            with suppress(sqlite3.Error):
                raw.execute("ROLLBACK")

    def close(self) -> None:
        """Close; again does nothing."""
        raw, self._raw = self._raw, None
        if raw is None:
            return
        if self._process == os.getpid():
            raw.close()
        else:
            _abandoned.append(raw)

    def __del__(self) -> None:
        # A handle that is dropped rather than closed: since Python 3.13 sqlite3 would warn of it.
        if hasattr(self, "_raw"):
            self.close()

    @contextmanager
    def _naming(self) -> Iterator[None]:
        try:
            yield
        # Overflow and decoding: hostile values that SQLite hands to Python as they are.
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            raise IndexStateError(f"{self.path}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """What went wrong, without values: SQLite quotes texts it cannot decode."""
    if isinstance(error, sqlite3.Error) and not str(error).startswith("Could not decode"):
        return str(error)
    return "a value is damaged"
