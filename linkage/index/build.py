"""A register, and a model or none -> an index."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import open_source
from linkage.index.create import create_index
from linkage.index.index import Index
from linkage.model.model import Model
from linkage.resolve import train
from linkage.schema import Schema
from linkage.segment.build import Progress, build_segment


def build_index(
    path: str | os.PathLike[str],
    source: Any,
    model: Model | None = None,
    *,
    schema: Schema | None = None,
    sheet: str | None = None,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Index:
    """Build an index of a register, and open it.

    Parameters
    ----------
    path : path
        The index, a folder. It is there whole, or not at all.
    source : path, Arrow table or stream, DataFrame, or iterable of mappings
    model : Model or None
        None trains one on the register first.
    schema : Schema or None
        For training; None chooses by the headers.
    sheet : str or None
        The sheet of an Excel file.
    overwrite : bool
        Replace an index of this name, in one commit.
    threads : int or None
        None uses all processors; the index does not depend on it.
    progress : callable or None
        Called with step, done, total.

    Raises
    ------
    InputError
        The register cannot be read, holds no record, or there is something of this name.
    SchemaError, TrainingError
        No model can be trained on the register.
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise InputError(f"{target}: already exists; say overwrite=True to replace an index")
    if model is not None and schema is not None and model.schema != schema:
        raise InputError("build_index: expected a model or a schema, got both, and they differ")
    source = _rereadable(source)
    if model is None:
        model = train(source, schema, sheet=sheet, threads=threads, progress=progress)
    build = partial(_build, open_source(source, sheet=sheet), model, threads or os.cpu_count() or 1, progress)
    create_index(target, build, model.to_json(), overwrite=overwrite)
    return Index(target)


def _build(source: Any, model: Model, threads: int, progress: Progress | None, target: Path) -> None:
    build_segment(source, model, target, threads=threads, progress=progress)


def _rereadable(source: Any) -> Any:
    """Streams and iterators end; training and building both read."""
    if isinstance(source, str | Path | pa.Table | pa.RecordBatch):
        return source
    if hasattr(source, "__arrow_c_stream__"):
        return pa.table(source)
    return list(source) if isinstance(source, Iterable) and not isinstance(source, bytes | dict) else source
