"""Anything that holds records -> a source: a file, a folder, an Arrow table or stream, a DataFrame, dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError, why
from linkage.fields.source import Source, from_table
from linkage.tables.arrow_files import from_arrow
from linkage.tables.csv_files import from_csv
from linkage.tables.in_memory import table_of_rows, table_of_stream
from linkage.tables.json_lines import JSON_LINES, from_json_lines
from linkage.tables.parquet_files import from_parquet
from linkage.tables.parts import open_parts
from linkage.tables.workbooks import from_workbook

PACKED = (".gz", ".bz2", ".zst", ".lz4")
"""Endings of compressed texts, which are read as they are."""
WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")


def open_source(source: Any, *, sheet: str | None = None) -> Source:
    """Open records for reading.

    Parameters
    ----------
    source : path, Arrow table or stream, DataFrame, or iterable of mappings
        Parquet, CSV (.csv, .tsv, .txt), JSON-lines (.jsonl, .json) and Excel (.xlsx, .xls, .ods) files;
        texts also compressed (.csv.gz); a folder, or a pattern such as ``parts/*.parquet``, whose files are
        one table; any object with ``__arrow_c_stream__``; an iterable of dicts for small jobs.
    sheet : str or None
        The sheet of an Excel file, or of each in a folder; the first by default. Other files have none:
        `check_sheet` tells whether any of a run's tables has.

    Raises
    ------
    InputError
        The file is missing, empty or not what its ending says.
    """
    if isinstance(source, Source):
        return source
    if isinstance(source, str | Path):
        return _open_path(Path(source), sheet)
    if hasattr(source, "as_source"):  # an index: its records, read as they are wanted
        made: Source = source.as_source()
        return made
    if isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        return from_table("table", source)
    if hasattr(source, "__arrow_c_stream__"):
        return from_table("table", table_of_stream(source))
    if isinstance(source, Iterable) and not isinstance(source, bytes | Mapping):
        return from_table("records", table_of_rows(list(source)))
    collects = "; collect it first" if hasattr(source, "collect") else ""
    raise InputError(
        "expected a path, an Arrow table or stream, or an iterable of dicts,"
        f" got {type(source).__name__}{collects}"
    )


def check_sheet(sources: Sequence[Source], sheet: str | None) -> None:
    """Refuse a sheet that none of the tables can have.

    Raises
    ------
    InputError
        A sheet is named, and no file of any table is a workbook.
    """
    files = [file for source in sources for file in source.files]
    if sheet is not None and not any(file.suffix.lower() in WORKBOOKS for file in files):
        names = " and ".join(source.name for source in sources)
        raise InputError(f"sheet: expected an Excel or OpenDocument file that has sheets, got {names}")


def _open_path(path: Path, sheet: str | None) -> Source:
    if path.is_dir() or (not path.exists() and "*" in path.name):
        return open_parts(path, partial(_open_file, sheet=sheet))
    if not path.is_file():  # a pipe can be read once, and would be waited for
        raise InputError(f"{path}: {'expected a file or a folder' if path.exists() else 'no such file'}")
    return _open_file(path, sheet)


def _open_file(path: Path, sheet: str | None = None) -> Source:
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty")
    endings = [ending.lower() for ending in path.suffixes]
    packed = endings.pop() if endings and endings[-1] in PACKED else ""
    ending = endings[-1] if endings else ""
    try:
        if ending in (".csv", ".tsv", ".txt"):
            return from_csv(path)
        if ending in JSON_LINES:
            return from_json_lines(path)
        if ending in (".parquet", ".pq") and not packed:
            return from_parquet(path)
        if ending in WORKBOOKS and not packed:
            return from_workbook(path, sheet)
        if ending in (".arrow", ".feather", ".ipc") and not packed:
            return from_arrow(path)
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise InputError(f"{path}: cannot be read as {ending[1:]}: {why(error)}") from None
    raise InputError(
        f"{path}: expected .parquet, .csv, .tsv, .jsonl, .json, .xlsx, .xls, .ods or .arrow,"
        " and of texts also .gz, .bz2 or .zst"
    )
