"""What a fresh process is told before NumPy and Arrow are imported."""

import contextlib
import subprocess
import sys

import pytest

from linkage.cli import process
from linkage.cli.app import _run

PROGRAM = """
import gc
from linkage.cli.process import prepare_process
prepare_process()
import numpy as np
import pyarrow as pa
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
assert pa.default_memory_pool().backend_name == "system"
assert gc.get_threshold()[0] == 100_000
np.ones(8_000_000)
before = resident()
kept = np.ones(8_000_000)
assert resident() - before < 8_000_000, "memory that was touched is touched anew"
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone is told")
def test_freed_memory_is_used_again():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)


WITHOUT_UNUSED = """
import sys
from linkage.cli.process import prepare_process
prepare_process()
import pyarrow as pa
import pyarrow.compute as pc
assert pc.equal(pa.array(["a", None]), "a").to_pylist() == [True, None]
import pyarrow.parquet
assert not {"pandas", "pyarrow._s3fs"} & sys.modules.keys()
assert "libarrow_s3" not in open("/proc/self/maps").read()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc says what is loaded")
def test_arrow_finds_neither_pandas_nor_s3(tmp_path):
    (tmp_path / "pandas.py").write_text("raise SystemExit('pandas was imported')")
    subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{WITHOUT_UNUSED}"],
        check=True, timeout=60,
    )  # fmt: skip


TOUCHED = """
import sys, threading
from linkage.cli import process
process.TABLES, process.TOUCHED = 5, 8 << 20
process.prepare_process()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
before = resident()
process.begin_ahead(sys.argv[1:])
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join()
print(resident() - before > 20 << 20, "libarrow_python.so" in open("/proc/self/maps").read())
assert "pyarrow" not in sys.modules
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone is told")
@pytest.mark.parametrize(("size", "expected"), [(4, "False False"), (5, "True True")])
def test_for_large_tables_memory_is_touched_and_arrow_loaded_ahead(tmp_path, size, expected):
    (tmp_path / "r.csv").write_bytes(b"x" * size)
    arguments = ["dedupe", str(tmp_path / "r.csv"), "-o", "x" * 300, str(tmp_path)]
    program = [sys.executable, "-c", TOUCHED, *arguments]
    done = subprocess.run(program, check=True, timeout=60, stdout=subprocess.PIPE, text=True)
    assert done.stdout.strip() == expected


NEEDED = """
import sys, time
from linkage.cli import process
process.TABLES, process.TOUCHED = 5, 1 << 30
process._load = lambda library: None
process.prepare_process()
import numpy as np
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
before = resident()
process.begin_ahead(sys.argv[1:])
while resident() - before < 20 << 20:
    time.sleep(0.001)
process.end_ahead()
before = resident()
kept = np.ones(2_000_000)
assert resident() - before < 2 << 20, "an array lies behind what was touched for it"
"""


@pytest.mark.alone
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone is told")
def test_what_was_touched_is_left_to_whoever_needs_it(tmp_path):
    (tmp_path / "r.csv").write_bytes(b"x" * 5)
    subprocess.run([sys.executable, "-c", NEEDED, str(tmp_path / "r.csv")], check=True, timeout=60)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/cpuinfo")
@pytest.mark.parametrize(
    ("vendor", "family", "flags", "slow"),
    [
        ("AuthenticAMD", 25, "avx2 avx512f", True),
        ("AuthenticAMD", 25, "avx2", False),
        ("AuthenticAMD", 26, "avx2 avx512f", False),
        ("GenuineIntel", 25, "avx2 avx512f", False),
    ],
)
def test_zen_4_is_told_from_what_sorts_fast(monkeypatch, tmp_path, vendor, family, flags, slow):
    about = f"vendor_id\t: {vendor}\ncpu family\t: {family}\nflags\t\t: {flags}\n\nvendor_id\t: another\n"
    (tmp_path / "cpuinfo").write_text(about)
    monkeypatch.setattr(process, "Path", lambda _: tmp_path / "cpuinfo")
    assert process._stores_compressed_slowly() is slow


ENDING = """
import atexit, sys, threading, time
import linkage.cli
import linkage.cli.app
def app(prog_name):
    print("output")
    atexit.register(print, "exit handler")
    if THREAD:
        threading.Thread(target=lambda: (time.sleep(.2), print("thread"))).start()
    sys.exit(CODE)
linkage.cli.app.app = app
linkage.cli.main()
"""


@pytest.mark.parametrize("code", [0, 2])
@pytest.mark.parametrize("thread", [False, True])
def test_what_is_owed_at_the_end_is_done(code, thread):
    program = ENDING.replace("THREAD", str(thread)).replace("CODE", str(code))
    # A pipe: what is printed waits in a buffer until somebody writes it.
    ended = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=60)
    assert ended.returncode == code
    assert ended.stdout.split("\n") == ["output", *(["thread"] if thread else []), "exit handler", ""]


@pytest.mark.parametrize(
    ("limit", "size", "expected"), [(None, 0, []), ("1GiB", 0, ["back"]), (None, 9, ["back"])]
)
def test_where_memory_is_short_large_arrays_are_given_back(tmp_path, monkeypatch, limit, size, expected):
    done = []
    monkeypatch.setattr(process, "LARGE_TABLES", 5)
    monkeypatch.setattr("linkage.cli.app.return_large_pieces", lambda: done.append("back"))
    (tmp_path / "r.csv").write_bytes(b"x" * size)
    with contextlib.suppress(BaseException):
        _run("dedupe", [tmp_path / "r.csv"], tmp_path / "o", model=None, schema=None, threshold=0.5,
             memory_limit=limit, resume=False, hide_values=False, as_json=False)  # fmt: skip
    assert done == expected


IMPORTED = """
import sys
from linkage.cli.run import LATE, with_imports
told = []
tell = with_imports(lambda *step: told.append(step))
tell("read and encode", 0, None)
assert not set(LATE) & set(sys.modules)
tell("encode", 5, 9)
assert set(LATE) <= set(sys.modules) and told == [("read and encode", 0, None), ("encode", 5, 9)]
"""


def test_what_the_end_needs_is_imported_while_records_are_encoded():
    subprocess.run([sys.executable, "-c", IMPORTED], check=True, timeout=60)
