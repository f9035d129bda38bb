"""Suites on few people: points are made once, tail and readers measure, 3,000 people go all the way."""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import linkage
from benchmarks import __main__ as benchmarks_main
from benchmarks import concurrency, country, measure, scaling, suites, tables, tail

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    linkage.generate(folder, people=3000, seed=5)
    return folder / "register.parquet"


@pytest.fixture(scope="module")
def index(register: Path) -> Path:
    path = register.with_name("people.idx")
    linkage.build_index(path, register).close()
    return path


def test_a_point_is_measured_once(tmp_path: Path) -> None:
    options = argparse.Namespace(out=tmp_path)
    calls = []

    def work() -> dict[str, Any]:
        calls.append(1)
        return {"n_records": 5}

    for _ in range(2):
        suites.point(options, "dedupe", suites.size_name(100), work)
    found = measure.load_result(tmp_path, "dedupe-0000000100")
    assert found is not None
    assert (len(calls), found["suite"], found["n_records"]) == (1, "dedupe", 5)


def test_peak_memory_is_the_childs_own() -> None:
    """It would begin at ours if we started the child ourselves."""
    ballast = bytearray(300 << 20)
    small = measure.run_measured([sys.executable, "-c", "pass"])
    large = measure.run_measured([sys.executable, "-c", "x = bytearray(150 << 20)"])
    assert small["peak_rss_bytes"] < 100 << 20 < 150 << 20 < large["peak_rss_bytes"] < len(ballast)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems leave children behind")
def test_a_killed_run_leaves_no_command_behind(tmp_path: Path) -> None:
    """Nor does one whose starter alone is killed; the next run would work beside it."""
    pid = tmp_path / "pid"
    sleeper = f"import os, time; open({str(pid)!r}, 'w').write(f'{{os.getpid()}} '); time.sleep(60)"
    runs = (
        f"from benchmarks.measure import run_measured; run_measured([{sys.executable!r}, '-c', {sleeper!r}])"
    )
    parent = subprocess.Popen([sys.executable, "-c", runs], cwd=ROOT)
    until = time.monotonic() + 30
    while not (pid.exists() and pid.read_text().endswith(" ")) and time.monotonic() < until:
        time.sleep(0.02)
    command = int(pid.read_text())
    parent.kill()
    parent.wait()
    while _is_alive(command) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _is_alive(command)


def _is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def test_every_class_of_query_is_asked(register: Path, index: Path) -> None:
    with linkage.open_index(index) as opened:
        lines = tail.measure(register, opened, n=10, seconds=5)
    names = [line["class"] for line in lines]
    assert {"born on 1 January", "nothing", "frequent name alone", "get: phone that most share"} < set(names)
    assert all(0 < line["latency"]["p50"] <= line["latency"]["worst"] for line in lines)
    assert "| nothing | 10 |" in tables.tail_table(lines)


def test_classes_hold_what_they_say(register: Path) -> None:
    classes = tail.draw_classes(register)
    assert all(tail.read_date(q["date_of_birth"])[1:] == (1, 1) for q in classes["born on 1 January"])
    assert all(set(query) == {"sex", "birth_province"} for query in classes["sex and province"])
    whole = {json.dumps(q, sort_keys=True) for q in classes["name, date, sex, province"]}
    assert not whole & {json.dumps(q, sort_keys=True) for q in classes["frequent name alone"]}


def test_readers_begin_together_and_measure(index: Path, tmp_path: Path) -> None:
    queries = tmp_path / "queries.json"
    queries.write_text(json.dumps([{"full_name": "Nguyễn Văn An", "date_of_birth": "01/01/1980"}]))
    interpreter = (sys.executable, str(Path(linkage.__file__).parent.parent))
    sizes = {"processes": 2, "threads": 2, "seconds": 0.1}
    run = concurrency.run_readers(interpreter, index, queries, tmp_path, **sizes, refresh=True)
    assert run["n"] == len(run["spent"]) > 8
    assert run["lookups_per_second"] == pytest.approx(run["n"] / 0.1)


