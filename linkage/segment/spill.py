"""Arrays, piece after piece -> the same numbers, held meanwhile in memory or in a file without a name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from linkage.segment.storage import naming

LEAST_SPILLED = 1 << 22
"""Bytes that stay in memory: small tables never touch the disk."""


class Spill:
    """A long array of numbers that comes in pieces.

    The file has no name: the system takes it back when it is closed, whatever ends the process.

    Parameters
    ----------
    folder : Path or None
        Where the file may lie; None keeps all in memory.
    dtype : dtype
    """

    def __init__(self, folder: Path | None, dtype: npt.DTypeLike) -> None:
        self.folder, self.dtype = folder, np.dtype(dtype)
        self._held: list[npt.NDArray[Any]] = []
        self._held_bytes = self._in_file = 0
        self._file: IO[bytes] | None = None

    def __len__(self) -> int:
        return (self._in_file + self._held_bytes) // self.dtype.itemsize

    def add(self, piece: npt.NDArray[Any]) -> None:
        """Append numbers of this dtype.

        Raises
        ------
        InputError
            The file cannot be written.
        """
        if piece.dtype != self.dtype:
            raise TypeError(f"expected {self.dtype}, got {piece.dtype}")
        self._held.append(piece)
        self._held_bytes += piece.nbytes
        if self.folder is None or self._held_bytes < LEAST_SPILLED:
            return
        with naming("write a temporary file in", self.folder):
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="linkage-", dir=self.folder, buffering=0)  # noqa: SIM115
            for held in self._held:
                self._write(np.ascontiguousarray(held).view(np.uint8).data)
        self._held, self._held_bytes = [], 0

    def take(self) -> npt.NDArray[Any]:
        """All numbers in one array; what held them is given back.

        Raises
        ------
        InputError
            The file cannot be read.
        """
        out = np.empty(len(self), self.dtype)
        at = self._in_file // self.dtype.itemsize
        if self._file is not None:
            with naming("read a temporary file in", self.folder or Path()):
                self._read(out[:at].view(np.uint8).data)
                self._file.close()
            self._file = None
        for held in self._held:
            out[at : at + len(held)] = held
            at += len(held)
        self._held, self._held_bytes, self._in_file = [], 0, 0
        return out

    def _write(self, data: memoryview) -> None:
        assert self._file is not None
        while data:
            written = self._file.write(data)
            self._in_file += written
            data = data[written:]

    def _read(self, into: memoryview) -> None:
        assert self._file is not None
        self._file.seek(0)
        while into:
            n = self._file.readinto(into)  # type: ignore[attr-defined]
            if not n:
                raise OSError("it ends too early")
            into = into[n:]
