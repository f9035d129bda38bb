"""An index whose writer is killed again and again -> whether anything acknowledged was ever lost.

A process commits random changes and says so; at a random moment it gets SIGKILL. Then the index must hold
exactly what was acknowledged, or that and the one commit under way: `python -m tests.proof.kill_loop --help`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file, it finds the other tests

from linkage.index.index import Index
from linkage.index.writer import Writer
from tests.index.register import Record, content, indexed, new_index, people

Changes = dict[str, Record | None]
JOURNAL_LIMIT = 12
MOST_COMMITS = 12
"""A writer that has opened lives for so many commits, flushes and compactions among them, and a moment more:
counted, not timed, so that a busy machine kills no fewer of them."""
OPENING_SECONDS, LAST_SECONDS = 0.02, 0.1
"""Until the kill: of a writer that opens, and after the last commit that was waited for."""
REPORT_EVERY = 100
PRELOADED = [
    "linkage.fields.batch",
    "linkage.index.build",
    "linkage.index.sources",
    "linkage.search.lookup",
    "linkage.segment.segment",
    "msgpack",
    "pyarrow.compute",
    "tests.index.register",
]


def random_changes(draws: random.Random, texts: list[Record]) -> Changes:
    """Upserts and deletes of a few of some forty records, as record or None by id."""
    changes: Changes = {}
    for _ in range(draws.randint(1, 4)):
        own = draws.choice(texts)["record_id"]
        record_id = draws.choice([str(own), f"new {draws.randrange(20)}"])
        gone = draws.random() < 0.3
        changes[record_id] = None if gone else {**draws.choice(texts), "record_id": record_id}
    return changes


def write(path: Path, seed: int, texts: list[Record], messages: Connection) -> None:
    """Commit until killed; sends each commit's changes before it, and its generation when it is durable."""
    draws = random.Random(seed)
    writer = Writer(path, journal_limit=JOURNAL_LIMIT)
    messages.send("open")
    while True:
        changes = random_changes(draws, texts)
        writer.upsert([record for record in changes.values() if record])
        writer.delete([record_id for record_id, record in changes.items() if not record])
        messages.send(changes)
        messages.send(writer.commit().generation)
        if draws.random() < 0.05:
            writer.compact(wait=draws.random() < 0.5)


def applied(state: dict[str, Record], changes: Changes) -> dict[str, Record]:
    """The state after a commit."""
    return {i: record for i, record in (state | changes).items() if record is not None}


class KillLoop:
    """An index, what is known to be in it, and how its writers came to their end.

    Attributes
    ----------
    state : dict[str, Record]
        What the index must hold.
    n_done : int
        Cycles.
    counts : Counter
        Acknowledged commits, and whether the kill came while opening, in a commit that was then
        there, in one that was not, or between commits.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.path = new_index(folder / "people.idx")
        self.state = indexed()
        self.n_done = 0
        self.counts: Counter[str] = Counter()
        self._draws = random.Random(seed)
        self._generation = 1
        self._texts = people()[:400:20]
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)

    def cycle(self) -> None:
        """One life of a writer, and what is found after it; AssertionError when something is lost."""
        messages = self._live_and_die()
        opened = bool(messages)
        under_way: Changes | None = None
        for message in messages[1:]:
            if isinstance(message, int):
                assert under_way is not None
                self.state, under_way = applied(self.state, under_way), None
                self._generation = message
                self.counts["acknowledged"] += 1
            else:
                under_way = message
        self._compare(under_way, "between commits" if opened else "while opening")
        self.n_done += 1

    def _live_and_die(self) -> list[Any]:
        ours, theirs = self._context.Pipe(duplex=False)
        arguments = (self.path, self._draws.getrandbits(32), self._texts, theirs)
        process = self._context.Process(target=write, args=arguments, daemon=True)
        process.start()
        theirs.close()
        messages: list[Any] = []
        early = self._draws.random() < 0.1
        # A writer says that it is open, then something before and something after each commit.
        n_awaited = 0 if early else 1 + int(self._draws.random() ** 2 * 2 * MOST_COMMITS)
        for _ in range(n_awaited):
            messages.append(ours.recv())
        until = time.monotonic() + self._draws.random() ** 3 * (OPENING_SECONDS if early else LAST_SECONDS)
        while (left := until - time.monotonic()) > 0:
            if ours.poll(left):
                messages.append(ours.recv())
        process.kill()
        process.join()
        try:
            while True:
                messages.append(ours.recv())
        except (EOFError, OSError):  # the end, or the half of a message
            ours.close()
        return messages

    def _compare(self, under_way: Changes | None, otherwise: str) -> None:
        with Index(self.path) as index:
            index.check()
            found = content(index)
            assert index.generation >= self._generation, "an acknowledged generation is lost"
        if under_way is None:
            assert found == self.state, "the index is not what was acknowledged"
            self.counts[otherwise] += 1
            return
        after = applied(self.state, under_way)
        assert found in (self.state, after), "the index is neither what was acknowledged nor the commit after"
        self.counts["commit under way kept" if found == after else "commit under way undone"] += 1
        self.state = after if found == after else self.state

    def finish(self) -> None:
        """A last writer opens, clears up and compacts."""
        with Writer(self.path) as writer:
            live = set(writer.view.open_segments)
            assert {file.stem for file in (self.path / "segments").iterdir()} == live
            writer.compact()
        with Index(self.path) as index:
            assert content(index) == self.state


def run(folder: Path, cycles: int, seed: int = 0, *, quiet: bool = False) -> KillLoop:
    """Kill so many writers of one index; what happened. AssertionError when something is lost."""
    loop = KillLoop(folder, seed)
    for i in range(cycles):
        loop.cycle()
        if not quiet and (i + 1) % REPORT_EVERY == 0:
            print(loop.n_done, "cycles:", dict(loop.counts), flush=True)
    loop.finish()
    return loop


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Kill the writer of an index, and see what is left.")
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loop = run(Path(folder), arguments.cycles, arguments.seed)
    n, counts = loop.n_done, dict(loop.counts)
    print(
        f"{counts.pop('acknowledged', 0)} acknowledged commits, none lost, in {n} cycles: {counts}",
        flush=True,
    )


if __name__ == "__main__":
    main()
