"""What a fresh process is told before NumPy and Arrow are imported."""

import subprocess
import sys

import pytest

from linkage.cli import process

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
