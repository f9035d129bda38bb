"""The progress line: silent off a terminal and in short runs, gone when the run ends."""

import sys
import time

import pytest

from linkage.cli import progress
from linkage.cli.progress import ProgressLine


def test_silent_without_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as line:
        line("encode", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_short_run_shows_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with ProgressLine() as line:
        line("encode", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(progress, "SILENT_SECONDS", 0.0)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    with ProgressLine() as line:
        # one long step without a further word from it
        line("read_and_encode", 0, None)
        until = time.monotonic() + 5
        while line._progress is None and time.monotonic() < until:
            time.sleep(0.01)
        line("score", 50, 100)
        assert line._progress is not None
        line._progress.refresh()
    out, shown = capsys.readouterr()
    assert out == ""
    assert "score" in shown and "50%" in shown
