"""Generated people -> registers, trained models and segments in memory, each made once."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

import linkage
from linkage.model.model import Model
from linkage.schema import Schema
from linkage.segment.build import build_segment
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source


class Part(NamedTuple):
    """A segment none of whose records has ended."""

    segment: Segment
    dead: None = None


@cache
def generated(people: int = 2000, seed: int = 1) -> tuple[pa.Table, pa.Table]:
    """A register and claims about its people."""
    with tempfile.TemporaryDirectory() as folder:
        linkage.generate(folder, people=people, seed=seed)
        register, claims = (pq.read_table(Path(folder) / f"{n}.parquet") for n in ("register", "claims"))
    return register, claims


@cache
def trained(people: int = 2000, seed: int = 1) -> Model:
    """A model trained on that register."""
    return linkage.train(generated(people, seed)[0].drop_columns(["entity"]), seed=seed)


@cache
def segment_of_people(people: int = 2000, seed: int = 1) -> Segment:
    """The register as a segment."""
    return segment_of(generated(people, seed)[0], trained(people, seed))


def segment_of(table: pa.Table | list[dict[str, Any]] | dict[str, list[Any]], model: Model) -> Segment:
    """A table as a segment in memory."""
    return Segment.from_bytes(segment_bytes(table, model))


def segment_bytes(table: Any, model: Model) -> bytes:
    """A table as a segment's bytes."""
    if isinstance(table, list):
        table = pa.Table.from_pylist(table)
    elif isinstance(table, dict):
        table = pa.table({name: pa.array(texts, pa.string()) for name, texts in table.items()})
    return bytes(build_segment(open_source(table), model, None))


def fields_of(schema: Schema) -> list[str]:
    """Names of a schema's fields."""
    return [f.name for f in schema.fields]
