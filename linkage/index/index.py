"""A folder -> an index to read: snapshots, records as Arrow, checks; shared by threads and processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from linkage.errors import IndexStateError, InputError
from linkage.index.engine import SEGMENTS, Engine
from linkage.index.identifiers import Identifier, find_by_record, find_by_value, identifier_field
from linkage.index.snapshot import Snapshot, View
from linkage.index.writer import Writer
from linkage.schema import Schema
from linkage.search.get import get
from linkage.search.lookup import lookup
from linkage.search.matches import Matches

if TYPE_CHECKING:  # for annotations alone: pyarrow is not imported to open an index and look somebody up
    import pyarrow as pa

    from linkage.fields.source import Source
    from linkage.index.standing import CatalogStanding
    from linkage.search.explain import Explanation
    from linkage.search.get import Record
    from linkage.search.verify import Verification
    from linkage.search.verify_many import FormTable

RECORD_ID = "record_id"


class Index:
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

    def lookup(
        self,
        query: Mapping[str, Any],
        *,
        limit: int = 5,
        filters: Mapping[str, Any] | None = None,
        exhaustive: bool = False,
    ) -> Matches:
        """Who is this? The records that fit a query best.

        Parameters
        ----------
        query : mapping
            Field names to raw values, any subset, exact or damaged; what is missing is no evidence.
        limit : int
        filters : mapping or None
            Conditions that answers must meet; see `linkage.search.filters.compile_filter`.
        exhaustive : bool
            Decode and score every record, by no bound: the oracle, about half a second a million.

        Raises
        ------
        InputError
            A name that is no field of the index.
        """
        parts = self.snapshot.parts
        allowed = None
        if filters:
            from linkage.search.filters import compile_filters

            allowed = compile_filters(parts, **filters)
        return lookup(parts, query, limit=limit, allowed=allowed, exhaustive=exhaustive)

    def lookup_many(self, table: Any, *, limit: int = 1, threads: int | None = None) -> pa.Table:
        """Look up every row of a table; see `linkage.search.bulk.lookup_many`."""
        from linkage.search.bulk import lookup_many

        return lookup_many(self.snapshot.parts, table, limit=limit, threads=threads)

    def get(self, field: str, value: str | int) -> list[Record]:
        """The records that hold exactly this identifier, phone, e-mail or record id, however it is written.

        An identifier that was added to a record beside its own fields counts, cancelled ones too:
        `find_identifier` tells their status.
        """
        snapshot = self.snapshot
        found = get(snapshot.parts, field, value)
        if snapshot.has_identifiers and field != RECORD_ID:
            known = {record.record_id for record in found}
            further = dict.fromkeys(row.record_id for row in self.find_identifier(field, str(value)))
            for record_id in further.keys() - known:
                found += get(snapshot.parts, RECORD_ID, record_id)
        return found

    def get_many(self, field: str, values: Any) -> pa.Table:
        """`get` for a column of values; see `linkage.search.get.get_many`."""
        from linkage.search.get import get_many

        return get_many(self.snapshot.parts, field, values)

    def verify(self, query: Mapping[str, Any]) -> Verification:
        """Whether each field of a form agrees with the record of its number; never a stored value.

        A number that has ended, and one of a person who has died, is found and said to be so.
        """
        from linkage.search.verify import verify

        return verify(self.snapshot.parts, query, self._standing())

    def verify_many(self, table: Any, *, threads: int | None = None) -> pa.Table:
        """`verify` for every row of a table; see `linkage.search.verify_many.verify_many`."""
        from linkage.search.verify_many import verify_many

        return verify_many(self.snapshot.parts, table, standing=self._standing(), threads=threads)

    def verify_batches(self, table: Any, *, threads: int | None = None) -> FormTable:
        """As `verify_many`, batch by batch: tables of any length in little memory."""
        from linkage.search.verify_many import FormTable

        return FormTable(self.snapshot.parts, table, self._standing(), threads)

    def _standing(self) -> CatalogStanding | None:
        """What the catalog knows of numbers; None when records have none beyond their fields."""
        if not self.snapshot.has_identifiers:
            return None
        from linkage.index.standing import CatalogStanding

        return CatalogStanding(self._view.catalog, self.schema, self.generation)

    def explain(self, query: Mapping[str, Any], record_id: str) -> Explanation:
        """Why a record has its weight against a query."""
        from linkage.search.explain import explain

        return explain(self.snapshot.parts, query, record_id)

    def identifiers(self, record_id: str) -> list[Identifier]:
        """Identifiers of a record beyond those in its fields, with status and dates, oldest first."""
        if not self.snapshot.has_identifiers:
            return []
        return find_by_record(self._view.catalog, record_id, self.generation)

    def find_identifier(self, field: str, value: str) -> list[Identifier]:
        """Records that have, or had, this identifier beyond those in their fields."""
        item = identifier_field(self.schema, field)
        if not self.snapshot.has_identifiers:
            return []
        return find_by_value(self._view.catalog, item, value, self.generation)

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
        """Sizes and counts; nothing of any record."""
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

    Raises
    ------
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
