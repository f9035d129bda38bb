"""Anything that holds records -> a stream of Arrow batches with the wanted columns as text."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.header_row import LOOKED_AT, holds_headers, named, plain_names
from linkage.fields.text import joined_date, joined_name, readable

BATCH = 131_072
"""Records a batch: small enough for the caches that follow, large enough that Python does not count."""


JOINED = " + "
"""A column written ``year + month + day`` is the date of three columns."""
JOINED_NAME = " ~ "
"""A column written ``given ~ family`` is the name of two columns or more."""

READ_AT_ONCE = 1 << 18
"""Bytes of a column that are read at a time."""


@dataclass(frozen=True)
class Block:
    """Some records that follow one another, their columns to be read one by one, each by a thread of its own.

    Attributes
    ----------
    n_records : int
    read : callable
        Column -> the arrays of its values, one after the other; may be called once for a column.
    """

    n_records: int
    read: Callable[[str], Iterable[pa.Array]]


@dataclass
class Source:
    """Column names and a way to read batches; reading again starts anew where the source allows it."""

    name: str
    columns: list[str]
    n_records: int | None
    _open: Any
    low_cardinality: frozenset[str] = frozenset()
    _open_blocks: Callable[[list[str]], Iterator[Block] | None] | None = None

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Batches with these columns, in the order of the source; joined ones are made of theirs."""
        if all(name in self.columns for name in columns):
            yield from self._open(columns)
            return
        for batch in self._open(list(dict.fromkeys(part for name in columns for part in self._parts(name)))):
            yield pa.RecordBatch.from_arrays(
                [
                    batch.column(name)
                    if name in self.columns
                    else self._join(name)([batch.column(p) for p in self._parts(name)])
                    for name in columns
                ],
                names=columns,
            )

    def _parts(self, name: str) -> list[str]:
        if name in self.columns:
            return [name]
        return name.split(JOINED_NAME if JOINED_NAME in name else JOINED)

    @staticmethod
    def _join(name: str) -> Callable[[list[pa.Array]], pa.Array]:
        return joined_name if JOINED_NAME in name else joined_date

    def blocks(self, columns: list[str]) -> Iterator[Block]:
        """The same records, in blocks whose columns are read when they are asked for."""
        plain = all(name in self.columns for name in columns)
        blocks = self._open_blocks(columns) if self._open_blocks and plain else None
        if blocks is not None:
            yield from blocks
            return
        for batch in self.batches(columns):
            yield Block(len(batch), lambda name, batch=batch: [batch.column(name)])  # type: ignore[misc]


def open_source(source: Any, *, sheet: str | None = None) -> Source:
    """Open records for reading.

    Parameters
    ----------
    source : path, Arrow table or stream, DataFrame, or iterable of mappings
        Parquet, CSV (.csv, .tsv, .txt) and Excel (.xlsx, .xls, .ods) files; any object with
        ``__arrow_c_stream__``; an iterable of dicts for small jobs.
    sheet : str or None
        The sheet of an Excel file; the first by default.

    Raises
    ------
    InputError
        The file is missing, empty or not what its ending says.
    """
    if isinstance(source, str | Path):
        return _open_path(Path(source), sheet)
    if hasattr(source, "as_source"):  # an index: its records, read as they are wanted
        made: Source = source.as_source()
        return made
    if isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        return _from_table("table", source)
    if hasattr(source, "__arrow_c_stream__"):
        return _from_table("table", pa.table(source))
    if isinstance(source, Iterable) and not isinstance(source, bytes | Mapping):
        return _from_table("records", _table_of(list(source)))
    raise InputError(
        f"expected a path, an Arrow table or stream, or an iterable of dicts, got {type(source).__name__}"
    )


def _table_of(rows: list[Any]) -> pa.Table:
    """Mappings -> a table with every column that any of them names, in order of appearance."""
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            kind = type(row).__name__
            raise InputError(f"records, row {i + 1}: expected a mapping from column to value, got {kind}")
    columns = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        try:
            columns[str(name)] = pa.array([row.get(name) for row in rows])
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            raise InputError(f"records, column {name!r}: expected values of one type, got several") from None
    return pa.table(columns)


