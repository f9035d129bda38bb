"""Bytes -> files that are there whole or not at all, over the few operations that tests can replace."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from linkage import files
from linkage.errors import InputError

PARTIAL = ".partial"
PIECE = 2 << 20
"""Bytes written at once, at a multiple of them. Linux keeps what is written so in pages as large, where it
can (ext4, XFS), and maps them as such: a look-up at 11 million records takes 8 % less, a `get` 15 %."""


class Storage(Protocol):
    """What the writers ask of a file system; every operation may raise OSError.

    Nothing is durable before `sync` (a file's bytes) and `sync_folder` (the names in a folder). Renames
    and links are atomic, but without `sync_folder` they may be lost, in any order.
    """

    def create(self, path: Path) -> int:
        """Create a file that must not exist; a handle for writing."""

    def append(self, path: Path) -> int:
        """Open an existing file; a handle that writes at its end."""

    def write(self, handle: int, data: memoryview) -> int:
        """Write the first bytes of `data`; how many, maybe not all."""

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file to `size` bytes."""

    def sync(self, handle: int) -> None:
        """Return when the file's bytes and size are on the disk."""

    def close(self, handle: int) -> None:
        """Give the handle back."""

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name in its folder, taking the place of a file of that name."""

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name, which must not exist."""

    def unlink(self, path: Path) -> None:
        """Remove a name."""

    def make_folder(self, path: Path) -> None:
        """Create a folder that must not exist."""

    def sync_folder(self, folder: Path) -> None:
        """Return when the folder's names are on the disk."""

    def read(self, path: Path) -> bytes:
        """Read a whole file."""

    def names(self, folder: Path) -> list[str]:
        """Names in a folder, sorted."""


class LocalStorage:
    """`Storage` on the operating system's calls (which Python repeats when a signal interrupts them)."""

    def create(self, path: Path) -> int:
        """Call open(2) with O_EXCL."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)

    def append(self, path: Path) -> int:
        """Call open(2) with O_APPEND."""
        return os.open(path, os.O_WRONLY | os.O_APPEND)

    def write(self, handle: int, data: memoryview) -> int:
        """Call write(2)."""
        return os.write(handle, data)

    def truncate(self, handle: int, size: int) -> None:
        """Call ftruncate(2)."""
        os.ftruncate(handle, size)

    def sync(self, handle: int) -> None:
        """Call fsync(2)."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Call close(2)."""
        os.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        """Call rename(2)."""
        source.replace(target)

    def link(self, source: Path, target: Path) -> None:
        """Call link(2)."""
        target.hardlink_to(source)

    def unlink(self, path: Path) -> None:
        """Call unlink(2)."""
        path.unlink()

    def make_folder(self, path: Path) -> None:
        """Call mkdir(2)."""
        path.mkdir()

    def sync_folder(self, folder: Path) -> None:
        """Call fsync(2) on the folder."""
        files.sync_folder(folder)

    def read(self, path: Path) -> bytes:
        """Read the file."""
        return path.read_bytes()

    def names(self, folder: Path) -> list[str]:
        """List the folder."""
        return sorted(os.listdir(folder))  # noqa: PTH208  names, not paths


LOCAL: Storage = LocalStorage()


def is_partial(name: str) -> bool:
    """Whether a file's name is that of a `NewFile` not yet published: after a crash it can be removed."""
    return name.startswith(".") and name.endswith(PARTIAL)


def write_all(storage: Storage, handle: int, data: bytes | memoryview) -> None:
    """Write all bytes, in as many calls as it takes.

    Raises
    ------
    OSError
        The storage's own error; how much was written is unknown.
    """
    rest = memoryview(data)
    while rest:
        try:
            written = storage.write(handle, rest)
        except InterruptedError:
            continue
        if written <= 0:
            raise OSError(errno.EIO, "nothing was written")
        rest = rest[written:]


@contextmanager
def naming(action: str, path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn an OSError inside into an InputError ``cannot <action> <path>: <reason>``."""
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot {action} {path}: {error.strerror or error}") from error


class NewFile:
    """A file that appears under its name whole and durable, or not at all.

    Bytes go to a partial file in the target's folder. `publish` syncs it, gives it the target's name and
    syncs the folder. Leaving the ``with`` block without `publish`, for whatever reason, removes it.

    Parameters
    ----------
    target : Path
        The file.
    storage : Storage
        Where it lies.
    replace : bool
        Whether an existing target is replaced; otherwise `publish` fails when there is one.

    Raises
    ------
    InputError
        By every method, when the storage fails; names the target. The target is then as it was before,
        but for one case: when all has succeeded except the folder's last sync, a replaced target stays
        replaced, by the whole new file.
    """

    def __init__(self, target: Path, storage: Storage = LOCAL, *, replace: bool = True) -> None:
        self.target = target
        self._storage = storage
        self._replace = replace
        token = f"{os.getpid()}-{os.urandom(4).hex()}"
        self._partial = target.with_name(f".{target.name}.{token}{PARTIAL}")
        self._handle: int | None = None
        self._pending = False
        self._held = bytearray()

    def __enter__(self) -> Self:
        try:
            # Its name is drawn, so removing it is safe even if we never learn that it was created.
            self._pending = True
            with naming("write", self.target):
                self._handle = self._storage.create(self._partial)
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def write(self, data: bytes | memoryview) -> None:
        """Append bytes; what does not fill a piece waits for more, or for `publish`."""
        self._opened()
        rest = memoryview(data)
        while len(self._held) + len(rest) >= PIECE:
            room = PIECE - len(self._held)
            if self._held:
                self._held += rest[:room]
                self._flush()
            else:
                self._put(rest[:room])
            rest = rest[room:]
        self._held += rest

    def _flush(self) -> None:
        held, self._held = self._held, bytearray()
        self._put(held)

    def _put(self, data: bytearray | memoryview) -> None:
        with naming("write", self.target):
            write_all(self._storage, self._opened(), memoryview(data))

    def publish(self) -> None:
        """Make the file durable and give it the target's name."""
        if self._held:
            self._flush()
        storage, handle = self._storage, self._opened()
        with naming("write", self.target):
            storage.sync(handle)
            self._handle = None
            storage.close(handle)
            if self._replace:
                storage.rename(self._partial, self.target)
                self._pending = False
                storage.sync_folder(self.target.parent)
            else:
                self._publish_new()

    def _publish_new(self) -> None:
        """Link, not rename: the one operation that refuses to replace."""
        storage = self._storage
        storage.link(self._partial, self.target)
        try:
            storage.unlink(self._partial)
            self._pending = False
            storage.sync_folder(self.target.parent)
        except BaseException:
            with suppress(OSError):
                storage.unlink(self.target)
            raise

    def discard(self) -> None:
        """Remove what is not published; what fails here is not worth hiding the first error."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):
                self._storage.close(handle)
        if self._pending:
            self._pending = False
            with suppress(OSError):
                self._storage.unlink(self._partial)

    def _opened(self) -> int:
        if self._handle is None:
            raise InputError(f"cannot write {self.target}: it is closed")
        return self._handle


def write_file(
    target: Path, data: bytes | memoryview, storage: Storage = LOCAL, *, replace: bool = True
) -> None:
    """Write one small file: whole and durable, or not at all (see `NewFile`)."""
    with NewFile(target, storage, replace=replace) as file:
        file.write(data)
        file.publish()


def read_file(path: Path, storage: Storage = LOCAL) -> bytes:
    """Read a whole file; InputError when it cannot be read."""
    with naming("read", path):
        return storage.read(path)
