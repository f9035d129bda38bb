"""Small files beside a register (pairs, truth, labels) -> Arrow tables."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source, absent
from linkage.fields.text import as_text
from linkage.tables.opening import open_source


def read_columns(path: Path | Source, columns: list[str] | None = None) -> pa.Table:
    """Read columns of a Parquet, CSV or Excel file.

    Parameters
    ----------
    path : Path or Source
        The file, or the same opened.
    columns : list of str, optional
        Their names; all must be there. All columns by default.

    Returns
    -------
    pa.Table
        The columns in the order asked for.

    Raises
    ------
    InputError
        The file cannot be read, or a column is absent.
    """
    source = open_source(path)
    columns = source.columns if columns is None else columns
    for column in columns:
        if column not in source.columns:
            raise InputError(f"{source.name}: {absent(column, source.columns)}")
    batches = list(source.batches(columns))
    if not batches:
        return pa.table({column: pa.array([], pa.string()) for column in columns})
    # batches of one column may differ in being dictionaries, whose values differ by batch
    return pa.Table.from_batches(batches).unify_dictionaries()


def read_statuses(path: Path, columns: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    """Read rows of texts; columns that are not there hold nothing, but the first must be.

    Parameters
    ----------
    path : Path
        Parquet, CSV or Excel file.
    columns : sequence of str

    Raises
    ------
    InputError
        The first column is absent, or all others; or there is one that nothing would be made of.
    """
    source = open_source(path)
    held = [column for column in columns if column in source.columns]
    if len(held) < 2:
        raise InputError(f"{path}: expected {columns[0]} and some of {', '.join(columns[1:])}, got no other")
    if unknown := [column for column in source.columns if column not in columns]:
        raise InputError(f"{path}: expected no column but {', '.join(columns)}, got {unknown[0]!r}")
    table = read_columns(path, [columns[0], *(column for column in held if column != columns[0])])
    texts = {name: as_text(table[name].combine_chunks()).to_pylist() for name in table.column_names}
    nothing = [None] * len(table)
    for row in zip(*(texts.get(column, nothing) for column in columns), strict=True):
        yield tuple(value or None for value in row)
