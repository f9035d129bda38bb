"""A run's result -> report.html and the other files of its output folder."""

import os
from typing import Any

from linkage.report.output import write_outputs, write_text
from linkage.report.page import render_report
from linkage.report.view import without_values

__all__ = ["render_report", "without_values", "write_outputs", "write_report", "write_text"]


def write_report(
    path: str | os.PathLike[str],
    summary: dict[str, Any],
    *,
    examples: list[dict[str, Any]] | None = None,
    hide_values: bool = False,
) -> None:
    """Write the report of a run as one HTML file that opens offline.

    Parameters
    ----------
    path : path
        The file; replaced when it exists, whole or not at all.
    summary, examples, hide_values
        See :func:`render_report`.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    write_text(path, render_report(summary, examples=examples, hide_values=hide_values))
