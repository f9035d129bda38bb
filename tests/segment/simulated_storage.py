"""Storages for tests: a disk that forgets what was not synced, and calls that fail."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linkage.segment.storage import Storage


class PowerCut(BaseException):
    """The machine is off; nothing that is done afterwards has an effect."""


@dataclass(eq=False)
class File:
    """Bytes as programs see them, as the disk has them, and what is between the two."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, bytes); None: cut there


Names = dict[Path, File]
Change = tuple[Path | None, Path | None, File]  # name that goes, name that comes


class SimulatedStorage:
    """`Storage` in memory, where each change of bytes and names lasts once it is synced, and not before.

    `after_power_cut` draws what a disk may hold then: each unsynced write is there, not there, there up to
    some byte, or has only made the file longer (zeros); each unsynced change of names is there or not,
    whatever became of those before it. `short` writes are cut at random lengths.
    """

    def __init__(self, seed: int = 0, *, short: bool = False) -> None:
        self._draws = random.Random(seed)
        self._short = short
        self._names: Names = {}
        self._durable: Names = {}
        self._changes: list[Change] = []
        self._open: dict[int, File] = {}
        self._next = 100
        self.folders: set[Path] = set()

    def create(self, path: Path) -> int:
        if path in self._names:
            raise FileExistsError(17, "File exists")
        file = File()
        self._change(None, path, file)
        return self._handle(file)

    def append(self, path: Path) -> int:
        return self._handle(self._file(path))

    def write(self, handle: int, data: memoryview) -> int:
        if self._short:
            data = data[: self._draws.randint(1, len(data))]
        file = self._open[handle]
        file.pending.append((len(file.seen), bytes(data)))
        file.seen += data
        return len(data)

    def truncate(self, handle: int, size: int) -> None:
        file = self._open[handle]
        file.pending.append((size, None))
        file.seen = (file.seen + bytes(size))[:size]

    def sync(self, handle: int) -> None:
        file = self._open[handle]
        file.durable, file.pending = bytes(file.seen), []

    def close(self, handle: int) -> None:
        del self._open[handle]

    def rename(self, source: Path, target: Path) -> None:
        self._change(source, target, self._file(source))

    def link(self, source: Path, target: Path) -> None:
        if target in self._names:
            raise FileExistsError(17, "File exists")
        self._change(None, target, self._file(source))

    def unlink(self, path: Path) -> None:
        self._change(path, None, self._file(path))

    def make_folder(self, path: Path) -> None:
        if path in self.folders:
            raise FileExistsError(17, "File exists")
        self.folders.add(path)

    def sync_folder(self, folder: Path) -> None:
        here = [c for c in self._changes if folder in {p.parent for p in c[:2] if p is not None}]
        for change in here:
            _apply(self._durable, change)
        self._changes = [c for c in self._changes if c not in here]

    def read(self, path: Path) -> bytes:
        return bytes(self._file(path).seen)

    def names(self, folder: Path) -> list[str]:
        return sorted(path.name for path in self._names if path.parent == folder)

    @property
    def n_open(self) -> int:
        """Handles that were not closed."""
        return len(self._open)

    def after_power_cut(self, seed: int) -> SimulatedStorage:
        """Draw one of the states in which the disk may be found; this storage stays as it is."""
        draws = random.Random(seed)
        left = SimulatedStorage(seed)
        names = dict(self._durable)
        for change in self._changes:
            if draws.random() < 0.5:
                _apply(names, change)
        found = {file: File() for file in names.values()}
        for old, new in found.items():
            new.durable = _what_is_left(old, draws)
            new.seen = bytearray(new.durable)
        left._names = {path: found[file] for path, file in names.items()}
        left._durable = dict(left._names)
        left.folders = set(self.folders)
        return left

    def _change(self, source: Path | None, target: Path | None, file: File) -> None:
        self._changes.append((source, target, file))
        _apply(self._names, self._changes[-1])

    def _file(self, path: Path) -> File:
        if path not in self._names:
            raise FileNotFoundError(2, "No such file or directory")
        return self._names[path]

    def _handle(self, file: File) -> int:
        self._next += 1
        self._open[self._next] = file
        return self._next


def _apply(names: Names, change: Change) -> None:
    source, target, file = change
    if source is not None:
        names.pop(source, None)
    if target is not None:
        names[target] = file


def _what_is_left(file: File, draws: random.Random) -> bytes:
    data = bytearray(file.durable)
    for offset, written in file.pending:
        fate = draws.choice(("kept", "lost", "torn", "zeros"))
        if fate == "lost":
            continue
        if written is None:
            data = (data + bytes(offset))[:offset]
            continue
        if fate == "torn":
            written = written[: draws.randint(0, len(written))]
        if fate == "zeros":
            written = bytes(len(written))
        data += bytes(max(0, offset - len(data)))
        data[offset : offset + len(written)] = written
    return bytes(data)


class FailingStorage:
    """`Storage` whose n-th call fails, before it has done anything or after it has done its work.

    Parameters
    ----------
    inner : Storage
        What does the work.
    n : int
        Which call, from 0.
    error : BaseException
        What it raises.
    after : bool
        Whether the work is done first, as when a signal comes late.
    for_good : bool
        Whether all later calls fail too.
    """

    def __init__(
        self, inner: Storage, n: int, error: BaseException, *, after: bool = False, for_good: bool = False
    ) -> None:
        self._inner = inner
        self._n = n
        self._error = error
        self._after = after
        self._for_good = for_good
        self.calls: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether the call came."""
        return len(self.calls) > self._n

    def __getattr__(self, name: str) -> Callable[..., Any]:
        work = getattr(self._inner, name)

        def call(*arguments: Any) -> Any:
            k = len(self.calls)
            self.calls.append(name)
            fails = k == self._n or (self._for_good and k > self._n)
            if not fails:
                return work(*arguments)
            if self._after and k == self._n:
                work(*arguments)
            raise copy.copy(self._error)

        return call
