"""A sheet of an Excel or OpenDocument file -> a source of texts."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from multiprocessing.spawn import get_executable
from pathlib import Path

import pyarrow as pa

from linkage.errors import InputError
from linkage.fields.source import Source, from_table
from linkage.tables.sheet_process import REFUSED, most_seconds


def from_workbook(path: Path, sheet: str | None) -> Source:
    """A sheet as a source; the first where none is named.

    Raises
    ------
    InputError
        The file is no workbook, has no such sheet, or takes more memory or time than there is to read.
    """
    # Python is what multiprocessing takes for it, which programs that embed it can say.
    command = [
        os.fsdecode(get_executable()),
        "-P",
        "-m",
        "linkage.tables.sheet_process",
        str(path),
        sheet or "",
    ]
    places = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, env={**os.environ, **places})
    if done.returncode == REFUSED:
        raise InputError(done.stdout.decode("utf-8", "replace"))
    if done.returncode:
        raise InputError(
            f"{path}: cannot be read as a workbook: it is damaged, or takes more than the memory that is free"
            f" or {most_seconds(path)} s of processor"
        )
    table = pa.ipc.open_stream(done.stdout).read_all()
    name = table.schema.metadata[b"sheet"].decode()
    return replace(from_table(f"{path}, sheet {name!r}", table.replace_schema_metadata()), files=(path,))
