"""Chunks of texts -> a sample of the records, whose choice depends on their row numbers alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.fields.text import as_text
from linkage.segment.hashing import mixed

_SALT = np.uint64(0x9E3779B97F4A7C15)


class RecordSample:
    """At most `most` records, drawn by a hash of their row numbers.

    All of a table that is no larger; else every second, fourth, eighth ... of them on average.

    Parameters
    ----------
    most : int
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._limit = np.uint64(2**64 - 1)
        self._hashes: list[npt.NDArray[np.uint64]] = []
        self._texts: list[dict[str, pa.Array]] = []

    def add(self, texts: dict[str, pa.Array], first_row: int, n: int) -> None:
        """Draw among n records that follow one another in the table."""
        hashes = mixed(np.arange(first_row, first_row + n, dtype=np.uint64) + _SALT)
        self._keep(texts, hashes)
        while sum(map(len, self._hashes)) > self.most:
            self._limit >>= np.uint64(1)
            held = list(zip(self._texts, self._hashes, strict=True))
            self._texts, self._hashes = [], []
            for part in held:
                self._keep(*part)

    def table(self, fields: Sequence[str]) -> pa.Table:
        """The records drawn, in the table's order; a column a field, named like it."""
        columns = {
            name: pa.chunked_array([part[name] for part in self._texts], pa.string()) for name in fields
        }
        return pa.table(columns)

    def _keep(self, texts: dict[str, pa.Array], hashes: npt.NDArray[np.uint64]) -> None:
        at = np.flatnonzero(hashes <= self._limit)
        rows = pa.array(at)
        self._texts.append({name: as_text(array.take(rows)) for name, array in texts.items()})
        self._hashes.append(hashes[at])
