"""What building has gathered of all records -> the sections of a segment (`docs/format.md`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.blob_writer import StoreWriter
from linkage._kernels.dictionary import TOKEN_DTYPE
from linkage.fields.columns import (
    COLUMNS,
    CategoryColumn,
    Column,
    DateColumn,
    IdentifierColumn,
    TextColumn,
)
from linkage.model.model import Model
from linkage.schema import Schema
from linkage.segment.container_writer import ContainerWriter
from linkage.segment.frequencies import FrequencyCounter
from linkage.segment.near_postings import NearPostings
from linkage.segment.postings import Postings, build_postings
from linkage.segment.scorer_sections import rarity_tables, write_scorer
from linkage.segment.spill import Spill
from linkage.segment.text_postings import WordPostings
from linkage.segment.vocabulary import Vocabulary, read_vocabulary

FIRST_YEAR, N_YEARS = 1880, 180
DAYS_A_YEAR = 13 * 32
N_DAYS = N_YEARS * DAYS_A_YEAR + 1
"""Day 0: no date of these years; then years, each of 13 months of 32 days, 0 = unknown."""
VERSION = 10
BLOBS = 3
"""Families of postings that take as long to write as the blobs do."""


@dataclass
class SegmentParts:
    """All that is known of a segment's records before they are sorted."""

    schema: Schema
    n_records: int
    store: StoreWriter
    codings: list[dict[str, Any]]
    vocabulary: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]
    hot_field: int
    hot_categories: list[int]
    words: dict[str, int]
    n_words: int
    families: list[str]
    keys: list[Spill]
    by_word: WordPostings
    near: NearPostings
    days: list[npt.NDArray[np.uint32]]
    date_field: str | None
    columns: dict[str, Column]
    frequencies: FrequencyCounter | None


def write_sections(
    writer: ContainerWriter,
    parts: SegmentParts,
    model: Model,
    threads: int = 1,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> None:
    """Sort the records and write every section; the parts' days, keys and hot rows are freed on the way.

    `progress` is told of each family of postings and of the blobs: the blobs take as long as three families.
    """
    n, families = parts.n_records, len(parts.families)

    def told(families_done: float) -> None:
        if progress:
            progress("write", int(n * families_done), n * (families + BLOBS))

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        vocabulary = read_vocabulary(*parts.vocabulary, parts.store.words_used() | parts.near.relied)
        _add(writer, "days", _day_starts(parts.days))
        order = _order(parts.days, vocabulary.classes, parts.store.last_words())
        parts.days.clear()
        _add(writer, "hot_words", parts.store.hot_words(order))
        _add(writer, "hot_categories", parts.store.hot_categories(order))
        parts.store.free_hot()
        _write_vocabulary(writer, parts, vocabulary)
        _write_postings(writer, parts, order, pool, told)
        # Blobs are written by one thread: the others count meanwhile, when the postings' memory is free.
        tables = rarity_tables(parts.frequencies, pool)
        _write_store(writer, parts, order, told)
        scorer = write_scorer(writer, parts.schema, parts.frequencies, model, tables)
    _add(writer, "model", np.frombuffer(model.to_json().encode(), np.uint8))
    writer.finish(
        {
            "version": VERSION,
            "n_records": parts.n_records,
            "fields": [_field_meta(parts, i) for i in range(len(parts.schema.fields))],
            "codings": parts.codings,
            "hot_field": parts.hot_field,
            "hot_categories": parts.hot_categories,
            "families": parts.families,
            "date_field": parts.date_field,
            "n_words": parts.n_words,
            "scorer": scorer,
        }
    )


def day_of(dates: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Dates 0xYYYYMMDD in decimal digits -> places in the directory of days."""
    year = (dates >> 28) * 1000 + (dates >> 24 & 15) * 100 + (dates >> 20 & 15) * 10 + (dates >> 16 & 15)
    month = (dates >> 12 & 15) * 10 + (dates >> 8 & 15)
    day = (dates >> 4 & 15) * 10 + (dates & 15)
    fits = (year >= FIRST_YEAR) & (year < FIRST_YEAR + N_YEARS) & (month <= 12) & (day <= 31)
    at = (year - FIRST_YEAR) * DAYS_A_YEAR + month * 32 + day + 1
    return np.where(fits, at, 0).astype(np.uint32)


def _day_starts(days: list[npt.NDArray[np.uint32]]) -> npt.NDArray[np.uint32]:
    counts = np.zeros(N_DAYS, np.int64)
    for chunk in days:
        counts += np.bincount(chunk, minlength=N_DAYS)
    starts = np.zeros(N_DAYS + 1, np.uint32)
    np.cumsum(counts, out=starts[1:])
    return starts


def _order(
    days: list[npt.NDArray[np.uint32]], classes: npt.NDArray[np.uint16], last_words: npt.NDArray[np.uint16]
) -> npt.NDArray[np.uint32]:
    """Records by day, then by the given name's class, then as they came."""
    packed = np.empty(len(last_words), np.uint64)
    first = 0
    for chunk in days:
        part = packed[first : first + len(chunk)]
        np.left_shift(chunk, np.uint64(16), out=part, dtype=np.uint64)
        part |= classes[last_words[first : first + len(chunk)]]
        part <<= np.uint64(28)
        part |= np.arange(first, first + len(chunk), dtype=np.uint64)
        first += len(chunk)
    packed.sort()
    packed &= np.uint64((1 << 28) - 1)
    return packed.astype(np.uint32)


def _write_postings(
    writer: ContainerWriter,
    parts: SegmentParts,
    order: npt.NDArray[np.uint32],
    pool: ThreadPoolExecutor,
    told: Callable[[float], None],
) -> None:
    """Every family's postings: written in their order, the next ones built meanwhile."""
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order), dtype=np.uint32)

    def build(k: int) -> Postings:
        return build_postings([parts.keys[k].take()], ranks, parts.n_records)

    begun: deque[Future[Postings]] = deque()
    n = len(parts.families)
    for k in range(n):
        while len(begun) < 2 and k + len(begun) < n:
            begun.append(pool.submit(build, k + len(begun)))
        postings = begun.popleft().result()
        _add(writer, f"postings/{k}/buckets", postings.buckets)
        _add(writer, f"postings/{k}/entries", postings.entries)
        told(k + 1)
    postings = parts.near.postings(ranks)
    _add(writer, "near/buckets", postings.buckets)
    _add(writer, "near/entries", postings.entries)
    for i in parts.by_word.fields:
        postings = parts.by_word.postings(i, ranks)
        _add(writer, f"words/{i}/buckets", postings.buckets)
        _add(writer, f"words/{i}/entries", postings.entries)
    if parts.by_word.fields:
        tokens, postings = parts.by_word.spellings()
        _add(writer, "spellings/tokens", tokens)
        _add(writer, "spellings/buckets", postings.buckets)
        _add(writer, "spellings/entries", postings.entries)


