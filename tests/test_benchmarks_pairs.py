"""Pairs of names and what separates them, against counts done by hand; linkage's own side end to end."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from benchmarks import compare_pairs, pairs


@pytest.fixture
def register(tmp_path: Path) -> Path:
    linkage.generate(tmp_path / "register", people=2000, seed=3, claims=0)
    return tmp_path / "register" / "register.parquet"


def test_pairs_are_of_one_person_or_of_two(tmp_path: Path) -> None:
    entities = [1, 2, 1, 3, 3, 3]
    path = tmp_path / "register.parquet"
    pq.write_table(pa.table({"entity": entities}), path)
    drawn = pairs.draw_pairs(path, strangers=200)
    for left, right, is_match in zip(*(drawn[c].to_pylist() for c in drawn.column_names), strict=True):
        assert (entities[left] == entities[right]) is is_match
    assert sum(drawn["is_match"].to_pylist()) == 3
    assert 100 < len(drawn) < 203


def test_recall_counts_what_is_above_the_threshold() -> None:
    strangers = np.arange(10_000) / 10_000
    matches = np.array([2.0, 0.9995, 0.95, 0.5])
    scores = np.concatenate([strangers, matches])
    is_match = np.arange(len(scores)) >= len(strangers)
    found = pairs.separation(scores, is_match)
    assert (found["n_pairs"], found["n_matches"]) == (10_004, 4)
    assert found["recall_at_false_rate"] == 0.5
    assert found["false_rate"] == pytest.approx(pairs.FALSE_RATE)


def test_ties_gain_nothing() -> None:
    scores, is_match = np.zeros(2000), np.arange(2000) < 1000
    assert pairs.separation(scores, is_match)["recall_at_false_rate"] == 0


def test_a_missing_peer_is_said(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare_pairs, "missing", lambda python, modules: [f"{modules[0]} was not run"])
    (run,) = compare_pairs.compare(register, tmp_path / "out", strangers=20_000, python="none")
    assert "rapidfuzz was not run" in capsys.readouterr().out
    assert run["recall_at_false_rate"] > 0.9
    assert run["seconds_a_pair"] > 0
    assert json.loads((tmp_path / "out" / "linkage.json").read_text())["runs"] == [run]
