"""The runner of the long proofs: what passes, fails or takes too long is said to, and everything is tried."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.proof import __main__ as runner
from tests.proof import fuzz_targets
from tests.proof.proofs import TARGETS, Proof, copy_sources, every_proof


def proof(name: str, *programs: str, seconds: float = 60) -> Proof:
    commands = [[sys.executable, "-c", program] for program in programs]
    return Proof(name, f"tries {name}", commands, r"(\d+) passed", seconds)


def test_how_proofs_end(tmp_path: Path) -> None:
    proofs = [
        proof("good", "print('3 passed')", "print('5 passed')"),
        proof("bad", "print('5 passed'); raise SystemExit('it broke')", "open('never', 'w')"),
        proof("silent", "print('nothing to say')"),
        proof("endless", "print('5 passed', flush=True); import time; time.sleep(99)", seconds=1),
    ]
    outcomes = runner.Runner(tmp_path).run(proofs)
    assert [o.result for o in outcomes] == ["passed", "failed", "failed", "stopped"]
    assert [o.found for o in outcomes[:2]] == ["5", "it broke"]
    assert outcomes[3].seconds < 30
    table = runner.as_table(outcomes)
    assert len(table.splitlines()) == 5 and "tries endless  stopped" in table
    assert (tmp_path / "bad.log").read_text().endswith("it broke\n")


def test_the_command(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    proofs = [proof("a", "print('2 passed')"), proof("b", "1/0")]
    monkeypatch.setattr(runner, "every_proof", lambda *_: proofs)
    assert runner.main(["--out", str(tmp_path)]) == 1
    assert "1 of 2 passed in 0:0" in capsys.readouterr().out
    rows = json.loads((tmp_path / "proof.json").read_text())["proofs"]
    assert [row["result"] for row in rows] == ["passed", "failed"]
    assert runner.main(["a", "--out", str(tmp_path)]) == 0
    assert runner.main(["c"]) == 2


def test_every_target_is_a_proof(tmp_path: Path) -> None:
    assert set(TARGETS) == set(fuzz_targets.TARGETS)
    names = [p.name for p in every_proof(tmp_path, 10, 1)]
    assert names == ["kill", "damage", "sanitizers", *(f"fuzz-{name}" for name in TARGETS)]


def test_sources_are_copied_without_kernels(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "old").touch()
    copy_sources(tmp_path / "copy")
    assert (tmp_path / "copy" / "setup.py").exists() and not (tmp_path / "copy" / "old").exists()
    assert not list((tmp_path / "copy").rglob("*.so"))
