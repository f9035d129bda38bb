"""Segments as JSON texts, and an index of them: what the index's tests put in the place of real segments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from linkage.errors import SegmentError
from linkage.fields.source import Source
from linkage.index.create import create_index
from linkage.index.index import Index
from linkage.index.parts import live_rows
from linkage.index.snapshot import Snapshot
from linkage.index.writer import Writer
from linkage.schema import Field, Schema
from linkage.segment.storage import LOCAL, Storage, write_file

SCHEMA = Schema((Field("name", "person_name"), Field("number", "identifier"), Field("phone", "phone")))
NAMES = [f.name for f in SCHEMA.fields]
Record = dict[str, str | None]


class FakeModel(NamedTuple):
    """A model that is nothing but a schema."""

    schema: Schema = SCHEMA

    @property
    def training(self) -> dict[str, Any]:
        return {}


class FakeSegment:
    """Records in a list, sorted by name, as a real segment does not keep their order either."""

    def __init__(self, data: bytes) -> None:
        try:
            self._records: list[Record] = json.loads(data)
        except ValueError:
            raise SegmentError("a fake segment is damaged") from None
        self.n_records = len(self._records)

    def record_ids(self, rows: Any) -> list[str]:
        return [str(self._records[row]["record_id"]) for row in rows]

    def rows_of_record_id(self, record_id: str) -> Any:
        found = [row for row, r in enumerate(self._records) if r["record_id"] == record_id]
        return np.array(found, np.uint32)

    def rows_of_record_ids(self, record_ids: Sequence[str]) -> Any:
        found = [(i, row) for i, r in enumerate(record_ids) for row in self.rows_of_record_id(r)]
        return np.array([i for i, _ in found], np.intp), np.array([row for _, row in found], np.uint32)

    def records(self, rows: Any) -> list[Record]:
        return [dict(self._records[row]) for row in rows]

    def batches(self, rows: Any = None, size: int = 3) -> Iterator[pa.RecordBatch]:
        chosen = range(self.n_records) if rows is None else rows
        table = pa.Table.from_pylist(self.records(chosen), schema=TABLE)
        yield from table.to_batches(max_chunksize=size)

    def check(self) -> None:
        pass


TABLE = pa.schema([(name, pa.string()) for name in (*NAMES, "record_id")])


class FakeEngine:
    """Builds, opens and counts fake segments."""

    def __init__(self) -> None:
        self.n_built = 0

    def open(self, path: Path, load: str, base: Any) -> FakeSegment:
        return FakeSegment(path.read_bytes())

    def from_bytes(self, data: bytes, base: Any) -> FakeSegment:
        return FakeSegment(data)

    def rebase(self, segment: Any, base: Any) -> Any:
        return segment

    def build(self, source: Source, model: Any, target: Path | None, storage: Storage, base: Any) -> Any:
        self.n_built += 1
        rows = [row for batch in source.batches(["record_id", *NAMES]) for row in batch.to_pylist()]
        data = to_bytes(rows)
        assert rows, "a segment of no record"
        assert len(rows) == source.n_records
        if target is None:
            return data
        write_file(target, data, storage, replace=False)
        return target

    def read_model(self, text: str) -> FakeModel:
        return FakeModel(Schema.from_dict(json.loads(text)))


def to_bytes(records: list[Record]) -> bytes:
    """Records -> a fake segment."""
    return json.dumps(sorted(records, key=lambda r: (r["name"] or "", r["record_id"]))).encode()


def no_duplicates(snapshot: Snapshot, records: Any) -> list[Any]:
    """Fake segments cannot be searched."""
    return []


def create(folder: Path, records: list[Record], *, overwrite: bool = False, storage: Storage = LOCAL) -> Path:
    """A fake index of these records."""

    def build(target: Path) -> str:
        write_file(target, to_bytes(records), storage)
        return json.dumps(SCHEMA.to_dict())

    return create_index(folder, build, overwrite=overwrite, engine=FakeEngine(), storage=storage)


def open_reader(folder: Path, engine: FakeEngine | None = None) -> Index:
    """The fake index, to read."""
    return Index(folder, engine=engine or FakeEngine())


def open_writer(folder: Path, *, journal_limit: int = 1000, storage: Storage = LOCAL) -> Writer:
    """The fake index, to write; nothing happens in the background."""
    return Writer(
        folder,
        engine=FakeEngine(),
        find=no_duplicates,
        storage=storage,
        journal_limit=journal_limit,
        background=False,
    )


def record(record_id: str, name: str | None = None, number: str | None = None) -> Record:
    """A record of the fake schema."""
    return {"record_id": record_id, "name": name, "number": number, "phone": None}


def content(index: Index | Snapshot) -> dict[str, Record]:
    """All live records by id; fails when one is there twice."""
    snapshot = index.snapshot if isinstance(index, Index) else index
    found = [r for part in snapshot.parts for r in part.segment.records(live_rows(part))]
    by_id = {str(r["record_id"]): r for r in found}
    assert len(by_id) == len(found) == snapshot.n_records
    return by_id
