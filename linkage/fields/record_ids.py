"""A column of record ids, batch by batch -> the same ids to be taken by row, in memory or in files."""

from __future__ import annotations

import mmap
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.take_texts import take_texts
from linkage._kernels.words import hash_texts
from linkage.errors import InputError
from linkage.fields import compute as pc
from linkage.fields.text import MOST_SHORT, as_arrow, as_text, text_buffers
from linkage.files import NamelessFile

AT_ONCE = 1 << 20
"""Ids that are looked at at a time."""
_UNORDERED = (pa.string_view(), pa.float16())
MANY = 1 << 14
"""From so many ids taken on, pages of their files are given back at once: they count as the process's."""


class RecordIds:
    """The ids of one table's records, as it gave them; its row numbers where it has none.

    Parameters
    ----------
    array : pa.Array
        All ids, in one piece: rows are taken from it many times over.
    maps : sequence of mmap
        The files that the array lies in, if it does.
    """

    def __init__(self, array: pa.Array, maps: tuple[mmap.mmap, ...] = ()) -> None:
        self.array = array
        self._maps = maps

    def __len__(self) -> int:
        return len(self.array)

    @property
    def held_bytes(self) -> int:
        """What they take of memory."""
        return 0 if self._maps else int(self.array.nbytes)

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> pa.Array:
        """The ids of these rows."""
        found = _taken(self.array, rows)
        if len(rows) >= MANY:
            self.let_go()
        return found

    def let_go(self) -> None:
        """Pages that have been read from files count no more; they are read again when they are wanted."""
        for mapped in self._maps:
            if hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)

    def moved(self, folder: Path) -> RecordIds:
        """The same ids in files without a name."""
        if self._maps:
            return self
        store = IdStore(folder)
        for at in range(0, len(self.array), AT_ONCE):
            store.add(self.array.slice(at, AT_ONCE))
        return store.finish(self.array.type)

    def check(self, told: str) -> None:
        """Refuse ids that are not each record's own; `told` is the table and its column.

        Raises
        ------
        InputError
            An id is missing or there twice; the message names the row, never the id.
        """
        ids = self.array
        if ids.null_count:
            row = int(np.flatnonzero(ids.is_null().to_numpy(zero_copy_only=False))[0])
            raise InputError(f"{told}, row {row + 1}: expected a record id, got nothing")
        if pa.types.is_nested(ids.type):
            raise InputError(f"{told}: expected record ids, got {ids.type}")
        if not self._ascending() and not self._apart():
            self._refuse_repeated(told)
        self.let_go()

    def _ascending(self) -> bool:
        """Whether each id is larger than the one before: the usual order, and then none is there twice."""
        for at in range(0, len(self.array), AT_ONCE):
            part = self.array.slice(max(at - 1, 0), AT_ONCE + 1)
            if pc.less(part[:-1], part[1:]).false_count:
                return False
        return True

    def _apart(self) -> bool:
        """Whether 64 bits of their content tell all ids apart: then they do."""
        hashes = np.empty(len(self.array), np.uint64)
        for at in range(0, len(hashes), AT_ONCE):
            hashes[at : at + AT_ONCE] = hash_texts(*text_buffers(as_text(self.array.slice(at, AT_ONCE))))
        hashes.sort()
        parts = (hashes[at : at + AT_ONCE + 1] for at in range(0, len(hashes), AT_ONCE))
        return not any((part[1:] == part[:-1]).any() for part in parts)

    def _refuse_repeated(self, told: str) -> None:
        codes = self.array.dictionary_encode().indices.to_numpy()
        _, first = np.unique(codes, return_index=True)
        is_first = np.zeros(len(codes), bool)
        is_first[first] = True
        if is_first.all():
            return
        row = int(np.flatnonzero(~is_first)[0])
        before = int(np.flatnonzero(codes == codes[row])[0])
        raise InputError(
            f"{told}, row {row + 1}: expected an id of its own, got that of row {before + 1}; name another"
            " column as the schema's record_id, or none to number the rows"
        )


