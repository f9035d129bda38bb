"""A segment's builder -> an index folder that is there whole, or not at all."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from linkage.errors import IndexLockedError, IndexStateError, InputError, LinkageError
from linkage.index.catalog import CATALOG, Catalog, insert, replace_all, write_state
from linkage.index.compaction import new_name, remove_garbage
from linkage.index.engine import SEGMENTS, Engine
from linkage.index.lock import WriterLock
from linkage.index.rows import SegmentRow
from linkage.index.snapshot import SEGMENTS_FOLDER, segment_path
from linkage.segment.storage import LOCAL, PARTIAL, Storage, naming

BuildSegment = Callable[[Path], str]


def create_index(
    folder: str | os.PathLike[str],
    build: BuildSegment,
    *,
    overwrite: bool = False,
    engine: Engine = SEGMENTS,
    storage: Storage = LOCAL,
) -> Path:
    """Create an index of one segment.

    Parameters
    ----------
    folder : path
        The index, which must not exist unless `overwrite`.
    build : callable
        Path -> JSON of the segment's model: writes the segment, durable on return.
    overwrite : bool
        Whether an index that is there is replaced: in one commit, so its readers keep what they have until
        they refresh. Anything but an index is never replaced.

    Raises
    ------
    InputError
        There is something of this name, or it cannot be written.
    IndexLockedError
        The index to be replaced has a writer.
    """
    target = Path(folder)
    if target.exists() or target.is_symlink():
        if not overwrite:
            raise InputError(f"{target}: already exists; overwrite=True (--overwrite) replaces an index")
        return _replace(target, build, engine, storage)
    with naming("write", target):
        _remove_abandoned(target)
        return _create(target, build, engine, storage)


def _create(target: Path, build: BuildSegment, engine: Engine, storage: Storage) -> Path:
    """Under a drawn name in the same folder, then renamed."""
    partial = target.with_name(f".{target.name}.{os.urandom(6).hex()}{PARTIAL}")
    lock = None
    try:
        storage.make_folder(partial)
        lock = WriterLock(partial)
        storage.make_folder(partial / SEGMENTS_FOLDER)
        row, model_json = _build(partial, 0, new_name(1), 1, build, engine)
        Catalog.create(partial / CATALOG, model_json, [row])
        storage.sync_folder(partial / SEGMENTS_FOLDER)
        storage.sync_folder(partial)
        storage.rename(partial, target)
        storage.sync_folder(target.parent)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, LinkageError) and str(partial) in str(error):
            # Nobody has heard of the drawn name, and nothing of it is left.
            raise type(error)(str(error).replace(str(partial), str(target))) from error
        raise
    finally:
        if lock is not None:
            lock.release()
    return target


def _build(
    folder: Path, position: int, name: str, version: int, build: BuildSegment, engine: Engine
) -> tuple[SegmentRow, str]:
    path = segment_path(folder, name)
    model_json = build(path)
    n_records = engine.open(path, "mmap", None).n_records
    return SegmentRow(position, name, n_records, path.stat().st_size, version), model_json


def _replace(target: Path, build: BuildSegment, engine: Engine, storage: Storage) -> Path:
    if not (target / CATALOG).is_file():
        raise InputError(f"{target}: expected an index to replace, found something else")
    lock = WriterLock(target)
    try:
        catalog = Catalog(target / CATALOG, writable=True)
        try:
            before = catalog.read_state()
            state = before.copy()
            version = state.frequencies_version + 1
            row, model_json = _build(target, 0, new_name(before.generation + 1), version, build, engine)
            state.generation, state.epoch = before.generation + 1, before.epoch + 1
            state.frequencies_version = version
            with catalog.connection.transaction():
                replace_all(catalog.connection, state, model_json)
                insert(catalog.connection, state, "segments", [row])
                write_state(catalog.connection, state)
            remove_garbage(target, [row.name], storage)
        finally:
            catalog.close()
    finally:
        lock.release()
    return target


def _remove_abandoned(target: Path) -> None:
    """Remove what killed builders of this index have left; a living one holds its lock."""
    for path in target.parent.glob(f".{glob.escape(target.name)}.*{PARTIAL}"):
        with suppress(IndexLockedError, IndexStateError):
            lock = WriterLock(path)
            shutil.rmtree(path, ignore_errors=True)
            lock.release()
