"""A file with a JSON object a line -> a source; numbers stay numbers, all else is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source, check_names

JSON_LINES = (".jsonl", ".ndjson", ".json")
"""Endings of such a file."""

READ_AT_ONCE = 16 << 20
"""Bytes that are read at a time; columns are those of the objects in the first of them."""


def from_json_lines(path: Path) -> Source:
    """A file of JSON objects as a source; a column that the first 16 MiB lack is refused where it appears."""
    from pyarrow import json

    read_options = json.ReadOptions(block_size=READ_AT_ONCE)
    try:
        found = json.open_json(path, read_options=read_options).schema
    except pa.ArrowInvalid as error:
        raise _broken(path, error) from None
    schema = pa.schema([(field.name, _plain(field)) for field in found])
    check_names(str(path), schema.names)
    options: dict[str, Any] = {
        "read_options": read_options,
        "parse_options": json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    }

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        try:
            for batch in json.open_json(path, **options):
                yield batch.select(columns)
        except (pa.ArrowInvalid, UnicodeError) as error:
            raise _broken(path, error) from None

    return Source(str(path), schema.names, None, read, files=(path,))


def _plain(field: pa.Field) -> pa.DataType:
    """The type that a column is read as; what Arrow takes for a time is a text as somebody wrote it."""
    if pa.types.is_temporal(field.type) or pa.types.is_null(field.type):
        return pa.string()
    return field.type


def _broken(path: Path, error: Exception) -> InputError:
    """What is wrong, and in which row; Arrow's own message may show a value, a person's."""
    said = str(error)
    if "unexpected field" in said:
        return InputError(f"{path}: a column appears that the first {READ_AT_ONCE >> 20} MiB do not have")
    if "from object to array in row 0" in said:
        return InputError(f"{path}: expected a JSON object a line, got one list of all")
    # Arrow counts rows from the begin of what it has read at once: right only where that is the whole file.
    whole = path.suffix in JSON_LINES and path.stat().st_size <= READ_AT_ONCE
    row = re.search(r"in row (\d+)", said) if whole else None
    where = f", row {int(row[1]) + 1}" if row else ""
    if changed := re.search(r"Column\(/(.*)\) changed from (\w+) to (\w+)", said):
        column, before, now = changed.groups()
        return InputError(f"{path}, column {column!r}{where}: expected a {before} as before, got a {now}")
    expected = "an object a line and values of one type a column"
    return InputError(f"{path}{where}: cannot be read as JSON, {expected}")
