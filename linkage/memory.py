"""What encoded records take, and a limit -> how many rules are held at a time, and what is kept in memory."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkage.errors import InputError
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import COLUMNS, TextColumn
from linkage.fields.row_store import RowFile
from linkage.machine import free_bytes, machine_bytes
from linkage.schema import Schema

BASE_BYTES = 220 << 20
"""The process with its libraries, and what a job holds of a table's batches."""
TEXTS_OF_A_FIELD, OF_RECORDS, GROWTH = 48e6, 11e6, 0.64
"""Distinct values of a field of text: bytes of so many records, and how they grow with the number of records.
Measured with the citizen preset at 11 and 55 million records; it takes the place of what nobody knows yet."""
KEYS, BUILDING, BLOCKS, SKETCHES = 4, 28, 64, 128
"""Bytes a record: a rule's keys; what building its blocks takes; the blocks of all rules; sketches."""
WRITING, REFINING = 20, 4
"""Bytes a record that building a rule's blocks takes where they go to a file part by part; what a finer key
of all rows takes where those lie in a file."""
WINDOW = 0.25
"""Of rows in a file, what a job plans to hold at a time: less would be read again too often."""
PER_VALUE = 0.5
"""Tables beside the dictionaries (term frequencies, key parts, sketches of values), as a share of them."""
SPARE = 0.03
"""Of a limit, what nobody plans with: pieces of the heap that are free and too small."""
FEW_KEYS = 8
"""Rules whose keys are made at once where memory is short: more would hardly save passes over the rows."""
SHARE_OF_MACHINE = 0.8
"""Of the machine's memory, or the container's, what a job without a limit may plan with."""


@dataclass(frozen=True)
class MemoryPlan:
    """How a job uses its memory; the answer does not depend on it.

    Attributes
    ----------
    keys_at_once, rules_at_once : int
        Rules whose keys are made in one pass over the rows; rules whose blocks are built side by side.
    keeps_blocks : bool
        The blocks of all rules stay in memory; otherwise in files until their turn comes.
    stores_sketches : bool
        Sketches of all rows stay in memory; otherwise they are made for some blocks at a time.
    """

    keys_at_once: int
    rules_at_once: int
    keeps_blocks: bool
    stores_sketches: bool


def _told(n_bytes: float) -> str:
    return f"{n_bytes / 2**30:.1f} GiB" if n_bytes >= 2**30 else f"{n_bytes / 2**20:.3g} MiB"


def check_memory(n_records: int, schema: Schema, limit: int | None, held: int | None = None) -> None:
    """Refuse a job that would not fit, before it begins.

    What it takes at least: distinct values and a part of the rows, which lie in a file (`held`, where these
    are known already), beside them the blocks of one rule while they are built. All that follows, writing and
    the comparison with a truth included, takes less than these blocks.

    Raises
    ------
    InputError
        The estimate exceeds the limit, or without one all memory of the machine; the message says both.
    """
    most = machine_bytes() if limit is None else limit
    known = expected_bytes(n_records, schema, WINDOW) if held is None else held
    needed = _needed(n_records, known) + REFINING * n_records
    if needed > most:
        what = "this machine's" if limit is None else "the limit of"
        raise InputError(
            f"{n_records:,} records need about {_told(needed)} of memory, more than {what} {_told(most)}"
        )


def row_file(
    n_records: int, schema: Schema, limit: int | None, folder: Path, held: int | None = None
) -> RowFile | None:
    """Where rows go that would not fit beside the rest (`held`, where it is known); None: into memory."""
    most = int(machine_bytes() * SHARE_OF_MACHINE) if limit is None else limit
    known = expected_bytes(n_records, schema) if held is None else held
    return RowFile(folder, most) if _needed(n_records, known) > most else None


def _needed(n_records: int, known: int) -> int:
    return BASE_BYTES + known + n_records * (KEYS + WRITING)


def expected_bytes(n_records: int, schema: Schema, share_of_rows: float = 1.0) -> int:
    """About what `held_bytes` will be, without record ids."""
    columns: list[Any] = [COLUMNS[f.kind] for f in schema.fields]
    n_texts = sum(column is TextColumn for column in columns)
    n_words = sum(column.n_words for column in columns)
    values = n_texts * TEXTS_OF_A_FIELD * (n_records / OF_RECORDS) ** GROWTH
    return int(4 * n_words * n_records * share_of_rows + values * (1 + PER_VALUE))


def is_short(n_records: int, schema: Schema, limit: int | None) -> bool:
    """Whether memory is known to be too short for the fastest way, before anything is read."""
    free = _left(limit, expected_bytes(n_records, schema), are_held=False)
    return free < n_records * (BLOCKS + SKETCHES)


def plan_memory(records: EncodedRecords, n_rules: int, *, limit: int | None, threads: int) -> MemoryPlan:
    """The fastest way that fits the limit, or the machine."""
    n = max(records.n_records, 1)
    free = _left(limit, held_bytes(records), are_held=True)
    side_by_side = max(threads, 1)
    if free >= n * (BLOCKS + max(KEYS * n_rules + BUILDING * side_by_side, SKETCHES)):
        return MemoryPlan(n_rules, side_by_side, True, True)
    free += sum(ids.held_bytes for ids in records.record_ids)  # they are moved to a file
    building = WRITING + (REFINING if records.row_map else 0)
    side_by_side = int(min(max(free // (n * (KEYS + building)), 1), side_by_side))
    keys = int((free - n * building * side_by_side) // (n * KEYS))
    keys = max(min(keys, FEW_KEYS), side_by_side)
    return MemoryPlan(min(keys, n_rules), side_by_side, False, False)


def _left(limit: int | None, records: float, *, are_held: bool) -> float:
    """Bytes that encoded records leave; without a limit no more than nobody else has taken by now."""
    if limit is not None:
        return limit * (1 - SPARE) - BASE_BYTES - records
    of_machine = machine_bytes() * SHARE_OF_MACHINE - BASE_BYTES - records
    return min(of_machine, free_bytes() * (1 - SPARE) - (0 if are_held else BASE_BYTES + records))


def held_bytes(records: EncodedRecords) -> int:
    """Rows, of those in a file a part, record ids, dictionaries and the tables made of them."""
    values = sum(
        array.nbytes
        for column in records.columns.values()
        if isinstance(column, TextColumn)
        for array in (column.values, column.tokens, column.texts)
    )
    ids = sum(ids.held_bytes for ids in records.record_ids)
    rows = records.rows.nbytes * (WINDOW if records.row_map else 1)
    return int(rows) + ids + int(values * (1 + PER_VALUE))


def give_back() -> None:
    """Give the heap's free pages back to the system, where the C library is glibc.

    Steps take pieces of other sizes than those before them, which do not fit into what has become free.
    """
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
