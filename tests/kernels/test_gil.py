"""Kernels let other threads run: another one sees their answers half done; and they switch no GIL on."""

import os
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage._kernels.forms import score_forms
from linkage._kernels.rows import encode_dates, encode_identifiers
from linkage.fields.text import text_buffers
from linkage.search.queries import Queries
from tests.segment.registers import generated, segment_of_people

pytestmark = pytest.mark.alone
ROOT = Path(__file__).parents[2]
UNSET = 99
MOST_TRIES = 50


def is_seen_half_done(run: Callable[[np.ndarray], None], out: np.ndarray) -> bool:
    """Whether this thread ever sees the first answer of a kernel in another thread without the last.

    With the GIL held until the kernel returns, all answers appear at once. No time is measured: the kernel is
    run again until it is seen, since on a busy machine this thread may not have had its turn.
    """
    for _ in range(MOST_TRIES):
        out[:] = UNSET
        worker = threading.Thread(target=run, args=(out,))
        worker.start()
        while worker.is_alive():
            if out[0] != UNSET and out[-1] == UNSET:
                worker.join()
                return True
        worker.join()
        assert out[-1] != UNSET
    return False


def repeated(column: pa.ChunkedArray, n: int) -> Any:
    """A column's texts again and again, n in all."""
    texts = column.combine_chunks()
    return texts.take(pa.array(np.arange(n) % len(texts)))


def test_look_ups_in_bulk() -> None:
    segment = segment_of_people()
    n = 20_000
    claims = generated()[1]
    names = ("full_name", "date_of_birth", "sex")
    queries = Queries({name: repeated(claims[name], n) for name in names}, n, 0)
    columns, words = queries.columns(segment)
    rows, weights, gammas = (
        np.zeros((n, 2), np.uint32),
        np.zeros((n, 2), np.int32),
        np.zeros((n, 2), np.uint64),
    )
    searcher, floors, counts = segment.borrow(), np.zeros(n, np.int32), np.zeros(n, np.uint32)
    order = np.arange(n, dtype=np.uint32)

    def run(out: np.ndarray) -> None:
        searcher.search_many(
            columns, words, order, 2, floors, 2048, rows, weights, gammas, counts, out, asks=False
        )

    assert is_seen_half_done(run, np.zeros(n, np.uint8))


def test_forms() -> None:
    segment = segment_of_people()
    n = 100_000
    register = generated()[0]
    forms = Queries({name: repeated(register[name], n) for name in ("full_name", "id_number")}, n, 0)
    columns, words = forms.columns(segment)
    pairs = np.arange(n, dtype=np.uint32), np.arange(n, dtype=np.uint32) % len(segment)
    weights, says, mended, asking = (np.zeros(n, t) for t in (np.int32, np.uint64, np.uint64, np.uint8))
    searcher = segment.borrow()

    def run(out: np.ndarray) -> None:
        score_forms(searcher, columns, words, *pairs, 0, n, weights, out, says, mended, asking, asks=False)

    assert is_seen_half_done(run, np.zeros(n, np.uint64))


@pytest.mark.parametrize("kernel", ["identifiers", "dates"])
def test_encoding(kernel: str) -> None:
    n = 500_000
    name, width = {"identifiers": ("id_number", (n, 2)), "dates": ("date_of_birth", (n, 1))}[kernel]
    buffers = text_buffers(repeated(generated()[0][name], n))
    words = np.zeros(width, np.uint32)

    def run(out: np.ndarray) -> None:
        if kernel == "identifiers":
            encode_identifiers(*buffers, 1, words, out)
        else:
            encode_dates(*buffers, 0, words.reshape(-1), out)

    assert is_seen_half_done(run, np.zeros(n, np.uint8))


def test_every_kernel_is_compiled_for_an_interpreter_without_a_gil() -> None:
    assert '"freethreading_compatible": True' in (ROOT / "setup.py").read_text()
    for path in (ROOT / "ext").glob("*.pyx"):
        text = path.read_text()
        assert "freethreading_compatible" not in text, f"{path.name} decides for itself"
        assert (ROOT / "linkage" / "_kernels" / f"{path.stem}.pyi").exists(), f"{path.name} has no stub"


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this interpreter has a GIL")
def test_no_kernel_switches_the_gil_on() -> None:
    kernels = [f"linkage._kernels.{path.stem}" for path in (ROOT / "ext").glob("*.pyx")]
    program = f"import sys, {', '.join(kernels)}; assert not sys._is_gil_enabled()"
    environment = {**os.environ, "PYTHON_GIL": ""}
    subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, env=environment, check=True)
