"""A mapped segment that is asked again and again -> its pages in this process's page table, by a thread.

The first touch of a mapped page costs about a microsecond even where the system holds it in memory, and a
look-up touches some hundred. Mapped ahead, at 110 million records, the slowest hundredth of 6,000 look-ups
took 2.1 ms of processor instead of 2.5. Nothing is copied or locked; where the system needs the memory, it
takes the pages back as before.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

ASKED = 8
"""Look-ups after which more are to be expected: a process that asks once never pays for this."""
LEAST_BYTES = 32 << 20
"""A smaller segment is left alone."""
SHARE = 4
"""Sections that every look-up scans are read from disk where they take less than this part of free memory."""
PIECE = 2 << 20
"""Bytes mapped at once, in a tenth of a millisecond: a fault elsewhere in the process waits no longer."""
_POPULATE_READ = 22
_HUGEPAGE = 14
_SCANNED = ("days", "hot_words", "hot_categories", "lengths", "groups")


def map_in_background(segment: Segment) -> threading.Thread | None:
    """Begin to map a segment's pages; None where there is nothing to be gained, or no way to do it."""
    if not sys.platform.startswith("linux") or segment.container.load != "mmap":
        return None
    if segment.container.nbytes < LEAST_BYTES:
        return None
    scanned, others = sections_of(segment)
    thread = threading.Thread(target=_map, args=(scanned, others), name="linkage-pages", daemon=True)
    thread.start()
    return thread


def sections_of(segment: Segment) -> tuple[list[npt.NDArray[Any]], list[npt.NDArray[Any]]]:
    """Arrays that every look-up scans, and those of which it reads a few entries."""
    kinds = {str(field["name"]): field["kind"] for field in segment.fields}
    names = [k for k, family in enumerate(segment.families) if kinds.get(family) == "person_name"]
    rows = [f"postings/{k}/{part}" for k in names for part in ("buckets", "entries")]
    rarity = [
        n for n in segment.container.names if n.startswith(("rarity/", "words/", "spellings/", "near/"))
    ]
    return (
        [segment.array(name) for name in _SCANNED],
        [segment.array(name) for name in (*rows, *rarity, "blobs")],
    )


def _map(scanned: Sequence[npt.NDArray[Any]], others: Sequence[npt.NDArray[Any]]) -> None:
    fits = sum(array.nbytes for array in scanned) * SHARE < available_bytes()
    map_pages(scanned, only_held=not fits, in_large=fits)
    map_pages(others, only_held=True)


def map_pages(arrays: Iterable[npt.NDArray[Any]], *, only_held: bool, in_large: bool = False) -> int:
    """Map the pages of arrays; how many bytes.

    Parameters
    ----------
    arrays : arrays over a mapped file
    only_held : bool
        Leave out pieces that would have to be read from disk.
    in_large : bool
        Read what has to be read in pages as large as the system has: fewer entries of the page table.
    """
    library = ctypes.CDLL(None)
    library.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    library.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
    page = ctypes.c_size_t(library.getpagesize()).value
    held = np.empty(PIECE // page, np.uint8)
    done = 0
    for array in arrays:
        begin = array.ctypes.data - array.ctypes.data % page
        end = array.ctypes.data + array.nbytes
        if in_large and array.nbytes >= PIECE:
            library.madvise(begin, end - begin, _HUGEPAGE)  # an advice: where it is refused, all is as before
        for at in range(begin, end, PIECE):
            size = min(PIECE, end - at)
            if only_held:
                n_pages = -(-size // page)
                if library.mincore(at, size, held.ctypes.data) or not bool((held[:n_pages] & 1).all()):
                    continue
            # A file that was cut short is an error here, not the end of the process.
            if library.madvise(at, size, _POPULATE_READ):
                return done
            done += size
    return done


def available_bytes() -> int:
    """Memory that the system could give without swapping; 0 where it does not say."""
    try:
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        return 0
    return 0
