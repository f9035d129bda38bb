"""Steps of a run as they happen -> a progress line on a terminal; nothing anywhere else."""

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# Rich takes 0.07 s to import; a run that is over before anybody could read a bar does not pay it.
SILENT_SECONDS = 0.4


class ProgressLine:
    """Callable for `progress=`: shows step, bar, rate, elapsed time and time left on stderr.

    Use as a context manager, so that the line is gone before anything else is printed. When
    stderr is no terminal, calls do nothing.
    """

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._current: TaskID | None = None
        self._latest: tuple[str, int, int | None] | None = None
        self._lock = threading.Lock()
        # a timer, not the next call: the first step may be one long call into a kernel
        self._timer: threading.Timer | None = None
        if sys.stderr.isatty():
            self._timer = threading.Timer(SILENT_SECONDS, self._begin)
            self._timer.daemon = True

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._timer = None
            if self._progress is not None:
                self._progress.stop()

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        """Report that `done` of `total` are done in a step; `total` None when it is not known."""
        if self._timer is None:
            return
        self._latest = (step, done, total)
        if self._progress is not None:
            with self._lock:
                self._show(self._progress, step, done, total)

    def _begin(self) -> None:
        with self._lock:
            if self._timer is None:
                return
            progress = self._start()
            if self._latest is not None:
                self._show(progress, *self._latest)
            self._progress = progress

    def _show(self, progress: "Progress", step: str, done: int, total: int | None) -> None:
        task = self._tasks.get(step)
        if task is None:
            if self._current is not None:
                progress.update(self._current, visible=False)
            task = self._tasks[step] = progress.add_task(step.replace("_", " "), total=total)
            self._current = task
        progress.update(task, completed=done, total=total)

    def _start(self) -> "Progress":
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            ProgressColumn,
            SpinnerColumn,
            Task,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text

        class Rate(ProgressColumn):
            """Things a second, with a unit prefix."""

            def render(self, task: Task) -> Text:
                speed = task.speed or 0.0
                power = next((p for p in (9, 6, 3) if speed >= 10**p), 0)
                letter = {9: " G", 6: " M", 3: " k", 0: " "}[power]
                return Text(f"{speed / 10**power:5.1f}{letter}/s" if speed else "", style="dim")

        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<15}"),
            BarColumn(),
            TaskProgressColumn(),
            Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        progress.start()
        return progress
