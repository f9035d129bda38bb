"""Made-up people in two segments: what the tests of look-ups beside `lookup` search."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

import linkage
from linkage.segment.build import build_segment
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source


@dataclass(frozen=True)
class MadePart:
    """A segment and the bits of its records that have ended."""

    segment: Segment
    dead: npt.NDArray[np.uint8] | None


@dataclass(frozen=True)
class Register:
    """Made-up people: all records live in the first part but 200, which live in a second, small one."""

    records: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    parts: tuple[MadePart, MadePart]
    dead: frozenset[str]

    def __repr__(self) -> str:
        return "Register()"

    def live(self) -> list[dict[str, Any]]:
        """Records that can be found."""
        return [r for r in self.records if r["record_id"] not in self.dead]


def make_register(folder: Path) -> Register:
    """Generate, train, build: a few seconds."""
    linkage.generate(folder, people=3_000, seed=11)
    table = pq.read_table(folder / "register.parquet")
    model = linkage.train(table, threads=1)
    large, small = table.slice(0, len(table) - 200), table.slice(len(table) - 200)
    base = Segment.from_bytes(_built(large, model))
    delta = Segment.from_bytes(_built(small, model, like=base), like=base)
    rows = np.arange(3, base.n_records, 40, dtype=np.uint32)
    dead = np.zeros((base.n_records + 7) // 8, np.uint8)
    np.bitwise_or.at(dead, rows >> 3, (1 << (rows & 7)).astype(np.uint8))
    return Register(
        [{k: None if v is None else str(v) for k, v in r.items()} for r in table.to_pylist()],
        pq.read_table(folder / "claims.parquet").to_pylist(),
        (MadePart(base, dead), MadePart(delta, None)),
        frozenset(base.record_ids(rows)),
    )


def _built(table: pa.Table, model: Any, **options: Any) -> Any:
    return build_segment(open_source(table), model, None, **options)
