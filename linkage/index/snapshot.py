"""A catalog -> the index as one generation has it: immutable, and cheap to bring up to the next."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pyroaring import BitMap

from linkage.errors import IndexStateError
from linkage.index.catalog import CATALOG, Catalog
from linkage.index.delta import Delta
from linkage.index.engine import Engine, ModelLike, SegmentLike
from linkage.index.parts import Part, part_of
from linkage.index.rows import JournalRow, SegmentRow, State, TombstoneRow, read_bitmap
from linkage.segment.storage import LOCAL

SEGMENTS_FOLDER = "segments"
ENDING = ".seg"
_ATTEMPTS = 100


def segment_path(folder: Path, name: str) -> Path:
    """Where a segment of an index lies."""
    return folder / SEGMENTS_FOLDER / f"{name}{ENDING}"


@dataclass(frozen=True)
class Snapshot:
    """An index as it was after one commit; nothing in it ever changes.

    Attributes
    ----------
    generation : int
    frequencies_version : int
        Frequency tables are those of the first part.
    parts : tuple of Part
        Segments on disk, in the catalog's order, then segments in memory, each with its tombstones.
    n_records : int
        Live records of all parts.
    has_identifiers : bool
        Whether records have identifiers beyond those in their fields.
    """

    generation: int
    frequencies_version: int
    parts: tuple[Part, ...]
    n_records: int
    has_identifiers: bool


class OpenSegment(NamedTuple):
    """A live segment's row in the catalog, the segment, and the rows of it that have ended."""

    row: SegmentRow
    segment: SegmentLike
    dead: BitMap

    @property
    def n_live(self) -> int:
        """Records that have not ended."""
        return self.segment.n_records - len(self.dead)


