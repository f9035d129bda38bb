"""Steps of a run as they happen -> a progress line on a terminal; nothing anywhere else."""

import sys
import time
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
        self._wanted = sys.stderr.isatty()
        self._begin = time.monotonic()
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._current: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        """Report that `done` of `total` are done in a step; `total` None when it is not known."""
        if not self._wanted or time.monotonic() - self._begin < SILENT_SECONDS:
            return
        progress = self._progress or self._start()
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

        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<12}"),
            BarColumn(),
            TaskProgressColumn(),
            Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        return self._progress
