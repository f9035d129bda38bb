"""A real process, ended by a signal while it writes: exit code, and nothing half-written."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.alone

SLOW = """
import sys, time
import linkage, linkage.cli
from tests.cli.fake_engine import FakeResult

class Slow(FakeResult):
    def clusters(self, threshold_match_probability):
        print("writing", flush=True)
        time.sleep(1)
        return super().clusters(threshold_match_probability)

vars(linkage)["dedupe"] = lambda *args, **options: Slow("dedupe")
sys.argv = ["linkage", "dedupe", "r.csv", "-o", OUT]
linkage.cli.main()
"""


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal(tmp_path: Path, sent: signal.Signals, code: int, exists: bool) -> None:
    out = tmp_path / "out"
    if exists:
        out.mkdir()
        (out / "pairs.parquet").write_text("old")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.replace("OUT", repr(str(out)))],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background may have been started with Ctrl-C ignored, and hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(sent)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == code, errors
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == (["out"] if exists else [])
    if exists:
        assert [path.name for path in out.iterdir()] == ["pairs.parquet"]
        assert (out / "pairs.parquet").read_text() == "old"
