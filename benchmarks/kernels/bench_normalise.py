"""Raw texts of a column -> words of the rows: one column of each kind, and all columns of a file.

Item: a record. Floor: the texts read once, the words written once, and for names and other texts a
cache line of the dictionary at a place nobody can foresee; or 4 instructions a byte, if that is more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.floors import Work
from benchmarks.kernels.conftest import Step
from linkage.fields.batch import encode_records
from linkage.fields.columns import COLUMNS, TextColumn
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import Source
from linkage.schema import citizen_schema

KINDS = {
    "identifier": "id_number",
    "date": "date_of_birth",
    "category": "birth_province",
    "person_name": "full_name",
    "address": "street",
}
INSTRUCTIONS_A_BYTE = 4
DICTIONARY_ENTRY = 16
"""Hash and number of a distinct text, in bytes, at the least."""


@pytest.mark.parametrize("kind", KINDS)
def bench_encode_column(step: Step, source: Source, kind: str) -> None:
    """One column, repairs and the end of its dictionary included."""
    field = next(f for f in citizen_schema().fields if f.name == KINDS[kind])
    batches = [batch.column(0) for batch in source.batches([field.name])]
    n = sum(map(len, batches))
    width = COLUMNS[field.kind](field).n_words
    out = np.empty((max(map(len, batches)), width), np.uint32)

    def encode() -> Any:
        column = COLUMNS[field.kind](field)
        for batch in batches:
            column.encode(batch, out[: len(batch)])
        column.finish()
        return column

    distinct = encode().n_distinct
    is_text = kind in ("person_name", "address")
    n_bytes = sum(text_bytes(batch) for batch in batches)
    step(
        f"encode: {kind.replace('_', ' ')}",
        encode,
        n=n,
        item="record",
        work=Work(
            read_bytes=n_bytes,
            written_bytes=4 * width * n,
            random_reads=((n, DICTIONARY_ENTRY * distinct),) if is_text else (),
            instructions=INSTRUCTIONS_A_BYTE * n_bytes,
            counts="texts read, words written"
            + (", one line of the dictionary" if is_text else "")
            + f", {INSTRUCTIONS_A_BYTE} instructions a byte",
        ),
    )


def bench_encode_records(step: Step, source: Source) -> None:
    """All columns of the file: read from Parquet, encoded, rows assembled; one thread."""
    headers = find_headers(source, citizen_schema())
    schema = citizen_schema().only(headers)
    wanted = list(dict.fromkeys(headers.values()))
    n = n_bytes = 0
    for batch in source.batches(wanted):
        n += len(batch)
        n_bytes += sum(text_bytes(column) for column in batch.columns)
    records = encode_records([source], [headers], schema, threads=1)
    width = records.rows.shape[1]
    texts = [column for column in records.columns.values() if isinstance(column, TextColumn)]
    step(
        "encode: all columns, from Parquet",
        lambda: encode_records([source], [headers], schema, threads=1),
        n=n,
        item="record",
        work=Work(
            read_bytes=2 * n_bytes,
            written_bytes=n_bytes + 8 * width * n,
            random_reads=tuple((n, DICTIONARY_ENTRY * len(column.values)) for column in texts),
            instructions=INSTRUCTIONS_A_BYTE * n_bytes,
            counts="texts decoded and read, words written twice, a line of each text's dictionary",
        ),
        rounds=3,
    )


def text_bytes(array: pa.Array) -> int:
    """What the distinct texts of a column and their places take, in bytes."""
    return int(array.nbytes)
