"""A folder, or a pattern of file names -> one source: the files' records, in the order of their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Block, Source


def open_parts(path: Path, open_file: Callable[[Path], Source]) -> Source:
    """Open files that hold one table.

    Parameters
    ----------
    path : Path
        A folder, with the folders in it, or a pattern of names such as ``parts/*.parquet``. Files and folders
        whose names begin with ``.`` or ``_`` are left out.
    open_file : callable
        Opens one of them.

    Raises
    ------
    InputError
        There is no file, one cannot be read, or one has other columns than the first.
    """
    files = sorted(path.rglob("*") if path.is_dir() else path.parent.glob(path.name))
    files = [file for file in files if file.is_file() and not _is_hidden(file, path)]
    if not files:
        raise InputError(f"{path}: no file is there")
    parts = [open_file(file) for file in files]
    columns = parts[0].columns
    for part in parts[1:]:
        odd = sorted(set(columns) ^ set(part.columns))
        if odd:
            where = "is not in" if odd[0] in columns else "is only in"
            raise InputError(f"{path}: column {odd[0]!r} {where} {part.name}; {parts[0].name} came first")
    sizes = [part.n_records for part in parts]
    known = [size for size in sizes if size is not None]

    def read(wanted: list[str]) -> Iterator[pa.RecordBatch]:
        return chain.from_iterable(part.batches(wanted) for part in parts)

    def blocks(wanted: list[str]) -> Iterator[Block]:
        return chain.from_iterable(part.blocks(wanted) for part in parts)

    low = frozenset.intersection(*(part.low_cardinality for part in parts))
    n_records = sum(known) if len(known) == len(sizes) else None
    return Source(str(path), columns, n_records, read, low, blocks, tuple(files))


def _is_hidden(file: Path, path: Path) -> bool:
    """Whether a file is something else than a part: ``_SUCCESS``, a checksum, a lock of a spreadsheet."""
    names = file.relative_to(path).parts if path.is_dir() else (file.name,)
    return any(name.startswith((".", "_", "~$")) for name in names)
