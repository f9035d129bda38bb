"""Packed records, or segments without their tombstones -> sources that a segment can be built from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from linkage.fields.source import Source
from linkage.index.engine import Rows
from linkage.index.operations import RECORD_ID, id_column, unpack_texts
from linkage.index.parts import Part, live_rows
from linkage.schema import Schema

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

BATCH = 65_536
UNPACKED = 2048
AHEAD = 2
"""Batches that are decoded while one is encoded."""


def source_of_payloads(payloads: Mapping[str, bytes], schema: Schema) -> Source:
    """Records of the journal, by record id."""
    table = pa.Table.from_batches(_unpacked(payloads, schema), arrow_schema(schema))

    def read(wanted: list[str]) -> Iterator[pa.RecordBatch]:
        yield from table.select(wanted).to_batches(max_chunksize=BATCH)

    return Source("journal", table.column_names, table.num_rows, read)


def _unpacked(payloads: Mapping[str, bytes], schema: Schema) -> Iterator[pa.RecordBatch]:
    """Batch by batch: a commit of any size is unpacked in a few megabytes of Python objects."""
    wanted, records = arrow_schema(schema), iter(payloads.items())
    while chunk := list(islice(records, UNPACKED)):
        texts = [unpack_texts(payload, len(schema.fields)) for _, payload in chunk]
        columns = ([record_id for record_id, _ in chunk], *zip(*texts, strict=True))
        yield pa.RecordBatch.from_arrays([pa.array(c, pa.string()) for c in columns], schema=wanted)


def source_of_parts(parts: Sequence[Part], schema: Schema) -> Source:
    """The live records of segments, one after the other."""
    names = [id_column(schema), *(f.name for f in schema.fields)]

    def read(wanted: list[str]) -> Iterator[pa.RecordBatch]:
        for batch in batches_of_parts(parts, schema):
            yield batch.select(wanted)

    n_records = sum(part.n_live for part in parts)
    return Source("segments", names, n_records, read)


def source_of_snapshot(name: str, parts: Sequence[Part], schema: Schema) -> Source:
    """An index's live records for `dedupe` and `link`: decoded batch by batch while others are encoded."""
    names = [id_column(schema), *(f.name for f in schema.fields)]

    def read(wanted: list[str]) -> Iterator[pa.RecordBatch]:
        with ThreadPoolExecutor(1) as pool:
            waiting: deque[Future[pa.RecordBatch]] = deque()
            for part, rows in _row_batches(parts):
                waiting.append(pool.submit(_decoded, part, rows, schema, wanted))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    return Source(name, names, sum(part.n_live for part in parts), read)


def _row_batches(parts: Iterable[Part]) -> Iterator[tuple[Part, Rows]]:
    for part in parts:
        rows = live_rows(part)
        for start in range(0, len(rows), BATCH):
            yield part, rows[start : start + BATCH]


def _decoded(part: Part, rows: Rows, schema: Schema, wanted: list[str]) -> pa.RecordBatch:
    """Some records' wanted columns, categories as dictionaries."""
    from linkage.segment.columns import read_batch

    names = {name: RECORD_ID if name == id_column(schema) else name for name in wanted}
    segment = cast("Segment", part.segment)
    batch = read_batch(segment, rows, list(names.values()), coded=True)
    held = batch.schema.names
    columns = [batch.column(at) if at in held else pa.nulls(len(batch), pa.string()) for at in names.values()]
    return pa.RecordBatch.from_arrays(columns, names=wanted)


def batches_of_parts(parts: Iterable[Part], schema: Schema) -> Iterator[pa.RecordBatch]:
    """The live records of segments as Arrow batches: the record id, then the schema's fields, all texts."""
    wanted = arrow_schema(schema)
    for part in parts:
        rows: Rows | None = None if part.dead is None else live_rows(part)
        if rows is not None and not len(rows):
            continue
        for batch in part.segment.batches(rows, BATCH):
            yield _arranged(batch, wanted)


def arrow_schema(schema: Schema) -> pa.Schema:
    """The columns of an index read as a table."""
    names = [id_column(schema), *(f.name for f in schema.fields)]
    return pa.schema([(name, pa.string()) for name in names])


def _arranged(batch: pa.RecordBatch, wanted: pa.Schema) -> pa.RecordBatch:
    """The batch with the wanted columns in order; a field that a segment never held is missing."""
    held = batch.schema.names
    columns = []
    for i, name in enumerate(wanted.names):
        at = name if name in held or i else RECORD_ID
        column = batch.column(at) if at in held else pa.nulls(len(batch), pa.string())
        columns.append(column if pa.types.is_string(column.type) else column.cast(pa.string()))
    return pa.RecordBatch.from_arrays(columns, schema=wanted)
