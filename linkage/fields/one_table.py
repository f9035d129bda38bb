"""One table's blocks -> its rows and record ids, and what came in through each of its columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.columns import Column, ColumnReport, IdentifierColumn, Words
from linkage.fields.page_texts import as_array
from linkage.fields.reconcile.old_numbers import fields_of_numbers
from linkage.fields.record_ids import IdStore
from linkage.fields.row_store import RowStore
from linkage.fields.source import Block, Source
from linkage.fields.text import as_arrow, readable
from linkage.schema import Schema

Progress = Callable[[str, int, int | None], None]
AHEAD = 2
"""Blocks that are being encoded at a time: threads have work while one is put into the rows."""


@dataclass
class _Begun:
    """A block whose columns are being encoded, each into a part of `memory`."""

    n_records: int
    memory: Words
    parts: dict[str, Words]
    tasks: dict[str, Future[Any]]
    ids: Future[Any] | None


class TableEncoder:
    """Encodes one table: its columns side by side, of one column a block after the other.

    Parameters
    ----------
    source : Source
    header : dict[str, str]
        Field name -> column header; the record id's under "".
    schema : Schema
    columns : dict[str, Column]
        Encoders of all fields, also of those that this table does not hold.
    is_second : bool
        Whether a table was encoded before it.
    """

    def __init__(
        self,
        source: Source,
        header: dict[str, str],
        schema: Schema,
        columns: dict[str, Column],
        *,
        is_second: bool,
    ) -> None:
        self.source, self.header, self.schema, self.columns = source, header, schema, columns
        self.id_column = header.get("")
        self.new, self.old = fields_of_numbers(schema)
        # The costliest first, so that the threads end together.
        self.names = sorted(self._own_fields(), key=lambda f: schema[f].kind != "person_name")
        for name in self.names:
            columns[name].begin(is_second=is_second)

    def _own_fields(self) -> list[str]:
        """The fields with a column to be encoded; old numbers among the personal ones are routed later."""
        header, new, old = self.header, self.new, self.old
        shared = {old} if new in header and old in header and header[new] == header[old] else set()
        return [f for f in header if f and f not in shared]

    def encode(
        self,
        pool: ThreadPoolExecutor,
        layout: list[str],
        rows: RowStore,
        store: IdStore,
        progress: Progress | None,
    ) -> dict[str, ColumnReport]:
        """Add the table's records to the rows, whose words are of the fields of `layout` in this order.

        Returns
        -------
        dict[str, ColumnReport]
            By field, what came in through its column.
        """
        ids = [self.id_column] if self.id_column else []
        begun: deque[_Begun] = deque()
        spare: list[Words] = []
        last: dict[str, Future[Any]] = {}
        n = 0

        def finish() -> None:
            nonlocal n
            block = begun.popleft()
            self._add(block, n, layout, rows, store)
            spare.append(block.memory)
            n += block.n_records
            if progress:
                progress("encode", n, self.source.n_records)

        for block in self.source.blocks(list(dict.fromkeys([*ids, *self.header.values()]))):
            memory = next((m for m in spare if len(m) >= block.n_records * rows.width), None)
            spare.clear()
            if memory is None:
                memory = np.empty(block.n_records * rows.width, np.uint32)
            parts = self._parts_of(memory, block.n_records)
            # A part waits for the same column's part before it, which was submitted earlier: it has a thread.
            last = {f: pool.submit(self._encode_part, f, block, parts[f], last.get(f)) for f in self.names}
            id_task = pool.submit(self._read_ids, block) if ids else None
            begun.append(_Begun(block.n_records, memory, parts, last, id_task))
            if len(begun) == AHEAD:
                finish()
        while begun:
            finish()
        return {name: self.columns[name].report for name in self.names}

    def _parts_of(self, memory: Words, n_records: int) -> dict[str, Words]:
        """A block's memory, cut into what each column fills; uint32[n_records, n_words] each."""
        parts, used = {}, 0
        for name in self.names:
            n_words = self.columns[name].n_words
            end = used + n_records * n_words
            parts[name] = memory[used:end].reshape(n_records, n_words)
            used = end
        return parts

    def _encode_part(self, name: str, block: Block, out: Words, before: Future[Any] | None) -> list[int]:
        """Encode a column's part of a block, after its part of the block before; rows of old numbers."""
        if before is not None:
            before.result()
        column, start, old = self.columns[name], 0, []
        for values in block.read(self.header[name]):
            try:
                column.encode(values, out[start : start + len(values)])
            except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
                raise InputError(
                    f"{self.source.name}, column {self.header[name]!r}: expected text, numbers or dates for"
                    f" a field of kind {self.schema[name].kind}, got {as_array(values).type}"
                    f" ({type(error).__name__})"
                ) from None
            if isinstance(column, IdentifierColumn):
                old += (column.old_numbers + start).tolist()
            start += len(values)
        return old

    def _read_ids(self, block: Block) -> list[pa.Array]:
        return [
            readable(a.dictionary_decode() if pa.types.is_dictionary(a.type) else a)
            for a in map(as_array, block.read(str(self.id_column)))
        ]

    def _add(self, block: _Begun, first: int, layout: list[str], rows: RowStore, store: IdStore) -> None:
        """Add a block, the table's records from `first` on, when all its columns are encoded."""
        parts = block.parts
        done = {name: task.result() for name, task in block.tasks.items()}
        for name in self.columns.keys() - parts.keys():  # a field that this table does not hold
            parts[name] = np.zeros((block.n_records, self.columns[name].n_words), np.uint32)
        if self.new is not None and self.old is not None and done.get(self.new):
            _route_old_numbers(parts[self.new], parts[self.old], np.array(done[self.new]))
        rows.add([parts[name] for name in layout], block.n_records)
        if block.ids is None:
            store.add(as_arrow(np.arange(first, first + block.n_records, dtype=np.int64)))
            return
        for part in block.ids.result():
            store.add(part)


def _route_old_numbers(new: Words, old: Words, rows: npt.NDArray[np.intp]) -> None:
    """Nine-digit numbers in the column of personal numbers are old ones: move them where they belong."""
    held = (old[rows] != 0).any(axis=1)
    same = (new[rows] == old[rows]).all(axis=1)
    moved = rows[~held | same]
    old[moved] = new[moved]
    new[moved] = 0
