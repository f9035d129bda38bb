"""A file's first row and some of the next -> whether it holds headers, and headers that differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from linkage.errors import InputError
from linkage.fields.meaning.headers import field_of_header

MOST_COLUMNS = 4096
"""Columns of a table. Registers have some tens; each of them costs time and memory whatever it holds."""

LOOKED_AT = 200
"""Rows behind the first one that are looked at."""

ENOUGH_ALIKE = 0.6
"""Share of a column's cells that must look like the first one's for it to be one of them."""

_TELLING = (
    re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    re.compile(r"^\s*(\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{1,2}[- ]\w{3,9}[- ]\d{2,4})([T ].*)?$"),
    re.compile(r"^\s*[+(]?\d[\d()./ -]{4,}$"),
    re.compile(r"^\s*[A-Z]{1,6}[- ]?\d[\dA-Z -]{4,}$"),
)
"""Cells that are no header: e-mails, dates, numbers of five digits and more, codes."""


def holds_headers(first: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bool:
    """Whether a first row names the columns: else it is a record like those behind it.

    It is a record where no cell is a header that is known, and one or more look like what their column
    holds: a date, an e-mail address, a long number. In doubt it holds headers.
    """
    known = [c for c in first if c and not re.search(r"\d", c) and field_of_header(c) is not None]
    like_values = 0
    for i, cell in enumerate(first):
        kind = next((p for p in _TELLING if cell and p.match(cell)), None)
        cells = [row[i] for row in rows[:LOOKED_AT] if i < len(row) and row[i]]
        if kind is not None and cells:
            like_values += sum(kind.match(c or "") is not None for c in cells) > ENOUGH_ALIKE * len(cells)
    return like_values == 0 or len(known) > (0 if like_values < 2 else 1)


MOST_ABOVE = 10
"""Rows that a sheet or a CSV file may hold above its headers: its name, its date, headers above headers."""


def n_named(row: Sequence[str]) -> int:
    """How many cells of a row are headers that name a field."""
    return sum(cell != "" and field_of_header(cell) is not None for cell in row)


def rows_above_headers(rows: Sequence[Sequence[str]]) -> int:
    """How many rows stand above the headers of a sheet, or of a CSV file.

    Headers are the row that names the most fields, where every row above it leaves cells empty that they
    fill: a title stands in one cell, and a header that spans several columns in the first of them.
    """
    named_fields = [n_named(row) for row in rows[: MOST_ABOVE + 1]]
    best = max(range(len(named_fields)), key=lambda i: (named_fields[i], -i))
    n_filled = sum(cell != "" for cell in rows[best])
    are_titles = all(sum(cell != "" for cell in row) < n_filled for row in rows[:best])
    return best if named_fields[best] > 1 and are_titles else 0


def check_width(told: str, n_columns: int) -> None:
    """Refuse a table of more columns than any register has.

    Raises
    ------
    InputError
        There are more than `MOST_COLUMNS`.
    """
    if n_columns > MOST_COLUMNS:
        raise InputError(f"{told}: expected at most {MOST_COLUMNS:,} columns, got {n_columns:,}")


def plain_names(n: int) -> list[str]:
    """Headers for a file that has none."""
    return [f"column {i + 1}" for i in range(n)]


def named(cells: Sequence[str]) -> list[str]:
    """A name for each column: what stands there, its place, or "name 2" where "name" is there already."""
    found: dict[str, None] = {}
    wanted = [
        cell if cell.strip() else plain for cell, plain in zip(cells, plain_names(len(cells)), strict=True)
    ]
    taken = set(wanted)
    places: dict[str, int] = {}
    for name in wanted:
        k, chosen = places.get(name, 2), name
        while chosen in found or (chosen != name and chosen in taken):
            chosen, k = f"{name} {k}", k + 1
        places[name] = k
        found[chosen] = None
    return list(found)
