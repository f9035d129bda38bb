"""A table of queries or forms -> batches of them, and the columns that a segment's kernels read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage._kernels.lookup import SUSPECT
from linkage._kernels.normalise import normalise_one
from linkage.errors import InputError
from linkage.fields.source import Source
from linkage.fields.text import Buffers, as_text, text_buffers
from linkage.search.naming import schema_of
from linkage.segment.segment import Segment
from linkage.vietnam.spelling import repair_name

Columns = tuple[list[Buffers | None], list[npt.NDArray[np.uint32] | None]]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Queries:
    """Queries of a batch: a text array a field, and the number of the first."""

    texts: dict[str, pa.Array]
    n: int
    start: int

    def columns(self, segment: Segment) -> Columns:
        """Per field of a segment, the queries' texts, or the words of a category."""
        columns: list[Buffers | None] = [None] * len(segment.fields)
        words: list[npt.NDArray[np.uint32] | None] = [None] * len(segment.fields)
        for name, array in self.texts.items():
            at = segment.positions.get(name)
            if at is None:
                continue
            if segment.fields[at]["kind"] == "category":
                words[at] = _category_words(segment, at, array)
            else:
                columns[at] = text_buffers(array)
        return columns, words

    def is_given(self, name: str) -> npt.NDArray[np.bool_]:
        """Which queries have a value of this field."""
        length = pc.fill_null(pc.binary_length(self.texts[name]), 0)
        given: npt.NDArray[np.bool_] = length.to_numpy(zero_copy_only=False) > 0
        return given

    def of_one_word(self, segment: Segment) -> Iterator[tuple[int, dict[str, str | None]]]:
        """Places of the queries whose whole name is one word, and all they say."""
        array = self.texts.get(segment.whole_name)
        if array is None:
            return
        raw = array.cast(pa.binary())
        for i in pc.indices_nonzero(pc.match_substring_regex(raw, r"^\s*\S+\s*$")).to_pylist():
            yield i, {name: column[i].as_py() for name, column in self.texts.items()}

    def repaired(self, segment: Segment, places: Places) -> tuple[Queries, npt.NDArray[np.uint64]]:
        """The queries at these places, mistyped or wrongly decoded names as they were meant.

        Also a bit a field whose name was another before.
        """
        texts = {name: array.take(pa.array(places)) for name, array in self.texts.items()}
        changed = np.zeros(len(places), np.uint64)
        for name, array in texts.items():
            at = segment.positions.get(name)
            if at is not None and segment.fields[at]["kind"] == "person_name":
                raw = array.cast(pa.binary()).to_pylist()
                meant = [_repaired(text) for text in raw]
                texts[name] = as_text(pa.array(meant, pa.binary()))
                differs = np.array([a != b for a, b in zip(raw, meant, strict=True)], np.uint64)
                changed |= differs << np.uint64(at)
        return Queries(texts, len(places), self.start), changed


def fields_in(segment: Segment, source: Source) -> dict[str, str]:
    """Field -> column, for the fields of an index that a table holds; "" -> its column of record ids.

    Raises
    ------
    InputError
        It holds none.
    """
    from linkage.fields.reconcile.matching import find_columns

    found = find_columns(source, schema_of(segment))
    headers = {k: v for k, v in found.items() if k in segment.positions or k == ""}
    if not headers.keys() - {""}:
        known = ", ".join(segment.field_names)
        raise InputError(f"{source.name}: expected a column of {known}, got {', '.join(source.columns)}")
    return headers


def sliced(source: Source, columns: list[str], size: int) -> Iterator[pa.RecordBatch]:
    """A source's batches, none longer than `size`."""
    for batch in source.batches(columns):
        for begin in range(0, len(batch), size):
            yield batch.slice(begin, size)


def _repaired(raw: bytes | None) -> bytes | None:
    if not raw or not normalise_one(raw)[4] & SUSPECT:
        return raw
    return (repair_name(raw.decode("utf-8", "replace")) or "").encode("utf-8", "replace") or raw


def _category_words(segment: Segment, field: int, array: pa.Array) -> npt.NDArray[np.uint32]:
    coded = array.dictionary_encode()
    found = [_category_word(segment, field, raw) for raw in coded.dictionary.cast(pa.binary()).to_pylist()]
    numbers = coded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    words: npt.NDArray[np.uint32] = np.array([*found, 0], np.uint32)[numbers]
    return words


def _category_word(segment: Segment, field: int, raw: bytes) -> int:
    return segment.categories.word(field, raw.decode("utf-8", "replace")) if raw else 0
