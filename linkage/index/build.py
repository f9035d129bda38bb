"""A register, and a model or none -> an index."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source
from linkage.index.create import create_index
from linkage.index.index import Index
from linkage.learning import learnt
from linkage.model.model import Model
from linkage.options import Options, Steps, default_threads, expect_kind, expect_whole
from linkage.reading import find_schema
from linkage.resolve import resolve
from linkage.schema import Schema
from linkage.segment.build import Progress, Untrained, build_segment
from linkage.tables.opening import check_sheet, open_source


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
        None trains one on the register as it is read: on all of it, or on a sample of half a million to
        a million records, which depends on their order alone.
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

    Returns
    -------
    Index
        Open to read. Building takes 1 GiB and some 65 bytes a record, the index some 95 bytes a record.

    Raises
    ------
    InputError
        The register cannot be read, holds no record or no value, or there is something of this name.
    SchemaError, TrainingError
        No model can be trained on the register.
    IndexLockedError
        The index to be replaced has a writer.

    Examples
    --------
    >>> import linkage
    >>> index = linkage.build_index("people.idx", "register.parquet")     # doctest: +SKIP
    """
    target = Path(path)
    expect_kind("model", model, Model)
    expect_kind("schema", schema, Schema)
    expect_whole("threads", threads, 1)
    if target.exists() and not overwrite:
        raise InputError(f"{target}: already exists; overwrite=True (--overwrite) replaces an index")
    if model is not None and schema is not None and model.schema != schema:
        raise InputError("build_index: expected a model or a schema, got both, and they differ")
    opened = open_source(source, sheet=sheet)
    check_sheet([opened], sheet)
    builder = _Builder(opened, model, default_threads(threads), progress)
    if model is None:
        builder.schema = find_schema([builder.source], schema, [], for_index=True)[0]
    create_index(target, builder.build, overwrite=overwrite)
    return Index(target)


@dataclass
class _Builder:
    """What a segment is built of; without a model, the schema of the one that is trained meanwhile."""

    source: Source
    model: Model | None
    threads: int
    progress: Progress | None
    schema: Schema | None = None

    def build(self, target: Path) -> str:
        """Write the segment; its model as JSON."""
        model = self.model or Untrained(self.schema or Schema(()), self.train)
        build_segment(
            self.source, model, target, wants_values=True, threads=self.threads, progress=self.progress
        )
        assert self.model is not None
        return self.model.to_json()

    def train(self, records: pa.Table) -> Model:
        """Train the model on a sample of the records."""
        options = Options(threads=self.threads, is_for_lookups=True)
        steps = Steps(self.progress)
        sample = replace(open_source(records), name=self.source.name)
        self.model = learnt(resolve([sample], None, self.schema, options, steps, train_only=True))
        return self.model
