"""Texts as a page of a Parquet file holds them -> to be encoded where they lie, or Arrow arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.parquet import copied_texts
from linkage.fields import compute as pc
from linkage.fields.text import as_arrow, as_text, python_text

Places = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PageTexts:
    """Texts one behind the other, with `gap` bytes between them that belong to none.

    A text ends so many bytes before the next one begins; a null ends before it begins itself.
    """

    offsets: Places
    data: Bytes
    gap: int
    is_large: bool = False
    """Whether Arrow's offsets are to have 64 bits, as the file asks for."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def part(self, begin: int, end: int) -> PageTexts:
        """Some of them, over the same memory."""
        return PageTexts(self.offsets[begin : end + 1], self.data, self.gap, self.is_large)

    def arrow(self, rows: Places | None = None) -> pa.Array:
        """These rows, or all, as an Arrow array of strings."""
        offsets, data, valid = copied_texts(self.offsets, self.data, self.gap, rows)
        bitmap = None if valid is None else pa.py_buffer(valid)
        buffers = [bitmap, pa.py_buffer(offsets), pa.py_buffer(data)]
        found = pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)
        return pc.cast(found, pa.large_string()) if self.is_large else found


@dataclass(slots=True)
class Entries:
    """The texts of a dictionary, and what a column has made of them.

    Attributes
    ----------
    seen, n_seen : uint8, int
        Which of them a row has had, and how many.
    words, status : array
        What the rows that have them get; a column fills these as it likes.
    """

    texts: PageTexts
    seen: Bytes = field(init=False)
    n_seen: int = 0
    words: Any = None
    status: Any = None

    def __post_init__(self) -> None:
        self.seen = np.zeros(len(self.texts), np.uint8)


@dataclass(frozen=True, slots=True)
class CodedTexts:
    """Texts as places in a dictionary; -1 is null."""

    places: Places
    entries: Entries

    def __len__(self) -> int:
        return len(self.places)

    def part(self, begin: int, end: int) -> CodedTexts:
        """Some of them, over the same memory."""
        return CodedTexts(self.places[begin:end], self.entries)

    def arrow(self) -> pa.Array:
        """All as an Arrow array of strings."""
        bitmap, valid = None, self.places >= 0
        if not valid.all():
            bitmap = pa.py_buffer(np.packbits(valid, bitorder="little"))
        places = pa.Array.from_buffers(pa.int32(), len(self), [bitmap, pa.py_buffer(self.places)])
        return pc.take(self.entries.texts.arrow(), places)


Values: TypeAlias = "pa.Array | PageTexts | CodedTexts"


def as_array(values: Values) -> pa.Array:
    """Values of any form as an Arrow array."""
    return values.arrow() if isinstance(values, PageTexts | CodedTexts) else values


def texts_at(values: Values, rows: npt.NDArray[np.int64]) -> list[str | None]:
    """A few of the values as Python has them; of those in pages no others are touched."""
    if isinstance(values, CodedTexts):
        places = values.places[rows]
        held = iter(texts_at(values.entries.texts, places[places >= 0].astype(np.int64)))
        return [None if place < 0 else next(held) for place in places.tolist()]
    if isinstance(values, PageTexts):
        array = values.arrow(rows.astype(np.int32))
    else:
        array = as_text(pc.take(values, as_arrow(rows)))
    return [python_text(array, i) for i in range(len(array))]
