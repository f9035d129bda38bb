"""Rows in a file: the same rows and the same answers, pages let go near a limit, a full disk told."""

from __future__ import annotations

import gc
import os
import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import linkage
from linkage import memory
from linkage.fields import row_store
from linkage.fields.row_store import RowFile, RowStore, let_go, moved_rows
from linkage.machine import resident_bytes

N, WIDTH = 1000, 5
NEVER = 1 << 60


def batches() -> list[tuple[list[np.ndarray], int]]:
    """Columns of one and of four words, in batches of different sizes."""
    random = np.random.default_rng(1)
    words = random.integers(0, 2**32, (N, WIDTH), np.uint32)
    cuts = [0, 1, 300, 300, 650, N]
    return [
        ([np.ascontiguousarray(words[a:b, :1]), np.ascontiguousarray(words[a:b, 1:])], b - a)
        for a, b in pairwise(cuts)
    ]


def filled(store: RowStore) -> np.ndarray:
    for columns, n in batches():
        store.add(columns, n)
    return store.finish()


@pytest.mark.parametrize("grows", [False, True])
def test_rows_are_the_same_in_a_file(tmp_path: Path, grows: bool) -> None:
    in_memory = filled(RowStore(WIDTH, N // 2 if grows else N, grows=grows))
    in_file = filled(RowStore(WIDTH, 0, file=RowFile(tmp_path, NEVER)))
    assert in_memory.shape == (N, WIDTH) and (in_memory == in_file).all()
    assert (moved_rows(in_memory, RowFile(tmp_path, NEVER))[0] == in_memory).all()
    in_file[3] = 7  # fillers are dropped in place
    assert (in_file[3] == 7).all()
    assert not list(tmp_path.iterdir())
    assert RowStore(WIDTH, 0, file=RowFile(tmp_path, NEVER)).finish().shape == (0, WIDTH)


@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="sanitizers hold what is freed")
@pytest.mark.skipif(resident_bytes() is None, reason="the system does not say what a process holds")
def test_pages_are_let_go_near_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_store, "PIECE", 1 << 20)
    size = 64 << 20
    words = np.arange(size // 4, dtype=np.uint32).reshape(-1, 16)
    before = resident_bytes() or 0
    rows, held = moved_rows(words, RowFile(tmp_path, before + row_store.LEAST_ROOM + size // 2))
    for _ in range(3):
        assert (rows == words).all()  # whatever has been let go is there
    until = time.monotonic() + 20
    while (resident_bytes() or 0) > before + size // 2 + (8 << 20) and time.monotonic() < until:
        time.sleep(0.01)
    assert time.monotonic() < until
    assert held is not None
    let_go(held, 5, 9000)
    assert (rows == words).all()
    del rows, held
    gc.collect()
    while any(t.name == "linkage-rows" for t in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(t.name == "linkage-rows" for t in threading.enumerate())


@pytest.mark.parametrize("expected", [True, False])
def test_answers_do_not_depend_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: bool) -> None:
    """Too little memory for the rows, known before they are read or only then."""
    linkage.generate(tmp_path, people=12_000, seed=3)
    left, right = tmp_path / "claims.parquet", tmp_path / "register.parquet"
    want = linkage.link(left, right)
    calls = []

    def told(n: int, schema: object, limit: object, folder: Path, held: int | None = None) -> RowFile | None:
        calls.append(held)
        return RowFile(folder, 1) if expected or held is not None else None

    monkeypatch.setattr("linkage.resolve.row_file", told)
    monkeypatch.setattr("linkage.resolve.plan_memory", lambda *_, **__: memory.MemoryPlan(2, 2, False, False))
    got = linkage.link(left, right)
    assert (len(calls) == 1) == expected
    assert got.resolution.records.row_map is not None
    assert got.pairs.equals(want.pairs) and got.clusters().equals(want.clusters())


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    with pytest.raises(linkage.InputError, match="temporary file"):
        RowStore(WIDTH, 0, file=RowFile(tmp_path / "none", NEVER))
