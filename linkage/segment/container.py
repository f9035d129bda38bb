"""Container file -> its arrays, mapped and unchecked until asked, and its meta (`docs/format.md`)."""

from __future__ import annotations

import io
import mmap
import os
import stat
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from linkage.errors import InputError, SegmentError
from linkage.segment.container_writer import ContainerWriter
from linkage.segment.layout import (
    ALIGNMENT,
    BLOCK,
    FOOTER,
    HEADER,
    Layout,
    Section,
    aligned_bytes,
    read_layout,
)
from linkage.segment.storage import naming

__all__ = ["Container", "ContainerWriter"]

Progress = Callable[[str, int, int | None], None]


class Container:
    """An open container: named read-only arrays over one file or buffer.

    Opening checks header, footer, the section table and every offset, size and shape in it, so no array
    can reach outside the file. The arrays' own bytes are read when they are used, and hashed by `check`
    and `check_section` only.

    A file that somebody cuts short while it is mapped ends the process with SIGBUS at the next touch of a
    lost page, as does a disk that cannot read one. Nothing here cuts files; where others may,
    ``load="ram"`` is safe from both. `check` is safe from both in any case, as it does not read through
    the mapping.

    Several threads may use one container. A fork shares it; pickling sends path and `load`, and opens
    anew.
    """

    def __init__(self, view: memoryview, name: str, load: str, file: int | None = None) -> None:
        self.name = name
        self.load = load
        self._file = file
        self._close_file = weakref.finalize(self, os.close, file) if file is not None else None
        self._mapping: mmap.mmap | None = None
        self._length = len(view)
        self._view: memoryview | None = view
        try:
            self._layout = read_layout(self._bytes, len(view), name)
        except BaseException:
            self.close()
            raise
        self._sections = {section.name: section for section in self._layout.sections}

    @classmethod
    def open(cls, path: str | os.PathLike[str], load: Literal["mmap", "ram"] = "mmap") -> Self:
        """Open a file.

        Parameters
        ----------
        path : path
            The file; it must not change while it is open.
        load : {"mmap", "ram"}
            Map it, so that processes share its pages and opening does not depend on its size, or read it
            into memory of its own.

        Raises
        ------
        InputError
            The file cannot be opened.
        SegmentError
            It is no container of this version, or is damaged in header, table or footer.
        """
        if load not in ("mmap", "ram"):
            raise InputError(f"load: expected 'mmap' or 'ram', got {load!r}")
        name = os.fspath(path)
        with naming("open", name):
            # Without O_NONBLOCK a named pipe would be waited for.
            file = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            try:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    raise SegmentError(f"{name}: is not a file")
                return cls._mapped(file, name) if load == "mmap" else cls._read(file, name)
            finally:
                os.close(file)

    @classmethod
    def _mapped(cls, file: int, name: str) -> Self:
        size = os.fstat(file).st_size
        if size == 0:
            raise SegmentError(f"{name}: is empty")
        try:
            mapping = mmap.mmap(file, size, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise SegmentError(f"{name}: was cut short while it was opened") from error
        container = cls(memoryview(mapping), name, "mmap", os.dup(file))
        container._mapping = mapping
        return container

    @classmethod
    def _read(cls, file: int, name: str) -> Self:
        size = os.fstat(file).st_size
        buffer = aligned_bytes(size).data
        rest = buffer
        with io.FileIO(file, closefd=False) as reader:
            while rest:
                n_read = reader.readinto(rest)
                if not n_read:
                    raise SegmentError(f"{name}: was cut short while it was read")
                rest = rest[n_read:]
        return cls(buffer.toreadonly(), name, "ram")

    @classmethod
    def from_buffer(cls, buffer: Any, name: str = "<memory>") -> Self:
        """Open bytes in memory.

        Parameters
        ----------
        buffer : object with the buffer protocol
            Used in place when it begins at a multiple of 64 (as that of `ContainerWriter.getvalue`
            does), else copied once. It must not change.
        name : str
            What messages call it.
        """
        view = memoryview(buffer)
        if not view.c_contiguous:
            raise InputError(f"{name}: expected C-contiguous bytes")
        data = np.frombuffer(view, np.uint8) if view.nbytes else aligned_bytes(0)
        if data.ctypes.data % ALIGNMENT:
            copy = aligned_bytes(data.size)
            copy[:] = data
            data = copy
        return cls(data.data.toreadonly(), name, "buffer")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sections, in the file's order."""
        return tuple(self._sections)

    @property
    def meta(self) -> dict[str, Any]:
        """What the writer was given with `finish`; not to be changed."""
        return self._layout.meta

    @property
    def checksum(self) -> int:
        """64 bits that depend on every byte of the file; known without reading it."""
        return self._layout.footer.checksum

    @property
    def nbytes(self) -> int:
        """Length of the file."""
        return self._length

    def sizes(self) -> dict[str, int]:
        """Bytes of each section, without padding, in the file's order."""
        return {name: section.size for name, section in self._sections.items()}

    def array(self, name: str) -> NDArray[Any]:
        """One section.

        Parameters
        ----------
        name : str
            The section.

        Returns
        -------
        ndarray
            Read-only, C-contiguous, little-endian, aligned at 64 bytes; a view, not a copy.

        Raises
        ------
        SegmentError
            There is no such section.
        """
        section = self._section(name)
        return np.ndarray(section.shape, section.dtype, self._opened(), section.offset)

    def check(self, progress: Progress | None = None) -> None:
        """Read the whole file and verify every byte of it.

        Parameters
        ----------
        progress : callable or None
            Called as ``progress(step, done, total)``, in bytes.

        Raises
        ------
        SegmentError
            A byte is not as it was written; names the file, the section and the place.
        """
        layout = self._reread_layout()
        end = HEADER.size
        for section in layout.sections:
            self._check_padding(end, section.offset)
            self._check_blocks(section, progress)
            end = section.offset + section.size
        footer = layout.footer
        self._check_padding(end, footer.table_offset)
        self._check_padding(footer.table_offset + footer.table_size, self._length - FOOTER.size)
        if progress:
            progress("check", self._length, self._length)

    def check_section(self, name: str) -> None:
        """Verify one section's bytes; SegmentError when they are not as they were written."""
        section = self._section(name)
        self._reread_layout()
        self._check_blocks(section, None)

    def _reread_layout(self) -> Layout:
        """Header, table and footer as they are on the disk now."""
        if self._file is not None:
            size = os.fstat(self._file).st_size
            if size != self._length:
                raise SegmentError(f"{self.name}: had {self._length} bytes when opened, has {size} now")
        layout = read_layout(self._bytes, self._length, self.name)
        if layout.footer != self._layout.footer:
            raise SegmentError(f"{self.name}: is not the file that was opened")
        return layout

    def _check_padding(self, begin: int, end: int) -> None:
        if any(self._bytes(begin, end)):
            raise SegmentError(f"{self.name}: padding in bytes {begin} to {end} is not zero")

    def _check_blocks(self, section: Section, progress: Progress | None) -> None:
        end = section.offset + section.size
        for k, begin in enumerate(range(section.offset, end, BLOCK)):
            stop = min(begin + BLOCK, end)
            expected = int.from_bytes(section.blocks[8 * k : 8 * k + 8], "little")
            if xxh3_64_intdigest(self._bytes(begin, stop)) != expected:
                raise SegmentError(
                    f"{self.name}: section {section.name!r}: damaged in bytes {begin} to {stop} (checksum)"
                )
            if progress:
                progress("check", stop, self._length)

    def _bytes(self, begin: int, end: int) -> bytes | memoryview:
        """Bytes as they are now; not through the mapping, where a bad disk would end the process."""
        view = self._opened()
        if self._file is None:
            return view[begin:end]
        try:
            data = os.pread(self._file, end - begin, begin)
        except OSError as error:
            raise SegmentError(
                f"{self.name}: cannot read bytes {begin} to {end}: {error.strerror}"
            ) from error
        if len(data) != end - begin:
            raise SegmentError(f"{self.name}: was cut short while it was open")
        return data

    def _section(self, name: str) -> Section:
        try:
            return self._sections[name]
        except KeyError:
            raise SegmentError(f"{self.name}: has no section {name!r}") from None

    def _opened(self) -> memoryview:
        if self._view is None:
            raise InputError(f"{self.name}: is closed")
        return self._view

    def close(self) -> None:
        """Let go of file and memory; what arrays still show stays until the last of them is gone."""
        self._view = None
        self._mapping = None
        self._file = None
        if self._close_file is not None:
            self._close_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[Any, ...]]:
        if self.load == "buffer":
            return type(self).from_buffer, (bytes(self._opened()), self.name)
        return type(self).open, (self.name, self.load)

    def __repr__(self) -> str:
        return f"Container({self.name!r}, {len(self._sections)} sections, {self._length} bytes)"
