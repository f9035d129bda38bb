"""An index as the table of `dedupe` and `link`: the answers of the same records in a file."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from linkage.errors import SegmentError
from linkage.segment.columns import read_batch


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register, its model, and an index of it with records added and deleted."""
    folder = tmp_path_factory.mktemp("index")
    linkage.generate(folder, people=2_500, seed=9)
    register = pq.read_table(folder / "register.parquet")
    model = linkage.train(register, threads=1)
    model.save(folder / "model.json")
    linkage.build_index(folder / "people.idx", register.slice(0, 2_000), model)
    gone = register["record_id"].to_pylist()[5:2_000:50]
    with linkage.open_index(folder / "people.idx", mode="w") as writer:
        writer.upsert(register.slice(2_000).drop(["entity"]))
        writer.delete(gone)
    live = [i not in set(gone) for i in register["record_id"].to_pylist()]
    pq.write_table(register.filter(pa.array(live)).drop(["entity"]), folder / "live.parquet")
    return folder


def pairs_of(result: Any) -> set[tuple[Any, ...]]:
    """Pairs without the order of the table and of its two sides."""
    return {
        (*sorted((p["record_id_l"], p["record_id_r"])), p["match_weight"], round(p["match_probability"], 9))
        for p in result.pairs.to_pylist()
    }


def groups_of(result: Any) -> set[frozenset[str]]:
    groups: dict[Any, set[str]] = {}
    for row in result.clusters(threshold_match_probability=0.95).to_pylist():
        groups.setdefault(row["cluster_id"], set()).add(row["record_id"])
    return {frozenset(group) for group in groups.values()}


def test_dedupe_of_an_index_is_that_of_its_records(folder: Path) -> None:
    model = linkage.Model.load(folder / "model.json")
    of_index = linkage.dedupe(linkage.open_index(folder / "people.idx"), model)
    of_table = linkage.dedupe(folder / "live.parquet", model)
    assert pairs_of(of_index) == pairs_of(of_table) and len(pairs_of(of_index)) > 200
    assert groups_of(of_index) == groups_of(of_table)


def test_link_to_an_index(folder: Path) -> None:
    model = linkage.Model.load(folder / "model.json")
    claims = pq.read_table(folder / "claims.parquet").drop(["entity"])
    of_index = linkage.link(claims, linkage.open_index(folder / "people.idx"), model)
    of_table = linkage.link(claims, folder / "live.parquet", model)
    assert pairs_of(of_index) == pairs_of(of_table) and len(pairs_of(of_index)) > 100


def test_columns_are_the_texts_as_given(folder: Path) -> None:
    with linkage.open_index(folder / "people.idx") as index:
        assert index.as_source().n_records == len(index)
        for part in index.snapshot.parts:
            segment = part.segment
            rows = np.arange(len(segment), dtype=np.uint32)[::-3].copy()
            expected = segment.records(rows)
            assert read_batch(segment, rows).to_pylist() == expected
            coded = read_batch(segment, rows, ["sex", "record_id", "nothing"], coded=True)
            assert coded.schema.names == ["sex", "record_id"]
            assert pa.types.is_dictionary(coded.schema.field("sex").type)
            assert coded.to_pylist() == [{k: r[k] for k in ("sex", "record_id")} for r in expected]
            with pytest.raises(SegmentError, match="cannot be read"):
                read_batch(segment, np.array([len(segment)], np.uint32))
            with pytest.raises(ValueError, match="no such field"):
                segment.store.columns(rows, [99])
