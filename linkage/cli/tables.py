"""The end of a run as tables: aligned text in a pipe, Rich on a terminal."""

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

LONGEST = 100
"""Characters of a cell that are shown: one long value must not push a table off the screen."""

_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a value could command a terminal with: control characters, turned directions, halves of letters."""


@dataclass
class Table:
    """Rows of text; the first column is left-aligned, and so are those named in `left`."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    left: tuple[int, ...] = (0,)


def show(title: str, tables: list[Table], notes: list[str], warnings: list[str]) -> None:
    """Print the end of a run to stdout.

    Parameters
    ----------
    title : str
        What was done.
    tables : list of Table
        Printed in order; empty ones are left out.
    notes : list of str
        Lines after the tables.
    warnings : list of str
        Lines that should be seen.
    """
    tables = [_shown(table) for table in tables if table.rows]
    title, notes, warnings = as_shown(title), [*map(as_shown, notes)], [*map(as_shown, warnings)]
    if sys.stdout.isatty():
        _show_rich(title, tables, notes, warnings)
    else:
        print(_plain(title, tables, notes, warnings))


def as_shown(text: str) -> str:
    """A text without anything that a terminal would obey."""
    return _COMMANDS.sub("\ufffd", text)


def _shown(table: Table) -> Table:
    cut = (tuple(c if len(c) <= LONGEST else c[: LONGEST - 1] + "…" for c in row) for row in table.rows)
    return Table(tuple(map(as_shown, table.header)), [tuple(map(as_shown, row)) for row in cut], table.left)


def width_of(text: str) -> int:
    """Columns of a terminal that a text takes: none for marks on letters, two for wide ones."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _padded(cell: str, width: int, to_left: bool) -> str:
    space = " " * (width - width_of(cell))
    return cell + space if to_left else space + cell


def _plain(title: str, tables: list[Table], notes: list[str], warnings: list[str]) -> str:
    parts = [title]
    for table in tables:
        lines = [table.header, *table.rows] if any(table.header) else table.rows
        widths = [max(map(width_of, column)) for column in zip(*lines, strict=True)]
        parts.append(
            "\n".join(
                "  ".join(
                    _padded(cell, width, i in table.left)
                    for i, (cell, width) in enumerate(zip(line, widths, strict=True))
                ).rstrip()
                for line in lines
            )
        )
    parts += ["\n".join(f"warning: {line}" for line in warnings)] if warnings else []
    parts += ["\n".join(notes)] if notes else []
    return "\n\n".join(parts)


def _show_rich(title: str, tables: list[Table], notes: list[str], warnings: list[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text(f"\n {title}", style="bold"))
    for table in tables:
        shown = RichTable(
            box=SIMPLE_HEAD, show_header=any(table.header), header_style="dim", collapse_padding=True
        )
        for i, name in enumerate(table.header):
            shown.add_column(name, justify="left" if i in table.left else "right", overflow="fold")
        for row in table.rows:
            shown.add_row(*(Text(cell, style="bold" if i == 1 else "") for i, cell in enumerate(row)))
        console.print(shown)
    for line in warnings:
        # in columns, so that what does not fit goes on below its own beginning
        columns = RichTable.grid(padding=(0, 1))
        columns.add_row(Text("!", style="yellow"), Text(line, style="yellow", overflow="fold"))
        console.print(Padding(columns, (0, 0, 0, 1)))
    for line in notes:
        console.print(Padding(Text(line, style="dim"), (0, 0, 0, 1)))
    console.print()


def count(value: float | None) -> str:
    """Format a whole number with separators; – when there is none."""
    return "–" if value is None else f"{value:,.0f}"


def counted(n: float, one: str, many: str) -> str:
    """Format a number of things: 1 record, 2,000 records."""
    return f"{n:,.0f} {one if round(n) == 1 else many}"


def probability(value: float) -> str:
    """Format a probability with four digits, never as certain."""
    return "> 0.9999" if value > 0.99995 else "< 0.0001" if value < 0.00005 else f"{value:.4f}"


def size(n_bytes: float) -> str:
    """Format a size given in bytes."""
    for unit, step in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if n_bytes >= step:
            return f"{n_bytes / step:.2f} {unit}"
    return f"{n_bytes:.0f} bytes"


def seconds(value: float | None) -> str:
    """Format a time in seconds."""
    if value is None:
        return "–"
    if value < 0.01:
        return f"{1000 * value:.1f} ms"
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def times(values: Sequence[float | None]) -> list[str]:
    """Format the times of a column, all in the unit of the longest and with as many digits."""
    longest = max((value for value in values if value is not None), default=0.0)
    factor, digits, unit = (1000, 1, "ms") if longest < 1 else (1, 2 if longest < 100 else 1, "s")
    return ["–" if value is None else f"{factor * value:,.{digits}f} {unit}" for value in values]


def memory(mib: float | None) -> str:
    """Format memory given in MiB."""
    if mib is None:
        return "–"
    return f"{mib / 1024:.2f} GiB" if mib >= 1024 else f"{mib:.0f} MiB"


def share(value: float | None) -> str:
    """Format a share in [0, 1] with four digits; none and all only where they are meant to the last one."""
    return "–" if value is None else f"{value:.4f}" if value in (0, 1) else probability(value)
