"""Records of a table and a model -> a segment: encoded and written to blobs chunk by chunk, then sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.store import StoreWriter, hash_texts
from linkage.comparison.program import comparisons_of
from linkage.errors import InputError
from linkage.fields.batch import EncodedRecords, encode_records
from linkage.fields.columns import COLUMNS, CategoryColumn, Column, DateColumn, TextColumn
from linkage.fields.detect import find_headers
from linkage.fields.source import Source, open_source
from linkage.fields.text import as_text, readable, text_buffers
from linkage.model.model import Model
from linkage.schema import Field, Schema
from linkage.segment.codings import RECORD_ID, choose_codings, count_words
from linkage.segment.container_writer import ContainerWriter
from linkage.segment.frequencies import FrequencyCounter
from linkage.segment.hashing import Keys, name_hashes, posting_keys
from linkage.segment.sections import SegmentParts, write_sections
from linkage.segment.storage import LOCAL, Storage

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

Progress = Callable[[str, int, int | None], None]
CHUNK = 1 << 18
"""Records that are encoded together: what a chunk needs (about 1 KB a record) is freed before the next."""
_Chunk = tuple[dict[str, pa.Array], int]
MOST_RECORDS = 1 << 27
"""Row numbers leave five bits of a posting to a fingerprint."""


def build_segment(
    source: Source,
    model: Model,
    target: Path | None,
    *,
    with_frequencies: bool = True,
    like: Segment | None = None,
    threads: int = 2,
    progress: Progress | None = None,
    storage: Storage = LOCAL,
) -> Path | memoryview:
    """Write one segment.

    Parameters
    ----------
    source : Source
        Columns are found by the model's schema; others are not kept.
    model : Model
    target : Path or None
        The file, there whole or not at all; None returns the segment's bytes.
    with_frequencies : bool
        False leaves out how rare values are: a small segment is read with a larger one's.
    like : Segment or None
        Take codings, vocabulary and the numbers of categories from this segment, whose frequencies the new
        one is read with; `with_frequencies` is False then.
    threads : int
    progress : callable or None
        Called with step, done, total.

    Raises
    ------
    InputError
        No record, more than 134 million of them, or a column that does not fit.

    Notes
    -----
    About 110 bytes a record and 500 MB while it runs; each record's texts are looked at once.
    """
    parts = _read(source, model, threads, progress, with_frequencies and like is None, like)
    if progress:
        progress("sort", 0, None)
    with ContainerWriter(target, storage=storage) as writer:
        write_sections(writer, parts, model)
        return target if target is not None else writer.getvalue()


def posting_families(schema: Schema) -> list[Field]:
    """The fields that can be looked up by their value: numbers, e-mail, the own name, one shared name."""
    exact = [f for f in schema.fields if f.kind in ("identifier", "phone", "email")]
    names = [f for f in schema.fields if f.kind == "person_name"]
    shared = [f for f in names if f.is_shared and f.part == "full"]
    return exact + [f for f in names if f not in shared] + shared[:1]


@dataclass
class _Keys:
    """One family's keys of the records read so far."""

    chunks: list[Keys] = field(default_factory=list)

    def all(self) -> Keys:
        return np.concatenate(self.chunks) if self.chunks else np.empty(0, np.uint32)


def _read(
    source: Source,
    model: Model,
    threads: int,
    progress: Progress | None,
    with_frequencies: bool,
    like: Segment | None,
) -> SegmentParts:
    schema = model.schema
    header = find_headers(source, schema)
    families = posting_families(schema)
    keys = [_Keys() for _ in range(len(families) + 1)]
    dates: list[npt.NDArray[np.uint32]] = []
    date = next((f.name for f in schema.fields if f.kind == "date"), None)
    counter = FrequencyCounter(comparisons_of(schema)) if with_frequencies else None
    kept = _columns_like(schema, like)
    store: StoreWriter | None = None
    codings: list[dict[str, Any]] = []
    hot = _hot_fields(schema)
    n = 0
    vocabulary = (np.zeros(1, np.uint32), np.zeros(0, np.uint8))
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        writing: Future[Any] | None = None
        for texts, size in _read_ahead(_chunks(source, schema, header)):
            if store is None:
                if like is None:
                    codings = choose_codings(schema.fields, texts)
                    vocabulary = count_words(schema.fields, texts)
                else:
                    codings = list(like.container.meta["codings"])
                    vocabulary = like.array("word_offsets"), like.array("word_texts")
                store = StoreWriter(codings, *vocabulary, *hot)
            columns = _columns(schema, kept)
            records = _encode(texts, schema, columns, threads)
            if writing is not None:
                writing.result()
            for i, item in enumerate(schema.fields):
                column = columns[item.name]
                if isinstance(column, TextColumn):
                    for raw, meant in column.repairs.items():
                        store.mean(i, raw.encode("utf-8", "replace"), meant.encode("utf-8", "replace"))
            writing = pool.submit(_write_texts, store, schema, texts, size)
            for family, item in enumerate(families):
                keys[family].chunks.append(posting_keys(_hashes(records, item), family))
            ids = hash_texts(*text_buffers(texts[RECORD_ID]))
            keys[-1].chunks.append(posting_keys(ids, len(families)))
            if date is not None:
                dates.append(records.rows[:, records.words[date]].copy())
            if counter is not None:
                counter.add(records)
            n += size
            if n > MOST_RECORDS:
                raise InputError(f"{source.name}: expected at most {MOST_RECORDS:,} records a segment")
            if progress:
                progress("encode", n, source.n_records)
        if writing is not None:
            writing.result()
    if store is None:
        raise InputError(f"{source.name}: expected records to build an index of, got none")
    return SegmentParts(
        schema=schema, n_records=n, store=store, codings=codings, vocabulary=vocabulary,
        hot_field=hot[0], hot_categories=hot[1], words=records.words, n_words=records.rows.shape[1],
        families=[f.name for f in families] + [RECORD_ID],
        keys=[k.all() for k in keys],
        dates=np.concatenate(dates) if dates else np.zeros(n, np.uint32),
        date_field=date,
        columns=kept, frequencies=counter,
    )  # fmt: skip


