"""Tables and texts -> files in a folder, all of them or none."""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeAlias

import pyarrow as pa

from linkage.errors import InputError
from linkage.files import sync_file, sync_folder, write_text

Table: TypeAlias = "pa.Table | pa.RecordBatchReader"
__all__ = ["write_outputs", "write_text"]


def write_outputs(
    out_dir: str | os.PathLike[str],
    *,
    tables: Mapping[str, Table | Callable[[], Table]],
    texts: Mapping[str, str | Callable[[], str]],
) -> None:
    """Write the files of a run into a folder, all or nothing.

    The files are written and synced in a hidden folder beside `out_dir`. When `out_dir` does not
    exist, that folder becomes it in one rename. When it does, its files are replaced one by one
    by renames after all are complete; others stay. When writing fails or is interrupted,
    the hidden folder is removed and `out_dir` is as it was; after a kill, the next run removes it.

    Parameters
    ----------
    out_dir : path
        Made when absent, its parents too.
    tables : mapping of file name to pa.Table or RecordBatchReader, or to a function that returns one
        Written as Parquet, or as CSV where the name ends so. Each is made and written in a thread of its
        own: one table is computed while another is compressed.
    texts : mapping of file name to str, or to a function that returns it
        Written as UTF-8, in order, after the tables; a function is called when its turn comes,
        so that a report can tell how long the writing of the tables took.

    Raises
    ------
    InputError
        The folder cannot be written to, or the disk is full; the message names the path.
    """
    out = Path(os.path.abspath(out_dir))  # noqa: PTH100 (a symbolic link stays one)
    if out.exists() and not out.is_dir():
        raise InputError(f"cannot write to {out_dir}: expected a folder, found a file")
    staging = lock = None
    try:
        with _named(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            _remove_left_behind(out)
            staging = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=".partial"))
            lock = _lock(staging)
        _write_files(staging, out, tables, texts)
        with _named(out):
            sync_folder(staging)
            _install(staging, out)
            sync_folder(out.parent)
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _lock(folder: Path) -> int | None:
    """Hold a folder until this process ends, or the handle is closed; None where another process holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _remove_left_behind(out: Path) -> None:
    """Remove the hidden folders of runs that were killed while they wrote: nobody holds them."""
    for folder in out.parent.glob(f".{glob.escape(out.name)}.*.partial"):
        with suppress(OSError):
            lock = _lock(folder)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn a failure of the system into one that names the path as the user knows it."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot write {path}: {reason}; nothing was changed") from error


def _write_files(
    staging: Path,
    out: Path,
    tables: Mapping[str, Table | Callable[[], Table]],
    texts: Mapping[str, str | Callable[[], str]],
) -> None:
    """Write the tables side by side, then the texts; each is brought to the disk while others are made."""
    with ThreadPoolExecutor(max(len(tables) + len(texts), 1)) as pool:

        def write(name: str) -> Future[None]:
            table = tables[name]
            with _named(out / name):
                _write_table(staging / name, table() if callable(table) else table)
            return pool.submit(sync_file, staging / name)

        # in the order given, so that of two failures always the same one is told
        synced = dict(zip(tables, pool.map(write, tables), strict=True))
        for name, text in texts.items():
            with _named(out / name):
                path = staging / name
                path.write_text(text if isinstance(text, str) else text(), encoding="utf-8", newline="\n")
            synced[name] = pool.submit(sync_file, path)
        for name, done in synced.items():
            with _named(out / name):
                done.result()


def _write_table(path: Path, table: Table) -> None:
    write = _write_csv if path.suffix == ".csv" else _write_parquet
    with path.open("wb") as file:
        write(file, table)


def _write_csv(file: IO[bytes], table: Table) -> None:
    from pyarrow import csv

    with csv.CSVWriter(file, table.schema, write_options=csv.WriteOptions(quoting_style="needed")) as to:
        for part in table.to_batches() if isinstance(table, pa.Table) else table:
            to.write_batch(part)


def _write_parquet(file: IO[bytes], table: Table) -> None:
    import pyarrow.parquet as pq

    # Record ids hardly repeat: a Parquet dictionary of them is built and given up. With plain text
    # and snappy, 1.1 million rows of two ids take 0.12 s; with dictionaries and snappy 0.27 s. The first and
    # last of a million texts says little either, and takes a fifth of the time.
    coded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    numbers = [field.name for field in table.schema if pa.types.is_primitive(field.type)]
    with pq.ParquetWriter(
        file, table.schema, compression="snappy", use_dictionary=coded or False, write_statistics=numbers
    ) as to:
        for part in table.to_batches(1 << 20) if isinstance(table, pa.Table) else table:
            to.write_table(pa.Table.from_batches([part]))


def _install(staging: Path, out: Path) -> None:
    """Move the complete files to where they are seen."""
    if not out.exists():
        mask = os.umask(0)
        os.umask(mask)
        staging.chmod(0o777 & ~mask)  # mkdtemp makes it private; the output is as any other folder
        staging.rename(out)
        return
    for file in sorted(staging.iterdir()):
        file.replace(out / file.name)
    sync_folder(out)
