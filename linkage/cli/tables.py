"""The end of a run as tables: aligned text in a pipe, Rich on a terminal."""

import sys
from dataclasses import dataclass, field


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
    tables = [table for table in tables if table.rows]
    if sys.stdout.isatty():
        _show_rich(title, tables, notes, warnings)
    else:
        print(_plain(title, tables, notes, warnings))


def _plain(title: str, tables: list[Table], notes: list[str], warnings: list[str]) -> str:
    parts = [title]
    for table in tables:
        lines = [table.header, *table.rows] if any(table.header) else table.rows
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        parts.append(
            "\n".join(
                "  ".join(
                    cell.ljust(width) if i in table.left else cell.rjust(width)
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
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(highlight=False)
    console.print(Text(f"\n {title}", style="bold"))
    for table in tables:
        shown = RichTable(box=SIMPLE_HEAD, show_header=any(table.header), header_style="dim", pad_edge=True)
        for i, name in enumerate(table.header):
            shown.add_column(name, justify="left" if i in table.left else "right", overflow="fold")
        for row in table.rows:
            shown.add_row(*(Text(cell, style="bold" if i == 1 else "") for i, cell in enumerate(row)))
        console.print(shown)
    for line in warnings:
        console.print(Text(f" ! {line}", style="yellow"))
    for line in notes:
        console.print(Text(f" {line}", style="dim"))
    console.print()


def count(value: float | None) -> str:
    """Format a whole number with separators; – when there is none."""
    return "–" if value is None else f"{value:,.0f}"


def seconds(value: float | None) -> str:
    """Format a time in seconds."""
    if value is None:
        return "–"
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def memory(mib: float | None) -> str:
    """Format memory given in MiB."""
    if mib is None:
        return "–"
    return f"{mib / 1024:.2f} GiB" if mib >= 1024 else f"{mib:.0f} MiB"


def share(value: float | None) -> str:
    """Format a share in [0, 1] with four digits."""
    return "–" if value is None else f"{value:.4f}"
