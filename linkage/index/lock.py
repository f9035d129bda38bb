"""A folder -> the right to be its one writer, which the operating system takes back when we die."""

from __future__ import annotations

import fcntl
import os
import socket
import weakref
from pathlib import Path

from linkage.errors import IndexLockedError, IndexStateError

LOCK = "lock"
_LONGEST = 512


class WriterLock:
    """An exclusive lock on the file `lock` in a folder; who holds it is written inside.

    The lock is the operating system's (flock), not the file: a process that is killed holds nothing, so no
    stale lock needs breaking. The file stays.

    Raises
    ------
    IndexLockedError
        Another writer holds it, in this process or another.
    IndexStateError
        The file cannot be opened or locked, as on some network file systems.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise IndexStateError(f"cannot open {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        except BlockingIOError:
            holder = self._holder()
            os.close(self._handle)
            raise IndexLockedError(f"{folder} is being written by {holder}") from None
        except OSError as error:
            os.close(self._handle)
            raise IndexStateError(f"cannot lock {path}: {error.strerror}") from error
        _held.add(self)

    def _holder(self) -> str:
        text = os.pread(self._handle, _LONGEST, 0).decode("utf-8", "replace").strip()
        return text if text.isprintable() and text else "another process"

    def release(self) -> None:
        """Give the right back; again does nothing.

        In a forked child this closes the child's copy only: the lock belongs to the open file, and the
        parent still has that.
        """
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


_held: weakref.WeakSet[WriterLock] = weakref.WeakSet()


def _release_in_child() -> None:
    """A child that kept the lock's file open would keep the lock after its parent has died."""
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_release_in_child)
