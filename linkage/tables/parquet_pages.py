"""A column of texts in a Parquet file -> its pages' texts, unpacked and not copied.

Arrow copies each text into an array of its own; kernels can read them where they lie. What a file may hold
besides (other types, delta encodings, lists) is Arrow's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from linkage._kernels.parquet import entry_places, page_header, text_places
from linkage.errors import InputError
from linkage.fields.page_texts import Bytes, CodedTexts, Entries, PageTexts, Values
from linkage.tables.parquet_footer import Chunk

READ_AT_ONCE = 1 << 18
"""Bytes of a column that are read at a time."""
LEAST = 20_000
"""Values from which on a page is handed out as it is; smaller ones are put together."""
_CODECS = {0: None, 1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd"}
_PLAIN, _PLAIN_DICTIONARY, _RLE, _BIT_PACKED, _RLE_DICTIONARY = 0, 2, 3, 4, 8
_ENCODINGS = sum(1 << e for e in (_PLAIN, _PLAIN_DICTIONARY, _RLE, _BIT_PACKED, _RLE_DICTIONARY))
_DATA, _INDEX, _DICTIONARY, _DATA_2 = 0, 1, 2, 3
_PREFIX = 4
"""Bytes of a text's length in front of it."""
_LARGEST = 1 << 31


class OpenFile:
    """A file that threads read at any place; closed with the last of its readers."""

    def __init__(self, path: Path) -> None:
        self.handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))

    def read(self, to: Bytes, at: int) -> int:
        """Fill the array from a place of the file; how many bytes there were."""
        return os.preadv(self.handle, [to.data], at)

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            os.close(self.handle)


class _Span(NamedTuple):
    """Where a column's values of one row group lie."""

    begin: int
    end: int
    n_values: int
    codec: str | None


class _Page(NamedTuple):
    """A page's header, as `page_header` reads it, and where its bytes begin and end."""

    n_header: int
    kind: int
    n_unpacked: int
    n_packed: int
    n_values: int
    encoding: int
    level_encoding: int
    n_level_bytes: int
    n_repeat_bytes: int
    is_packed: bool


class TextKind(NamedTuple):
    """Whether a column may hold nulls; whether its texts are to have wide offsets as Arrow's."""

    is_optional: bool
    is_large: bool


def paged_column(
    source: str, file: OpenFile, column: Any, chunks: list[Chunk], kind: pa.DataType
) -> PagedColumn | None:
    """A column of this type, described by Arrow, read page by page; None where Arrow is to read it."""
    spans = _text_spans(column, chunks, kind)
    if spans is None:
        return None
    is_optional = column.max_definition_level > 0
    return PagedColumn(source, file, spans, TextKind(is_optional, pa.types.is_large_string(kind)))


