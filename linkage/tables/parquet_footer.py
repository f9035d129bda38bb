"""A Parquet file that Arrow has opened -> where each column's values lie in it, from the footer's own bytes.

pyarrow's objects for a column of a row group end the process at some footers; these bytes may be any.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from linkage._kernels.parquet_footer import column_chunks
from linkage.errors import InputError

_END = 8
"""Bytes of the footer's length and the mark behind it."""


class Chunk(NamedTuple):
    """A column's values of one row group: how they are packed and where they lie, as the format numbers it.

    Attributes
    ----------
    is_here : int
        1 if the values lie in this file and are not encrypted.
    codec : int
    encodings : int
        A bit for each encoding by its number, the sign for those that the format does not have.
    n_values, n_unpacked, n_packed : int
        Values and nulls, their bytes unpacked and as they are.
    begin, dictionary : int
        Where the pages of data begin, and the dictionary; 0 where there is none.
    """

    is_here: int
    codec: int
    encodings: int
    n_values: int
    n_unpacked: int
    n_packed: int
    begin: int
    dictionary: int


class Footer:
    """The chunks that a file's footer tells of.

    Parameters
    ----------
    path : Path
    metadata : pyarrow.parquet.FileMetaData
        As Arrow read it.

    Raises
    ------
    InputError
        The footer is damaged, or not the one that Arrow read.
    """

    def __init__(self, path: Path, metadata: Any) -> None:
        try:
            self._chunks = column_chunks(_footer(path), metadata.num_row_groups, metadata.num_columns)
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None

    def column(self, at: int) -> list[Chunk]:
        """One column's chunks, by row group."""
        return [Chunk(*chunk) for chunk in self._chunks[:, at].tolist()]

    def group(self, at: int) -> list[Chunk]:
        """One row group's chunks, by column."""
        return [Chunk(*chunk) for chunk in self._chunks[at].tolist()]


def _footer(path: Path) -> npt.NDArray[np.uint8]:
    """What lies between the pages and the file's end."""
    with path.open("rb") as file:
        end = file.seek(-_END, 2)
        n = int.from_bytes(file.read(4), "little")
        if n > end:
            raise ValueError("expected the footer of a Parquet file")
        file.seek(end - n)
        return np.frombuffer(file.read(n), np.uint8)
