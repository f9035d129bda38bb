"""What building has gathered of all records -> the sections of a segment (`docs/format.md`)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.dictionary import TOKEN_DTYPE
from linkage._kernels.store import StoreWriter
from linkage.comparison.program import comparisons_of, partner_of
from linkage.fields.columns import (
    COLUMNS,
    CategoryColumn,
    Column,
    DateColumn,
    IdentifierColumn,
    TextColumn,
)
from linkage.model.model import Model, weight_tables
from linkage.schema import Schema
from linkage.segment.container_writer import ContainerWriter
from linkage.segment.frequencies import FrequencyCounter
from linkage.segment.postings import build_postings
from linkage.segment.vocabulary import Vocabulary, read_vocabulary

FIRST_YEAR, N_YEARS = 1880, 180
DAYS_A_YEAR = 13 * 32
N_DAYS = N_YEARS * DAYS_A_YEAR + 1
"""Day 0: no date of these years; then years, each of 13 months of 32 days, 0 = unknown."""
OTHER_WORD, NO_WORD = 65_535, 65_534
VERSION = 1


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
    keys: list[npt.NDArray[np.uint32]]
    dates: npt.NDArray[np.uint32]
    date_field: str | None
    columns: dict[str, Column]
    frequencies: FrequencyCounter | None


def write_sections(writer: ContainerWriter, parts: SegmentParts, model: Model) -> None:
    """Sort the records and write every section; the parts' keys are freed on the way."""
    hot_words, hot_categories = parts.store.hot()
    vocabulary = read_vocabulary(*parts.vocabulary, hot_words)
    days = day_of(parts.dates)
    order = _order(days, vocabulary.classes[_last_words(hot_words)])
    meta: dict[str, Any] = {
        "version": VERSION,
        "n_records": parts.n_records,
        "fields": [_field_meta(parts, i) for i in range(len(parts.schema.fields))],
        "codings": parts.codings,
        "hot_field": parts.hot_field,
        "hot_categories": parts.hot_categories,
        "families": parts.families,
        "date_field": parts.date_field,
        "n_words": parts.n_words,
    }
    _add(writer, "days", _day_starts(days))
    _add(writer, "hot_words", hot_words[order])
    _add(writer, "hot_categories", hot_categories[order])
    _write_vocabulary(writer, parts, vocabulary)
    for k in range(len(parts.families)):
        keys, parts.keys[k] = parts.keys[k], np.empty(0, np.uint32)
        postings = build_postings(keys[order], parts.n_records)
        _add(writer, f"postings/{k}/buckets", postings.buckets)
        _add(writer, f"postings/{k}/entries", postings.entries)
    _write_store(writer, parts, order)
    meta["scorer"] = _write_scorer(writer, parts, model)
    _add(writer, "model", np.frombuffer(model.to_json().encode(), np.uint8))
    writer.finish(meta)


def day_of(dates: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Dates 0xYYYYMMDD in decimal digits -> places in the directory of days."""
    year = (dates >> 28) * 1000 + (dates >> 24 & 15) * 100 + (dates >> 20 & 15) * 10 + (dates >> 16 & 15)
    month = (dates >> 12 & 15) * 10 + (dates >> 8 & 15)
    day = (dates >> 4 & 15) * 10 + (dates & 15)
    fits = (year >= FIRST_YEAR) & (year < FIRST_YEAR + N_YEARS) & (month <= 12) & (day <= 31)
    at = (year - FIRST_YEAR) * DAYS_A_YEAR + month * 32 + day + 1
    return np.where(fits, at, 0).astype(np.uint32)


def _day_starts(days: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    starts = np.zeros(N_DAYS + 1, np.uint32)
    np.cumsum(np.bincount(days, minlength=N_DAYS), out=starts[1:])
    return starts


def _last_words(hot_words: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """Each record's last word, as a look-up finds it in the hot row."""
    last = hot_words[:, 0].copy()
    for k in range(1, hot_words.shape[1]):
        np.copyto(last, hot_words[:, k], where=hot_words[:, k] != NO_WORD)
    return last


def _order(days: npt.NDArray[np.uint32], classes: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint32]:
    """Records by day, then by the given name's class, then as they came."""
    packed = days.astype(np.uint64) << np.uint64(44) | classes.astype(np.uint64) << np.uint64(28)
    packed |= np.arange(len(days), dtype=np.uint64)
    packed.sort()
    return (packed & np.uint64((1 << 28) - 1)).astype(np.uint32)


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
        meta["text"] = {"person_name": "name", "email": "email"}.get(item.kind, "text")
    return meta


def _write_vocabulary(writer: ContainerWriter, parts: SegmentParts, vocabulary: Vocabulary) -> None:
    _add(writer, "word_offsets", parts.vocabulary[0])
    _add(writer, "word_texts", parts.vocabulary[1])
    _add(writer, "word_classes", vocabulary.classes)
    _add(writer, "hot_tokens", vocabulary.tokens.view(np.uint8).reshape(-1, TOKEN_DTYPE.itemsize))
    _add(writer, "hot_token_offsets", vocabulary.token_offsets)
    _add(writer, "hot_token_words", vocabulary.token_words)
    _add(writer, "odd_words", vocabulary.odd)


def _write_store(writer: ContainerWriter, parts: SegmentParts, order: npt.NDArray[np.uint32]) -> None:
    held = parts.store.take(order)
    writer.add("blobs", held["blobs"], np.uint8, (held["n_bytes"],))
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


def _write_scorer(writer: ContainerWriter, parts: SegmentParts, model: Model) -> list[dict[str, Any]]:
    """Weight tables and frequencies; returns the comparisons as plain values."""
    if parts.frequencies is None:
        return []
    comparisons = comparisons_of(parts.schema)
    rarest = {
        c.name: table
        for i, c in enumerate(comparisons)
        if (table := _write_rarity(writer, parts.frequencies, c.name, i)) is not None
    }
    tables = weight_tables(model, comparisons, rarest)
    for name in ("prior", "weights", "most", "weighs_rarity"):
        _add(writer, f"scorer/{name}", getattr(tables, name))
    return [
        {
            "name": c.name, "op": c.operation.name, "shift": c.shift, "bits": c.operation.bits,
            "parent": tables.parents[i], "n_codes": c.operation.n_codes, "base": tables.bases[i],
            "shared": c.field.is_shared, "tf_parts": [0, *c.operation.tf_parts],
            "levels": list(c.operation.levels), "comparator": c.field.comparator,
            "rarest": int(rarest[c.name].max()) if c.name in rarest else -1,
            "partner": partner_of(c.field, parts.schema),
        }
        for i, c in enumerate(comparisons)
    ]  # fmt: skip


def _write_rarity(
    writer: ContainerWriter, counter: FrequencyCounter, name: str, i: int
) -> npt.NDArray[np.int16] | None:
    """One comparison's tables; its surprisals, or the highest one a form, if it is weighed by them."""
    if name in counter.texts:
        tables = counter.tables(name)
        for k, table in enumerate(tables):
            _add(writer, f"rarity/{i}/{k}/buckets", table.buckets)
            _add(writer, f"rarity/{i}/{k}/entries", table.entries)
        rarest = np.array([t.rarest for t in tables], np.int16)
        _add(writer, f"rarity/{i}/rarest", rarest)
        return rarest
    if name in counter.words:
        surprisals = counter.of_words(name)
        _add(writer, f"rarity/{i}/values", surprisals)
        return surprisals
    return None


def _add(writer: ContainerWriter, name: str, array: npt.NDArray[Any]) -> None:
    writer.add(name, np.ascontiguousarray(array))
