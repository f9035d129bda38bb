"""A catalog's rows: what each holds, its checksum, and how damaged ones are refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import msgpack
from pyroaring import BitMap
from xxhash import xxh3_64_intdigest

from linkage.errors import IndexStateError

FORMAT_VERSION = 1
LARGEST_STATE = 4096
TABLES = ("segments", "tombstones", "journal", "identifiers")


class SegmentRow(NamedTuple):
    """A live segment: its file is ``segments/<name>.seg``."""

    position: int
    name: str
    n_records: int
    size: int
    frequencies_version: int


class TombstoneRow(NamedTuple):
    """Records of a segment that a generation ended; the union of a segment's rows is all that have ended."""

    id: int
    segment: str
    generation: int
    bitmap: bytes


class JournalRow(NamedTuple):
    """An upsert (texts as msgpack) or a delete (None) that no segment holds yet."""

    seq: int
    record_id: str
    payload: bytes | None


class IdentifierRow(NamedTuple):
    """One more identifier of a record, as it was from generation `added` to before `removed`."""

    id: int
    record_id: str
    field: str
    code: int
    value: str
    status: str
    valid_from: str | None
    valid_to: str | None
    added: int
    removed: int | None


@dataclass
class State:
    """What one generation of an index is.

    Attributes
    ----------
    format : int
        Version of the catalog.
    generation : int
        Counts commits.
    epoch : int
        Counts changes of the list of segments; within one, journal and tombstones only grow.
    last_seq, last_row : int
        The highest numbers that journal rows, and rows of tombstones and identifiers, have had.
    frequencies_version : int
        Which frequency tables weigh agreements: they change only when all records are compacted.
    model : bytes
        SHA-256 of the model's JSON, schema included.
    digests : dict[str, int]
        Per table, the checksums of its rows, XORed: a lost row is seen as surely as a changed one.
    """

    format: int = FORMAT_VERSION
    generation: int = 1
    epoch: int = 1
    last_seq: int = 0
    last_row: int = 0
    frequencies_version: int = 1
    model: bytes = b""
    digests: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))

    def pack(self) -> bytes:
        """Bytes for `unpack`."""
        return bytes(msgpack.packb([getattr(self, f.name) for f in fields(self)]))

    @classmethod
    def unpack(cls, data: bytes) -> State:
        """The state of `pack`; ValueError when it is none."""
        if len(data) > LARGEST_STATE:
            raise ValueError("state")
        values = msgpack.unpackb(data)
        found = cls(*values)
        numbers = (found.format, found.generation, found.epoch, found.last_seq, found.last_row)
        if not all(isinstance(n, int) and n >= 0 for n in (*numbers, found.frequencies_version)):
            raise ValueError("state")
        if not isinstance(found.model, bytes) or set(found.digests) != set(TABLES):
            raise ValueError("state")
        return found

    def copy(self) -> State:
        """The same, to be changed."""
        return replace(self, digests=dict(self.digests))

    def add(self, table: str, checksums: Iterable[int]) -> None:
        """Enter rows into a table's digest; entering them again takes them out."""
        digest = self.digests[table]
        for checksum in checksums:
            digest ^= checksum
        self.digests[table] = digest


def checksum_of(table: str, row: Iterable[Any]) -> int:
    """64 bits of a row's content, types included; its table too, so that rows cannot change places."""
    return int(xxh3_64_intdigest(msgpack.packb([table, *row]))) - (1 << 63)  # SQLite's integers have a sign


def check_rows(path: object, table: str, rows: Iterable[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """Rows whose last value is their checksum -> the rows without it, and their digest.

    Raises
    ------
    IndexStateError
        A row is not what was written.
    """
    good, digest = [], 0
    for *values, checksum in rows:
        try:
            intact = checksum_of(table, values) == checksum
        except (TypeError, ValueError, OverflowError):
            intact = False
        if not intact:
            raise IndexStateError(f"{path}: a row of {table} is damaged")
        digest ^= checksum
        good.append(tuple(values))
    return good, digest


def read_bitmap(path: object, data: bytes, n_records: int) -> BitMap:
    """A tombstone's bitmap; IndexStateError when it is none, or names records that the segment has not."""
    try:
        bitmap = BitMap.deserialize(data)
    except (ValueError, TypeError, IndexError):
        raise IndexStateError(f"{path}: a bitmap of tombstones is damaged") from None
    if bitmap and bitmap.max() >= n_records:
        raise IndexStateError(f"{path}: a tombstone is beyond its segment's {n_records} records")
    return bitmap
