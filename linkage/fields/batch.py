"""Records of one or more tables -> encoded rows: fixed-width words, dictionaries, record ids."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.row_pages import RowPages
from linkage._kernels.rows import count_held
from linkage._kernels.used_pages import UsedPages
from linkage.errors import InputError
from linkage.fields.columns import COLUMNS, Column, ColumnReport, TextColumn
from linkage.fields.one_table import Progress, TableEncoder
from linkage.fields.record_ids import IdStore, RecordIds
from linkage.fields.row_store import RowFile, RowStore, moved_rows
from linkage.fields.source import Source
from linkage.schema import Schema

Frequent = list[tuple[int, int]]
"""Value ids and how many records hold each, falling."""


@dataclass(frozen=True)
class CodesRead:
    """How one field's values in the right table of a link were read as the left table's.

    Attributes
    ----------
    n_records : int
        Records of the right table whose value was exchanged.
    n_sure : int
        Pairs of records that are surely of one person, from which it was learned; 0 with a given model.
    examples : list of (str, str)
        Values, those of most records first, and what they were read as.
    """

    n_records: int
    n_sure: int
    examples: list[tuple[str, str]]


@dataclass(frozen=True)
class OwnAddresses:
    """What is known of a field's addresses that are made of their own record's name.

    Attributes
    ----------
    forms : uint64[n_values]
        What of each such address is not the name, as a hash; 0 for other addresses.
    share : float
        Their share of all addresses.
    agree : float
        How often two strangers of one name whose addresses are made of it have the same one.
    agree_by_form : float
        How often two of these addresses are the same but for the names.
    """

    forms: npt.NDArray[np.uint64]
    share: float
    agree: float
    agree_by_form: float


@dataclass
class EncodedRecords:
    """Rows of codes and what is needed to read them.

    Attributes
    ----------
    schema : Schema
        Only the fields that the tables hold.
    rows : uint32[n_records, n_words]
    n_left : int
        0 for one table; otherwise the rows below it come from the left table.
    words : dict[str, int]
        First word of each field.
    columns : dict[str, Column]
        Encoders with their dictionaries.
    record_ids : list of RecordIds
        One per table, as given; row numbers where the table has none.
    headers : list of dict[str, str]
        One per table, field name -> column header.
    reports : list of dict[str, ColumnReport]
        One per table, by field what came in through its column.
    n_fillers : dict[str, int]
        Records of a field whose value stood for none and was taken as missing.
    codes_read : dict[str, CodesRead]
        Fields of which the right table's values were read as the left table's, and how.
    frequent : dict[str, Frequent]
        The most frequent values of each text field whose values have been counted.
    own_addresses : dict[str, OwnAddresses]
        Fields of e-mail addresses many of which are made of their own record's name.
    row_map : RowPages or None
        Where the rows lie in a file: read in order they cost little, at random a fault each.
    used_pages : UsedPages or None
        Memory that encoding needed, for the next large array.
    """

    schema: Schema
    rows: npt.NDArray[np.uint32]
    n_left: int
    words: dict[str, int]
    columns: dict[str, Column]
    record_ids: list[RecordIds]
    headers: list[dict[str, str]] = field(default_factory=list)
    reports: list[dict[str, ColumnReport]] = field(default_factory=list)
    n_fillers: dict[str, int] = field(default_factory=dict)
    codes_read: dict[str, CodesRead] = field(default_factory=dict)
    frequent: dict[str, Frequent] = field(default_factory=dict)
    own_addresses: dict[str, OwnAddresses] = field(default_factory=dict)
    row_map: RowPages | None = field(default=None, repr=False)
    used_pages: UsedPages | None = field(default=None, repr=False)

    @property
    def n_records(self) -> int:
        """Records of all tables."""
        return len(self.rows)

    @property
    def n_total_pairs(self) -> int:
        """Pairs that could be compared: n(n - 1)/2, or left times right."""
        if self.n_left:
            return self.n_left * (self.n_records - self.n_left)
        return self.n_records * (self.n_records - 1) // 2

    @cached_property
    def n_held(self) -> npt.NDArray[np.int64]:
        """Records that hold something in each word of the rows; int64[n_words]."""
        counts: npt.NDArray[np.int64] = count_held(self.rows)
        return counts

    def move_ids(self, folder: Path) -> None:
        """Move the record ids to files without a name in this folder: they are needed at the end only.

        Raises
        ------
        InputError
            The folder cannot be written to.
        """
        self.record_ids = [ids.moved(folder) for ids in self.record_ids]

    def move_rows(self, file: RowFile) -> None:
        """Move the rows to a file whose pages are let go when the process comes near its limit.

        Raises
        ------
        InputError
            The folder cannot be written to, or its disk is full.
        """
        self.rows, self.row_map = moved_rows(self.rows, file)

    def let_go(self, begin: int = 0, end: int | None = None) -> None:
        """Rows that lie in a file are not needed for now; others stay."""
        if self.row_map is not None:
            a_row = self.rows.shape[1] * self.rows.itemsize
            self.row_map.let_go(begin * a_row, (self.n_records if end is None else end) * a_row)

    def take_room(self, n: int) -> npt.NDArray[np.uint8]:
        """Bytes of any content, in memory that was used before where some is left; uint8[n]."""
        used, self.used_pages = self.used_pages, None
        return np.empty(n, np.uint8) if used is None else used.array(n)

    def record_id(self, rows: npt.NDArray[np.integer], *, side: int = 0) -> pa.Array:
        """The ids of rows, as the table gave them (side 1: rows of the right table)."""
        offset = self.n_left if side else 0
        return self.record_ids[side].take(rows - offset)


def encode_records(
    sources: list[Source],
    headers: list[dict[str, str]],
    schema: Schema,
    *,
    threads: int,
    progress: Progress | None = None,
    columns: dict[str, Column] | None = None,
    folder: Path | None = None,
    row_file: RowFile | None = None,
    keeps_pages: bool = False,
) -> EncodedRecords:
    """Encode one table, or two for a link, with common dictionaries.

    Parameters
    ----------
    sources : list of Source
    headers : list of dict
        Per table, field name -> column header.
    schema : Schema
        Its fields must each have a column in some table.
    threads : int
        Columns are encoded side by side; the result does not depend on it.
    columns : dict of Column or None
        Encoders by field, where some have seen records before; None makes new ones.
    folder : Path or None
        Where memory is short: record ids go to files without a name in this folder.
    row_file : RowFile or None
        Where it is shorter still: the rows go to a file as well.
    keeps_pages : bool
        Leave the memory of what only encoding needs to `used_pages`.

    Notes
    -----
    O(records); each distinct raw text is normalised once. About 100 bytes a record for the citizen preset.
    """
    if columns is None:
        columns = {f.name: COLUMNS[f.kind](f) for f in schema.fields}
    # First what lies in tables of distinct values: one line of a row says whether a pair is hopeless.
    words, width = {}, 0
    for name in sorted(columns, key=lambda name: not isinstance(columns[name], TextColumn)):
        words[name] = width
        width += columns[name].n_words
    lengths = [source.n_records for source in sources]
    rows = RowStore(width, sum(n or 0 for n in lengths), grows=None in lengths, file=row_file)
    stores: list[IdStore] = []
    reports: list[dict[str, ColumnReport]] = []
    n_left = 0
    used = UsedPages() if keeps_pages else None
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for side, (source, header) in enumerate(zip(sources, headers, strict=True)):
            before = rows.n
            stores.append(IdStore(folder))
            encoder = TableEncoder(source, header, schema, columns, is_second=side == 1)
            reports.append(encoder.encode(pool, list(words), rows, stores[-1], progress))
            if len(sources) == 2 and rows.n == before:
                raise InputError(f"{source.name}: expected records to link, got none")
            if side == 0 and len(sources) == 2:
                n_left = rows.n
        for _ in pool.map(lambda column: column.finish(used), columns.values()):
            pass
    # After what only encoding needs has been dropped: ids in memory are needed twice meanwhile.
    record_ids = [store.finish() for store in stores]
    if rows.n >= 2**32 - 1:
        raise InputError(f"expected fewer than {2**32 - 1:,} records, got {rows.n:,}")
    matrix = rows.finish()
    return EncodedRecords(
        schema, matrix, n_left, words, columns, record_ids, headers, reports,
        row_map=rows.map, used_pages=used,
    )  # fmt: skip
