"""A column's values as they come -> words: texts where they lie, each distinct text of coded values once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.parquet import new_entries
from linkage._kernels.rows import encode_coded, entries_in_order
from linkage.fields import compute as pc
from linkage.fields.page_texts import CodedTexts, PageTexts, Values
from linkage.fields.text import as_arrow, as_text, index_buffers, text_buffers

Words = npt.NDArray[np.uint32]
Fill = Callable[[pa.Array, Words], None]
Encode = Callable[[PageTexts | pa.Array, Any, npt.NDArray[np.uint8]], None]


def is_dictionary(values: Values) -> bool:
    """Whether an Arrow array has a dictionary."""
    return isinstance(values, pa.Array) and pa.types.is_dictionary(values.type)


def part_of(values: Values, begin: int, end: int) -> Values:
    """The values from `begin` on, before `end`."""
    if isinstance(values, PageTexts | CodedTexts):
        return values.part(begin, min(end, len(values)))
    return values.slice(begin, end - begin)


def encode_distinct(array: pa.DictionaryArray | CodedTexts, out: Words, fill: Fill) -> None:
    """Fill out from the distinct texts, in order of first appearance as a plain column has it."""
    if isinstance(array, CodedTexts):
        _encode_entries(array, out, fill)
        return
    indices, valid = index_buffers(array)
    order = entries_in_order(indices, valid, len(array.dictionary))
    found = np.empty(len(order), np.uint32)
    fill(pc.take(as_text(array.dictionary), as_arrow(order)), found)
    words = np.zeros(len(array.dictionary), np.uint32)
    words[order] = found
    encode_coded(indices, valid, words, out)


def _encode_entries(coded: CodedTexts, out: Words, fill: Fill) -> None:
    """As `encode_distinct`, of one that goes on from page to page: each text is looked at once."""
    entries = coded.entries
    if entries.words is None:
        entries.words = np.zeros(len(entries.texts), np.uint32)
    is_new = entries.n_seen < len(entries.texts)
    if is_new and len(order := new_entries(coded.places, entries.seen)):
        entries.n_seen += len(order)
        found = np.empty(len(order), np.uint32)
        fill(as_text(entries.texts.arrow(order)), found)
        entries.words[order] = found
    encode_coded(coded.places, None, entries.words, out)


def encode_with_status(values: Values, out: Words, missing: int, encode: Encode) -> npt.NDArray[np.uint8]:
    """Fill out, each text where it lies or once for all rows that have it; the rows' status."""
    if not isinstance(values, CodedTexts):
        status = np.empty(len(values), np.uint8)
        encode(values if isinstance(values, PageTexts) else as_text(values), out, status)
        return status
    entries = values.entries
    if entries.words is None:
        n = len(entries.texts)
        # The last one is a null's, whose place is -1.
        entries.words, entries.status = np.zeros((n + 1, out.shape[1]), np.uint32), np.empty(n + 1, np.uint8)
        entries.status[n] = missing
        encode(entries.texts, entries.words[:n], entries.status[:n])
    np.take(entries.words, values.places, axis=0, out=out)
    found: npt.NDArray[np.uint8] = entries.status[values.places]
    return found


def buffers_of(texts: PageTexts | pa.Array) -> tuple[Any, Any, Any, int]:
    """What kernels read: offsets, texts, validity, the gap between texts."""
    if isinstance(texts, PageTexts):
        return texts.offsets, texts.data, None, texts.gap
    return *text_buffers(texts), 0
