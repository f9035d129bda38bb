"""What a run is told besides its tables and its model, and what it measures of itself."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import Any

from linkage.errors import InputError

Progress = Callable[[str, int, int | None], None]


def expect_whole(name: str, value: Any, least: int | None) -> None:
    """Refuse an argument that is no whole number, or below the least; None stands for the default.

    Raises
    ------
    InputError
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, Integral) or (least is not None and value < least):
        from_least = "" if least is None else f" from {least}"
        raise InputError(f"{name}: expected a whole number{from_least}, got {value!r}")


def expect_names(name: str, value: Any) -> Sequence[str]:
    """Refuse an argument that is no sequence of texts; a text alone would be one of its letters.

    Raises
    ------
    InputError
    """
    if isinstance(value, str | bytes) or not all(isinstance(column, str) for column in value):
        raise InputError(f"{name}: expected a list of columns' names")
    return tuple(value)


def expect_kind(name: str, value: Any, kind: type) -> None:
    """Refuse an argument of another type, such as the path of a file that would have to be loaded.

    Raises
    ------
    InputError
    """
    if value is not None and not isinstance(value, kind):
        raise InputError(
            f"{name}: expected a {kind.__name__}, got {type(value).__name__};"
            f" linkage.{kind.__name__}.load reads one from a file"
        )


@dataclass(frozen=True)
class Options:
    """How a run goes, whatever its tables and its model; `dedupe` says what each one means.

    What memory cannot hold lies in files without a name in `scratch`, by default the system's temporary
    folder. The finished steps of a large table are kept in the folder `checkpoint` and taken from there by
    the next run of the same input and options. A model that `is_for_lookups` may be unable to tell any two
    records for one person's: a look-up answers the likeliest all the same, at its probability.
    """

    threads: int | None = None
    seed: int = 0
    exclude: Sequence[str] = ()
    sheet: str | None = None
    memory_limit: int | None = None
    scratch: Path | None = None
    checkpoint: Path | None = None
    is_for_lookups: bool = False

    def __post_init__(self) -> None:
        for name, least in (("threads", 1), ("memory_limit", 1), ("seed", 0)):
            expect_whole(name, getattr(self, name), least)
        expect_names("exclude", self.exclude)

    @property
    def n_threads(self) -> int:
        """The given number of threads, or the processors this process may use."""
        return default_threads(self.threads)

    @property
    def folder(self) -> Path:
        """Where files without a name lie."""
        return self.scratch or Path(tempfile.gettempdir())


@dataclass
class Steps:
    """Seconds, processor seconds of all threads, and peak memory of each step."""

    progress: Progress | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step."""
        if self.progress:
            self.progress(name, 0, None)
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        yield
        after = resource.getrusage(resource.RUSAGE_SELF)
        self.entries.append(
            {
                "name": name,
                "seconds": time.perf_counter() - started,
                "user_seconds": after.ru_utime - before.ru_utime,
                "system_seconds": after.ru_stime - before.ru_stime,
                "peak_rss_mib": after.ru_maxrss / 1024,
            }
        )


def default_threads(threads: int | None) -> int:
    """The given number of threads, or the processors this process may use."""
    return max(int(threads), 1) if threads else len(os.sched_getaffinity(0))