class IdStore:
    """Ids as they come, batch by batch.

    Parameters
    ----------
    folder : Path or None
        Where files without a name may lie, of texts and whole numbers; None keeps the ids in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held: list[pa.Array] = []
        self._files: list[NamelessFile] = []
        self._kind: pa.DataType | None = None
        self._n = self._n_bytes = 0

    def add(self, array: pa.Array) -> None:
        """The ids of further records; those of types that Arrow cannot order, such as UUIDs, as texts."""
        if isinstance(array.type, pa.BaseExtensionType) or array.type in _UNORDERED:
            array = as_text(array)
        elif pa.types.is_fixed_size_binary(array.type):
            array = array.cast(pa.binary())
        if self._folder is None or array.null_count or not self._fits(array.type):
            self._held.append(array)
            return
        if not self._files:
            self._kind = array.type
            self._files = [NamelessFile(self._folder), NamelessFile(self._folder)]
        if pa.types.is_integer(array.type):
            self._files[0].add(np.ascontiguousarray(array.to_numpy()).view(np.uint8))
        else:
            self._add_texts(array)
        self._n += len(array)

    def _fits(self, kind: pa.DataType) -> bool:
        """Whether ids of this kind go to the files: all do, or none."""
        wanted = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)
        return wanted and not self._held and kind == (self._kind or kind)

    def _add_texts(self, array: pa.Array) -> None:
        wide = np.int64 if pa.types.is_large_string(array.type) else np.int32
        _, offsets, data = array.buffers()
        if not len(array):
            return
        at = np.frombuffer(offsets, wide)[array.offset : array.offset + len(array) + 1]
        ends = at[1:].astype(np.int64) - int(at[0]) + self._n_bytes
        self._files[0].add(ends.view(np.uint8))
        if data is not None:
            self._files[1].add(np.frombuffer(data, np.uint8)[int(at[0]) : int(at[-1])])
        self._n_bytes = int(ends[-1])

    def finish(self, kind: pa.DataType | None = None) -> RecordIds:
        """All ids; `kind` is the type to give them where there are none."""
        if not self._files:
            return RecordIds(_in_one_piece(self._held, kind))
        in_files = self._from_files()
        if not self._held:
            return in_files
        return RecordIds(_in_one_piece([in_files.array, *self._held], kind))

    def _from_files(self) -> RecordIds:
        assert self._kind is not None and self._folder is not None
        first, data = self._files
        if pa.types.is_integer(self._kind):
            data.close()
            return _mapped(self._kind, self._n, [first])
        is_large = pa.types.is_large_string(self._kind) or self._n_bytes > MOST_SHORT
        offsets = NamelessFile(self._folder)
        offsets.add(np.zeros(8 if is_large else 4, np.uint8))
        ends = first.mapped()
        for at in range(0, self._n, AT_ONCE):
            part = np.frombuffer(ends, np.int64, min(AT_ONCE, self._n - at), at * 8) if ends else np.empty(0)
            offsets.add(part.astype(np.int64 if is_large else np.int32).view(np.uint8))
        first.close()
        return _mapped(pa.large_string() if is_large else pa.string(), self._n, [offsets, data])


def _taken(array: pa.Array, rows: npt.NDArray[np.integer[Any]]) -> pa.Array:
    """As `pa.Array.take`, where texts are many in a quarter of its time."""
    are_texts = pa.types.is_string(array.type) and not array.null_count
    if len(rows) >= MANY and rows.dtype == np.uint32 and are_texts:
        offsets, data, _ = text_buffers(array)
        with suppress(OverflowError):
            begins, texts = take_texts(offsets, data, np.ascontiguousarray(rows))
            return pa.Array.from_buffers(
                array.type, len(rows), [None, pa.py_buffer(begins), pa.py_buffer(texts)], null_count=0
            )
    return pc.take(array, as_arrow(rows))


def _mapped(kind: pa.DataType, n: int, files: list[NamelessFile]) -> RecordIds:
    maps = [file.mapped() for file in files]
    buffers = [pa.py_buffer(b"" if held is None else held) for held in maps]
    for file in files:
        file.close()
    array = pa.Array.from_buffers(kind, n, [None, *buffers], null_count=0)
    return RecordIds(array, tuple(held for held in maps if held is not None))


def _in_one_piece(parts: list[pa.Array], kind: pa.DataType | None) -> pa.Array:
    if not parts:
        return pa.array([], kind or pa.string())
    if pa.types.is_string(parts[0].type) and sum(map(_text_bytes, parts)) > MOST_SHORT:
        parts = [part.cast(pa.large_string()) for part in parts]
    return pa.concat_arrays(parts) if len(parts) > 1 else parts[0]


def _text_bytes(array: pa.Array) -> int:
    if not len(array) or not pa.types.is_string(array.type):
        return 0
    at = np.frombuffer(array.buffers()[1], np.int32)
    return int(at[array.offset + len(array)]) - int(at[array.offset])
