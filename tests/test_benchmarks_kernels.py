"""The steps' benchmarks run on few records; their floors and tables against sums done by hand."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import measure, tables
from benchmarks.floors import Machine, Work, cost
from benchmarks.kernels.__main__ import FOLDER, PATH, PYTEST, steps_of

MACHINE = Machine(
    read_bytes_per_second=1e9,
    copy_bytes_per_second=2e9,
    random_read_seconds=((1 << 10, 1e-9), (1 << 20, 3e-9)),
    chained_read_seconds=((1 << 20, 1e-7),),
    instructions_per_second=1e9,
    fsync_seconds=1e-3,
)


def test_every_step_runs(tmp_path: Path) -> None:
    """All of bench_*.py once on a few hundred people, without a clock."""
    pytest.importorskip("numba")
    environment = {"LINKAGE_BENCH_DIR": str(tmp_path), "PYTHONPATH": str(FOLDER.parent.parent), "PATH": ""}
    command = [sys.executable, "-m", "pytest", str(FOLDER), *PYTEST, "-p", "no:benchmark", "--people=3000"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed" not in done.stdout


def test_the_path_names_every_file() -> None:
    assert {path.stem for path in FOLDER.glob("bench_*.py")} == {f"bench_{step}" for step in PATH}


@pytest.mark.parametrize(
    ("work", "seconds"),
    [
        (Work(read_bytes=1e9), 1.0),
        (Work(written_bytes=1e9), 1.0),
        (Work(read_bytes=1e9, instructions=3e9), 3.0),
        (Work(read_bytes=3e9, instructions=1e9), 3.0),
        (Work(random_reads=((1e9, 1 << 20), (1e9, 1 << 10))), 4.0),
        (Work(chained_reads=((1e7, 5),), commits=1000), 2.0),
    ],
)
def test_floors_add_up(work: Work, seconds: float) -> None:
    assert work.seconds(MACHINE) == pytest.approx(seconds)


def test_the_cost_of_a_place_is_interpolated() -> None:
    costs = MACHINE.random_read_seconds
    assert cost(costs, 1 << 15) == pytest.approx(2e-9)
    assert cost(costs, 0) == 1e-9
    assert cost(costs, 1 << 40) == 3e-9


def test_a_report_becomes_lines() -> None:
    about = {"step": "keys", "item": "record", "n": 100, "floor_seconds": 1e-6, "counts": "rows"}
    report = {
        "benchmarks": [
            {
                "fullname": "benchmarks/kernels/bench_keys.py::bench_keys",
                "extra_info": about,
                "stats": {"min": 5e-6, "rounds": 3},
            }
        ]
    }
    (step,) = steps_of(report)
    assert step["file"] == "bench_keys.py"
    assert [step["factor"], step["seconds_an_item"]] == pytest.approx([5, 5e-8])
    assert "| keys | 50.0 ns / record | 10.0 ns | 5.0× | rows |" in tables.kernel_table([step])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.0, "2.00 s"), (0.0312, "31.2 ms"), (123e-6, "123 µs"), (4.567e-9, "4.57 ns"), (None, "–")],
)
def test_times_have_three_digits(seconds: float | None, text: str) -> None:
    assert tables.duration(seconds) == text


def test_a_result_says_where_it_comes_from(tmp_path: Path) -> None:
    measure.save_result(tmp_path / "new", "keys", {"steps": []})
    found = measure.load_result(tmp_path / "new", "keys")
    assert found is not None
    assert found["suite"] == "keys" and found["steps"] == []
    assert {"machine", "versions", "commit", "date", "load_average", "busy_share"} == set(found["about"])
    assert measure.load_result(tmp_path, "other") is None


def test_a_missing_peer_is_seen() -> None:
    assert measure.is_installed(sys.executable, ["json", "pyarrow"])
    assert not measure.is_installed(sys.executable, ["json", "no_such_peer"])