def _field_meta(parts: SegmentParts, i: int) -> dict[str, Any]:
    item = parts.schema.fields[i]
    column = parts.columns.get(item.name) or COLUMNS[item.kind](item)
    meta: dict[str, Any] = {"name": item.name, "kind": item.kind, "word": parts.words[item.name]}
    if isinstance(column, IdentifierColumn):
        meta["identifier"] = column.kind
    elif isinstance(column, DateColumn):
        meta["order"] = max(column.order, 0)
    elif isinstance(column, CategoryColumn):
        meta["format"] = item.format
        meta["ids"] = [[list(k) if isinstance(k, tuple) else k, v] for k, v in column.ids.items()]
    elif isinstance(column, TextColumn):
        meta["text"] = {"person_name": "name", "email": "email"}.get(item.kind, "place")
    return meta


def _write_vocabulary(writer: ContainerWriter, parts: SegmentParts, vocabulary: Vocabulary) -> None:
    _add(writer, "word_offsets", parts.vocabulary[0])
    _add(writer, "word_texts", parts.vocabulary[1])
    _add(writer, "word_classes", vocabulary.classes)
    _add(writer, "hot_tokens", vocabulary.tokens.view(np.uint8).reshape(-1, TOKEN_DTYPE.itemsize))
    _add(writer, "hot_token_offsets", vocabulary.token_offsets)
    _add(writer, "hot_token_words", vocabulary.token_words)
    _add(writer, "odd_words", vocabulary.odd)


def _write_store(
    writer: ContainerWriter,
    parts: SegmentParts,
    order: npt.NDArray[np.uint32],
    told: Callable[[float], None],
) -> None:
    held = parts.store.take(order)

    def blobs() -> Iterator[npt.NDArray[np.uint8]]:
        done, total = 0, max(held["n_bytes"], 1)
        for piece in held["blobs"]:
            yield piece
            done += len(piece)
            told(len(parts.families) + BLOBS * done / total)

    writer.add("blobs", blobs(), np.uint8, (held["n_bytes"],))
    for name in ("groups", "lengths", "long_rows", "long_lengths", "shapes"):
        _add(writer, name, held[name])
    for i, item in enumerate(parts.schema.fields):
        texts = held["categories"][i]
        if texts is None:
            continue
        column = parts.columns[item.name]
        assert isinstance(column, CategoryColumn)
        offsets, data = texts
        raw = [bytes(data[a:b]).decode("utf-8", "replace") for a, b in pairwise(offsets)]
        words = np.array([column._word(text) if text else 0 for text in raw], np.uint32)
        _add(writer, f"category/{i}/offsets", offsets)
        _add(writer, f"category/{i}/texts", data)
        _add(writer, f"category/{i}/words", words)


def _add(writer: ContainerWriter, name: str, array: npt.NDArray[Any]) -> None:
    writer.add(name, np.ascontiguousarray(array))
