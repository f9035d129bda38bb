"""Several segments -> one without their tombstones, while commits go on; which ones, and what is garbage."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyroaring import BitMap

from linkage.errors import IndexStateError
from linkage.index.engine import Engine, ModelLike, SegmentLike
from linkage.index.parts import part_of
from linkage.index.snapshot import ENDING, SEGMENTS_FOLDER, OpenSegment, segment_path
from linkage.segment.storage import Storage, is_partial

MOST_SEGMENTS = 4
"""A look-up probes every segment, so its cost grows with their number."""
DEAD_SHARE = 0.25
"""A segment with more records ended than this is written anew."""


def new_name(generation: int) -> str:
    """A name no other segment has had: the generation for the eye, the rest drawn."""
    return f"{generation:08d}-{os.urandom(4).hex()}"


def choose_inputs(segments: Sequence[OpenSegment]) -> list[str]:
    """Segments to merge so that at most `MOST_SEGMENTS` stay; none when there is no need.

    Of all sets of smallest segments, the smallest set whose merger keeps sizes apart: each remaining segment
    is at least twice the next. So a record is rewritten as often as its segment doubles, not at every flush.
    """
    live = {item.row.name: item.n_live for item in segments}
    if len(segments) > MOST_SEGMENTS:
        names = sorted(live, key=lambda name: live[name])
        n = len(segments) - MOST_SEGMENTS + 1
        while n < len(names) and 2 * sum(live[name] for name in names[:n]) > live[names[n]]:
            n += 1
        return names[:n]
    return [item.row.name for item in segments if len(item.dead) > DEAD_SHARE * item.row.n_records]


@dataclass
class Compaction:
    """One compaction: planned and finished by the writer between commits, built at any time.

    Attributes
    ----------
    inputs : list of OpenSegment
        Segments with their tombstones at the beginning.
    name : str
        The new segment's.
    base : Segment or None
        With whose frequencies the new segment is weighed; None = it becomes the first and has its own.
    output : Segment or None
        The new segment once built; None as well when no record was left.
    """

    inputs: list[OpenSegment]
    name: str
    base: SegmentLike | None
    output: SegmentLike | None = None
    size: int = 0

    def build(self, folder: Path, engine: Engine, model: ModelLike, storage: Storage, load: str) -> None:
        """Write the new segment; touches nothing that a commit changes."""
        from linkage.index.sources import source_of_parts  # imports pyarrow, which reading need not

        parts = [part_of(item.segment, item.dead) for item in self.inputs]
        if not sum(part.n_live for part in parts):
            return
        for item in self.inputs:
            item.segment.check()  # what is damaged must not be copied under a fresh checksum
        path = segment_path(folder, self.name)
        source = source_of_parts(parts, model.schema)
        engine.build(source, model, path, storage, self.base)
        self.output, self.size = engine.open(path, load, self.base), path.stat().st_size
        if self.output.n_records != source.n_records:
            raise IndexStateError(
                f"{path}: expected {source.n_records} records, found {self.output.n_records}"
            )

    def ended_since(self, now: dict[str, OpenSegment]) -> BitMap:
        """Rows of the new segment whose records were deleted or replaced while it was built.

        Such a record has a tombstone in an input that was not there at the beginning, because whatever
        replaced it is in the journal or in a later segment.
        """
        ended = BitMap()
        if self.output is None:
            return ended
        for item in self.inputs:
            rows = np.array((now[item.row.name].dead - item.dead).to_array(), np.uint32)
            if len(rows):
                record_ids = item.segment.record_ids(rows)
                ended.update(self.output.rows_of_record_ids(record_ids)[1].tolist())
        return ended


def remove_garbage(folder: Path, live: Sequence[str], storage: Storage) -> int:
    """Remove files of segments that no generation names; how many.

    Only the writer may, and not while it builds one. A reader that has such a file open keeps it: its name
    goes, its bytes stay until the reader lets go. What cannot be removed now is removed another time.
    """
    removed = 0
    kept = {f"{name}{ENDING}" for name in live}
    for name in storage.names(folder / SEGMENTS_FOLDER):
        if name in kept or not (name.endswith(ENDING) or is_partial(name)):
            continue
        with suppress(OSError):
            storage.unlink(folder / SEGMENTS_FOLDER / name)
            removed += 1
    return removed
