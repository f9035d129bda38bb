"""The runner of the long proofs: what passes, fails or takes too long is said to, and everything is tried."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.proof import __main__ as runner
from tests.proof import fuzz_targets
from tests.proof.damage import FLIP_PARTS, flips
from tests.proof.proofs import KILL_PARTS, SANITIZED_TESTS, TARGETS, Proof, copy_sources, every_proof
from tests.segment.registers import generated, segment_bytes, trained


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
    assert {row["proof"]: row["result"] for row in rows} == {"a": "passed", "b": "failed"}
    assert runner.main(["a", "--out", str(tmp_path)]) == 0
    assert runner.main(["c"]) == 2


def test_what_has_passed_is_not_tried_again(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    mark = tmp_path / "mark"
    once = f"open({str(mark)!r}, 'a').write('x'); print('2 passed')"
    proofs = [proof("a", once), proof("b", once + "; raise SystemExit('broke')")]
    monkeypatch.setattr(runner, "every_proof", lambda *_: proofs)
    monkeypatch.setattr(runner, "commit", lambda: "1c491b0")
    runner.main(["--out", str(tmp_path)])
    runner.main(["b", "--out", str(tmp_path)])  # the table keeps what this run leaves out
    assert runner.main(["--out", str(tmp_path)]) == 1
    assert len(mark.read_text()) == 4 and "a: passed before: 2" in capsys.readouterr().out
    runner.main(["a", "--again", "--out", str(tmp_path)])
    assert len(mark.read_text()) == 5
    for other in ("0aa", "1c491b0-dirty", "unknown"):
        monkeypatch.setattr(runner, "commit", lambda other=other: other)
        runner.main(["a", "--out", str(tmp_path)])
        runner.main(["a", "--out", str(tmp_path)])
    assert len(mark.read_text()) == 5 + 1 + 2 + 2


def test_every_target_is_a_proof(tmp_path: Path) -> None:
    assert set(TARGETS) == set(fuzz_targets.TARGETS)
    proofs = every_proof(tmp_path, 10, 1)
    names = {p.name for p in proofs}
    assert {"sanitizers", "damage-wild", "damage-catalog", *(f"fuzz-{name}" for name in TARGETS)} < names
    cycles = [int(p.commands[0][3]) for p in proofs if p.name.startswith("kill-")]
    assert len(cycles) == KILL_PARTS and sum(cycles) == 10
    assert {f"damage-{k + 1}" for k in range(FLIP_PARTS)} < names


def test_parts_flip_each_byte_once() -> None:
    data = segment_bytes(generated()[0].slice(0, 5), trained())
    whole = [label for label, _ in flips(data, 0, 1)]
    parts = [{label for label, _ in flips(data, k, FLIP_PARTS)} for k in range(FLIP_PARTS)]
    assert sum(map(len, parts)) == len(whole) == len(set().union(*parts)) > 5_000
    assert set().union(*parts) == set(whole)


def test_sources_are_copied_without_kernels(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "old").touch()
    copy_sources(tmp_path / "copy")
    assert (tmp_path / "copy" / "setup.py").exists() and not (tmp_path / "copy" / "old").exists()
    assert not list((tmp_path / "copy").rglob("*.so"))


def test_sanitized_tests_find_all_they_import(tmp_path: Path) -> None:
    """A folder that is missing in the copy was found only when everything had been compiled."""
    copy_sources(tmp_path)
    folders = {path.name for path in tmp_path.iterdir()}
    for test in (path for name in SANITIZED_TESTS for path in _tests(tmp_path / name)):
        for line in test.read_text().splitlines():
            if found := re.match(r"(?:from|import) (linkage|tests|benchmarks|examples)\b", line):
                assert found[1] in folders, test


def _tests(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob("*.py"))
