"""A file of Arrow's own (.arrow, .feather) -> a source, its offsets and indices checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source, from_table
from linkage.tables.header_row import check_width


def from_arrow(path: Path) -> Source:
    """An Arrow file as a source.

    Raises
    ------
    InputError
        The file is no Arrow file, or an array of it reaches beyond its memory.
    """
    from pyarrow import feather

    table = feather.read_table(path)
    check_width(str(path), table.num_columns)
    for name, column in zip(table.column_names, table.columns, strict=True):
        for chunk in column.chunks:
            # Arrow itself believes a file: what follows would read where an offset or an index points.
            try:
                chunk.validate()
                _as_bytes(chunk).validate(full=True)
            except pa.ArrowException:
                raise InputError(f"{path}, column {name!r}: its values are damaged") from None
    return replace(from_table(str(path), table), files=(path,))


def _as_bytes(array: pa.Array) -> pa.Array:
    """The same memory, texts as bytes: one that is no UTF-8 is no reason to refuse a file."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(array.indices, _as_bytes(array.dictionary), safe=False)
    if pa.types.is_string(kind):
        return array.view(pa.binary())
    if pa.types.is_large_string(kind):
        return array.view(pa.large_binary())
    return array
