"""How many writers to kill, how long to fuzz, a folder -> the long proofs: what each tries, how it is run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGETS = {
    "container": "damaged segments, opened",
    "description": "damaged descriptions of a segment",
    "sections": "damaged sections of a segment, searched",
    "catalog": "damaged catalogs",
    "query": "look-ups by any texts",
    "schema": "schemas of any JSON",
    "model": "models of any JSON",
    "splink": "Splink's settings of any JSON",
}
SANITIZED_TESTS = [
    *(f"tests/{folder}" for folder in ("kernels", "segment", "search", "index", "fields", "blocking")),
    "tests/proof/test_fuzz.py",
]
COPIED = ("linkage", "ext", "tests", "setup.py", "pyproject.toml")
LONGEST = 3600.0
"""Seconds that a proof without a measure of its own may take."""
A_KILL, SPARE = 1.5, 300.0
"""Seconds that a cycle of the kill loop may take, and any proof beyond what it was given."""
PYTEST = r"\d+ passed[^=\n]*"


@dataclass(frozen=True)
class Proof:
    """Something tried at length.

    Attributes
    ----------
    name, tries : str
    commands : list of lists of str
        Run one after the other in the clone's folder.
    shows : str
        What is found in the output of a proof that has passed; the last place counts.
    most_seconds : float
    """

    name: str
    tries: str
    commands: list[list[str]]
    shows: str
    most_seconds: float


def every_proof(out: Path, cycles: int, fuzz_seconds: int) -> list[Proof]:
    """All of them; the first takes longest, and the others run beside it."""
    kill = [sys.executable, "tests/proof/kill_loop.py", "--cycles", str(cycles)]
    damage = [sys.executable, "-m", "pytest", "-m", "long"]
    return [
        Proof(
            "kill",
            f"{cycles:,} writers of an index killed at random moments",
            [kill],
            r"\d+ acknowledged commits, none lost",
            cycles * A_KILL + SPARE,
        ),
        Proof("damage", "bytes of a segment and of a catalog changed, one by one", [damage], PYTEST, LONGEST),
        sanitized(out),
        *(fuzzed(name, out, fuzz_seconds) for name in TARGETS),
    ]


def fuzzed(name: str, out: Path, seconds: int) -> Proof:
    """Inputs chosen by the coverage they reach; the corpus is kept between runs."""
    command = [sys.executable, "-m", "tests.proof.fuzz", name, str(seconds), str(out / "corpus" / name)]
    tries = f"{TARGETS[name]}, fuzzed for {seconds} s"
    return Proof(f"fuzz-{name}", tries, [command], r"Done (\d+ runs)", seconds + SPARE)


def sanitized(out: Path) -> Proof:
    """The kernels' tests on a copy that is built with ASan, UBSan and bounds checks."""
    copy = out / "sanitized"
    within = ["env", "-C", str(copy), "PYTHONPATH=."]
    build = [*within, "LINKAGE_DEBUG=1", sys.executable, "setup.py", "build_ext", "--inplace"]
    # LeakSanitizer is off: Python itself never frees all it has.
    checks = ["ASAN_OPTIONS=detect_leaks=0", "UBSAN_OPTIONS=halt_on_error=1", f"LD_PRELOAD={_libraries()}"]
    test = [*within, *checks, sys.executable, "-m", "pytest", *SANITIZED_TESTS]
    copying = [sys.executable, "-m", "tests.proof.proofs", str(copy)]
    tries = "the kernels' tests under ASan, UBSan and bounds checks"
    return Proof("sanitizers", tries, [copying, build, test], PYTEST, LONGEST)


def _libraries() -> str:
    names = ("libasan.so", "libubsan.so")
    commands = (["gcc", f"-print-file-name={name}"] for name in names)
    return " ".join(subprocess.run(c, capture_output=True, text=True).stdout.strip() for c in commands)


def copy_sources(target: Path) -> None:
    """A copy of what is built and tested, without kernels that are built already."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            left_out = shutil.ignore_patterns("*.so", "__pycache__")
            shutil.copytree(source, target / name, ignore=left_out)
        else:
            shutil.copy2(source, target / name)


if __name__ == "__main__":
    copy_sources(Path(sys.argv[1]))
