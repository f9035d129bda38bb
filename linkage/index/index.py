"""A folder -> an index to read: snapshots, records as Arrow, checks; shared by threads and processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from linkage.errors import IndexStateError, InputError
from linkage.index.engine import SEGMENTS, Engine
from linkage.index.questions import Questions
from linkage.index.snapshot import Snapshot, View
from linkage.index.writer import Writer
from linkage.schema import Schema

if TYPE_CHECKING:  # for annotations alone: pyarrow is not imported to open an index and look somebody up
    import pyarrow as pa

    from linkage.fields.source import Source


class Index(Questions):
    """An index as of one commit, for reading.

    Answers come from an immutable snapshot, so threads share an index without locks and commits disturb
    nobody; `refresh` goes on to the newest commit. Pickled, it is its path and reopens. After a fork the
    child goes on reading.

    Parameters
    ----------
    folder : Path
    load : {"mmap", "ram"}
        Share segments' pages with all processes, or read them into memory of this one.
    engine : Engine

    Raises
    ------
    IndexStateError
        The folder is no index, or it is damaged.
    SegmentError
        A segment is damaged.
    """

    def __init__(self, folder: Path, *, load: str = "mmap", engine: Engine = SEGMENTS) -> None:
        self.path = folder
        self._load = load
        self._engine = engine
        self._closed = False
        self._view = View(folder, engine, load=load)
        self._snapshot = self._view.snapshot()

    @property
    def snapshot(self) -> Snapshot:
        """What this index answers from."""
        if self._closed:
            raise IndexStateError(f"{self.path}: the index is closed")
        return self._snapshot

    @property
    def generation(self) -> int:
        """The commit this index answers from."""
        return self._snapshot.generation

    @property
    def schema(self) -> Schema:
        """The fields of its records."""
        return self._view.model.schema

    def refresh(self) -> bool:
        """Go on to the newest commit, of whichever process; whether there was one. Microseconds if not."""
        before = self.snapshot
        if not self._view.refresh():
            return False
        self._snapshot = self._view.snapshot()
        return self._snapshot is not before

    def records(self) -> Iterator[pa.RecordBatch]:
        """All records as Arrow batches: the record id, then the schema's fields, as they were given."""
        from linkage.index.sources import batches_of_parts  # imports pyarrow, which look-ups need not

        return batches_of_parts(self.snapshot.parts, self.schema)

    def as_source(self) -> Source:
        """The records as `dedupe` and `link` read them: batch by batch, in the segments' order."""
        from linkage.index.sources import source_of_snapshot

        return source_of_snapshot(str(self.path), self.snapshot.parts, self.schema)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        import pyarrow as pa

        from linkage.index.sources import arrow_schema

        reader = pa.RecordBatchReader.from_batches(arrow_schema(self.schema), self.records())
        return reader.__arrow_c_stream__(requested_schema)

    def check(self) -> None:
        """Read every byte of the newest commit; this index stays with its own until `refresh`.

        Raises
        ------
        SegmentError, IndexStateError
            Something is not as it was written; names the file.
        """
        view = View(self.path, self._engine)
        try:
            view.check()
        finally:
            view.close()

    def info(self) -> dict[str, Any]:
        """Sizes (bytes) and counts, fields and segments by name, what training warned of; of no record."""
        snapshot = self.snapshot
        items = self._view.open_segments.values()
        return {
            "generation": snapshot.generation,
            "frequencies_version": snapshot.frequencies_version,
            "n_records": snapshot.n_records,
            "n_ended": sum(part.n_dead for part in snapshot.parts),
            "n_in_journal": len(self._view.delta),
            "fields": [f.name for f in self.schema.fields],
            "segments": [
                {"name": i.row.name, "n_records": i.row.n_records, "n_bytes": i.row.size} for i in items
            ],
            "warnings": [
                str(w["message"] if isinstance(w, dict) and "message" in w else w)
                for w in self._view.model.training.get("warnings") or ()
            ],
            "n_bytes": sum(i.row.size for i in items) + self._view.catalog.path.stat().st_size,
        }

    def close(self) -> None:
        """Close; again does nothing."""
        self._closed = True
        self._view.close()

    def __len__(self) -> int:
        return self.snapshot.n_records

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"Index({str(self.path)!r}, generation={self.generation}, n_records={self._snapshot.n_records})"
        )

    def __reduce__(self) -> Any:
        return _reopen, (str(self.path.absolute()), self._load, self._engine, self.generation)


def _reopen(path: str, load: str, engine: Engine, generation: int) -> Index:
    """A pickled index: its newest commit, which is the pickled one or a later."""
    index = Index(Path(path), load=load, engine=engine)
    if index.generation < generation:
        found = index.generation
        index.close()
        raise IndexStateError(f"{path}: expected generation {generation} or later, found {found}")
    return index


@overload
def open_index(path: str | os.PathLike[str], mode: Literal["r"] = "r", load: str = "mmap") -> Index: ...
@overload
def open_index(path: str | os.PathLike[str], mode: Literal["w"], load: str = "mmap") -> Writer: ...
def open_index(path: str | os.PathLike[str], mode: str = "r", load: str = "mmap") -> Index | Writer:
    """Open an index.

    Parameters
    ----------
    path : path
        The index's folder.
    mode : {"r", "w"}
        To read, by any number of threads and processes; or to write, by one.
    load : {"mmap", "ram"}
        Share segments' pages with all processes, or read them into this one's memory.

    Returns
    -------
    Index or Writer
        Both close at the end of a ``with``.

    Raises
    ------
    InputError
        A mode or load of another name.
    IndexStateError
        The folder is no index, or it is damaged.
    IndexLockedError
        It is to be written and has a writer.
    """
    if load not in ("mmap", "ram"):
        raise InputError(f"open_index: expected load of mmap, ram, got {load!r}")
    if mode == "w":
        return Writer(Path(path), load=load)
    if mode != "r":
        raise InputError(f"open_index: expected mode of r, w, got {mode!r}")
    return Index(Path(path), load=load)
