"""The options that several commands share, and how their text is read."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

UNITS = {
    "": 1,
    "b": 1,
    "k": 10**3,
    "kb": 10**3,
    "kib": 2**10,
    "m": 10**6,
    "mb": 10**6,
    "mib": 2**20,
    "g": 10**9,
    "gb": 10**9,
    "gib": 2**30,
    "t": 10**12,
    "tb": 10**12,
    "tib": 2**40,
}


def parse_memory(text: str) -> int:
    """Read a size of memory.

    Parameters
    ----------
    text : str
        A number and a unit: ``6GiB``, ``512 MiB``, ``6GB``; without a unit, bytes.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    ValueError
        The text is not a size.

    Examples
    --------
    >>> parse_memory("1.5GiB")
    1610612736
    """
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*", text)
    unit = UNITS.get(found.group(2).lower()) if found else None
    if found is None or unit is None:
        raise ValueError(f"expected a size such as 6GiB or 512MiB, got {text!r}")
    return int(float(found.group(1)) * unit)


def parse_truth(text: str) -> tuple[Path, str]:
    """Read ``REGISTER:COLUMN``.

    Parameters
    ----------
    text : str
        A path, a colon, a column; the last colon divides them.

    Returns
    -------
    tuple of Path and str

    Raises
    ------
    ValueError
        There is no colon, or one side of it is empty.
    """
    path, colon, column = text.rpartition(":")
    if not colon or not path or not column:
        raise ValueError(f"expected REGISTER:COLUMN, got {text!r}")
    return Path(path), column


def _threshold(value: float) -> float:
    if not 0.0 < value < 1.0:
        raise typer.BadParameter(f"expected a probability between 0 and 1, got {value}")
    return value


Out = Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="Folder for the results.")]
ModelPath = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="A trained model; else trains on the data."),
]
SchemaPath = Annotated[
    str | None,
    typer.Option("--schema", metavar="FILE", help="A schema JSON, or 'citizen'; else found by the headers."),
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Sheet of an Excel file.")]
Threads = Annotated[int | None, typer.Option("--threads", metavar="N", min=1, help="All cores by default.")]
MemoryLimit = Annotated[
    str | None,
    typer.Option("--memory-limit", metavar="SIZE", help="Stay below, for example 6GiB."),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume/--no-resume",
        help="Keep a large run's finished steps beside OUT; go on from them after a kill.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON object to stdout and nothing else.")]
HideValues = Annotated[
    bool, typer.Option("--hide-values", help="No value of any record in report and summary.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of all that is drawn by chance.")]
Threshold = Annotated[
    float,
    typer.Option("--threshold", metavar="P", callback=_threshold, help="Match probability of a match."),
]
TruthColumn = Annotated[
    str | None,
    typer.Option("--truth", metavar="COLUMN", help="Column that tells the true person."),
]

Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="COLUMN", help="Leave a column out; may be given again."),
]

OF_A_RUN: dict[str, tuple[Any, Any]] = {
    "model": (ModelPath, None),
    "schema": (SchemaPath, None),
    "exclude": (Exclude, None),
    "truth": (TruthColumn, None),
    "threshold": (Threshold, 0.95),
    "sheet": (Sheet, None),
    "threads": (Threads, None),
    "memory_limit": (MemoryLimit, None),
    "seed": (Seed, 0),
    "resume": (Resume, True),
    "hide_values": (HideValues, False),
    "as_json": (Json, False),
}
"""What dedupe and link take alike: name, its option and its default."""


def with_run_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options `OF_A_RUN` where it has written ``**options``."""
    own = inspect.signature(command, eval_str=True)
    parameters = [p for p in own.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    for name, (annotation, default) in OF_A_RUN.items():
        kind = inspect.Parameter.KEYWORD_ONLY
        parameters.append(inspect.Parameter(name, kind, default=default, annotation=annotation))
    # Typer reads both.
    command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command
