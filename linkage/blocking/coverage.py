"""Blocking rules and encoded records -> the share of imagined pairs of one person that the rules find."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.blocking.damage import Flags, imagine
from linkage.blocking.keys import KeyMaker
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.schema import BlockingRule

SAMPLE = 4_000
"""Records on which is measured how often fields are filled."""
PAIRS = 6144
"""Pairs that are imagined."""


def share_found(records: EncodedRecords, rules: Sequence[BlockingRule]) -> float:
    """The share of imagined pairs (`imagine`) that one of the rules finds; of 0 to 1, the same in every run.

    Whether a text is there its row tells, so that no table of keys is made.
    """
    schema = records.schema
    names = sorted({key for rule in rules for key in rule.keys})
    if not names or not records.n_records:
        return 0.0
    step = max(records.n_records // SAMPLE, 1)
    rows = np.arange(0, records.n_records, step, dtype=np.uint64)
    filled = {key: _filled(records, key, rows) for key in names}
    agree = imagine({key: schema.split_key(key) for key in names}, filled, PAIRS)
    found = np.zeros(PAIRS, bool)
    for rule in rules:
        found |= np.logical_and.reduce([agree[key] for key in rule.keys])
    return float(found.mean())


def _filled(records: EncodedRecords, key: str, rows: npt.NDArray[np.uint64]) -> Flags:
    name = records.schema.split_key(key)[0].name
    if isinstance(records.columns[name], TextColumn):
        filled: Flags = records.rows[rows, records.words[name]] != 0
        return filled
    out: npt.NDArray[np.uint32] = np.empty(len(rows), np.uint32)
    KeyMaker(records).encode((key,), out, rows)
    return out.astype(bool)
