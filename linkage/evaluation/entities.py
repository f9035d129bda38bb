"""Columns that name each record's true entity -> codes from 0, and how many records and pairs they make."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage._kernels.words import hash_texts
from linkage.clusters.components import group_sizes
from linkage.errors import InputError
from linkage.fields.text import as_text, has_texts, text_buffers

Codes = NDArray[Any]
"""Entities or clusters as integers from 0; uint32 where there are many."""

DENSE = 2
"""Times as many as there are records: whole numbers below that are codes as they are."""
CODES_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Entities:
    """One table's column of entities, read piece by piece, as often as need be.

    `told` says whose it is, for errors.
    """

    n_records: int
    arrays: Callable[[], Iterable[pa.Array]]
    told: str

    def pieces(self) -> Iterable[tuple[slice, pa.Array]]:
        """Which records, and their values.

        Raises
        ------
        InputError
            A value is missing, or there are fewer or more than records.
        """
        at = 0
        for array in self.arrays():
            if not has_texts(array.type):
                raise InputError(f"{self.told}: expected texts or numbers, got {array.type}")
            if array.null_count:
                row = at + int(np.flatnonzero(array.is_null().to_numpy(zero_copy_only=False))[0])
                raise InputError(f"{self.told}: row {row + 1} has no value")
            if pa.types.is_dictionary(array.type):
                array = array.dictionary_decode()
            if at + len(array) > self.n_records:
                break
            yield slice(at, at + len(array)), array
            at += len(array)
        if at != self.n_records:
            raise InputError(f"{self.told}: expected {self.n_records} values; the table has changed")


def entity_codes(*columns: Entities) -> list[Codes]:
    """Codes from 0 of the true entities in one or two tables: the same code for the same entity; uint32.

    Numbers that are small beside the records stand for themselves. Others, and texts, are told apart by 64
    bits of content. 4 bytes a record are held, some 20 meanwhile where there are no small numbers.
    """
    small = _small_numbers(columns)
    if small is not None:
        return small
    kind = common_type([next(iter(column.arrays()), pa.array([], pa.int64())).type for column in columns])
    hashes = np.empty(sum(column.n_records for column in columns), np.uint64)
    begins = np.cumsum([0, *(column.n_records for column in columns)])
    for begin, column in zip(begins, columns, strict=False):
        for part, values in column.pieces():
            hashes[begin + part.start : begin + part.stop] = _hashes(values, kind)
    distinct = np.sort(hashes)
    distinct = distinct[np.append(distinct[1:] != distinct[:-1], True)] if len(distinct) else distinct
    codes = np.empty(len(hashes), np.uint32)
    for at in range(0, len(hashes), CODES_AT_ONCE):
        part = slice(at, at + CODES_AT_ONCE)
        codes[part] = np.searchsorted(distinct, hashes[part])
    return list(np.split(codes, begins[1:-1]))


def common_type(types: list[pa.DataType]) -> pa.DataType:
    """Integers with integers as int64, if all fit; everything else as text."""
    if all(pa.types.is_integer(kind) and not pa.types.is_uint64(kind) for kind in types):
        return pa.int64()
    return pa.large_string()


def _small_numbers(columns: Iterable[Entities]) -> list[Codes] | None:
    """The numbers themselves; None where they are no numbers, or not small."""
    columns = list(columns)
    limit = min(DENSE * sum(column.n_records for column in columns), 2**32)
    found = []
    for column in columns:
        codes = np.empty(column.n_records, np.uint32)
        for part, values in column.pieces():
            if not pa.types.is_integer(values.type):
                return None
            numbers = values.to_numpy()
            if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < limit:
                return None
            codes[part] = numbers
        found.append(codes)
    return found


def _hashes(values: pa.Array, kind: pa.DataType) -> NDArray[np.uint64]:
    if pa.types.is_integer(kind):
        numbers: NDArray[np.uint64] = values.cast(kind).to_numpy().view(np.uint64)
        return numbers
    return hash_texts(*text_buffers(as_text(values)))


def sizes_of(codes: Codes, n_groups: int = 0) -> NDArray[Any]:
    """How many records each code has; of `n_groups` codes or as many as occur."""
    if codes.dtype == np.uint32:
        return group_sizes(codes, n_groups)
    return np.bincount(codes, minlength=n_groups) if len(codes) else np.zeros(n_groups, np.int64)


def count_true_pairs(left: Codes, right: Codes | None) -> int:
    """Pairs of records of one entity: inside a table, or of two."""
    if right is None:
        return pairs_within(sizes_of(left))
    n_entities = int(max(left.max(initial=0), right.max(initial=0))) + 1
    of_left, of_right = sizes_of(left, n_entities), sizes_of(right, n_entities)
    return sum(
        int(of_left[at : at + CODES_AT_ONCE].astype(np.int64) @ of_right[at : at + CODES_AT_ONCE])
        for at in range(0, n_entities, CODES_AT_ONCE)
    )


def n_entities_of(left: Codes, right: Codes | None) -> int:
    """Entities that have a record."""
    sizes = sizes_of(left)
    if right is None:
        return int(np.count_nonzero(sizes))
    others = sizes_of(right, len(sizes))
    n_common = int(np.count_nonzero(others[: len(sizes)][sizes > 0]))
    return int(np.count_nonzero(sizes)) + int(np.count_nonzero(others)) - n_common


def pairs_within(sizes: Codes) -> int:
    """Pairs inside groups of these sizes."""
    total = 0
    for at in range(0, len(sizes), CODES_AT_ONCE):
        n = sizes[at : at + CODES_AT_ONCE].astype(np.int64)
        total += int((n * (n - 1) // 2).sum())
    return total
