"""Every call to the storage and to SQLite as a step at which a process can be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from linkage.index.connection import Connection
from linkage.index.writer import Writer
from linkage.segment.storage import LOCAL


class Killed(BaseException):
    """The process is gone."""


class Steps:
    """Counts steps; at one of them, calls `act`.

    Each call is two steps, one before it and one after: what has happened need not have been learnt of.
    """

    def __init__(self, at: int = -1, act: Callable[[], None] | None = None) -> None:
        self.at = at
        self.n = 0
        self.names: list[str] = []
        self._act = act

    def step(self, name: str) -> None:
        self.n += 1
        self.names.append(name)
        if self.n - 1 == self.at and self._act is not None:
            self._act()

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        self.step(name)
        value = call()
        self.step(f"{name} done")
        return value


class SteppingStorage:
    """The local storage, counted."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        operation = getattr(LOCAL, name)

        def counted(*args: Any) -> Any:
            return self._steps.around(
                f"{name} {args[-1] if name != 'write' else ''}", lambda: operation(*args)
            )

        return counted


@contextmanager
def stepping(steps: Steps) -> Iterator[SteppingStorage]:
    """Count SQLite's statements and the storage's calls inside."""
    execute, execute_many = Connection.execute, Connection.execute_many
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Connection,
            "execute",
            lambda self, sql, values=(): steps.around(sql, lambda: execute(self, sql, values)),
        )
        patch.setattr(
            Connection,
            "execute_many",
            lambda self, sql, rows: steps.around(sql, lambda: execute_many(self, sql, rows)),
        )
        yield SteppingStorage(steps)


def die() -> None:
    raise Killed


def abandon(writer: Writer) -> None:
    """What the system does to a killed process: its files are closed, and its locks with them."""
    writer.view.close()
    writer._lock.release()
