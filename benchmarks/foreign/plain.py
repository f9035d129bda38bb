"""Tables and what linkage takes their columns for -> the same columns as any other system would be given them.

Dates as linkage read them (ISO), names and texts folded to small letters without diacritics, columns that were
joined as one: what an expert would do around a peer. The peer's columns are f0, f1 ... in the schema's order.
"""

import unicodedata
from typing import Any

import pyarrow as pa

from linkage.fields.batch import EncodedRecords, encode_records
from linkage.schema import Schema
from linkage.tables.opening import open_source


def peer_fields(schema: Schema) -> list[dict[str, Any]]:
    """What a peer is told of each of its columns."""
    return [
        {"column": f"f{i}", "kind": f.kind, "part": f.part or "", "name": f.name, "shared": f.shared}
        for i, f in enumerate(schema.fields)
    ]


def plain_tables(tables: list[pa.Table], headers: list[dict[str, str]], schema: Schema) -> list[pa.Table]:
    """The columns that each table holds, encoded here only to read the dates."""
    records = encode_records([open_source(t) for t in tables], headers, schema, threads=1)
    return plain_columns(records, tables, headers)


def plain_columns(
    records: EncodedRecords, tables: list[pa.Table], headers: list[dict[str, str]]
) -> list[pa.Table]:
    """One table of plain columns for each, all missing where a table has no such column."""
    first, found = 0, []
    for table, held in zip(tables, headers, strict=True):
        texts = _texts(table, {name: column for name, column in held.items() if name})
        columns: dict[str, Any] = {"record_id": table["record_id"]}
        for field in peer_fields(records.schema):
            if field["name"] not in texts:
                columns[field["column"]] = pa.nulls(table.num_rows, pa.string())
            elif field["kind"] == "date":
                words = records.rows[first : first + table.num_rows, records.words[field["name"]]]
                columns[field["column"]] = pa.array([iso(int(w)) for w in words], pa.string())
            else:
                columns[field["column"]] = pa.array([folded(v) for v in texts[field["name"]]], pa.string())
        first += table.num_rows
        found.append(pa.table(columns))
    return found


def _texts(table: pa.Table, headers: dict[str, str]) -> dict[str, list[str | None]]:
    """Field -> its values, those of several columns joined as linkage joins them."""
    batches = list(open_source(table).batches(list(headers.values())))
    read = pa.Table.from_batches(batches)
    return {name: read.column(i).cast(pa.string()).to_pylist() for i, name in enumerate(headers)}


def iso(word: int) -> str | None:
    """A date's packed digits as year-month-day; None where it is missing."""
    digits = f"{word:08x}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if word else None


def folded(value: str | None) -> str | None:
    """Small letters without diacritics; None for nothing."""
    if value is None or not value.strip():
        return None
    plain = unicodedata.normalize("NFD", value.casefold().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()
