"""Steps of a run -> seconds and peak memory; what the machine is; how a suite's result is kept.

Everything that is timed as a whole is a process of its own (`run_measured`): wall time from its start to
its exit, CPU time and peak memory as the kernel counts them. What is timed inside a process says so.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any


class Stopwatch:
    """Wall seconds per named step, in order; the peak memory of this process at any time."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the seconds spent inside the block to the step `name`."""
        begin = time.perf_counter()
        yield
        self.steps[name] = self.steps.get(name, 0.0) + time.perf_counter() - begin

    def to_dict(self) -> dict[str, Any]:
        """Steps, their sum, and the peak resident memory in bytes."""
        return {
            "seconds_per_step": {name: round(seconds, 3) for name, seconds in self.steps.items()},
            "seconds_of_steps": round(sum(self.steps.values()), 3),
            "cpu_seconds": round(time.process_time(), 3),
            "peak_rss_bytes": peak_rss_bytes(),
        }


def peak_rss_bytes() -> int:
    """The high-water mark of this process's resident memory (VmHWM), in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("no VmHWM in /proc/self/status: peak memory is measured on Linux only")


def run_measured(command: list[str], *, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Run a command; its whole wall seconds, CPU seconds and peak memory, by the kernel's count.

    The usage is of exactly this child and the children it waited for; it is started from a process of its
    own (child.py), for a child's peak memory would otherwise begin at ours. Raises CalledProcessError when
    the command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "usage.json"
        starter = [sys.executable, "-I", "-S", str(Path(__file__).with_name("child.py"))]
        starter += [str(out), str(os.getpid())]
        # A checkout keeps its compiled code, as an installed package has it.
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        done = subprocess.run([*starter, *command], env={**kept, **(env or {})})
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command)
        usage: dict[str, Any] = json.loads(out.read_text())
        return usage


def best(times: int, work: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds: on a shared machine the others measure the neighbours."""
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def describe_machine() -> dict[str, Any]:
    """Processor, cores that this process may use, memory, system, Python."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def describe_versions(*packages: str) -> dict[str, str]:
    """The installed version of each package; absent ones are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def describe_commit() -> str:
    """The commit of the source tree, with `+` when files differ from it; empty outside git."""
    root = Path(__file__).parent.parent
    try:
        commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=root)
        dirty = subprocess.call(["git", "diff", "--quiet", "HEAD"], cwd=root)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit.decode().strip() + ("+" if dirty else "")


PACKAGES = (
    "linkage", "numpy", "pyarrow", "splink", "duckdb", "tantivy", "psycopg", "rapidfuzz", "recordlinkage",
    "pandas", "pytest-benchmark",
)  # fmt: skip
"""Packages whose versions belong to a result."""


def busy_share(seconds: float = 0.4) -> float | None:
    """The share of all processors that others keep busy while this process sleeps; None outside Linux."""
    path = Path("/proc/stat")
    if not path.exists():
        return None
    before = _processor_ticks(path)
    time.sleep(seconds)
    idle, total = (after - first for after, first in zip(_processor_ticks(path), before, strict=True))
    return round(1 - idle / total, 3) if total else 0.0


def _processor_ticks(path: Path) -> tuple[int, int]:
    """Idle ticks and all ticks of all processors since the machine started."""
    ticks = [int(n) for n in path.read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def describe_run() -> dict[str, Any]:
    """Where, when and on what a result was measured: machine, versions, commit, what others ran beside it."""
    return {
        "machine": describe_machine(),
        "versions": describe_versions(*PACKAGES),
        "commit": describe_commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load_average": os.getloadavg(),
        "busy_share": busy_share(),
    }


def save_result(out: Path, suite: str, content: dict[str, Any]) -> Path:
    """Write OUT/SUITE.json: the measurements of one suite and where they come from."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{suite}.json"
    write_json(path, {"suite": suite, "about": describe_run(), **content})
    return path


def load_result(out: Path, suite: str) -> dict[str, Any] | None:
    """A suite's result, or None when it was not run."""
    path = out / f"{suite}.json"
    return json.loads(path.read_text()) if path.exists() else None


def is_installed(python: str, modules: Sequence[str]) -> bool:
    """Whether an interpreter can import all of these; a peer that cannot run is said to be missing."""
    code = f"import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in {list(modules)}))"
    return subprocess.call([python, "-c", code]) == 0


def peers_python(given: str | None) -> str:
    """The interpreter that has Splink: the option, or LINKAGE_PEERS_PYTHON, or this one."""
    return given or os.environ.get("LINKAGE_PEERS_PYTHON") or sys.executable


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write indented JSON."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def command_line(about: str | None, *paths: str) -> argparse.ArgumentParser:
    """A command's parser, with these paths as its first arguments; `about` is the module's docstring."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for path in paths:
        parser.add_argument(path, type=Path)
    return parser
