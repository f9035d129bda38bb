"""How many writers to kill, how long to fuzz, a folder -> the long proofs: what each tries, how it is run.

What takes long is cut into parts, each a proof of its own: an interrupted run goes on with the next part.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.proof.damage import FLIP_PARTS

ROOT = Path(__file__).parents[2]
TARGETS = {
    "container": "damaged segments, opened",
    "description": "damaged descriptions of a segment",
    "sections": "damaged sections of a segment, searched",
    "catalog": "damaged catalogs",
    "query": "look-ups by any texts",
    "answers": "damaged records, looked up in three ways",
    "schema": "schemas of any JSON",
    "model": "models of any JSON",
    "splink": "Splink's settings of any JSON",
    "tables": "damaged files of records",
}
SANITIZED_TESTS = [
    *(f"tests/{folder}" for folder in ("kernels", "segment", "search", "index", "fields", "blocking")),
    "tests/proof/test_fuzz.py",
]
COPIED = ("linkage", "ext", "tests", "benchmarks", "setup.py", "pyproject.toml")
LONGEST = 3600.0
"""Seconds that a proof without a measure of its own may take."""
KILL_PARTS = 4
"""Indexes among which the killed writers are shared, one after the other or side by side."""
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
    return [
        sanitized(out),
        *(killed(part, cycles) for part in range(KILL_PARTS)),
        *(damaged(part) for part in range(FLIP_PARTS)),
        long_tests("damage-wild", "wild values and lengths in a segment", "tests/proof -k wild"),
        long_tests("damage-words", "both in a segment with postings by word", "tests/proof -k of_words"),
        long_tests("damage-catalog", "every byte of a catalog changed", "tests/index"),
        long_tests("bounds", "bounds of 64 registers of names against every record", "tests/search"),
        *(fuzzed(name, out, fuzz_seconds) for name in TARGETS),
    ]


def killed(part: int, cycles: int) -> Proof:
    """A share of the writers, killed on an index of their own."""
    n = cycles * (part + 1) // KILL_PARTS - cycles * part // KILL_PARTS
    command = [sys.executable, "tests/proof/kill_loop.py", "--cycles", str(n), "--seed", str(part)]
    tries = f"{n:,} writers of an index killed, {part + 1} of {KILL_PARTS}"
    shows = r"\d+ acknowledged commits, none lost"
    return Proof(f"kill-{part + 1}", tries, [command], shows, n * A_KILL + SPARE)


def damaged(part: int) -> Proof:
    """A share of a segment's bytes, a bit of each flipped."""
    tries = f"a bit of every byte of a segment flipped, {part + 1} of {FLIP_PARTS}"
    where = f"tests/proof/test_damage.py::test_every_byte_flipped[{part}]"
    return long_tests(f"damage-{part + 1}", tries, where)


def long_tests(name: str, tries: str, where: str) -> Proof:
    """Tests that `make test` leaves out."""
    return Proof(
        name, tries, [[sys.executable, "-m", "pytest", "-m", "long", *where.split()]], PYTEST, LONGEST
    )


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
