"""A small made-up register, a model trained on it, and an index: what tests of a real index begin with."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

import linkage
from linkage import Field, Model, Schema, block_on
from linkage.index.index import Index
from linkage.index.parts import live_rows
from linkage.index.snapshot import Snapshot

Record = dict[str, str | None]
SCHEMA = Schema(
    (
        Field("full_name", "person_name"),
        Field("date_of_birth", "date"),
        Field("sex", "category", format="sex"),
        Field("id_number", "identifier", format="personal_number"),
        Field("phone", "phone"),
        Field("province", "category", format="province"),
    ),
    (block_on("id_number"), block_on("phone"), block_on("full_name", "date_of_birth")),
    record_id="record_id",
)
N_INDEXED = 200


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def people() -> list[Record]:
    """Records of people who do not exist; each has an id, a name and a date of birth."""
    linkage.generate(_folder(), people=1500, seed=3, claims=0)
    names = ["record_id", *(f.name for f in SCHEMA.fields)]
    table = pq.read_table(_folder() / "register.parquet", columns=names)
    return [r for r in table.to_pylist() if r["full_name"] and r["date_of_birth"]]


@cache
def model() -> Model:
    """Trained on the register, once for all tests."""
    return linkage.train(people(), SCHEMA)


@cache
def _built() -> Path:
    linkage.build_index(_folder() / "built.idx", people()[:N_INDEXED], model()).close()
    return _folder() / "built.idx"


def new_index(path: Path) -> Path:
    """An index of the first `N_INDEXED` people, of its own."""
    shutil.copytree(_built(), path)
    return path


def indexed() -> dict[str, Record]:
    """What a new index holds."""
    return {str(r["record_id"]): r for r in people()[:N_INDEXED]}


def content(index: Index | Snapshot) -> dict[str, Record]:
    """All live records by id; fails when one is there twice, or is not found by its id."""
    snapshot = index.snapshot if isinstance(index, Index) else index
    found: dict[str, Record] = {}
    for part in snapshot.parts:
        rows = live_rows(part)
        records = part.segment.records(rows)
        ids = [str(r["record_id"]) for r in records]
        places, by_id = part.segment.rows_of_record_ids(ids)
        live = np.isin(by_id, rows)
        assert places[live].tolist() == list(range(len(ids)))
        assert by_id[live].tolist() == rows.tolist()
        assert not found.keys() & set(ids)
        found.update(zip(ids, records, strict=True))
    assert len(found) == snapshot.n_records
    return found
