"""Packed records, or segments without their tombstones -> sources that a segment can be built from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import pyarrow as pa

from linkage.fields.source import Source
from linkage.index.engine import Rows
from linkage.index.operations import RECORD_ID, id_column, unpack_texts
from linkage.index.parts import Part, live_rows
from linkage.schema import Schema

BATCH = 65_536
UNPACKED = 2048


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
