"""What an index asks of segments: to open, to read and to build them; tests put another in its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from linkage.schema import Schema
from linkage.segment.storage import Storage

if TYPE_CHECKING:  # for annotations alone: pyarrow is not imported to open an index and read
    import pyarrow as pa

    from linkage.fields.source import Source

MANY = 5_000
"""Records from which on a segment is built by two threads."""
Rows = npt.NDArray[np.uint32]
Texts = dict[str, str | None]


class SegmentLike(Protocol):
    """The part of `linkage.segment.segment.Segment` that an index uses."""

    n_records: int

    def record_ids(self, rows: Rows) -> list[str]:
        """Record ids of rows, as given."""

    def rows_of_record_id(self, record_id: str) -> Rows:
        """Rows of a record id."""

    def rows_of_record_ids(self, record_ids: Sequence[str]) -> tuple[npt.NDArray[np.intp], Rows]:
        """Rows of many record ids: positions in `record_ids`, ascending, and the row of each."""

    def records(self, rows: Rows) -> list[Texts]:
        """Stored texts of rows by field name, and ``record_id``."""

    def batches(self, rows: Rows | None = None, size: int = 65536) -> Iterator[pa.RecordBatch]:
        """Stored texts of rows as Arrow batches."""

    def check(self) -> None:
        """SegmentError when a byte is not as written."""


class ModelLike(Protocol):
    """The part of a model that an index uses."""

    @property
    def schema(self) -> Schema:
        """Fields and how candidates are found."""

    @property
    def training(self) -> dict[str, Any]:
        """What training says of itself: `warnings` with a message each."""


class Engine(Protocol):
    """How segments come to be."""

    def open(self, path: Path, load: str, base: SegmentLike | None) -> SegmentLike:
        """A segment's file -> the segment, weighed with the frequencies of `base`."""

    def from_bytes(self, data: bytes, base: SegmentLike | None) -> SegmentLike:
        """A segment built in memory -> the segment."""

    def rebase(self, segment: SegmentLike, base: SegmentLike | None) -> SegmentLike:
        """The same segment, weighed with the frequencies of another base; None = with its own."""

    def build(
        self, source: Source, model: Any, target: Path | None, storage: Storage, base: SegmentLike | None
    ) -> Any:
        """Records, at least one -> a segment's file (durable on return), or its bytes without `target`.

        With a base it holds no frequencies of its own.
        """

    def read_model(self, text: str) -> ModelLike:
        """A model's JSON -> the model."""


class SegmentEngine:
    """Segments as `linkage.segment` makes them; imports what an operation needs when it is needed."""

    def open(self, path: Path, load: str, base: SegmentLike | None) -> SegmentLike:
        """See `Engine`."""
        from linkage.segment.segment import Segment

        return cast(SegmentLike, Segment.open(path, load=cast(Any, load), like=cast(Any, base)))

    def from_bytes(self, data: bytes, base: SegmentLike | None) -> SegmentLike:
        """See `Engine`."""
        from linkage.segment.segment import Segment

        return cast(SegmentLike, Segment.from_bytes(data, like=cast(Any, base)))

    def rebase(self, segment: SegmentLike, base: SegmentLike | None) -> SegmentLike:
        """See `Engine`."""
        return cast(SegmentLike, cast(Any, segment).based_on(base))

    def build(
        self, source: Source, model: Any, target: Path | None, storage: Storage, base: SegmentLike | None
    ) -> Any:
        """See `Engine`."""
        from linkage.segment.build import build_segment

        are_many = source.n_records is None or source.n_records >= MANY
        threads = 2 if are_many else 1  # to start some takes longer than a few records
        return build_segment(source, model, target, threads=threads, like=cast(Any, base), storage=storage)

    def read_model(self, text: str) -> ModelLike:
        """See `Engine`."""
        from linkage.model.model import Model

        return Model.from_dict(json.loads(text))


SEGMENTS: Engine = SegmentEngine()
