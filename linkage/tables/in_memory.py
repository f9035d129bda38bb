"""Anything in memory that holds records, Arrow streams, DataFrames, dicts -> an Arrow table."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import check_names

NOTHING = ("NAType", "NaTType")
"""What pandas has where a value is missing, and which equals nothing, not even itself."""


def table_of_stream(held: Any) -> pa.Table:
    """A DataFrame, or any object with ``__arrow_c_stream__``, as a table.

    Columns of a pandas DataFrame that hold values of several kinds, as those from spreadsheets do, are read
    as texts.

    Raises
    ------
    InputError
        A column is of a type that Arrow does not know; Arrow's own message may show a value, a person's.
    """
    try:
        return pa.table(held)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        if hasattr(held, "columns") and hasattr(held, "items"):
            return _of_columns("table", [(str(name), values) for name, values in held.items()])
        raise InputError(
            f"table: expected columns of types that Arrow knows, got {type(held).__name__} with another one;"
            " leave it out, or make it text"
        ) from None


def table_of_rows(rows: list[Any]) -> pa.Table:
    """Mappings -> a table with every column that any of them names, in order of appearance."""
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            kind = type(row).__name__
            raise InputError(f"records, row {i + 1}: expected a mapping from column to value, got {kind}")
    names = dict.fromkeys(name for row in rows for name in row)
    return _of_columns("records", [(str(name), [row.get(name) for row in rows]) for name in names])


def _of_columns(told: str, columns: list[tuple[str, Iterable[Any]]]) -> pa.Table:
    check_names(told, [name for name, _ in columns])
    return pa.table({name: _array(values, f"{told}, column {name!r}") for name, values in columns})


def _array(values: Iterable[Any], told: str) -> pa.Array:
    """Values as Arrow takes them, or as texts where they are of several kinds; NaN is no value."""
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array([_text(value, f"{told}, row {i + 1}") for i, value in enumerate(values)], pa.string())


def _text(value: Any, told: str) -> str | None:
    if value is None or type(value).__name__ in NOTHING:
        return None
    if isinstance(value, str | bytes):  # which may hold half a letter, or none
        raw = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
        return raw.decode("utf-8", "replace")
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, Number):
        if value != value:
            return None
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    raise InputError(f"{told}: expected a text, a number or a date, got {type(value).__name__}")
