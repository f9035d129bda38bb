"""A text -> a file that is there whole, or as it was before."""

from __future__ import annotations

import os
from pathlib import Path

from linkage.errors import InputError


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


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last; on systems that cannot open folders they just happen."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
