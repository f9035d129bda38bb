"""A sheet of an Excel or OpenDocument file -> a source of texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.header_row import (
    LOOKED_AT,
    MOST_ABOVE,
    holds_headers,
    named,
    plain_names,
    rows_above_headers,
)
from linkage.fields.source import Source, from_table


def from_workbook(path: Path, sheet: str | None) -> Source:
    """A sheet as a source; the first where none is named."""
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
    cells = [[(_cell_text(cell) or "").strip() for cell in row] for row in rows[: MOST_ABOVE + LOOKED_AT]]
    n_above = rows_above_headers(cells)
    cells, rows = cells[n_above:], rows[n_above:]
    if holds_headers(cells[0], cells[1:]):
        header, rows = named(cells[0]), rows[1:]
    else:
        header = plain_names(len(cells[0]))
    columns = [
        pa.array([_cell_text(row[i]) if i < len(row) else None for row in rows], pa.string())
        for i in range(len(header))
    ]
    table = pa.table(dict(zip(header, columns, strict=True)))
    return replace(from_table(f"{path}, sheet {name!r}", table), files=(path,))


def _cell_text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat()[:10] if hasattr(cell, "isoformat") else str(cell)
