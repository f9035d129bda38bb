"""A CSV file of any delimiter and encoding, compressed or not -> a source of texts."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from csv import Error as CsvError
from csv import reader as csv_rows
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source
from linkage.fields.text import readable
from linkage.tables.header_row import (
    LOOKED_AT,
    MOST_ABOVE,
    check_width,
    holds_headers,
    n_named,
    named,
    plain_names,
    rows_above_headers,
)

DELIMITERS = "\t;,|"
BEGINNING = 1 << 16
"""Characters of a file that tell its delimiter, and what stands above its headers."""
READ_AT_ONCE = 16 << 20
"""Bytes that are read at a time, and the most that a row may have."""


def from_csv(path: Path) -> Source:
    """A CSV file as a source of texts."""
    from pyarrow import csv

    from linkage.tables.encoding import detect_encoding

    encoding = detect_encoding(path)
    with pa.input_stream(path) as stream, io.TextIOWrapper(stream, encoding, "replace", "") as file:
        beginning = file.read(BEGINNING).removeprefix("\ufeff")
    if not beginning.strip("\0 \t\r\n"):
        raise InputError(f"{path}: expected rows of text, got none")
    delimiter, n_above = _layout(beginning)
    options: dict[str, Any] = {
        "read_options": csv.ReadOptions(encoding=encoding, block_size=READ_AT_ONCE, skip_rows=n_above),
        "parse_options": csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
    }
    try:
        raw_names = csv.open_csv(path, **options).schema.names
        check_width(str(path), len(raw_names))
        options["read_options"].column_names = plain_names(len(raw_names))
        rows = _first_rows(path, options)
        if holds_headers(rows[0], rows[1:]):
            options["read_options"].column_names = []
            # Spreadsheets leave unnamed columns behind the last one.
            names = named(rows[0])
        else:
            raw_names = names = options["read_options"].column_names
    except pa.ArrowInvalid:
        raise _broken_csv(path, encoding, delimiter, n_above) from None

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        # Everything is read as text: a number column would lose the leading zeros of identifiers.
        convert = csv.ConvertOptions(
            column_types={n: pa.string() for n in raw_names},
            strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,  # one bad byte is no reason to refuse a file: kernels take any bytes
        )
        try:
            reader = csv.open_csv(path, convert_options=convert, **options)
            for batch in reader:
                yield batch.rename_columns(names).select(columns)
        except (pa.ArrowInvalid, UnicodeError):
            raise _broken_csv(path, encoding, delimiter, n_above) from None

    return Source(str(path), names, None, read, files=(path,))


def _layout(text: str) -> tuple[str, int]:
    """A file's delimiter, by its beginning, and how many lines stand above its headers."""
    first = io.StringIO(text, "").readline()
    delimiter = max(DELIMITERS, key=first.count) if first.strip() else ","
    cells = first.split(delimiter)
    if len(cells) > 1 and all(cell.strip() for cell in cells):
        return delimiter, 0
    found = {}
    for mark in (delimiter, *DELIMITERS.replace(delimiter, "")):
        rows, ends = _rows_and_ends(text, mark)
        if n_above := rows_above_headers(rows):
            found[mark] = (n_named(rows[n_above]), ends[n_above - 1])
    if not found:
        return delimiter, 0
    delimiter = max(found, key=lambda mark: found[mark][0])
    return delimiter, found[delimiter][1]


def _rows_and_ends(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and the number of lines up to the end of each."""
    reader = csv_rows(io.StringIO(text, ""), delimiter=delimiter)
    rows: list[list[str]] = []
    ends: list[int] = []
    # A text that is not ended, of a damaged file.
    with contextlib.suppress(CsvError):
        for row in islice(reader, MOST_ABOVE + 1):
            rows.append([cell.strip() for cell in row])
            ends.append(reader.line_num)
    return rows or [[]], ends


def _first_rows(path: Path, options: dict[str, Any]) -> list[list[str]]:
    """The first rows of a CSV file as texts, the one that may hold the headers among them."""
    from pyarrow import csv

    types = dict.fromkeys(options["read_options"].column_names, pa.string())
    convert = csv.ConvertOptions(column_types=types, check_utf8=False)
    batch = next(iter(csv.open_csv(path, convert_options=convert, **options))).slice(0, LOOKED_AT + 1)
    columns = [readable(column).to_pylist() for column in batch.columns]
    return [[str(cell).lstrip("\ufeff") for cell in row] for row in zip(*columns, strict=True)]


def _broken_csv(path: Path, encoding: str, delimiter: str, n_above: int) -> InputError:
    """What is wrong with a CSV file, and in which row; Arrow's own message would show the row, a person's."""
    from pyarrow import csv

    longest = f"{READ_AT_ONCE >> 20} MiB"
    found = [f"{path}: cannot be read as csv: a quote that is not closed, or a row of more than {longest}"]

    def note(row: Any) -> str:
        found.append(
            f"{path}, row {row.number}: cannot be read as csv: expected {row.expected_columns} columns,"
            f" got {row.actual_columns}"
        )
        return "error"

    # Arrow shows `note` the row as text, which bytes that are no UTF-8 would not be.
    plain = "latin-1" if encoding == "utf-8" else encoding
    read = csv.ReadOptions(encoding=plain, block_size=READ_AT_ONCE, use_threads=False, skip_rows=n_above)
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note)
    with contextlib.suppress(pa.ArrowInvalid, UnicodeError):
        for _ in csv.open_csv(path, read_options=read, parse_options=parse):
            pass
    return InputError(found[-1])
