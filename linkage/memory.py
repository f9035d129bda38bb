"""What encoded records take, and a limit -> how many rules are held at a time, and what is kept in memory."""

from __future__ import annotations

import os
from dataclasses import dataclass

from linkage.errors import InputError
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.schema import Schema

BASE_BYTES, BYTES_PER_FIELD, BYTES_BESIDE = 220 << 20, 6, 44
"""The least a job takes, measured at 1.1 to 11 million records of the citizen preset: the process; rows and
dictionaries by field; beside them the keys and blocks of one rule, or what reading takes at its end."""
KEYS, BUILDING, BLOCKS, SKETCHES = 4, 28, 64, 96
"""Bytes a record: a rule's keys; what building its blocks takes; the blocks of all rules; sketches."""
WRITING = 20
"""Bytes a record that building a rule's blocks takes where they go to a file part by part."""
PER_VALUE = 0.5
"""Tables beside the dictionaries (term frequencies, key parts, sketches of values), as a share of them."""
FEW_KEYS = 8
"""Rules whose keys are made at once where memory is short: more would hardly save passes over the rows."""
SHARE_OF_MACHINE = 0.8
"""Of the machine's memory, what a job without a limit may plan with."""


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


def check_memory(n_records: int, schema: Schema, limit: int | None) -> None:
    """Refuse a job that would not fit, before it begins.

    Raises
    ------
    InputError
        The estimate exceeds the limit; the message says both.
    """
    needed = BASE_BYTES + n_records * (BYTES_PER_FIELD * len(schema.fields) + BYTES_BESIDE)
    if limit is not None and needed > limit:
        raise InputError(
            f"{n_records:,} records need about {needed / 2**30:.1f} GiB of memory,"
            f" more than the limit of {limit / 2**30:.1f} GiB"
        )


def plan_memory(records: EncodedRecords, n_rules: int, *, limit: int | None, threads: int) -> MemoryPlan:
    """The fastest way that fits the limit, or the machine."""
    n = max(records.n_records, 1)
    free = (limit or machine_bytes() * SHARE_OF_MACHINE) - BASE_BYTES - held_bytes(records)
    side_by_side = max(threads, 1)
    if free >= n * (BLOCKS + max(KEYS * n_rules + BUILDING * side_by_side, SKETCHES)):
        return MemoryPlan(n_rules, side_by_side, True, True)
    free += sum(int(ids.nbytes) for ids in records.record_ids)  # they are moved to a file
    side_by_side = int(min(max(free // (n * (KEYS + WRITING)), 1), side_by_side))
    keys = int((free - n * WRITING * side_by_side) // (n * KEYS))
    keys = max(min(keys, FEW_KEYS), side_by_side)
    return MemoryPlan(min(keys, n_rules), side_by_side, False, False)


def held_bytes(records: EncodedRecords) -> int:
    """Rows, record ids, dictionaries and the tables made of them."""
    values = sum(
        array.nbytes
        for column in records.columns.values()
        if isinstance(column, TextColumn)
        for array in (column.values, column.tokens, column.texts)
    )
    ids = sum(int(ids.nbytes) for ids in records.record_ids)
    return int(records.rows.nbytes) + ids + int(values * (1 + PER_VALUE))


def machine_bytes() -> int:
    """Memory of the machine."""
    return int(os.sysconf("SC_PAGE_SIZE")) * int(os.sysconf("SC_PHYS_PAGES"))
