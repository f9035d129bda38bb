"""Rows of a segment -> an Arrow batch of their texts, without a Python object a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.errors import SegmentError

if TYPE_CHECKING:
    from linkage.segment.segment import Rows, Segment

RECORD_ID = "record_id"


def read_batch(
    segment: Segment, rows: Rows, names: Sequence[str] | None = None, *, coded: bool = False
) -> pa.RecordBatch:
    """The stored texts of rows.

    Parameters
    ----------
    segment : Segment
    rows : uint32[n]
    names : sequence of str or None
        Fields and ``record_id``; those that the segment does not hold are left out. Default all.
    coded : bool
        Categories as dictionaries, where all their texts are in the segment's lists.

    Raises
    ------
    SegmentError
        A record cannot be read.
    """
    places = {**segment.positions, RECORD_ID: len(segment.fields)}
    wanted = [name for name in (names or places) if name in places]
    fields = [places[name] for name in wanted]
    try:
        found = segment.store.columns(np.ascontiguousarray(rows, np.uint32), fields)
    except ValueError as error:
        raise SegmentError(f"{segment.container.name}, section 'blobs': {error}") from None
    arrays = []
    for field, (offsets, data, valid, numbers) in zip(fields, found, strict=True):
        if coded and numbers.any() and bool(np.all((numbers > 0) == (valid > 0))):
            arrays.append(_coded(segment, field, numbers))
        else:
            arrays.append(_plain(offsets, data, valid))
    return pa.RecordBatch.from_arrays(arrays, names=wanted)


def _plain(offsets: npt.NDArray[np.int32], data: npt.NDArray[np.uint8], valid: npt.NDArray[np.uint8]) -> Any:
    bits = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffers = [bits, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(valid), buffers)


def _coded(segment: Segment, field: int, numbers: npt.NDArray[np.uint32]) -> Any:
    offsets = segment.array(f"category/{field}/offsets").astype(np.int32)
    texts = segment.array(f"category/{field}/texts")
    valid = np.ones(len(offsets) - 1, np.uint8)
    indices = pa.array(numbers.astype(np.int32) - 1, mask=numbers == 0)
    return pa.DictionaryArray.from_arrays(indices, _plain(offsets, texts, valid))