def _read_ahead(chunks: Iterator[_Chunk]) -> Iterator[_Chunk]:
    """The same chunks; the next one is read while this one is worked on."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = reader.submit(next, chunks, None)
            yield chunk


def _chunks(source: Source, schema: Schema, header: dict[str, str]) -> Iterator[_Chunk]:
    """Texts by field (those that the table holds), about CHUNK records at a time."""
    wanted = list(dict.fromkeys(header.values()))
    held: list[pa.RecordBatch] = []
    size = n = 0
    for batch in source.batches(wanted):
        for start in range(0, len(batch), CHUNK):
            piece = batch.slice(start, CHUNK)
            held.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield _texts(held, header, n), size
                n += size
                held, size = [], 0
    if size:
        yield _texts(held, header, n), size


def _texts(batches: list[pa.RecordBatch], header: dict[str, str], n: int) -> dict[str, pa.Array]:
    table = pa.Table.from_batches(batches)
    texts = {name: _as_one(table.column(column)) for name, column in header.items() if name}
    if "" in header:
        texts[RECORD_ID] = readable(_as_one(table.column(header[""])))
    else:
        texts[RECORD_ID] = pa.array(np.arange(n, n + len(table))).cast(pa.string())
    return texts


def _as_one(column: pa.ChunkedArray) -> pa.Array:
    """A column as one array of texts."""
    return as_text(column.chunk(0) if column.num_chunks == 1 else column.combine_chunks())


def _columns(schema: Schema, kept: dict[str, Column]) -> dict[str, Column]:
    """Encoders for one chunk; those of categories and dates go on from chunk to chunk."""
    columns: dict[str, Column] = {}
    for item in schema.fields:
        column = kept.get(item.name) or COLUMNS[item.kind](item)
        if isinstance(column, CategoryColumn | DateColumn):
            kept[item.name] = column
        if isinstance(column, TextColumn):
            column.keeps = True
        columns[item.name] = column
    return columns


def _columns_like(schema: Schema, like: Segment | None) -> dict[str, Column]:
    """Encoders of dates and categories that go on where another segment's ended."""
    kept: dict[str, Column] = {}
    for i, (item, meta) in enumerate(zip(schema.fields, like.fields if like else [], strict=False)):
        if item.kind == "date":
            date = DateColumn(item)
            date.order = int(meta["order"])
            kept[item.name] = date
        elif item.kind == "category":
            category = CategoryColumn(item)
            category.ids = like.category_ids(i) if like else {}
            kept[item.name] = category
    return kept


def _encode(
    texts: dict[str, pa.Array], schema: Schema, columns: dict[str, Column], threads: int
) -> EncodedRecords:
    held = {name: array for name, array in texts.items() if name != RECORD_ID}
    table = open_source(pa.table(held))
    return encode_records([table], [{name: name for name in held}], schema, threads=threads, columns=columns)


def _write_texts(store: StoreWriter, schema: Schema, texts: dict[str, pa.Array], size: int) -> None:
    names = [f.name for f in schema.fields] + [RECORD_ID]
    store.add([text_buffers(texts[name]) if name in texts else None for name in names], size)


def _hashes(records: EncodedRecords, item: Field) -> npt.NDArray[np.uint64]:
    """What records must share to be found by this field; uint64[n], 0 = missing."""
    column, word = records.columns[item.name], records.words[item.name]
    if isinstance(column, TextColumn):
        hashes = (
            column.values["folded"] if item.kind == "email" else name_hashes(column.values, column.tokens)
        )
        return np.asarray(hashes[records.rows[:, word]])
    low = records.rows[:, word].astype(np.uint64)
    return low | records.rows[:, word + 1].astype(np.uint64) << np.uint64(32)


def _hot_fields(schema: Schema) -> tuple[int, list[int]]:
    """The name and the categories that every look-up scans."""
    names = [i for i, f in enumerate(schema.fields) if f.kind == "person_name" and f.part != "family"]
    own = [i for i in names if not schema.fields[i].is_shared]
    categories = [i for i, f in enumerate(schema.fields) if f.kind == "category"]
    return (own or names or [-1])[0], categories[:4]
