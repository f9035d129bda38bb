"""Rows in a file: the same rows and the same answers, pages let go near a limit, a full disk told."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import linkage
from linkage import memory
from linkage._kernels.keys import encode_keys
from linkage._kernels.row_pages import RowPages
from linkage.fields.row_store import RowFile, RowStore, moved_rows

N, WIDTH = 1000, 5
NEVER = 1 << 60
STATUS = Path("/proc/self/status")
CLEAR_PEAK = Path("/proc/self/clear_refs")


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


def test_pages_are_let_go_and_come_back(tmp_path: Path) -> None:
    words = np.arange(1 << 20, dtype=np.uint32).reshape(-1, 16)
    rows, held = moved_rows(words, RowFile(tmp_path, NEVER))
    assert held is not None and len(held) == words.nbytes
    rows[5] = 3  # also what has been written since
    for begin, end in ((5, 9000), (0, words.nbytes), (-4, 2 * words.nbytes), (words.nbytes, 0)):
        held.let_go(begin, end)
        assert (rows[5] == 3).all() and (rows[6:] == words[6:]).all()
    with pytest.raises(ValueError, match="watched already"):
        held.keep_below(0, 0)


def test_a_file_that_is_too_short_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "f").open("w+b") as file:
        file.write(b"abc")
        file.flush()
        for n in (4, 0, -1):
            with pytest.raises(ValueError, match="file"):
                RowPages(file.fileno(), n)
        assert bytes(memoryview(RowPages(file.fileno(), 3))) == b"abc"


HOLDS_THE_GIL = """
import re, sys, threading
from pathlib import Path
import numpy as np
from linkage.fields import row_store
def held(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(what))
words = np.zeros((1 << 16, 16), np.uint32)
store = row_store.RowStore(16, 0, file=row_store.RowFile(Path(sys.argv[1]), 1 << 60))
for _ in range(96):  # 384 MiB
    store.add([words], len(words))
row_store.LEAST_ROOM = 48 << 20
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from now on
limit = held("VmRSS") + (128 << 20)
store._to = row_store.RowFile(Path(sys.argv[1]), limit)
rows = store.finish()
for _ in range(4):  # one call, and no thread of Python runs meanwhile
    assert re.search(rb"[^\\0]", store.map) is None
print(held("VmHWM") - limit, threading.active_count())
"""


@pytest.mark.alone
@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="sanitizers hold what is freed")
@pytest.mark.skipif(not CLEAR_PEAK.exists(), reason="the system does not say what a process holds")
def test_the_limit_holds_while_nothing_else_of_python_runs(tmp_path: Path) -> None:
    """A thread of Python would wait for the one that reads: the watch is not one."""
    ran = subprocess.run([sys.executable, "-c", HOLDS_THE_GIL, str(tmp_path)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    beyond, n_threads = map(int, ran.stdout.split())
    assert beyond <= 0 and n_threads == 1


@pytest.mark.skipif(not STATUS.exists(), reason="the system does not say what a process holds")
def test_rows_here_and_there_are_read_and_not_mapped(tmp_path: Path) -> None:
    """One that is touched brings up to 2 MiB of the file into the process."""
    words = np.arange(1 << 24, dtype=np.uint32).reshape(-1, 16)
    rows, pages = moved_rows(words, RowFile(tmp_path, NEVER))
    assert pages is not None
    chosen = np.random.default_rng(1).integers(0, len(rows), 4000).astype(np.uint64)
    want, got = np.empty((2, 1, len(chosen)), np.uint32)
    parts, rules = [(1, 3, 0, 0, None)], [(7, [0])]
    encode_keys(words, parts, rules, want, entries=chosen)
    pages.let_go(0, len(pages))
    before = mapped_bytes()
    encode_keys(rows, parts, rules, got, entries=chosen, rows_file=pages.handle + 1)
    assert (got == want).all() and mapped_bytes() - before < 8 << 20
    encode_keys(rows, parts, rules, got, entries=chosen, rows_file=1 << 30)  # it cannot be read
    assert (got == want).all() and mapped_bytes() - before > 8 << 20


def mapped_bytes() -> int:
    """Bytes of files that this process holds."""
    return next(
        int(li.split()[1]) << 10 for li in STATUS.read_text().splitlines() if li.startswith("RssFile")
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_leaves_the_rows_alone(tmp_path: Path) -> None:
    rows, held = moved_rows(np.ones((1000, 16), np.uint32), RowFile(tmp_path, 1))
    child = os.fork()
    if child == 0:
        del rows, held  # no thread to wait for here
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (rows == 1).all()


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, linkage.Result]:
    """Two tables and their links, in memory."""
    folder = tmp_path_factory.mktemp("linked")
    linkage.generate(folder, people=12_000, seed=3)
    left, right = folder / "claims.parquet", folder / "register.parquet"
    return left, right, linkage.link(left, right)


@pytest.mark.parametrize("expected", [True, False])
def test_answers_do_not_depend_on_it(
    linked: tuple[Path, Path, linkage.Result], monkeypatch: pytest.MonkeyPatch, expected: bool
) -> None:
    """Too little memory for the rows, known before they are read or only then."""
    left, right, want = linked
    calls = []

    def told(n: int, schema: object, limit: object, folder: Path, held: int | None = None) -> RowFile | None:
        calls.append(held)
        return RowFile(folder, 1) if expected or held is not None else None

    monkeypatch.setattr("linkage.reading.row_file", told)
    monkeypatch.setattr("linkage.resolve.plan_memory", lambda *_, **__: memory.MemoryPlan(2, 2, False, False))
    got = linkage.link(left, right)
    assert (len(calls) == 1) == expected
    assert got.resolution.records.row_map is not None
    assert got.pairs.equals(want.pairs) and got.clusters().equals(want.clusters())


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    with pytest.raises(linkage.InputError, match="temporary file"):
        RowStore(WIDTH, 0, file=RowFile(tmp_path / "none", NEVER))
