"""What a fresh process is told before NumPy and Arrow are imported."""

import subprocess
import sys

import pytest

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
