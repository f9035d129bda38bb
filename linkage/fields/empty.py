"""Encoded records -> the fields in which no record of a table holds a value that can be read."""

from __future__ import annotations

from linkage.errors import InputError
from linkage.fields.batch import EncodedRecords

FIRST_PIECE, PIECE = 1 << 10, 1 << 16
"""Rows looked at together, at first and at most: a field that holds something mostly does so soon."""


def empty_fields(records: EncodedRecords, side: int) -> list[str]:
    """The fields that no record of the left (0) or only table, or of the right one (1), holds."""
    end = records.n_records if side or not records.n_left else records.n_left
    begin = records.n_left if side else 0
    return [item.name for item in records.schema.fields if not _is_held(records, item.name, begin, end)]


def warn_empty(
    records: EncodedRecords, side: int, name: str, code: str, so: tuple[str, str]
) -> dict[str, str] | None:
    """A warning of a table's empty fields and, in English and Vietnamese, what follows; or nothing."""
    empty = ", ".join(empty_fields(records, side))
    if not empty:
        return None
    return {
        "code": code,
        "message": f"{name}: no record holds a value that can be read in {empty}; {so[0]}",
        "message_vi": f"{name}: không bản ghi nào có giá trị đọc được ở {empty}; {so[1]}",
    }


def check_values(records: EncodedRecords, names: list[str]) -> None:
    """Refuse tables, named in errors by `names`, without any value to compare: like those without records.

    Raises
    ------
    InputError
        All fields of a table are empty, or hold nothing that can be read.
    """
    fields = [item.name for item in records.schema.fields]
    for side, name in enumerate(names):
        if records.n_records and empty_fields(records, side) == fields:
            raise InputError(
                f"{name}: expected values to compare; no record holds one that can be read"
                f" in {', '.join(fields)}"
            )


def _is_held(records: EncodedRecords, name: str, begin: int, end: int) -> bool:
    first = records.words[name]
    words = records.rows[:, first : first + records.columns[name].n_words]
    start, piece = begin, FIRST_PIECE
    while start < end:
        stop = min(start + piece, end)
        if words[start:stop].any():
            return True
        records.let_go(start, stop)
        start, piece = stop, min(2 * piece, PIECE)
    return False