def _text_spans(column: Any, chunks: list[Chunk], kind: pa.DataType) -> list[_Span] | None:
    """Where the column's pages lie, if all of them are of the forms that are read here."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    nested = column.max_repetition_level or column.max_definition_level > 1
    if not is_text or column.physical_type != "BYTE_ARRAY" or nested or not hasattr(os, "preadv"):
        return None
    spans = []
    for chunk in chunks:
        if not chunk.is_here or chunk.encodings & ~_ENCODINGS or chunk.codec not in _CODECS:
            return None
        codec = _CODECS[chunk.codec]
        if codec is not None and not pa.Codec.is_available(codec):
            return None
        begin = chunk.dictionary if 0 < chunk.dictionary < chunk.begin else chunk.begin
        spans.append(_Span(begin, begin + chunk.n_packed, chunk.n_values, codec))
    return spans


class PagedColumn:
    """One column of a file, to be taken from its begin to its end."""

    def __init__(self, source: str, file: OpenFile, spans: list[_Span], how: TextKind) -> None:
        self.source = source
        self.file = file
        self.is_optional, self.is_large = how
        self.window = np.empty(0, np.uint8)
        self.begin = self.end = 0
        self.parts = (part for span in spans for part in self._span(span))
        self.rest: PageTexts | CodedTexts | None = None
        self.n_page = 0

    def take(self, n: int) -> Iterator[Values]:
        """The next n values; small pages in one array."""
        held: list[PageTexts | CodedTexts] = []
        n_held = 0
        while n:
            part = self._next(n)
            n -= len(part)
            if not held and (self.n_page >= LEAST or not n):
                yield part
                continue
            held.append(part)
            n_held += len(part)
            if n_held >= LEAST or not n:
                yield pa.concat_arrays([part.arrow() for part in held])
                held, n_held = [], 0

    def _next(self, n: int) -> PageTexts | CodedTexts:
        """At most n values of the page whose turn it is."""
        while self.rest is None:
            try:
                part = next(self.parts)
            except StopIteration:
                raise InputError(f"{self.source}: it ends too early") from None
            except (ValueError, OSError, pa.ArrowException) as error:
                raise InputError(f"{self.source}: {error}") from None
            self.rest = part if len(part) else None
            self.n_page = len(part)
        part, self.rest = self.rest, None
        if len(part) > n:
            self.rest = part.part(n, len(part))
            part = part.part(0, n)
        return part

    def _span(self, span: _Span) -> Iterator[PageTexts | CodedTexts]:
        """The pages of one row group."""
        codec = None if span.codec is None else pa.Codec(span.codec)
        entries: Entries | None = None
        at, n = span.begin, 0
        while n < span.n_values:
            page = self._header(at, span.end)
            body = self._bytes(at + page.n_header, page.n_packed, span.end)
            at += page.n_header + page.n_packed
            if page.kind == _DICTIONARY:
                texts = _unpacked(codec, body, page.n_unpacked)
                entries = Entries(self._texts(None, texts, page.n_values))
            elif page.kind in (_DATA, _DATA_2):
                yield self._values(page, codec, body, entries)
                n += page.n_values
            elif page.kind != _INDEX:
                raise ValueError("a page of an unknown kind")
        if n > span.n_values:
            raise ValueError("more values than the file tells of")

    def _values(
        self, page: _Page, codec: pa.Codec | None, body: Bytes, entries: Entries | None
    ) -> PageTexts | CodedTexts:
        """The texts of a page of data."""
        levels = None
        if page.kind == _DATA:
            values = _unpacked(codec, body, page.n_unpacked)
            if self.is_optional:
                n_bytes = int.from_bytes(values[:4].tobytes(), "little")
                if page.level_encoding != _RLE or n_bytes > len(values) - 4:
                    raise ValueError("a page's levels cannot be read")
                levels, values = values[4 : 4 + n_bytes], values[4 + n_bytes :]
        else:
            before = page.n_repeat_bytes + page.n_level_bytes
            if before > min(len(body), page.n_unpacked):
                raise ValueError("a page's levels cannot be read")
            # Of its own: the window is read into again.
            levels = body[page.n_repeat_bytes : before].copy() if self.is_optional else None
            values = _unpacked(codec if page.is_packed else None, body[before:], page.n_unpacked - before)
        if page.encoding == _PLAIN:
            return self._texts(levels, values, page.n_values)
        if page.encoding in (_PLAIN_DICTIONARY, _RLE_DICTIONARY) and entries is not None:
            return CodedTexts(entry_places(levels, values, page.n_values, len(entries.texts)), entries)
        raise ValueError("a page of another encoding than the file tells of")

    def _texts(self, levels: Bytes | None, values: Bytes, n: int) -> PageTexts:
        return PageTexts(text_places(levels, values, n), values, _PREFIX, self.is_large)

    def _header(self, at: int, end: int) -> _Page:
        wanted = 256
        while True:
            data = self._bytes(at, min(wanted, end - at), end)
            header = page_header(data)
            if header is not None:
                return _Page(*header)
            if wanted >= end - at:
                raise ValueError("it ends too early")
            wanted *= 16

    def _bytes(self, at: int, n: int, end: int) -> Bytes:
        """Bytes of the file, valid until the next call."""
        if at + n > end:
            raise ValueError("a page that leaves its column")
        if not self.begin <= at <= at + n <= self.end:
            wanted = max(n, min(READ_AT_ONCE, end - at))
            if len(self.window) < wanted:
                self.window = np.empty(max(wanted, min(READ_AT_ONCE, end - at)), np.uint8)
            self.begin, self.end = at, at
            while self.end < at + wanted:
                n_read = self.file.read(self.window[self.end - at : wanted], self.end)
                if not n_read:
                    raise ValueError("it ends too early")
                self.end += n_read
        return self.window[at - self.begin : at - self.begin + n]


def _unpacked(codec: pa.Codec | None, body: Bytes, n: int) -> Bytes:
    """A page's bytes as they were before they were compressed."""
    if n >= _LARGEST:
        raise ValueError("a page that is too large")
    if codec is None:
        return body[:n].copy()  # the window is read into again
    if not n:
        return np.empty(0, np.uint8)
    return np.frombuffer(codec.decompress(body, n), np.uint8)
