"""A run that is killed before any of its steps, and then started again: the same answer, to the last byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import linkage
from linkage import checkpoint, resolve
from linkage.checkpoint import Checkpoint

COMPARED = ("pairs.parquet", "clusters.parquet", "model.json")
RULES = {"blocking_rules": [["id_number"], ["phone", "full_name.given"], ["mother_name", "date_of_birth"]]}
"""Few enough that a run can be killed before each of its steps in turn."""


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    linkage.generate(folder, people=500, seed=1)
    return folder


@pytest.fixture(scope="module")
def runs():
    """A command and the step before which it is killed -> its exit code (`tests/killed_runs.py`)."""
    command = [sys.executable, "-m", "tests.killed_runs"]
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def run(arguments, victim, log):
            print(json.dumps([[*map(str, arguments)], victim, str(log)]), file=process.stdin, flush=True)
            return int(process.stdout.readline())

        yield run


@pytest.mark.parametrize("kind", ["dedupe", "link"])
def test_killed_before_every_step(tables, tmp_path, runs, kind):
    names = ["register.parquet"] if kind == "dedupe" else ["register.parquet", "claims.parquet"]
    (tmp_path / "schema.json").write_text(json.dumps({**linkage.citizen_schema().to_dict(), **RULES}))
    options = ["--schema", tmp_path / "schema.json", "--threads", "1"]
    arguments = [kind, *(tables / name for name in names), *options]
    whole, out, unfinished = tmp_path / "whole", tmp_path / "out", tmp_path / ".out.unfinished"
    assert runs([*arguments, "-o", whole], None, tmp_path / "log") == 0
    steps = (tmp_path / "log").read_text().split("\n")[:-1]
    kept = [name for name in steps if name.startswith("keep ")]
    assert steps[: len(kept)] == kept and len(kept) == 4
    assert set(steps[len(kept) :]) == {
        *(f"{what} {name}.parquet" for what in ("write", "sync") for name in ("pairs", "clusters")),
        *("sync model.json", "sync summary.json", "sync report.html", "rename"),
    }
    for k, victim in enumerate(steps):
        (tmp_path / "log").unlink()
        assert runs([*arguments, "-o", out], victim, tmp_path / "log") == -9
        assert not out.exists()
        files = [path.name for path in unfinished.glob("[!.]*")]
        assert sorted(files) == sorted(name.removeprefix("keep ") for name in kept[:k])
        done = (tmp_path / "log").read_text().split("\n")[:-1]
        assert [name for name in done if name in kept] == kept[max(k - 1, 0) : k + 1], (
            "not what was to be done"
        )
    assert runs([*arguments, "-o", out], None, tmp_path / "log") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"whole", "out", "log", "schema.json"}
    assert {path.name for path in out.iterdir()} == {path.name for path in whole.iterdir()}
    for name in COMPARED:
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    _tell_the_same(
        json.loads((whole / "summary.json").read_text()), json.loads((out / "summary.json").read_text())
    )


def _tell_the_same(whole, resumed):
    """What summaries say of the answer and of each rule, without the times."""
    for key in ("n_candidate_pairs", "n_matched_pairs", "clusters"):
        assert whole[key] == resumed[key]
    counts = ("n_pairs", "n_new_pairs", "n_blocks", "largest_block", "n_refined_blocks")
    for one, other in zip(whole["rules"], resumed["rules"], strict=True):
        assert [one[c] for c in counts] == [other[c] for c in counts]


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
