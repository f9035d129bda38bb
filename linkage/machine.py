"""The machine, or the container, that a process runs in -> memory it has and memory that is free; bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS, MEMORY = Path("/proc/self/cgroup"), Path("/proc/meminfo")
NO_LIMIT = 1 << 60
"""A group without a limit says "max", or a number no machine has."""


def machine_bytes() -> int:
    """Memory of the machine, or of the container where that has less."""
    own = int(os.sysconf("SC_PAGE_SIZE")) * int(os.sysconf("SC_PHYS_PAGES"))
    return min([own, *_limits()])


def free_bytes() -> int:
    """Memory that this process could still take: what is free, and what the system would give up for it.

    What a container may take beyond what it has taken is not known here: its limit is `machine_bytes`.
    """
    try:
        fields = dict(line.split(":", 1) for line in MEMORY.read_text().splitlines() if ":" in line)
        return min(int(fields["MemAvailable"].split()[0]) << 10, machine_bytes())
    except (OSError, KeyError, ValueError):  # no Linux
        return machine_bytes()


def _limits() -> Iterator[int]:
    """Limits of the control groups that this process is in, and of those around them."""
    try:
        lines = OWN_GROUPS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            yield from _read(GROUPS, path, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _read(GROUPS / "memory", path, "memory.limit_in_bytes")


def _read(root: Path, path: str, name: str) -> Iterator[int]:
    """A group's limit and those of its parents; inside a container its own path may not be there."""
    folder = root / path.lstrip("/")
    while True:
        try:
            text = (folder / name).read_text().strip()
        except OSError:
            text = "max"
        if text.isdecimal() and int(text) < NO_LIMIT:
            yield int(text)
        if folder == root or root not in folder.parents:
            return
        folder = folder.parent
