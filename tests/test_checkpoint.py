"""A run that is killed after any of its steps, and then started again: the same answer, to the last byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import linkage
from linkage import checkpoint, resolve
from linkage.checkpoint import Checkpoint

RUN = """
import os, signal, sys
from linkage import checkpoint, predict, resolve
from linkage.cli import main

resolve.EVERY_PAIR = resolve.LEAST_RECORDS = 0
steps = [int(os.environ["STEPS"])]
plain = checkpoint.Checkpoint._keep

def keep(self, name, arrays, meta):
    if steps[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    steps[0] -= 1
    plain(self, name, arrays, meta)

checkpoint.Checkpoint._keep = keep
sys.argv = ["linkage", *sys.argv[1:]]
main()
"""
COMPARED = ("pairs.parquet", "clusters.parquet", "model.json")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    linkage.generate(folder, people=1500, seed=1)
    return folder


def run(arguments, steps):
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, arguments)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "STEPS": str(steps)},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode


@pytest.mark.parametrize("kind", ["dedupe", "link"])
def test_killed_and_started_again(tables, tmp_path, kind):
    names = ["register.parquet"] if kind == "dedupe" else ["register.parquet", "claims.parquet"]
    arguments = [kind, *(tables / name for name in names), "--threads", "1"]
    assert run([*arguments, "-o", tmp_path / "whole"], 10_000) == 0
    out, unfinished = tmp_path / "out", tmp_path / ".out.unfinished"
    kept = []
    for steps in (1, 0, 3):  # each run finishes so many steps more, and is killed in the next
        assert run([*arguments, "-o", out], steps) == -9
        assert not out.exists()
        kept.append(len(list(unfinished.glob("[!.]*"))))
    assert kept == [1, 1, 4]
    assert run([*arguments, "-o", out], 10_000) == 0
    assert not unfinished.exists()
    for name in COMPARED:
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    first, again = (json.loads((folder / "summary.json").read_text()) for folder in (tmp_path / "whole", out))
    for key in ("n_candidate_pairs", "n_matched_pairs", "clusters"):
        assert first[key] == again[key]
    counts = ("n_pairs", "n_new_pairs", "n_blocks", "largest_block", "n_refined_blocks")
    assert [[r[c] for c in counts] for r in first["rules"]] == [
        [r[c] for c in counts] for r in again["rules"]
    ]


@pytest.fixture
def finished(tables, tmp_path, monkeypatch):
    """What a whole run leaves where its caller does not remove it."""
    monkeypatch.setattr(resolve, "EVERY_PAIR", 0)
    monkeypatch.setattr(resolve, "LEAST_RECORDS", 0)
    register = tmp_path / "register.parquet"
    register.write_bytes((tables / "register.parquet").read_bytes())
    expected = linkage.dedupe(register, checkpoint=tmp_path / "kept").pairs
    assert len(list((tmp_path / "kept").iterdir())) > 5
    return register, tmp_path / "kept", expected


def steps_done(monkeypatch):
    """The steps that runs do from now on."""
    done, plain = [], Checkpoint._keep
    monkeypatch.setattr(
        Checkpoint, "_keep", lambda self, name, *rest: (done.append(name), plain(self, name, *rest))
    )
    return done


def test_nothing_is_done_twice(finished, monkeypatch):
    register, kept, expected = finished
    done = steps_done(monkeypatch)
    assert linkage.dedupe(register, checkpoint=kept).pairs.equals(expected)
    assert done == []


def test_another_input_or_option_begins_anew(finished, monkeypatch):
    register, kept, expected = finished
    done = steps_done(monkeypatch)
    linkage.dedupe(register, checkpoint=kept, seed=1)
    assert done[0] == "model" and len(done) > 5
    done.clear()
    linkage.dedupe(register, checkpoint=kept)
    assert done[0] == "model" and len(done) > 5
    done.clear()
    os.utime(register, ns=(0, 0))
    assert linkage.dedupe(register, checkpoint=kept).pairs.equals(expected)
    assert done[0] == "model" and len(done) > 5


def test_damage_is_found_and_done_again(finished, monkeypatch):
    register, kept, expected = finished
    path = kept / "rule-03"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    (kept / "rule-05").write_bytes(b"")
    done = steps_done(monkeypatch)
    assert linkage.dedupe(register, checkpoint=kept).pairs.equals(expected)
    assert done[0] == "rule-03" and "rule-05" in done


def test_small_tables_and_tables_in_memory_keep_nothing(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(resolve, "EVERY_PAIR", 0)
    linkage.dedupe(tables / "register.parquet", checkpoint=tmp_path / "kept")
    monkeypatch.setattr(resolve, "LEAST_RECORDS", 0)
    import pyarrow.parquet as pq

    linkage.dedupe(pq.read_table(tables / "register.parquet"), checkpoint=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_a_folder_that_cannot_be_written_stops_no_run(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(resolve, "EVERY_PAIR", 0)
    monkeypatch.setattr(resolve, "LEAST_RECORDS", 0)
    (tmp_path / "kept").write_text("a file")
    assert linkage.dedupe(tables / "register.parquet", checkpoint=tmp_path / "kept").pairs.num_rows
    assert checkpoint.LEAST_RECORDS > 1_000_000
