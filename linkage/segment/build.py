"""Records of a table and a model -> a segment: encoded and written to blobs chunk by chunk, then sorted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.blob_writer import StoreWriter
from linkage._kernels.words import hash_texts
from linkage.comparison.program import comparisons_of
from linkage.errors import InputError
from linkage.fields.batch import EncodedRecords, encode_records
from linkage.fields.columns import Column, TextColumn
from linkage.fields.meaning.held import find_headers
from linkage.fields.source import Source
from linkage.fields.text import index_buffers, text_buffers
from linkage.model.model import Model
from linkage.schema import Field, Schema
from linkage.segment.chunks import read_chunks
from linkage.segment.codings import RECORD_ID, choose_codings, count_words
from linkage.segment.container_writer import ContainerWriter
from linkage.segment.encoders import columns_like, columns_of_chunk
from linkage.segment.frequencies import FrequencyCounter
from linkage.segment.hashing import name_hashes, posting_keys
from linkage.segment.near_postings import NearPostings
from linkage.segment.sample import RecordSample
from linkage.segment.sections import SegmentParts, day_of, write_sections
from linkage.segment.spill import Spill
from linkage.segment.storage import LOCAL, Storage
from linkage.segment.text_postings import WordPostings
from linkage.tables.opening import open_source

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

Progress = Callable[[str, int, int | None], None]
MOST_RECORDS = 1 << 27
"""Row numbers leave five bits of a posting to a fingerprint."""
SAMPLE = 1 << 20
"""Records, at most, that a model is trained on: more would not move it."""


def build_segment(
    source: Source,
    model: Model | Untrained,
    target: Path | None,
    *,
    with_frequencies: bool = True,
    wants_values: bool = False,
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
    model : Model or Untrained
        Untrained trains one on a sample of the records, as they go by.
    target : Path or None
        The file, there whole or not at all; None returns the segment's bytes.
    with_frequencies : bool
        False leaves out how rare values are: a small segment is read with a larger one's.
    wants_values : bool
        Refuse records none of which says anything; of those added to an index, or left in it, all may be so.
    like : Segment or None
        Take codings, vocabulary and the numbers of categories from this segment, whose frequencies the new
        one is read with; `with_frequencies` is False then.
    threads : int
    progress : callable or None
        Called with step, done, total.

    Raises
    ------
    InputError
        No record, none that says anything, more than 134 million of them, or a column that does not fit.

    Notes
    -----
    About 80 bytes a record and 1 GiB while it runs, and as many bytes again in files without a name beside
    the target; each record's texts are looked at once.
    """
    folder = None if target is None else target.parent
    reading = _Reading(source, model, threads, with_frequencies and like is None, like, folder)
    reading.read(progress)
    if wants_values and not reading.says_something:
        raise InputError(
            f"{source.name}: expected values to build an index of; no record holds one that can be read"
            f" in {', '.join(item.name for item in model.schema.fields)}"
        )
    if isinstance(model, Untrained):
        assert reading.sample is not None
        model = model.train(reading.sample.table([name for name in reading.header if name]))
        reading.sample = None
    if progress:
        progress("sort", 0, None)
    with ContainerWriter(target, storage=storage) as writer:
        write_sections(writer, reading.parts(), model, threads, progress)
        return target if target is not None else writer.getvalue()


def posting_families(schema: Schema) -> list[Field]:
    """The fields that can be looked up by their value: numbers, e-mail, the own name, one shared name."""
    exact = [f for f in schema.fields if f.kind in ("identifier", "phone", "email")]
    names = [f for f in schema.fields if f.kind == "person_name"]
    shared = [f for f in names if f.is_shared and f.part == "full"]
    return exact + [f for f in names if f not in shared] + shared[:1]


@dataclass(frozen=True)
class Untrained:
    """A schema whose fields the table holds, and how to train a model on a sample of its records."""

    schema: Schema
    train: Callable[[pa.Table], Model]