class View:
    """A folder's newest generation as this process has read it; `refresh` reads on.

    Parameters
    ----------
    folder : Path
    engine : Engine
    load : {"mmap", "ram"}
    writable : bool
        For the one writer, which shares the connection.

    Attributes
    ----------
    n_journal, n_tombstones : int
        Rows of the catalog.
    """

    def __init__(self, folder: Path, engine: Engine, *, load: str = "mmap", writable: bool = False) -> None:
        self.folder = folder
        self.engine = engine
        self._load = load
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._model: ModelLike | None = None
        self.catalog = Catalog(folder / CATALOG, writable=writable)
        try:
            self._data_version = -1
            self._snapshot: Snapshot | None = None
            self._parts: dict[str, Part] = {}
            self.open_segments: dict[str, OpenSegment] = {}
            self._read_all()
        except BaseException:
            self.catalog.close()
            raise

    def refresh(self) -> bool:
        """Whether there was a newer generation, which is now taken in; microseconds when there was none."""
        if self._process != os.getpid():
            # Whatever thread held the lock at the fork is not here to give it back.
            self._process, self._lock, self._data_version = os.getpid(), threading.RLock(), -1
        with self._lock:
            version = self.catalog.data_version()
            if version == self._data_version:
                return False
            with self.catalog.reading():
                state = self.catalog.read_state()
                same = state.generation == self.state.generation
                grown = state.epoch == self.state.epoch and state.generation > self.state.generation
                if grown:
                    tombstones = self.catalog.read_tombstones_since(self.state.generation)
                    digest = self.state.digests["journal"]
                    journal = self.catalog.read_journal(state, self.state.last_seq, digest)
            if grown:
                self.advance(state, tombstones, journal)
            elif not same:
                self._read_all()
            self._data_version = version
            return not same

    def snapshot(self) -> Snapshot:
        """The generation read last."""
        with self._lock:
            if self._snapshot is None:
                self._snapshot = self._make_snapshot()
            return self._snapshot

    def _make_snapshot(self) -> Snapshot:
        for name, item in self.open_segments.items():
            if self._parts.get(name) is None:
                self._parts[name] = part_of(item.segment, item.dead)
        parts = (*(self._parts[name] for name in self.open_segments), *self.delta.parts())
        return Snapshot(
            self.state.generation,
            self.state.frequencies_version,
            parts,
            sum(part.n_live for part in parts),
            self.state.digests["identifiers"] != 0,
        )

    @property
    def model(self) -> ModelLike:
        """The model that all records of the index are encoded and weighed by; read on first use."""
        if self._model is None:
            self._model = self.engine.read_model(self.catalog.read_model(self.state))
        return self._model

    def advance(self, state: State, tombstones: list[TombstoneRow], journal: list[JournalRow]) -> None:
        """Take in what a commit without new segments has added."""
        bitmaps = self._bitmaps(tombstones)
        for name, bitmap in bitmaps.items():
            item = self.open_segments[name]
            self.open_segments[name] = item._replace(dead=item.dead | bitmap)
            self._parts.pop(name, None)
        self.delta.apply(journal)
        self.n_journal += len(journal)
        self.n_tombstones += len(tombstones)
        self.state = state
        self._snapshot = None

    def reload(self) -> None:
        """Read the catalog from the start; segments that are open stay open."""
        with self._lock:
            self._read_all()

    def _read_all(self) -> None:
        """Segments may be compacted away between reading their names and opening them: then read again."""
        seen = -1
        for _ in range(_ATTEMPTS):
            version = self.catalog.data_version()
            with self.catalog.reading():
                state = self.catalog.read_state()
                self.catalog.check_length()
                rows = self.catalog.read_segments(state)
                tombstones = self.catalog.read_tombstones(state)
                journal = self.catalog.read_journal(state)
            missing = self._open_missing(rows)
            if missing is None:
                self._adopt(state, rows, tombstones, journal)
                self._data_version = version
                return
            if state.generation == seen:
                break
            seen = state.generation
        raise IndexStateError(f"{missing}: the catalog names this segment, but there is no such file")

    def _open_missing(self, rows: list[SegmentRow]) -> Path | None:
        """Open what is not open yet; the path that does not exist, if one does not."""
        for row in rows:
            if row.name in self.open_segments:
                continue
            path = segment_path(self.folder, row.name)
            try:
                size = path.stat().st_size
                if size != row.size:
                    raise IndexStateError(f"{path}: expected {row.size} bytes, found {size}")
                segment = self.engine.open(path, self._load, self._base_of(rows, row))
            except FileNotFoundError:
                return path
            if segment.n_records != row.n_records:
                raise IndexStateError(f"{path}: expected {row.n_records} records, found {segment.n_records}")
            self.open_segments[row.name] = OpenSegment(row, segment, BitMap())
        return None

    def _base_of(self, rows: list[SegmentRow], row: SegmentRow) -> SegmentLike | None:
        """The segment whose frequencies weigh this one's records: the first, which is opened first."""
        return None if row.name == rows[0].name else self.open_segments[rows[0].name].segment

    def _adopt(
        self,
        state: State,
        rows: list[SegmentRow],
        tombstones: list[TombstoneRow],
        journal: list[JournalRow],
    ) -> None:
        kept = {row.name: self.open_segments[row.name].segment for row in rows}
        base = kept[rows[0].name] if rows else None
        for i, row in enumerate(rows):
            kept[row.name] = self.engine.rebase(kept[row.name], base if i else None)
        self.open_segments = {row.name: OpenSegment(row, kept[row.name], BitMap()) for row in rows}
        for name, bitmap in self._bitmaps(tombstones).items():
            self.open_segments[name] = self.open_segments[name]._replace(dead=bitmap)
        self._parts = {}
        self.delta = Delta(self.build_in_memory)
        self.delta.apply(journal)
        self.n_journal, self.n_tombstones = len(journal), len(tombstones)
        if self._model is not None and state.model != self.state.model:
            self._model = None
        self.state = state
        self._snapshot = None

    def _bitmaps(self, tombstones: list[TombstoneRow]) -> dict[str, BitMap]:
        """All rows of a segment in one bitmap."""
        found: dict[str, BitMap] = {}
        for row in tombstones:
            item = self.open_segments.get(row.segment)
            if item is None:
                raise IndexStateError(f"{self.catalog.path}: tombstones of a segment that is not live")
            bitmap = read_bitmap(self.catalog.path, row.bitmap, item.row.n_records)
            found[row.segment] = found[row.segment] | bitmap if row.segment in found else bitmap
        return found

    def build_in_memory(self, payloads: Mapping[str, bytes]) -> SegmentLike:
        """Packed records -> a segment in memory, which is read with the first segment's frequencies."""
        from linkage.index.sources import source_of_payloads  # imports pyarrow, which reading need not

        source = source_of_payloads(payloads, self.model.schema)
        base = self.base
        return self.engine.from_bytes(self.engine.build(source, self.model, None, LOCAL, base), base)

    @property
    def base(self) -> SegmentLike | None:
        """The first segment, with whose frequencies the others are weighed."""
        first = min(self.open_segments.values(), key=lambda item: item.row.position, default=None)
        return first.segment if first else None

    def check(self) -> None:
        """Read every byte of the generation read last."""
        with self._lock:
            self.catalog.check()
            for item in self.open_segments.values():
                item.segment.check()

    def close(self) -> None:
        """Close the catalog; segments stay readable while a snapshot holds them."""
        with self._lock:
            self.catalog.close()
