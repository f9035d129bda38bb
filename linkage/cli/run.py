"""A result of dedupe or link -> the files of its folder, its final tables, its JSON."""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from linkage.cli import INTERRUPTED
from linkage.cli.tables import as_shown
from linkage.errors import InputError, LinkageError

OUTPUTS = (
    "pairs.parquet", "clusters.parquet", "model.json", "summary.json", "report.html", "records.csv",
    "records.parquet",
)  # fmt: skip
"""What a run may write into its folder."""

LATE = ("numpy.random", "linkage.training.train", "linkage.report", "linkage.cli.ending")
"""Modules that no reading needs."""
_LOADED = time.monotonic()


@contextmanager
def exit_codes(unfinished: Path | None = None) -> Iterator[None]:
    """Turn what a person can mend into one line on stderr and exit code 2; Ctrl-C into 130.

    `unfinished` is the folder where the run keeps its finished steps, if it does.
    """
    try:
        yield
    except LinkageError as error:
        _fail(str(error))
    except MemoryError:
        _fail("out of memory; try --memory-limit, or fewer --threads")
    except BrokenPipeError:
        raise
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        kept = unfinished is not None and unfinished.exists()
        more = "; the same command goes on after its last finished step" if kept else ""
        print(f"interrupted; nothing was written{more}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _fail(message: str) -> None:
    line = as_shown(" ".join(message.split()))
    if sys.stderr.isatty():
        line = f"\033[31m{line}\033[0m"
    print(f"linkage: {line}", file=sys.stderr)
    raise typer.Exit(2) from None


def check_out_dir(out: Path, tables: Sequence[Path] = ()) -> None:
    """Refuse a folder that cannot be written to before the work begins, not after.

    Raises
    ------
    InputError
        `out` is a file, or the nearest folder that exists cannot be written to; or a table that is read
        would be replaced, or be found to hold the results when it is read again.
    """
    for table in tables:
        _check_table(out, table)
    if out.exists() and not out.is_dir():
        raise InputError(f"cannot write to {out}: expected a folder, found a file")
    folder = nearest_folder(out)
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError(f"cannot write to {out}: {folder} is not a folder that can be written to")


def _check_table(out: Path, table: Path) -> None:
    """Refuse results in place of a table's file, or among the files of a folder that is one."""
    to, source = out.resolve(), table.resolve()
    if table.is_dir() and to.is_relative_to(source):
        raise InputError(f"cannot write to {out}: the results would be read as part of {table}")
    if source.parent == to and source.name in OUTPUTS:
        raise InputError(f"cannot write to {out}: {source.name} would replace the table that is read")


def nearest_folder(out: Path) -> Path:
    """The folder that exists and is, or will hold, `out`."""
    folder = out.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


def remove_folder(folder: Path) -> None:
    """Remove a folder with its files, if it is there."""
    if folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)


def check_out_file(out: Path, *tables: Path) -> None:
    """Refuse a file that cannot be written before the work begins.

    Raises
    ------
    InputError
        `out` is a folder, or its folder does not exist or cannot be written to; or it is one of the tables
        that are read.
    """
    if out.resolve() in [table.resolve() for table in tables]:
        raise InputError(f"cannot write {out}: it is the table that is read")
    if out.is_dir():
        raise InputError(f"cannot write {out}: it is a folder")
    if out.exists() and not out.is_file():
        raise InputError(f"cannot write {out}: expected a file's name, found a device, a pipe or the like")
    if not out.absolute().parent.is_dir() or not os.access(out.absolute().parent, os.W_OK):
        raise InputError(f"cannot write {out}: {out.absolute().parent} cannot be written to")


def since_process_start() -> float:
    """Seconds since this process began, interpreter and imports included."""
    try:
        stat = Path("/proc/self/stat").read_text()
        ticks = int(stat.rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return time.monotonic() - _LOADED


def with_imports(progress: Callable[..., None]) -> Callable[..., None]:
    """The same, which imports what the end of a run needs while other threads encode its records."""

    def tell(step: str, done: int, total: int | None = None) -> None:
        if step == "encode":
            for name in LATE:
                import_module(name)
        progress(step, done, total)

    return tell


def peak_rss_mib() -> float | None:
    """Return the highest resident memory of this process so far, MiB; None where unknown."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def write_run(
    result: Any, out: Path, records: str | None = None, *, hide_values: bool, started: float
) -> dict[str, Any]:
    """Write pairs, clusters, model, summary and report into a folder, all or nothing.

    Parameters
    ----------
    result : Result
        Of `dedupe` or `link`.
    out : Path
        The folder.
    records : {"csv", "parquet"}, optional
        Write the register's rows as well, with their clusters.
    hide_values : bool
        Leave values of records out of summary and report.
    started : float
        Seconds after the process start at which the engine was called.

    Returns
    -------
    dict
        The summary as it was written, the steps before and after the engine included.
    """
    from concurrent.futures import ThreadPoolExecutor

    from linkage.report import render_report, without_values, write_outputs

    summary: dict[str, Any] = {}
    begin = time.perf_counter()
    tables = {
        "pairs.parquet": result.pair_batches,
        "clusters.parquet": lambda: result.cluster_batches(result.threshold_match_probability),
    }

    if records:
        tables[f"records.{records}"] = result.record_batches

    def finish() -> str:
        # the tables are on disk: what is left are three small texts
        summary.update(result.summary)
        peak = peak_rss_mib()
        first = {"name": "start", "seconds": started, "peak_rss_mib": None}
        last = {"name": "write", "seconds": time.perf_counter() - begin, "peak_rss_mib": peak}
        summary["steps"] = [first, *(summary.get("steps") or ()), last]
        summary["seconds"] = since_process_start()
        summary["peak_rss_mib"] = peak
        return to_json(without_values(summary) if hide_values else summary)

    # The model's text is made while tables are written: what comes after them keeps one thread busy.
    with ThreadPoolExecutor(1) as beside:
        texts = {
            "model.json": beside.submit(result.resolution.model.to_json).result,
            "summary.json": finish,
            "report.html": lambda: render_report(summary, examples=result.examples, hide_values=hide_values),
        }
        write_outputs(out, tables=tables, texts=texts)
    return without_values(summary) if hide_values else summary


def to_json(data: Any) -> str:
    """Format for a file or a pipe: indented, UTF-8, NaN and infinity as null."""
    try:
        text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
    except ValueError:
        loose = json.loads(json.dumps(data, default=_plain), parse_constant=lambda _: None)
        text = json.dumps(loose, ensure_ascii=False, indent=1)
    return text + "\n"


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
