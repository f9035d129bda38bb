"""Rows of words, batch by batch -> one matrix, in memory or in a file whose pages are let go near a limit."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkage._kernels.row_pages import RowPages
from linkage._kernels.rows import assemble_rows
from linkage.files import NamelessFile

Words = npt.NDArray[np.uint32]
LINE = 16
"""Words of a cache line."""
LEAST_ROOM, ROOM = 128 << 20, 0.06
"""What a process may take in the meantime, in bytes and as a share of the limit: pages go so far below it."""
AT_ONCE = 0.25
"""Share of the rows that are let go together: the fewer, the sooner again."""


class RowFile(NamedTuple):
    """Where rows lie that memory is too short for, and what the process may hold in all."""

    folder: Path
    limit: int


class RowStore:
    """Rows of all tables, filled from the start; in memory they grow where a source does not know its length.

    Parameters
    ----------
    width : int
        Words of a row.
    capacity : int
        Rows that are expected.
    grows : bool
        More are to be expected.
    file : RowFile or None
        A file without a name takes the rows; None keeps them in memory.

    Attributes
    ----------
    map : RowPages or None
        Where the rows of a file are, once they are finished.
    """

    def __init__(
        self, width: int, capacity: int, *, grows: bool = False, file: RowFile | None = None
    ) -> None:
        self.width, self.n = width, 0
        self.map: RowPages | None = None
        self._to = file
        self._file = None if file is None else NamelessFile(file.folder)
        in_place = file is None and not grows
        self._memory = (
            _aligned(capacity, width) if in_place else np.empty((0 if file else capacity, width), np.uint32)
        )

    def add(self, columns: list[Words], n: int) -> None:
        """Append n rows, column by column."""
        if self._file is not None:
            if len(self._memory) < n:
                self._memory = np.empty((n, self.width), np.uint32)
            assemble_rows(columns, self._memory[:n])
            self._file.add(self._memory[:n].reshape(-1).view(np.uint8))
        else:
            self._reserve(n)
            assemble_rows(columns, self._memory[self.n : self.n + n])
        self.n += n

    def _reserve(self, n: int) -> None:
        if self.n + n > len(self._memory):
            # In place where the system can: a copy would need the memory twice.
            capacity = max(self.n + n, len(self._memory) + len(self._memory) // 4)
            if not self._memory.flags.owndata:  # more records than the source has told
                self._memory = self._memory.copy()
            self._memory.resize((capacity, self.width), refcheck=False)

    def finish(self) -> Words:
        """All rows; those in a file may be changed as others may."""
        if self._file is None or self._to is None:
            return self._memory[: self.n]
        if not self.n:
            return np.empty((0, self.width), np.uint32)
        self.map = self._file.pages()
        self._file.close()
        most = self._to.limit - max(LEAST_ROOM, int(ROOM * self._to.limit))
        self.map.keep_below(most, most - int(AT_ONCE * len(self.map)))
        return np.frombuffer(memoryview(self.map), np.uint32).reshape(self.n, self.width)


def moved_rows(rows: Words, file: RowFile) -> tuple[Words, RowPages | None]:
    """The same rows in a file, and where they are mapped."""
    store = RowStore(rows.shape[1], 0, file=file)
    step = max((1 << 24) // max(rows.shape[1], 1), 1)
    for at in range(0, len(rows), step):
        part = rows[at : at + step]
        store.add([part], len(part))
    return store.finish(), store.map


def _aligned(capacity: int, width: int) -> Words:
    """Rows from the begin of a cache line."""
    size = capacity * width
    memory = np.empty(size + LINE, np.uint32)
    begin = -(memory.ctypes.data // 4) % LINE
    return memory[begin : begin + size].reshape(capacity, width)
