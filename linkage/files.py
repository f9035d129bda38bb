"""A text -> a file that is there whole, or as it was before; bytes -> a file without a name."""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from linkage._kernels.row_pages import RowPages
from linkage.errors import InputError

Bytes = npt.NDArray[np.uint8]


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write one text file (UTF-8): whole, or not at all.

    Parameters
    ----------
    path : path
        The file; replaced when it exists.
    text : str
        Its content.

    Raises
    ------
    InputError
        The file cannot be written; the message names the path.
    """
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        write_synced(partial, text)
        partial.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def write_synced(path: Path, text: str) -> None:
    """Write a text so that it is on the disk when this returns."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Have what was written to a file on the disk when this returns."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last; on systems that cannot open folders they just happen."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class NamelessFile:
    """Bytes that memory is too short for, in a file without a name.

    The system takes the file back when it is closed, whatever ends the process: nothing is left behind by a
    kill.

    Parameters
    ----------
    folder : Path
        On whose disk it lies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.n_bytes = folder, 0
        with self._named("write"), tempfile.TemporaryFile(prefix="linkage-", dir=folder, buffering=0) as file:
            self._handle = os.dup(file.fileno())
        self._close = weakref.finalize(self, os.close, self._handle)

    def add(self, data: Bytes) -> None:
        """Append bytes.

        Raises
        ------
        InputError
            The disk is full, or the folder cannot be written to.
        """
        left = data.data
        with self._named("write"):
            while left:
                written = os.write(self._handle, left)
                self.n_bytes += written
                left = left[written:]

    def read(self) -> Bytes:
        """All bytes."""
        out = np.empty(self.n_bytes, np.uint8)
        at = 0
        with self._named("read"):
            while at < self.n_bytes:
                n = os.preadv(self._handle, [out[at:].data], at)
                if not n:
                    raise OSError("it ends too early")
                at += n
        return out

    def mapped(self, *, soon: bool = False) -> mmap.mmap | None:
        """All bytes as memory that the system may take back at any time; None where there are none.

        What is needed `soon` the system reads ahead from the disk.
        """
        if not self.n_bytes:
            return None
        with self._named("read"):
            held = mmap.mmap(self._handle, self.n_bytes, access=mmap.ACCESS_READ)
        if soon and hasattr(mmap, "MADV_WILLNEED"):
            held.madvise(mmap.MADV_WILLNEED)
        return held

    def pages(self) -> RowPages:
        """All bytes as memory that may be written and let go; there must be some."""
        with self._named("read"):
            return RowPages(self._handle, self.n_bytes)

    def close(self) -> None:
        """Give the disk's space back, as soon as nothing is mapped any more."""
        self._close()

    @contextmanager
    def _named(self, action: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            raise InputError(f"cannot {action} a temporary file in {self.folder}: {reason}") from error