class _Reading:
    """What is gathered of a table's records, chunk by chunk."""

    def __init__(
        self,
        source: Source,
        model: Model | Untrained,
        threads: int,
        with_frequencies: bool,
        like: Segment | None,
        folder: Path | None,
    ) -> None:
        self.source, self.schema, self.like, self.threads = source, model.schema, like, threads
        self.header = find_headers(source, self.schema)
        self.families = posting_families(self.schema)
        self.keys = [Spill(folder, np.uint32) for _ in range(len(self.families) + 1)]
        self.by_word = WordPostings(self.schema, folder)
        self.folder = folder
        self.days: list[npt.NDArray[np.uint32]] = []
        self.date = next((f.name for f in self.schema.fields if f.kind == "date"), None)
        self.counter = FrequencyCounter(comparisons_of(self.schema), folder) if with_frequencies else None
        self.sample = RecordSample(SAMPLE) if isinstance(model, Untrained) else None
        self.kept = columns_like(self.schema, like)
        self.hot = _hot_fields(self.schema)
        self.words: dict[str, int] = {}
        self.n_words = self.n = 0
        self.says_something = False

    def read(self, progress: Progress | None) -> None:
        """Encode the chunks one after the other; each is written while the next one is encoded.

        Raises
        ------
        InputError
            No record, or too many.
        """
        with ThreadPoolExecutor(max(self.threads, 1)) as pool:
            last: list[Future[Any]] = []
            for texts, size in read_chunks(self.source, self.schema, self.header):
                if self.n == 0:
                    self._begin(texts)
                columns = columns_of_chunk(self.schema, self.kept)
                records = _encode(texts, self.schema, columns, self.threads)
                for task in last:
                    task.result()
                last = self._gather(records, texts, size, pool)
                self.n += size
                if self.n > MOST_RECORDS:
                    raise InputError(
                        f"{self.source.name}: expected at most {MOST_RECORDS:,} records a segment"
                    )
                if progress:
                    progress("encode", self.n, self.source.n_records)
            for task in last:
                task.result()
        if self.n == 0:
            raise InputError(f"{self.source.name}: expected records to build an index of, got none")

    def parts(self) -> SegmentParts:
        """All that the sections are made of."""
        return SegmentParts(
            schema=self.schema, n_records=self.n, store=self.store, codings=self.codings,
            vocabulary=self.vocabulary, hot_field=self.hot[0], hot_categories=self.hot[1],
            words=self.words, n_words=self.n_words,
            families=[f.name for f in self.families] + [RECORD_ID], keys=self.keys, by_word=self.by_word,
            near=self.near, days=self.days, date_field=self.date, columns=self.kept, frequencies=self.counter,
        )  # fmt: skip

    def _begin(self, texts: dict[str, pa.Array]) -> None:
        if self.like is None:
            self.codings = choose_codings(self.schema.fields, texts)
            self.vocabulary = count_words(self.schema.fields, texts)
        else:
            self.codings = list(self.like.container.meta["codings"])
            self.vocabulary = self.like.array("word_offsets"), self.like.array("word_texts")
        self.store = StoreWriter(self.codings, *self.vocabulary, *self.hot)
        item = self.schema.fields[self.hot[0]] if self.hot[0] >= 0 else None
        family = self.families.index(item) if item is not None and item in self.families else -1
        self.near = NearPostings(item if family >= 0 else None, family, self.vocabulary, self.folder)

    def _gather(
        self, records: EncodedRecords, texts: dict[str, pa.Array], size: int, pool: ThreadPoolExecutor
    ) -> list[Future[Any]]:
        """Write a chunk's texts, take its keys and count its values: tasks that are under way."""
        self.words, self.n_words = records.words, records.rows.shape[1]
        self.says_something = self.says_something or bool(records.rows.any())
        for i, item in enumerate(self.schema.fields):
            column = records.columns[item.name]
            if isinstance(column, TextColumn):
                for raw, meant in column.repairs.items():
                    self.store.mean(i, raw.encode("utf-8", "replace"), meant.encode("utf-8", "replace"))
        tasks = [
            pool.submit(_write_texts, self.store, self.schema, texts, size),
            pool.submit(self._take_keys, records, texts),
        ]
        tasks.append(pool.submit(self.near.add, records, self.n))
        if self.by_word.fields:
            tasks.append(pool.submit(self.by_word.add, records, self.n))
        if self.counter is not None:
            tasks.append(pool.submit(self.counter.add, records))
        if self.sample is not None:
            tasks.append(pool.submit(self.sample.add, texts, self.n, size))
        return tasks

    def _take_keys(self, records: EncodedRecords, texts: dict[str, pa.Array]) -> None:
        for family, item in enumerate(self.families):
            self.keys[family].add(posting_keys(_hashes(records, item), family))
        ids = hash_texts(*text_buffers(texts[RECORD_ID]))
        self.keys[-1].add(posting_keys(ids, len(self.families)))
        if self.date is None:
            self.days.append(np.zeros(records.n_records, np.uint32))
        else:
            self.days.append(day_of(records.rows[:, records.words[self.date]]))


def _encode(
    texts: dict[str, pa.Array], schema: Schema, columns: dict[str, Column], threads: int
) -> EncodedRecords:
    held = {name: array for name, array in texts.items() if name != RECORD_ID}
    table = open_source(pa.table(held))
    return encode_records([table], [{name: name for name in held}], schema, threads=threads, columns=columns)


def _write_texts(store: StoreWriter, schema: Schema, texts: dict[str, pa.Array], size: int) -> None:
    names = [f.name for f in schema.fields] + [RECORD_ID]
    store.add([_buffers(texts[name]) if name in texts else None for name in names], size)


def _buffers(array: pa.Array) -> tuple[Any, ...]:
    """What StoreWriter.add asks for, of texts with or without a dictionary."""
    if not pa.types.is_dictionary(array.type):
        return text_buffers(array)
    offsets, data, _ = text_buffers(array.dictionary)
    indices, valid = index_buffers(array)
    return offsets, data, valid, indices


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
