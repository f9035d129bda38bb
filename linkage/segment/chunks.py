"""A source -> its records' texts by field, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from linkage.fields.source import Source
from linkage.fields.text import as_text, readable
from linkage.schema import Schema
from linkage.segment.codings import RECORD_ID

CHUNK = 1 << 18
"""Records that are encoded together: what a chunk needs (about 1 KB a record) is freed before the next."""
Chunk = tuple[dict[str, pa.Array], int]
_CODED = ("category", "text", "address")
"""Kinds whose columns may come with a dictionary of their own: each entry is written once a chunk."""


def read_chunks(source: Source, schema: Schema, header: dict[str, str]) -> Iterator[Chunk]:
    """Texts by field (those that the table holds), about CHUNK records at a time.

    The next chunk is read while this one is worked on.
    """
    chunks = _chunks(source, schema, header)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = reader.submit(next, chunks, None)
            yield chunk


def _chunks(source: Source, schema: Schema, header: dict[str, str]) -> Iterator[Chunk]:
    wanted = list(dict.fromkeys(header.values()))
    held: list[pa.RecordBatch] = []
    size = n = 0
    for batch in source.batches(wanted):
        for start in range(0, len(batch), CHUNK):
            piece = batch.slice(start, CHUNK)
            held.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield _texts(held, schema, header, n), size
                n += size
                held, size = [], 0
    if size:
        yield _texts(held, schema, header, n), size


def _texts(
    batches: list[pa.RecordBatch], schema: Schema, header: dict[str, str], n: int
) -> dict[str, pa.Array]:
    table = pa.Table.from_batches(batches)
    coded = {f.name for f in schema.fields if f.kind in _CODED}
    texts = {name: _as_one(table.column(column), name in coded) for name, column in header.items() if name}
    if "" in header:
        texts[RECORD_ID] = readable(_as_one(table.column(header[""]), False))
    else:
        texts[RECORD_ID] = pa.array(np.arange(n, n + len(table))).cast(pa.string())
    return texts


def _as_one(column: pa.ChunkedArray, may_be_coded: bool) -> pa.Array:
    """A column as one array of texts; one with a dictionary of its own keeps it, where that `may_be`."""
    if may_be_coded and pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type):
        one = column.chunk(0) if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks()
        if one.dictionary.null_count == 0:
            return one
        return as_text(one)
    return as_text(column.chunk(0) if column.num_chunks == 1 else column.combine_chunks())
