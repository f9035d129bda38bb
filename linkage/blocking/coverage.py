"""Blocking rules and encoded records -> the imagined pairs of one person that each finds; rules to spare."""

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
WORTH = (1000, 100, 10, 1)
"""What it is worth to find an imagined pair that no rule finds yet, that one rule finds, two, three."""


def found_pairs(records: EncodedRecords, rules: Sequence[BlockingRule]) -> Flags:
    """Which imagined pairs (`imagine`) each rule finds, bool[n_rules, PAIRS]; the same in every run.

    Whether a text is there its row tells, so that no table of keys is made.
    """
    schema = records.schema
    found = np.zeros((len(rules), PAIRS), bool)
    names = sorted({key for rule in rules for key in rule.keys})
    if not names or not records.n_records:
        return found
    step = max(records.n_records // SAMPLE, 1)
    rows = np.arange(0, records.n_records, step, dtype=np.uint64)
    filled = {key: _filled(records, key, rows) for key in names}
    agree = imagine({key: schema.split_key(key) for key in names}, filled, PAIRS)
    for k, rule in enumerate(rules):
        found[k] = np.logical_and.reduce([agree[key] for key in rule.keys])
    return found


def share_found(records: EncodedRecords, rules: Sequence[BlockingRule]) -> float:
    """The share of imagined pairs that one of the rules finds; of 0 to 1."""
    return float(found_pairs(records, rules).any(axis=0).mean())


def needed(found: Flags, to_spare: float) -> list[int]:
    """The rules without those to spare: one after the other goes that the others leave least to find.

    Parameters
    ----------
    found : bool[n_rules, n_pairs]
        Which pairs each rule finds.
    to_spare : float
        What a rule may be worth a pair beside the others (`WORTH`) and be left out.
    """
    # What is lost of a pair with a rule that finds it, by the rules that do; sums of whole floats are exact.
    worth = np.zeros(len(found) + 2)
    worth[1 : len(WORTH) + 1] = WORTH[: len(found) + 1]
    lost = worth[:-1] - worth[1:]
    finds, times = found.astype(np.float64), found.sum(axis=0)
    left = list(range(len(found)))
    while len(left) > 1:
        losses = (finds @ lost.take(times))[left]
        least = int(losses.argmin())
        if losses[least] > to_spare * found.shape[1]:
            break
        times = times - found[left.pop(least)]
    return left


def _filled(records: EncodedRecords, key: str, rows: npt.NDArray[np.uint64]) -> Flags:
    name = records.schema.split_key(key)[0].name
    if isinstance(records.columns[name], TextColumn):
        filled: Flags = records.rows[rows, records.words[name]] != 0
        return filled
    out: npt.NDArray[np.uint32] = np.empty(len(rows), np.uint32)
    KeyMaker(records).encode((key,), out, rows)
    return out.astype(bool)
