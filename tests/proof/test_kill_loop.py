"""A few cycles of the kill loop, and that it sees what it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.kill_loop import KillLoop, run

CYCLES = 12


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    loop = run(tmp_path, CYCLES, seed=1, quiet=True)
    assert loop.n_done == CYCLES
    assert loop.counts["acknowledged"] > 0


def test_a_lost_commit_is_seen(tmp_path: Path) -> None:
    loop = KillLoop(tmp_path, seed=2)
    loop.state.popitem()
    with pytest.raises(AssertionError, match=r"not what was acknowledged|neither what was"):
        loop.cycle()
