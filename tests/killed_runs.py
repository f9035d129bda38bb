"""Commands and the step before which each is killed, a JSON array a line -> how they ended, a line each.

A process of its own that has imported the library once and forks for each run: a fork of a test's process
would inherit threads' locks, and importing takes longer than a run of a few hundred records. A step is a
function that makes something durable: what a checkpoint keeps, a file of the output, the rename that shows
them all.
"""

import json
import os
import signal
import sys
from pathlib import Path

from linkage import checkpoint, resolve
from linkage.cli import main
from linkage.cli.run import LATE
from linkage.report import output

Arguments = list[str]


def kill_before(victim: str | None, log: Path) -> None:
    """From now on each step of this process writes its name to `log`, and kills it where it is `victim`."""

    def reached(name: str) -> None:
        with log.open("a") as file:
            file.write(f"{name}\n")
        if name == victim:
            os.kill(os.getpid(), signal.SIGKILL)

    def told(module, function, name_of):
        plain = getattr(module, function)

        def told_first(*arguments):
            reached(name_of(*arguments))
            return plain(*arguments)

        setattr(module, function, told_first)

    told(checkpoint.Checkpoint, "_keep", lambda _, name, *rest: f"keep {name}")
    told(output, "_write_table", lambda path, _: f"write {path.name}")
    told(output, "sync_file", lambda path: f"sync {path.name}")
    told(output, "_install", lambda *_: "rename")


def run(arguments: Arguments, victim: str | None, log: Path) -> None:
    """Run one command to its end, or to its victim; never returns."""
    resolve.EVERY_PAIR = resolve.LEAST_RECORDS = 0
    kill_before(victim, log)
    sys.argv = ["linkage", *arguments]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    main()


if __name__ == "__main__":
    for module in ("linkage.cli.app", *LATE):
        __import__(module)
    for line in sys.stdin:
        arguments, victim, log = json.loads(line)
        child = os.fork()
        if child == 0:
            run(arguments, victim, Path(log))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
