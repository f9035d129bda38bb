"""An identifier, phone, e-mail or record id and the parts of an index -> exactly the records that hold it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage._kernels.exact import ExactSearch
from linkage.errors import InputError, SegmentError, did_you_mean
from linkage.segment.segment import RECORD_ID, Segment

if TYPE_CHECKING:
    import pyarrow as pa

    from linkage.search.find import Part

RAW, EMAIL = -1, -2


class Record:
    """One stored record; its texts are decoded when they are asked for."""

    def __init__(self, segment: Segment, row: int) -> None:
        self.segment = segment
        self.row = row

    @cached_property
    def record_id(self) -> str:
        """The record's id, as it was given."""
        return self.segment.record_ids(np.array([self.row], np.uint32))[0]

    @cached_property
    def record(self) -> dict[str, str | None]:
        """The stored texts by field, as they were given."""
        return self.segment.records(np.array([self.row], np.uint32))[0]

    def __repr__(self) -> str:
        return f"Record({self.segment!r}, row={self.row})"

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Record) and other.segment is self.segment
        return same and isinstance(other, Record) and other.row == self.row

    def __hash__(self) -> int:
        return hash((id(self.segment), self.row))


def get(parts: Sequence[Part], field: str, value: str | int) -> list[Record]:
    """The records that hold this value, however it is written.

    Parameters
    ----------
    parts : sequence of Part
    field : str
        A field of kind identifier, phone or e-mail, or ``record_id``. Nine digits are looked for as the
        old and as the new identity number: people write the one in the other's place.
    value : str

    Raises
    ------
    InputError
        The index cannot be searched by this field, or the value is no text and no whole number.
    """
    text = (value if type(value) is str else _written(value)).encode("utf-8", "replace")
    found = []
    for part in parts:
        segment: Segment = part.segment
        search = segment.exact_searches.get(field) or search_of(segment, field)
        try:
            for row in search.find(text, part.dead):
                found.append(Record(segment, row))
        except ValueError as error:
            raise _damaged(segment, error) from None
    return found


def _written(value: str | int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"get: expected text or a whole number, got {type(value).__name__}")
    return str(value)


def rows_of(part: Part, field: str, value: str) -> list[int]:
    """Live rows of one part that hold this value; as `get`."""
    try:
        return search_of(part.segment, field).find(value.encode("utf-8", "replace"), part.dead)
    except ValueError as error:
        raise _damaged(part.segment, error) from None


def _damaged(segment: Segment, error: ValueError) -> SegmentError:
    return SegmentError(f"{segment.container.name}, section 'blobs': {error}")


def get_many(
    parts: Sequence[Part], field: str, values: Any, *, record_ids: bool = False, threads: int = 2
) -> pa.Table:
    """The records that hold each of many values.

    Parameters
    ----------
    parts : sequence of Part
    field : str
        As of `get`.
    values : Arrow array, or sequence of str
    record_ids : bool
        Also decode each record's id.
    threads : int

    Returns
    -------
    pa.Table
        query (position in values), part, row and, if asked for, record_id; a line per record found.
    """
    import pyarrow as pa

    from linkage.fields.text import as_text, text_buffers

    column = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    column = column if isinstance(column, pa.Array) else pa.array(column, pa.string())
    buffers = text_buffers(as_text(column))
    n = len(column)
    cuts = [n * k // threads for k in range(threads + 1)]
    queries, numbers, rows, ids = [], [], [], []
    with ThreadPoolExecutor(threads) as pool:
        for k, part in enumerate(parts):
            search = search_of(part.segment, field)
            runs = [
                pool.submit(search.find_many, *buffers, begin, end, part.dead)
                for begin, end in pairwise(cuts)
            ]
            for run in runs:
                try:
                    found = run.result()
                except ValueError as error:
                    raise _damaged(part.segment, error) from None
                queries.append(found[0])
                rows.append(found[1])
                numbers.append(np.full(len(found[0]), k, np.uint32))
                if record_ids:
                    ids.extend(part.segment.record_ids(found[1]))
    table = {"query": _joined(queries), "part": _joined(numbers), "row": _joined(rows)}
    if record_ids:
        table["record_id"] = pa.array(ids, pa.string())
    made = pa.table(table)
    return made if len(parts) == 1 else made.sort_by([("query", "ascending"), ("part", "ascending")])


def _joined(arrays: list[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays) if arrays else np.empty(0, np.uint32)


def search_of(segment: Segment, field: str) -> ExactSearch:
    """A segment's search by one field, made on first use."""
    search = segment.exact_searches.get(field)
    if search is None:
        search = segment.exact_searches[field] = _make(segment, field)
    return search


def exact_fields(segment: Segment) -> list[str]:
    """Fields that `get` can search by, but for the record id."""
    return [f for f in segment.families if f in segment.positions and _kind(segment, f) is not None]


def _make(segment: Segment, field: str) -> ExactSearch:
    if field != RECORD_ID and field not in exact_fields(segment):
        known = [*exact_fields(segment), RECORD_ID]
        meant = did_you_mean(field, known)
        raise InputError(f"get: expected a field of {', '.join(known)}, got {field!r}{meant}")
    names = [field]
    if field in segment.number_pair:
        names += [name for name in segment.number_pair if name != field]
    places = [(segment.positions.get(name, len(segment.fields)), _kind(segment, name)) for name in names]
    try:
        targets = []
        for name in names:
            k = segment.families.index(name)
            targets.append(
                (k, segment.array(f"postings/{k}/buckets"), segment.array(f"postings/{k}/entries"))
            )
        return ExactSearch(segment.store, places[0][1] or 0, places, targets, segment.row_bits)
    except (KeyError, ValueError) as error:
        raise SegmentError(f"{segment.container.name}: its postings do not fit: {error}") from None


def _kind(segment: Segment, field: str) -> int | None:
    """How the kernel reads a field's texts; None for those that are not searched exactly."""
    if field == RECORD_ID:
        return RAW
    meta = segment.fields[segment.positions[field]]
    if meta["kind"] in ("identifier", "phone"):
        return int(meta["identifier"])
    return EMAIL if meta["kind"] == "email" else None
