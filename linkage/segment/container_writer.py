"""Arrays, or their bytes piece by piece -> one container file, whole or not at all (`docs/format.md`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray
from xxhash import xxh3_64_intdigest

from linkage.errors import InputError
from linkage.segment.layout import (
    ALIGNMENT,
    BLOCK,
    DTYPES,
    MAX_DIMENSIONS,
    NAME,
    PAGE,
    TABLE_LIMIT,
    Section,
    aligned,
    aligned_bytes,
    find_unplain,
    is_too_large,
    pack_footer,
    pack_header,
    pack_table,
    section_checksum,
)
from linkage.segment.storage import LOCAL, NewFile, Storage


class _Target(Protocol):
    """Where bytes go, in order."""

    def write(self, data: bytes | memoryview) -> None: ...
    def publish(self) -> None: ...
    def discard(self) -> None: ...


class ContainerWriter:
    """Write a container, section after section.

    Leaving the ``with`` block by an exception, or without `finish`, leaves no new file behind and an old
    one as it was. So does an error in `add` or `finish`; the writer is of no use afterwards.

    Parameters
    ----------
    path : path or None
        The file, replaced when it exists; None: in memory, see `getvalue`.
    storage : Storage
        Where it lies.

    Raises
    ------
    InputError
        By every method: what is added contradicts itself, or the file cannot be written.

    Examples
    --------
    >>> with ContainerWriter(None) as writer:
    ...     writer.add("rows", np.arange(6, dtype=np.uint32).reshape(2, 3))
    ...     writer.add("text", [b"ab", b"cd"], dtype="u1", shape=(-1,))
    ...     writer.finish({"records": 2})
    >>> len(writer.getvalue())
    384
    """

    def __init__(self, path: str | os.PathLike[str] | None, storage: Storage = LOCAL) -> None:
        self._name = "<memory>" if path is None else os.fspath(path)
        self._memory = _Memory() if path is None else None
        self._file = None if path is None else NewFile(Path(path), storage)
        self._target: _Target | None = None
        self._sections: dict[str, Section] = {}
        self._end = 0

    def __enter__(self) -> Self:
        self._target = self._memory or self._file
        try:
            if self._file is not None:
                self._file.__enter__()
            self._write(pack_header())
        except BaseException:
            self._abandon()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unfinished = self._target is not None
        self._abandon()
        if unfinished and kind is None:
            raise InputError(f"cannot write {self._name}: its writer was left without finish()")

    def add(
        self,
        name: str,
        data: Any,
        dtype: DTypeLike | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> None:
        """Append a section.

        Parameters
        ----------
        name : str
            Letters, digits and ``_.:/-``; each once.
        data : buffer, or iterable of buffers
            The section's bytes in C order; pieces may be of any length. An array must be of `dtype`, or
            of uint8: bytes of whatever it is.
        dtype : dtype, optional
            Little-endian integer of 8 to 64 bits, float32 or float64; by default that of the array.
        shape : tuple of int, optional
            At most 8 dimensions; by default that of the array. The first may be -1: as many as there are.
        """
        self._opened()
        try:
            if isinstance(data, np.ndarray):
                dtype, shape = self._described(name, data, dtype, shape)
            if dtype is None or shape is None:
                raise self._wrong(name, "dtype and shape are needed, unless an array has them")
            self._sections[name] = self._add(name, data, np.dtype(dtype), tuple(map(int, shape)))
        except BaseException:
            self._abandon()
            raise

    def finish(self, meta: Mapping[str, Any]) -> None:
        """Write table and footer, and give the file its name.

        Parameters
        ----------
        meta : dict
            None, bool, int, float, str, bytes, and lists and dicts of these; kept in its order. Tuples
            come back as lists.
        """
        self._opened()
        try:
            self._finish(dict(meta))
        except BaseException:
            self._abandon()
            raise

    def getvalue(self) -> memoryview:
        """Return the finished container, when it was written to memory: read-only, aligned at 64 bytes."""
        if self._memory is None or self._target is not None or not self._memory.is_whole:
            raise InputError(f"{self._name}: no finished container in memory")
        return self._memory.view()

    def _add(self, name: str, data: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Section:
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in self._sections:
            raise self._wrong(str(name), f"expected a new name of {NAME.pattern}")
        if dtype.str not in DTYPES:
            raise self._wrong(name, f"expected a dtype of {', '.join(sorted(DTYPES))}, got {dtype}")
        counted = shape[:1] == (-1,)
        row = dtype.itemsize * prod(shape[counted:])
        if len(shape) > MAX_DIMENSIONS or min(shape[counted:], default=0) < 0 or (counted and not row):
            raise self._wrong(name, f"expected at most {MAX_DIMENSIONS} counts as shape, got {shape}")
        if is_too_large(dtype.itemsize, shape[counted:]):
            raise self._wrong(name, f"shape {shape} is too large")
        blocks = _Blocks(self._write_block)
        for piece in _pieces(data):
            blocks.feed(self._plain(name, piece))
            if not counted and blocks.size > row:
                break
        blocks.flush()
        if blocks.size % row if counted else blocks.size != row:
            expected = f"a multiple of {row}" if counted else str(row)
            raise self._wrong(name, f"expected {expected} bytes for {dtype} {shape}, got {blocks.size}")
        if counted:
            shape = (blocks.size // row, *shape[1:])
        checksums = bytes(blocks.checksums)
        if not blocks.size:
            self._pad(ALIGNMENT)
        offset = self._end - blocks.size
        return Section(name, offset, blocks.size, dtype.str, shape, section_checksum(checksums), checksums)

    def _finish(self, meta: dict[str, Any]) -> None:
        wrong = find_unplain(meta)
        if wrong:
            raise InputError(f"cannot write {self._name}: meta holds {wrong}")
        sections = list(self._sections.values())
        table = pack_table(sections, meta)
        if len(table) > TABLE_LIMIT:
            raise InputError(
                f"cannot write {self._name}: sections and meta take {len(table)} bytes in the table, "
                f"the most is {TABLE_LIMIT}"
            )
        self._pad(ALIGNMENT)
        offset = self._end
        self._write(table)
        self._pad(ALIGNMENT)
        self._write(pack_footer(sections, table, offset))
        self._opened().publish()
        self._target = None

    def _described(
        self, name: str, data: NDArray[Any], dtype: DTypeLike | None, shape: tuple[int, ...] | None
    ) -> tuple[DTypeLike, tuple[int, ...]]:
        """Take from an array what was not given, and hold the rest against it."""
        if dtype is not None and data.dtype not in (np.dtype(dtype), np.dtype(np.uint8)):
            raise self._wrong(name, f"expected {np.dtype(dtype)}, got {data.dtype}")
        return data.dtype if dtype is None else dtype, data.shape if shape is None else shape

    def _plain(self, name: str, piece: Any) -> memoryview:
        try:
            view = memoryview(piece)
        except TypeError:
            raise self._wrong(name, f"expected bytes or an array, got {type(piece).__name__}") from None
        if not view.c_contiguous:
            raise self._wrong(name, "expected C-contiguous bytes")
        return np.frombuffer(view, np.uint8).data if view.nbytes else memoryview(b"")

    def _write_block(self, block: memoryview, is_first: bool) -> None:
        """Only a section of a block and more begins with a full one; it begins at a page, too."""
        if is_first:
            self._pad(PAGE if len(block) == BLOCK else ALIGNMENT)
        self._write(block)

    def _pad(self, alignment: int) -> None:
        self._write(bytes(aligned(self._end, alignment) - self._end))

    def _write(self, data: bytes | memoryview) -> None:
        self._opened().write(data)
        self._end += len(data)

    def _opened(self) -> _Target:
        if self._target is None:
            raise InputError(f"cannot write {self._name}: its writer is closed, or never was in a with block")
        return self._target

    def _abandon(self) -> None:
        target, self._target = self._target, None
        if target is not None:
            target.discard()

    def _wrong(self, name: str, problem: str) -> InputError:
        return InputError(f"cannot write {self._name}: section {name!r}: {problem}")


def _pieces(data: Any) -> Iterable[Any]:
    """One buffer as a series of one."""
    try:
        return (memoryview(data),)
    except TypeError:
        return data if isinstance(data, Iterable) else (data,)


class _Blocks:
    """Buffers of any length -> blocks of 1 MiB, hashed and written."""

    def __init__(self, write: Callable[[memoryview, bool], None]) -> None:
        self._write = write
        self._pending = bytearray()
        self.checksums = bytearray()
        self.size = 0

    def feed(self, data: memoryview) -> None:
        self.size += len(data)
        while data:
            if not self._pending and len(data) >= BLOCK:
                self._emit(data[:BLOCK])
                data = data[BLOCK:]
                continue
            room = BLOCK - len(self._pending)
            self._pending += data[:room]
            data = data[room:]
            if len(self._pending) == BLOCK:
                self.flush()

    def flush(self) -> None:
        if self._pending:
            self._emit(memoryview(self._pending))
            self._pending = bytearray()

    def _emit(self, block: memoryview) -> None:
        self._write(block, not self.checksums)
        self.checksums += xxh3_64_intdigest(block).to_bytes(8, "little")


class _Memory:
    """Bytes in order -> one aligned buffer that grows by half when it is full."""

    def __init__(self) -> None:
        self._bytes = aligned_bytes(0)
        self._size = 0
        self.is_whole = False

    def write(self, data: bytes | memoryview) -> None:
        if not data:
            return
        end = self._size + len(data)
        if end > self._bytes.size:
            grown = aligned_bytes(max(end, self._bytes.size * 3 // 2))
            grown[: self._size] = self._bytes[: self._size]
            self._bytes = grown
        self._bytes[self._size : end] = np.frombuffer(data, np.uint8)
        self._size = end

    def publish(self) -> None:
        self.is_whole = True

    def discard(self) -> None:
        self._bytes, self._size = aligned_bytes(0), 0

    def view(self) -> memoryview:
        return self._bytes[: self._size].data.toreadonly()
