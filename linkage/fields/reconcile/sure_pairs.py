"""Encoded records of two tables -> pairs of rows that are surely of one person, before any training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from linkage.fields.batch import EncodedRecords
from linkage.fields.reconcile.exchange import Values, values_of_words
from linkage.schema import Field

Rows = npt.NDArray[np.intp]


def sure_pairs(records: EncodedRecords, looked_at: int, enough: int) -> tuple[Rows, Rows]:
    """Rows of both tables that alone in theirs have one number, or one name and birth or telephone.

    Of more than `looked_at` records those alone whose number, or birth, is one of a part of all, the same in
    both tables; further numbers are not asked once there are `enough` pairs.
    """
    parts = 1 << max(records.n_records // looked_at, 1).bit_length() - 1
    found, n = [np.empty((2, 0), np.intp)], 0
    for names, item in _ways(records.schema.fields):
        rows, keys = _keys(records, item, parts)
        keys = _mixed(keys, _whole_names(records, names, rows)) if names else keys
        cut = int(np.searchsorted(rows, records.n_left))
        one, left = _held_once(keys[:cut], rows[:cut])
        other, right = _held_once(keys[cut:], rows[cut:])
        _, a, b = np.intersect1d(one, other, assume_unique=True, return_indices=True)
        found.append(np.stack([left[a], right[b]]))
        n += len(a)
        if n >= enough:
            break
    left, right = np.unique(np.concatenate(found, axis=1), axis=1)
    return left, right


def _ways(fields: Sequence[Field]) -> Iterator[tuple[list[Field], Field]]:
    """What two records of one person alone have in common: names, if any, and one more field."""
    names = [f for f in fields if f.kind == "person_name" and not f.shared]
    dates = [f for f in fields if f.kind == "date" and not f.is_shared]
    for item in fields:
        if item.kind in ("identifier", "email") and not item.shared:
            yield [], item
        elif names and (item.kind == "phone" or item in dates[:1]):
            yield names, item


def _keys(records: EncodedRecords, item: Field, parts: int) -> tuple[Rows, Values]:
    """Rows that hold the field, with one of so many parts of all its values; their values."""
    first, column = records.words[item.name], records.columns[item.name]
    words = records.rows[:, first]
    if column.n_words == 2:
        words = words * np.uint32(31) ^ records.rows[:, first + 1]
    taken = words != 0
    if parts > 1:
        taken &= (words * np.uint32(0x9E3779B1)) >> np.uint32(33 - parts.bit_length()) == 0
    rows = np.flatnonzero(taken)
    if column.n_words == 2:
        high, low = records.rows[rows, first : first + 2].astype(np.uint64).T
        return rows, high << np.uint64(32) | low
    return rows, values_of_words(column, words[rows])


def _whole_names(records: EncodedRecords, names: Sequence[Field], rows: Rows) -> Values:
    """One key for all of a record's own names together; 0 where it has none."""
    keys = np.zeros(len(rows), np.uint64)
    for item in names:
        part = values_of_words(records.columns[item.name], records.rows[rows, records.words[item.name]])
        keys = np.where(part == 0, keys, _mixed(keys, part))
    return keys


def _mixed(a: Values, b: Values | np.uint64) -> Values:
    """One key of two."""
    mixed = (a ^ (b * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _held_once(keys: Values, rows: Rows) -> tuple[Values, Rows]:
    """The keys that one row alone has, in order, with that row."""
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    begins = np.append(True, keys[1:] != keys[:-1]) if len(keys) else np.zeros(0, bool)
    once = begins & np.append(begins[1:], True) if len(keys) else begins
    return keys[once], rows[once]
