"""Rows -> blocking keys; keys -> blocks.

Item: a record. Floor of keys: each row read once, its key of every rule written, and a random cache line
per distinct key part of a text. Floor of blocks: each rule's keys read, packed with their rows and sorted:
three passes over 8 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.floors import Lines, Work
from benchmarks.kernels.conftest import Step
from linkage.blocking.blocks import build_blocks
from linkage.blocking.keys import ROWS_AT_ONCE, KeyMaker
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.resolve import Resolution

SORTING_PASSES = 3


def bench_keys(step: Step, records: EncodedRecords) -> None:
    """Keys of all the schema's rules; tables of distinct values are there already."""
    maker = KeyMaker(records)
    rules = [rule.keys for rule in records.schema.blocking_rules]
    parts = list(dict.fromkeys(key for keys in rules for key in keys))
    maker.prepare(parts)
    n, n_rules = records.n_records, len(rules)
    out = np.empty((n_rules, n), np.uint32)

    def encode() -> None:
        for begin in range(0, n, ROWS_AT_ONCE):
            maker.encode_rules(rules, out, begin, min(begin + ROWS_AT_ONCE, n))

    step(
        f"keys of {n_rules} rules",
        encode,
        n=n,
        item="record",
        work=Work(
            read_bytes=records.rows.nbytes,
            written_bytes=out.nbytes,
            random_reads=_value_reads(records, parts),
            counts="rows read, keys written, a line for each part of a text",
        ),
    )


def bench_blocks(step: Step, records: EncodedRecords, resolution: Resolution) -> None:
    """Keys and blocks of all rules, one thread, refinement of large blocks included."""
    rules = records.schema.blocking_rules
    blocks = build_blocks(records, rules, threads=1)
    kept = sum(rule.packed.nbytes for rule in blocks.rules)
    n = records.n_records
    parts = dict.fromkeys(key for rule in rules for key in rule.keys)
    step(
        f"keys and blocks of {len(rules)} rules",
        lambda: build_blocks(records, rules, threads=1),
        n=n,
        item="record",
        work=Work(
            read_bytes=records.rows.nbytes + len(rules) * n * (4 + 8 * SORTING_PASSES),
            written_bytes=len(rules) * n * (4 + 8 * SORTING_PASSES) + kept,
            random_reads=_value_reads(records, parts),
            counts=f"keys as above, packed and sorted in {SORTING_PASSES} passes of 8 bytes, blocks written",
        ),
        rounds=3,
    )


def _value_reads(records: EncodedRecords, parts: Iterable[str]) -> Lines:
    """A key of 8 bytes from the table of distinct values of each part of a text, for every record."""
    columns = [records.columns[records.schema.split_key(part)[0].name] for part in parts]
    return tuple((records.n_records, 8 * len(c.values)) for c in columns if isinstance(c, TextColumn))
