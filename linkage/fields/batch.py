"""Records of one or more tables -> encoded rows: fixed-width words, dictionaries, record ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.errors import InputError
from linkage.fields.columns import COLUMNS, Column, IdentifierColumn
from linkage.fields.source import BATCH, Source
from linkage.fields.text import readable
from linkage.schema import Schema

Progress = Callable[[str, int, int | None], None]


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
        Encoders with their dictionaries and reports.
    record_ids : list of pa.ChunkedArray
        One per table, as given; row numbers where the table has none.
    """

    schema: Schema
    rows: npt.NDArray[np.uint32]
    n_left: int
    words: dict[str, int]
    columns: dict[str, Column]
    record_ids: list[pa.ChunkedArray]
    headers: list[dict[str, str]] = field(default_factory=list)

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

    def record_id(self, rows: npt.NDArray[np.integer], *, side: int = 0) -> pa.Array:
        """The ids of rows, as the table gave them (side 1: rows of the right table)."""
        offset = self.n_left if side else 0
        return self.record_ids[side].take(pa.array(rows - offset)).combine_chunks()


def encode_records(
    sources: list[Source],
    headers: list[dict[str, str]],
    schema: Schema,
    *,
    threads: int,
    progress: Progress | None = None,
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

    Notes
    -----
    O(records); each distinct raw text is normalised once. About 100 bytes a record for the citizen preset.
    """
    columns: dict[str, Column] = {f.name: COLUMNS[f.kind](f) for f in schema.fields}
    words, width = {}, 0
    for name, column in columns.items():
        words[name] = width
        width += column.n_words
    parts, record_ids, n_left = [], [], 0
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        for source, header in zip(sources, headers, strict=True):
            rows, ids = _encode_table(source, header, schema, columns, words, width, pool, progress)
            record_ids.append(ids)
            parts.append(rows)
    if len(parts) == 2:
        n_left = len(parts[0])
        for source, part in zip(sources, parts, strict=True):
            if not len(part):
                raise InputError(f"{source.name}: expected records to link, got none")
    for column in columns.values():
        column.finish()
    rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if len(rows) >= 2**32 - 1:
        raise InputError(f"expected fewer than {2**32 - 1:,} records, got {len(rows):,}")
    return EncodedRecords(schema, rows, n_left, words, columns, record_ids, headers)


def _encode_table(
    source: Source,
    header: dict[str, str],
    schema: Schema,
    columns: dict[str, Column],
    words: dict[str, int],
    width: int,
    pool: ThreadPoolExecutor,
    progress: Progress | None,
) -> tuple[npt.NDArray[np.uint32], pa.ChunkedArray]:
    id_column = header.get("")
    wanted = list(dict.fromkeys([*([id_column] if id_column else []), *header.values()]))
    capacity = source.n_records if source.n_records is not None else BATCH
    rows = np.zeros((capacity, width), np.uint32)
    ids: list[pa.Array] = []
    n = 0
    # Widest columns first, so that the threads end together.
    names = sorted((f for f in header if f), key=lambda f: schema[f].kind != "person_name")
    for batch in _read_ahead(source.batches(wanted), pool):
        if n + len(batch) > len(rows):
            rows = np.concatenate([rows, np.zeros((max(len(rows), len(batch)), width), np.uint32)])
        out = rows[n : n + len(batch)]

        def encode(name: str, batch: pa.RecordBatch = batch, out: npt.NDArray[np.uint32] = out) -> None:
            column, first = columns[name], words[name]
            values = batch.column(header[name])
            try:
                column.encode(values, out[:, first : first + column.n_words])
            except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
                raise InputError(
                    f"{source.name}, column {header[name]!r}: expected text, numbers or dates for"
                    f" a field of kind {schema[name].kind}, got {values.type} ({type(error).__name__})"
                ) from None

        for _ in pool.map(encode, names):
            pass
        _route_old_numbers(columns, words, out)
        if id_column:
            given = batch.column(id_column)
            is_coded = pa.types.is_dictionary(given.type)
            ids.append(readable(given.dictionary_decode() if is_coded else given))
        n += len(batch)
        if progress:
            progress("encode", n, source.n_records)
    if id_column:
        chunked = pa.chunked_array(ids) if ids else pa.chunked_array([pa.array([], pa.string())])
        _check_record_ids(source, id_column, chunked)
    else:
        chunked = pa.chunked_array([pa.array(np.arange(n, dtype=np.int64))])
    return rows[:n], chunked


def _read_ahead(batches: Iterator[pa.RecordBatch], pool: ThreadPoolExecutor) -> Iterator[pa.RecordBatch]:
    """The same batches, the next one read while one is encoded."""
    upcoming = pool.submit(next, batches, None)
    while (batch := upcoming.result()) is not None:
        upcoming = pool.submit(next, batches, None)
        yield batch


def _route_old_numbers(
    columns: dict[str, Column], words: dict[str, int], out: npt.NDArray[np.uint32]
) -> None:
    """Nine-digit numbers in the column of personal numbers are old ones: move them where they belong."""
    new, old = columns.get("id_number"), columns.get("old_id_number")
    if not (isinstance(new, IdentifierColumn) and isinstance(old, IdentifierColumn)):
        return
    if len(new.status) != len(out):
        return
    a, b = words["id_number"], words["old_id_number"]
    rows = np.flatnonzero(new.status == 3)
    held = (out[rows, b] | out[rows, b + 1]) != 0
    same = (out[rows, a] == out[rows, b]) & (out[rows, a + 1] == out[rows, b + 1])
    moved = rows[~held | same]
    out[moved, b : b + 2] = out[moved, a : a + 2]
    out[moved, a : a + 2] = 0


def _check_record_ids(source: Source, column: str, ids: pa.ChunkedArray) -> None:
    if ids.null_count:
        row = int(np.flatnonzero(ids.is_null().to_numpy())[0])
        raise InputError(f"{source.name}, column {column!r}, row {row + 1}: expected a record id, got nothing")
    if pa.types.is_nested(ids.type):
        raise InputError(f"{source.name}, column {column!r}: expected record ids, got {ids.type}")
    if _is_ascending(ids) or pc.count_distinct(ids).as_py() == len(ids):
        return
    codes = ids.combine_chunks().dictionary_encode().indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    is_first = np.zeros(len(codes), bool)
    is_first[first] = True
    row = int(np.flatnonzero(~is_first)[0])
    before = int(np.flatnonzero(codes == codes[row])[0])
    raise InputError(
        f"{source.name}, column {column!r}, row {row + 1}: expected an id of its own, got that of row"
        f" {before + 1}; name another column as the schema's record_id, or none to number the rows"
    )


def _is_ascending(ids: pa.ChunkedArray) -> bool:
    """Whether each id is larger than the one before: the usual order, and then none is there twice."""
    last = None
    for chunk in ids.chunks:
        if not len(chunk):
            continue
        if last is not None and not pc.less(last, chunk[0]).as_py():
            return False
        if not pc.all(pc.less(chunk[:-1], chunk[1:]), min_count=0).as_py():
            return False
        last = chunk[-1]
    return True
