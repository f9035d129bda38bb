"""The output folder: all files or none, whatever happens on the way."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError
from linkage.report import output, write_outputs, write_text

TABLE = pa.table({"record_id_l": ["a"], "record_id_r": ["b"]})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    tables = {"pairs.parquet": lambda: TABLE}
    write_outputs(out, tables=tables, texts={"a.json": "{}", "b": lambda: "é"})
    assert names(out) == ["a.json", "b", "pairs.parquet"]
    assert pq.read_table(out / "pairs.parquet").equals(TABLE)
    assert (out / "b").read_text("utf-8") == "é"
    assert names(tmp_path / "deep") == ["out"]
    assert out.stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_existing_folder_keeps_other_files(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    (tmp_path / "out" / "a.json").write_text("old")
    write_outputs(tmp_path / "out", tables={}, texts={"a.json": "new"})
    assert names(tmp_path / "out") == ["a.json", "notes.txt"]
    assert (tmp_path / "out" / "a.json").read_text() == "new"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_failure_changes_nothing(tmp_path: Path, exists: bool, error: BaseException) -> None:
    out = tmp_path / "out"
    if exists:
        out.mkdir()
        (out / "pairs.parquet").write_text("old")

    def fail() -> NoReturn:
        raise error

    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else InputError
    with pytest.raises(expected) as caught:
        write_outputs(out, tables={"pairs.parquet": TABLE}, texts={"summary.json": fail})
    if expected is InputError:
        assert "summary.json" in str(caught.value) and "No space left" in str(caught.value)
    assert names(tmp_path) == (["out"] if exists else [])
    if exists:
        assert (out / "pairs.parquet").read_text() == "old"


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(output.os, "fsync", full)
    with pytest.raises(InputError, match=r"pairs\.parquet: No space left"):
        write_outputs(tmp_path / "out", tables={"pairs.parquet": TABLE}, texts={})
    assert names(tmp_path) == []


def test_a_text_that_does_not_reach_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        if path.suffix == ".json":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(output, "sync_file", full)
    with pytest.raises(InputError, match=r"b\.json: No space left"):
        write_outputs(tmp_path / "out", tables={"pairs.parquet": TABLE}, texts={"b.json": "b", "a.json": "a"})
    assert names(tmp_path) == []


def test_out_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="expected a folder"):
        write_outputs(tmp_path / "out", tables={}, texts={})
    assert (tmp_path / "out").read_text() == "a file"


def test_write_text(tmp_path: Path) -> None:
    write_text(tmp_path / "model.json", "é\n")
    assert (tmp_path / "model.json").read_bytes() == "é\n".encode()
    assert names(tmp_path) == ["model.json"]


KILLED = """
import os, signal, sys
from linkage.report import write_outputs
def die():
    print("writing", flush=True)
    sys.stdin.read()
write_outputs(sys.argv[1], tables={}, texts={"a": "1", "b": die})
"""


def test_what_a_killed_run_left_behind_is_removed_by_the_next(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", KILLED, str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        write_outputs(out, tables={}, texts={"a": "2"})
        assert len(names(tmp_path)) == 2  # the folder of the writer, who is alive, stays
        writer.kill()
    assert len(names(tmp_path)) == 2
    write_outputs(out, tables={}, texts={"a": "3"})
    assert names(tmp_path) == ["out"]
    assert (out / "a").read_text() == "3"
