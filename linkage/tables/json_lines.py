"""A file with a JSON object a line -> a source; numbers stay numbers, all else is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source, check_names
from linkage.tables.header_row import check_width

JSON_LINES = (".jsonl", ".ndjson", ".json")
"""Endings of such a file."""

READ_AT_ONCE = 16 << 20
"""Bytes that are read at a time; columns are those of the objects in the first of them."""
MOST_DEEP = 64
"""Lists and objects within one another. Arrow's reader goes down them on its stack, which is not endless."""

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class _Objects:
    """A file's bytes as Arrow's reader asks for them, refused where it would crash over them.

    `only_first` ends it behind the lines that are read at once first: they tell the columns, and Arrow reads
    ahead.
    """

    closed = False

    def __init__(self, path: Path, *, only_first: bool = False) -> None:
        self.path = path
        self.only_first = only_first
        self._stream = pa.input_stream(path)
        self._line = b""
        self._is_begin, self._is_ended = True, False

    def read(self, n: int) -> bytes:
        if self._is_ended:
            return b""
        data: bytes = self._stream.read(n)
        if self.only_first and b"\n" in data:
            data, self._is_ended = data[: data.rfind(b"\n") + 1], True
        if self._is_begin:
            first = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
            # Arrow falls over a file that begins with null.
            if first not in (b"", b"{"):
                got = "one list of all" if first == b"[" else "something else"
                raise InputError(f"{self.path}: expected a JSON object a line, got {got}")
            self._is_begin = first == b""
        # Lines of plain objects have one bracket each, and are not gone through.
        if brackets(data) + brackets(self._line) > data.count(b"\n") + MOST_DEEP:
            self._check_depth(self._line + data)
        at = data.rfind(b"\n") + 1
        self._line = data[at:] if at else self._line + data
        return data

    def _check_depth(self, lines: bytes) -> None:
        if any(is_deep(line) for line in lines.split(b"\n")):
            raise InputError(f"{self.path}: expected values, got lists or objects more than {MOST_DEEP} deep")

    def close(self) -> None:
        self._stream.close()


def brackets(text: bytes) -> int:
    """How many lists and objects begin in a text, or seem to."""
    return text.count(b"{") + text.count(b"[")


def is_deep(line: bytes) -> bool:
    """Whether lists and objects stand within one another more than `MOST_DEEP` times."""
    if brackets(line) <= MOST_DEEP:
        return False
    depth = 0
    for found in _BRACKETS.finditer(line):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(found[0], 0)
        if depth > MOST_DEEP:
            return True
    return False


def from_json_lines(path: Path) -> Source:
    """A file of JSON objects as a source; a column that the first 16 MiB lack is refused where it appears."""
    from pyarrow import json

    read_options = json.ReadOptions(block_size=READ_AT_ONCE)
    try:
        found = json.open_json(_Objects(path, only_first=True), read_options=read_options).schema
    except pa.ArrowInvalid as error:
        raise _broken(path, error) from None
    check_width(str(path), len(found))
    schema = pa.schema([(field.name, _plain(field)) for field in found])
    check_names(str(path), schema.names)
    options: dict[str, Any] = {
        "read_options": read_options,
        "parse_options": json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    }

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        try:
            for batch in json.open_json(_Objects(path), **options):
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
    # Arrow counts rows from the begin of what it has read at once: right only where that is the whole file.
    whole = path.suffix in JSON_LINES and path.stat().st_size <= READ_AT_ONCE
    row = re.search(r"in row (\d+)", said) if whole else None
    where = f", row {int(row[1]) + 1}" if row else ""
    if changed := re.search(r"Column\(/(.*)\) changed from (\w+) to (\w+)", said):
        column, *kinds = changed.groups()
        before, now = (f"an {kind}" if kind in ("array", "object") else f"a {kind}" for kind in kinds)
        return InputError(f"{path}, column {column!r}{where}: expected {before} as before, got {now}")
    expected = "an object a line and values of one type a column"
    return InputError(f"{path}{where}: cannot be read as JSON, {expected}")
