"""The long proofs, by name -> each in a process of its own, and a table of what every one of them has shown.

``make proof``, or ``python -m tests.proof [NAME ...] [--cycles 10000] [--fuzz-seconds 60]``.

All are run, also after one has failed; each has a time after which it is stopped and counts as failed. What
they print goes to OUT/NAME.log, the table also to OUT/proof.json, written after each proof: what has passed
on this very commit is not tried again by the next run (``--again`` does). Two run side by side: the killed
writers mostly wait. The exit code is 0 where every proof has passed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from linkage.files import write_text
from tests.proof.proofs import ROOT, Proof, every_proof

SIDE_BY_SIDE = 2
TABLE = "proof.json"
WIDTH, LONGEST_WORDS = 17, 110
"""Of the list of names; of what a proof found."""


Passed = Mapping[tuple[str, str], tuple[float, str]]


@dataclass(frozen=True)
class Outcome:
    """How a proof ended: "passed", "failed" or "stopped", after how long, and its last words."""

    proof: Proof
    result: str
    seconds: float
    found: str


class Runner:
    """Proofs -> outcomes; knows what is running, so that Ctrl-C ends it.

    Attributes
    ----------
    out : Path
        The folder of the logs.
    passed : dict
        Seconds and last words of proofs that need not be tried again, by name and what they try.
    """

    def __init__(self, out: Path, passed: Passed | None = None) -> None:
        self.out, self.passed = out, passed or {}
        self.outcomes: dict[str, Outcome] = {}
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def run(self, proofs: Sequence[Proof]) -> list[Outcome]:
        """Try all of them, two at a time, and say how each ends."""
        self.out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            try:
                return list(pool.map(self._outcome, proofs))
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in list(self._running):
                    kill(process)
                raise

    def _outcome(self, proof: Proof) -> Outcome:
        """How a proof ends, or has ended before; kept at once."""
        before = self.passed.get((proof.name, proof.tries))
        if before:
            print(f"{proof.name}: passed before: {before[1]}", flush=True)
        outcome = Outcome(proof, "passed", *before) if before else self._attempt(proof)
        with self._lock:
            self.outcomes[proof.name] = outcome
            save(list(self.outcomes.values()), self.passed, self.out / TABLE)
        return outcome

    def _attempt(self, proof: Proof) -> Outcome:
        """Run a proof's commands one after the other, as long as they succeed and there is time."""
        print(f"{proof.name}: {proof.tries}, at most {clock(proof.most_seconds)} ...", flush=True)
        begin = time.monotonic()
        log = self.out / f"{proof.name}.log"
        result = "passed"
        with log.open("wb") as file:
            for command in proof.commands:
                code = self._command(command, file, proof.most_seconds - (time.monotonic() - begin))
                if code != 0:
                    result = "stopped" if code is None else "failed"
                    break
        said = log.read_text(errors="replace")
        found = re.findall(proof.shows, said) if result == "passed" else said.strip().splitlines()
        if result == "passed" and not found:
            result, found = "failed", ["it did not say what it has shown"]
        words = found[-1].strip("= \n")[:LONGEST_WORDS] if found else ""
        seconds = time.monotonic() - begin
        print(f"{proof.name}: {result} in {clock(seconds)}: {words}", flush=True)
        return Outcome(proof, result, seconds, words)

    def _command(self, command: Sequence[str], file: BinaryIO, seconds: float) -> int | None:
        """A command's exit code; None where it was stopped."""
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},  # what is printed stands before what ends it
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._running.add(process)
        try:
            return process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            return None
        finally:
            kill(process)
            self._running.discard(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, with all that it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def as_table(outcomes: Sequence[Outcome]) -> str:
    """A line a proof: what it tried, how it ended, how long it took and what it found."""
    width = max(len(o.proof.tries) for o in outcomes)
    lines = [f"{'tried':<{width}}  result      time  found"]
    lines += [f"{o.proof.tries:<{width}}  {o.result:<7}  {clock(o.seconds):>7}  {o.found}" for o in outcomes]
    return "\n".join(lines)


def commit() -> str:
    """The commit that is tried; "unknown" outside of a clone."""
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def save(outcomes: Sequence[Outcome], passed: Passed, file: Path) -> None:
    """The table as JSON: these outcomes, and what else has passed."""
    ended = {(o.proof.name, o.proof.tries): (o.result, o.seconds, o.found) for o in outcomes}
    every = {key: ("passed", *before) for key, before in passed.items()} | ended
    rows = [
        {"proof": name, "tries": tries, "result": result, "seconds": round(seconds, 1), "found": found}
        for (name, tries), (result, seconds, found) in every.items()
    ]
    content = {"commit": commit(), "python": platform.python_version(), "proofs": rows}
    write_text(file, json.dumps(content, indent=1) + "\n")


def passed_before(file: Path) -> Passed:
    """What a table says has passed on this commit; nothing where files differ from it."""
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    now = commit()
    if content["commit"] != now or now == "unknown" or now.endswith("-dirty"):
        return {}
    rows = (row for row in content["proofs"] if row["result"] == "passed")
    return {(row["proof"], row["tries"]): (row["seconds"], row["found"]) for row in rows}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the exit code."""
    parser = argparse.ArgumentParser(description="Run the long proofs; a table at the end says what passed.")
    parser.add_argument("names", nargs="*", help="proofs, or beginnings of their names; all by default")
    parser.add_argument("--cycles", type=int, default=2_000, help="writers killed")
    parser.add_argument("--fuzz-seconds", type=int, default=60, help="of fuzzing, a target")
    parser.add_argument("--out", type=Path, default=Path("build/proof"), help="where logs go")
    parser.add_argument("--again", action="store_true", help="try also what has passed on this commit")
    parser.add_argument("--list", action="store_true", help="say what there is, and end")
    options = parser.parse_args(arguments)
    out = options.out.absolute()
    proofs = every_proof(out, options.cycles, options.fuzz_seconds)
    if options.names:
        proofs = [p for p in proofs if any(p.name.startswith(name) for name in options.names)]
    if options.list or not proofs:
        print("\n".join(f"{p.name:<{WIDTH}}  {p.tries}" for p in proofs) or "there is no such proof")
        return 0 if proofs else 2
    begin = time.monotonic()
    try:
        outcomes = Runner(out, None if options.again else passed_before(out / TABLE)).run(proofs)
    except KeyboardInterrupt:
        print("interrupted")
        return 130
    took = time.monotonic() - begin
    passed = sum(o.result == "passed" for o in outcomes)
    print("\n" + as_table(outcomes))
    print(f"\n{passed} of {len(outcomes)} passed in {clock(took)}, commit {commit()}; logs: {out}")
    return 0 if passed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