def _open_path(path: Path, sheet: str | None) -> Source:
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty")
    ending = path.suffix.lower()
    try:
        if ending in (".parquet", ".pq"):
            return _from_parquet(path)
        if ending in (".csv", ".tsv", ".txt"):
            return _from_csv(path)
        if ending in (".xlsx", ".xls", ".xlsb", ".ods"):
            return _from_excel(path, sheet)
        if ending in (".arrow", ".feather", ".ipc"):
            from pyarrow import feather

            return _from_table(str(path), feather.read_table(path))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError, UnicodeError) as error:
        raise InputError(f"{path}: cannot be read as {ending[1:]}: {error}") from None
    raise InputError(f"{path}: expected .parquet, .csv, .tsv, .xlsx, .xls, .ods or .arrow")


def _from_table(name: str, table: pa.Table) -> Source:
    _check_names(name, table.column_names)
    for i, column in enumerate(table.columns):
        # What polars hands out; Arrow has no kernels that take rows of it.
        if pa.types.is_string_view(column.type) or pa.types.is_binary_view(column.type):
            plain = pa.large_string() if pa.types.is_string_view(column.type) else pa.large_binary()
            table = table.set_column(i, table.column_names[i], column.cast(plain))

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        yield from table.select(columns).combine_chunks().to_batches(max_chunksize=BATCH)

    return Source(name, table.column_names, table.num_rows, read)


def _check_names(name: str, columns: list[str]) -> None:
    twice = [c for i, c in enumerate(columns) if c in columns[:i]]
    if twice:
        raise InputError(f"{name}: column {twice[0]!r} appears twice in the header")


def _from_parquet(path: Path) -> Source:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    low = _low_cardinality(file.metadata)

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        # Buffers read ahead would be held until the last row group: the whole file, compressed.
        reader = pq.ParquetFile(path, read_dictionary=[c for c in columns if c in low], pre_buffer=False)
        try:
            yield from reader.iter_batches(BATCH, columns=columns, use_threads=True)
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"{path}: {error}") from None

    def blocks(columns: list[str]) -> Iterator[Block]:
        return _parquet_blocks(path, file.metadata, columns, low)

    return Source(str(path), names, file.metadata.num_rows, read, low, blocks)


def _parquet_blocks(path: Path, metadata: Any, columns: list[str], low: frozenset[str]) -> Iterator[Block]:
    """Some records after the other, whatever the row groups; the thread that encodes a column decodes it.

    Of each column so much is decoded at a time as its encoding takes from the caches.
    """
    import pyarrow.parquet as pq

    def open_column(name: str) -> _ColumnReader:
        dictionary = [name] if name in low else []
        # Read piece by piece: what lies ahead would be copied from the system's memory and wait.
        file = pq.ParquetFile(
            path, metadata=metadata, read_dictionary=dictionary, buffer_size=READ_AT_ONCE, pre_buffer=False
        )
        return _ColumnReader(str(path), file.iter_batches(BATCH, columns=[name], use_threads=False))

    try:
        readers = {name: open_column(name) for name in columns}
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path}: {error}") from None
    for begin in range(0, metadata.num_rows, BATCH):
        n = min(BATCH, metadata.num_rows - begin)
        yield Block(n, lambda name, n=n: readers[name].take(n))  # type: ignore[misc]


class _ColumnReader:
    """One column of a file, to be taken from its begin to its end."""

    def __init__(self, source: str, batches: Iterator[pa.RecordBatch]) -> None:
        self.source = source
        self.batches = batches
        self.rest: pa.Array | None = None

    def take(self, n: int) -> Iterator[pa.Array]:
        """The next n values, in as many arrays as the file has them."""
        while n:
            if self.rest is None:
                try:
                    self.rest = next(self.batches).column(0)
                except (StopIteration, pa.ArrowInvalid, OSError) as error:
                    raise InputError(f"{self.source}: {str(error) or 'it ends too early'}") from None
            part = self.rest.slice(0, n)
            self.rest = self.rest.slice(n) if len(self.rest) > n else None
            n -= len(part)
            yield part


