"""A workbook's path and a sheet's name -> the sheet as a stream of Arrow, by a process of its own.

The library that reads workbooks keeps a sheet as a rectangle. A single cell of a damaged or hostile file can
stand a billion rows away, and where that rectangle cannot be had the library ends its process; a packed
sheet can be a thousand times its file. Here it may take a share of the memory and of the time there is.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError, why
from linkage.machine import free_bytes
from linkage.tables.header_row import (
    LOOKED_AT,
    MOST_ABOVE,
    check_width,
    holds_headers,
    named,
    plain_names,
    rows_above_headers,
)

REFUSED = 3
"""Exit code of a process whose output is what to say of the file."""
MOST_OF_FREE = 0.75
"""Share of the memory that is free which a sheet may take while it is read."""
LEAST_SECONDS, SECONDS_A_MIB = 60, 5
"""Seconds of processor that a workbook may take; a MiB of a plain one takes about half a second."""


def most_seconds(path: Path) -> int:
    """Seconds of processor in which a workbook of this size must be read."""
    return LEAST_SECONDS + SECONDS_A_MIB * (path.stat().st_size >> 20)


def sheet_table(path: Path, sheet: str | None) -> tuple[str, pa.Table]:
    """A sheet's name and its cells as texts; the first sheet where none is named.

    Raises
    ------
    InputError
        The file is no workbook, or has no such sheet, or nothing is in it.
    """
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
        names = book.sheet_names
        name = sheet or (names[0] if names else "")
        rows = book.get_sheet_by_name(name).to_python() if name in names else []
    except Exception as error:
        raise InputError(f"{path}: cannot be read as a workbook: {_told(error)}") from None
    if name not in names:
        had = f"no sheet {name!r}; it has {', '.join(names)}" if names else "it has no sheet"
        raise InputError(f"{path}: {had}")
    if not rows:
        raise InputError(f"{path}, sheet {name!r}: the sheet is empty")
    check_width(f"{path}, sheet {name!r}", len(rows[0]))
    return name, _as_table(rows)


def _as_table(rows: list[list[Any]]) -> pa.Table:
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
    return pa.table(dict(zip(header, columns, strict=True)))


def _cell_text(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat()[:10] if hasattr(cell, "isoformat") else str(cell)


def _told(error: Exception) -> str:
    """What the library says of a file, but not of its XML, whose texts are people's."""
    return "its XML is damaged" if type(error).__name__ == "XmlError" else why(error)


def _limit(seconds: int) -> None:
    """Let this process take so many seconds more, and most of the memory that is free, or be ended."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    own = pages * resource.getpagesize()
    for kind, most in (
        (resource.RLIMIT_AS, own + int(MOST_OF_FREE * free_bytes())),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, hard))


def main() -> None:
    """Write a sheet to stdout: its name is in the stream's schema."""
    path = Path(sys.argv[1])
    _limit(most_seconds(path))
    try:
        name, table = sheet_table(path, sys.argv[2] or None)
    except InputError as error:
        sys.stdout.buffer.write(str(error).encode("utf-8", "replace"))
        sys.exit(REFUSED)
    with pa.ipc.new_stream(
        sys.stdout.buffer, table.schema.with_metadata({"sheet": name.encode("utf-8", "replace")})
    ) as out:
        out.write_table(table.replace_schema_metadata({"sheet": name.encode("utf-8", "replace")}))


if __name__ == "__main__":
    main()
