"""A Parquet file -> a source, its columns decoded by the threads that encode them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError, why
from linkage.fields import compute as pc
from linkage.fields.source import BATCH, Block, Source, without_views
from linkage.fields.text import MOST_SHORT
from linkage.tables.parquet_footer import Footer
from linkage.tables.parquet_pages import READ_AT_ONCE, OpenFile, PagedColumn, paged_column

_WIDE = (pa.string(), pa.binary())
"""Types that Arrow decodes a fifth faster with offsets of 64 bits: it looks at each value whether 32 bits are
still enough. It does so only where a file holds no schema of Arrow's own, which would decide otherwise."""


def from_parquet(path: Path) -> Source:
    """A Parquet file as a source."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    footer = Footer(path, file.metadata)
    low = _low_cardinality(file.metadata, footer)

    def read(columns: list[str]) -> Iterator[pa.RecordBatch]:
        # Buffers read ahead would be held until the last row group: the whole file, compressed.
        reader = pq.ParquetFile(path, read_dictionary=[c for c in columns if c in low], pre_buffer=False)
        try:
            for batch in reader.iter_batches(BATCH, columns=columns, use_threads=True):
                yield without_views(batch)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path}: {why(error)}") from None

    def blocks(columns: list[str]) -> Iterator[Block]:
        return _parquet_blocks(path, file, footer, columns, low)

    return Source(str(path), names, file.metadata.num_rows, read, low, blocks, (path,))


def _parquet_blocks(
    path: Path, whole: Any, footer: Footer, columns: list[str], low: frozenset[str]
) -> Iterator[Block]:
    """Some records after the other, whatever the row groups; the thread that encodes a column decodes it.

    Of each column so much is decoded at a time as its encoding takes from the caches.
    """
    import pyarrow.parquet as pq

    opened = OpenFile(path)
    metadata, schema = whole.metadata, whole.schema_arrow
    is_flat = metadata.num_columns == len(schema.names)
    chooses_offsets = "binary_type" in pq.ParquetFile.__init__.__code__.co_varnames  # from pyarrow 21 on

    def open_column(name: str) -> _ColumnReader | PagedColumn:
        at = schema.names.index(name)
        kind = schema.field(at).type
        if is_flat:
            paged = paged_column(str(path), opened, metadata.schema.column(at), footer.column(at), kind)
            if paged is not None:
                return paged
        dictionary = [name] if name in low else []
        # Read piece by piece: what lies ahead would be copied from the system's memory and wait.
        how: dict[str, Any] = {"buffer_size": READ_AT_ONCE, "pre_buffer": False, "metadata": metadata}
        if not dictionary and kind in _WIDE and chooses_offsets:
            how["binary_type"] = pa.large_binary()
        file = pq.ParquetFile(path, read_dictionary=dictionary, **how)
        batches = file.iter_batches(BATCH, columns=[name], use_threads=False)
        parts = (part for batch in batches for part in _as_kind(without_views(batch).column(0), kind))
        return _ColumnReader(str(path), parts)

    try:
        readers = {name: open_column(name) for name in columns}
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: {why(error)}") from None
    for begin in range(0, metadata.num_rows, BATCH):
        n = min(BATCH, metadata.num_rows - begin)
        yield Block(n, lambda name, n=n: readers[name].take(n))  # type: ignore[misc]


class _ColumnReader:
    """One column of a file, to be taken from its begin to its end."""

    def __init__(self, source: str, parts: Iterator[pa.Array]) -> None:
        self.source = source
        self.parts = parts
        self.rest: pa.Array | None = None

    def take(self, n: int) -> Iterator[pa.Array]:
        """The next n values, in as many arrays as the file has them."""
        while n:
            if self.rest is None:
                try:
                    self.rest = next(self.parts)
                except (StopIteration, pa.ArrowException, OSError) as error:
                    raise InputError(f"{self.source}: {why(error) or 'it ends too early'}") from None
            part = self.rest.slice(0, n)
            self.rest = self.rest.slice(n) if len(self.rest) > n else None
            n -= len(part)
            yield part


def _as_kind(array: pa.Array, kind: pa.DataType) -> Iterator[pa.Array]:
    """The same values, of this kind; in parts where 32 bits are too short for what they hold together."""
    if array.type == kind or kind not in _WIDE or pa.types.is_dictionary(array.type):
        yield array
    elif array.nbytes > MOST_SHORT and len(array) > 1:
        middle = len(array) // 2
        yield from _as_kind(array[:middle], kind)
        yield from _as_kind(array[middle:], kind)
    else:
        yield pc.cast(array, kind)


def _low_cardinality(metadata: Any, footer: Footer) -> frozenset[str]:
    """Text columns that the file itself holds as a small dictionary: they are read as such."""
    if metadata.num_row_groups == 0:
        return frozenset()
    columns = (metadata.schema.column(at) for at in range(metadata.num_columns))
    return frozenset(
        column.path
        for column, chunk in zip(columns, footer.group(0), strict=True)
        if column.physical_type == "BYTE_ARRAY"
        and chunk.dictionary
        and chunk.n_unpacked < 4 * max(chunk.n_values, 1)
    )