def _low_cardinality(metadata: Any) -> frozenset[str]:
    """Text columns that the file itself holds as a small dictionary: they are read as such."""
    found = set()
    if metadata.num_row_groups == 0:
        return frozenset()
    group = metadata.row_group(0)
    for i in range(group.num_columns):
        column = group.column(i)
        small = column.total_uncompressed_size < 4 * max(column.num_values, 1)
        if column.physical_type == "BYTE_ARRAY" and column.has_dictionary_page and small:
            found.add(column.path_in_schema)
    return frozenset(found)


def _from_csv(path: Path) -> Source:
    from pyarrow import csv

    from linkage.fields.encoding import detect_encoding

    encoding = detect_encoding(path)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        header = file.readline().lstrip("\ufeff")
    delimiter = max("\t;,|", key=header.count) if header.strip() else ","
    options: dict[str, Any] = {
        "read_options": csv.ReadOptions(encoding=encoding, block_size=16 << 20),
        "parse_options": csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
    }
    try:
        raw_names = csv.open_csv(path, **options).schema.names
        options["read_options"].column_names = plain_names(len(raw_names))
        rows = _first_rows(path, options)
        if holds_headers(rows[0], rows[1:]):
            options["read_options"].column_names = []
            # Spreadsheets leave unnamed columns behind the last one.
            names = named(rows[0])
        else:
            raw_names = names = options["read_options"].column_names
    except pa.ArrowInvalid:
        raise _broken_csv(path, encoding, delimiter) from None

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
            raise _broken_csv(path, encoding, delimiter) from None

    return Source(str(path), names, None, read)


def _first_rows(path: Path, options: dict[str, Any]) -> list[list[str]]:
    """The first rows of a CSV file as texts, the one that may hold the headers among them."""
    from pyarrow import csv

    types = dict.fromkeys(options["read_options"].column_names, pa.string())
    convert = csv.ConvertOptions(column_types=types, check_utf8=False)
    batch = next(iter(csv.open_csv(path, convert_options=convert, **options))).slice(0, LOOKED_AT + 1)
    columns = [readable(column).to_pylist() for column in batch.columns]
    return [[str(cell).lstrip("\ufeff") for cell in row] for row in zip(*columns, strict=True)]


def _broken_csv(path: Path, encoding: str, delimiter: str) -> InputError:
    """What is wrong with a CSV file, and in which row; Arrow's own message would show the row, a person's."""
    from pyarrow import csv

    found = [f"{path}: cannot be read as csv"]

    def note(row: Any) -> str:
        found.append(
            f"{path}, row {row.number}: cannot be read as csv: expected {row.expected_columns} columns,"
            f" got {row.actual_columns}"
        )
        return "error"

    read = csv.ReadOptions(encoding=encoding, block_size=16 << 20, use_threads=False)
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note)
    with contextlib.suppress(pa.ArrowInvalid, UnicodeError):
        for _ in csv.open_csv(path, read_options=read, parse_options=parse):
            pass
    return InputError(found[-1])


def _from_excel(path: Path, sheet: str | None) -> Source:
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
    except Exception as error:
        raise InputError(f"{path}: cannot be read as a workbook: {error}") from None
    name = sheet or book.sheet_names[0]
    if name not in book.sheet_names:
        raise InputError(f"{path}: no sheet {name!r}; it has {', '.join(book.sheet_names)}")
    rows = book.get_sheet_by_name(name).to_python()
    if not rows:
        raise InputError(f"{path}, sheet {name!r}: the sheet is empty")
    cells = [[(_cell_text(cell) or "").strip() for cell in row] for row in rows[: LOOKED_AT + 1]]
    if holds_headers(cells[0], cells[1:]):
        header, rows = named(cells[0]), rows[1:]
    else:
        header = plain_names(len(cells[0]))
    columns = [
        pa.array([_cell_text(row[i]) if i < len(row) else None for row in rows], pa.string())
        for i in range(len(header))
    ]
    return _from_table(f"{path}, sheet {name!r}", pa.table(dict(zip(header, columns, strict=True))))


def _cell_text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat()[:10] if hasattr(cell, "isoformat") else str(cell)