def test_a_copy_can_be_written_and_leaves_the_original(index: Path, tmp_path: Path) -> None:
    copy = concurrency.copy_index(index, tmp_path / "copy.idx")
    with linkage.open_index(copy, "w") as writer:
        writer.upsert({"record_id": "new", "full_name": "Lê Thị Mới"})
        writer.commit()
    with linkage.open_index(copy) as changed, linkage.open_index(index) as original:
        assert len(changed) == len(original) + 1
        original.check()


def test_growth_is_fitted() -> None:
    points = [
        {"job": "build", "n": n, "microseconds": 2 + 0.5 * k, "seconds": 1.0}
        for n, k in ((10_000, 99), (2**20, 20), (2**21, 21), (2**24, 24))
    ]
    (fit,) = scaling.fits(points)
    assert (fit["from"], fit["to"]) == (2**20, 2**24)
    assert [fit["offset"], fit["slope"]] == pytest.approx([2, 0.5])
    assert [fit["growth"], fit["growth_of_log"]] == pytest.approx([14 / 12, 1.2])
    assert "2.00 + 0.500 log₂ n" in tables.fit_table([fit])
    assert scaling.fits(points[:2]) == []


def test_a_small_country(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = argparse.Namespace(
        out=tmp_path, people=1000, seed=2, only="generate,build,dedupe,link", memory_limit=None
    )
    country.run(options)
    found = {name: measure.load_result(tmp_path, f"{name}-0000001000") for name in options.only.split(",")}
    assert all(one is not None and "failed" not in one for one in found.values())
    assert found["dedupe"]["runs"][0]["evaluation"]["at_probability"]["0.95"]["f1"] > 0.95  # type: ignore[index]
    assert found["link"]["n_claims"] == 300  # type: ignore[index]
    country.run(options)
    assert capsys.readouterr().out.count("measured before") == 4
    results = {name: [one] for name, one in found.items()}
    assert {p["job"] for p in scaling.cost_points(results)} == {"build", "dedupe", "link"}  # type: ignore[arg-type]
    assert "| dedupe | 1,100 |" in tables.country_table(results)  # type: ignore[arg-type]


def test_an_interrupted_country_goes_on(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    """Ctrl-C in the second step: the same command measures that one and what follows, not the first."""
    done: list[str] = []

    def step(name: str) -> Any:
        def run(_: Any) -> dict[str, Any]:
            done.append(name)
            if done == ["generate", "build"]:
                raise KeyboardInterrupt
            return {}

        return run

    monkeypatch.setattr(country, "STEPS", {name: step(name) for name in ("generate", "build", "dedupe")})
    monkeypatch.setattr("sys.argv", ["country", str(tmp_path), "--people", "9"])
    with pytest.raises(SystemExit) as ended:
        country.main()
    assert ended.value.code == 130 and "interrupted" in capsys.readouterr().out
    country.main()
    assert done == ["generate", "build", "build", "dedupe"]
    assert "generate-0000000009: measured before" in capsys.readouterr().out


def test_a_failed_suite_stops_no_other(tmp_path: Path, monkeypatch: Any) -> None:
    done = []

    def fails(_: Any) -> None:
        raise subprocess.CalledProcessError(3, ["peer"])

    every = {"lookup": fails, "tail": lambda _: done.append("tail")}
    monkeypatch.setattr(benchmarks_main, "SUITES", every)
    monkeypatch.setattr("sys.argv", ["benchmarks", str(tmp_path), "--people", "100", "--only", "lookup,tail"])
    with pytest.raises(SystemExit, match="suites that failed: lookup; "):
        benchmarks_main.main()
    assert done == ["tail"]


def test_a_failed_step_is_said(tmp_path: Path) -> None:
    options = argparse.Namespace(out=tmp_path, people=0, seed=2, only="generate", memory_limit=None)
    country.run(options)
    found = measure.load_result(tmp_path, "generate-0000000000")
    assert found is not None
    assert found["failed"].startswith("exit status")
