"""A fresh process -> one that keeps the memory it has touched; called before NumPy and Arrow are imported.

A batch job allocates arrays of megabytes and frees them a moment later. By default each goes back to the
system and the next one is taken from it anew, page by page; and every library and thread has an
allocator of its own. Measured at 1.1 million records: a fifth of the peak memory, half of the system time
spent on it. This belongs to the command line alone: no library decides how its host allocates memory.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import stat
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

ADDRESSES = 16 << 30
"""Bytes of address space, at most, that the heap asks huge pages for; none is touched."""
TABLES, TOUCHED, MOST_TOUCHED, PIECE = 16 << 20, 3.4, 272 << 20, 2 << 20
"""Bytes of files from which on memory is touched ahead; how much for each byte of them, which encoded records
are sure to need; how much at most, and at a time."""
ARROW = (
    "libarrow.so.*",
    "libarrow_compute.so.*",
    "libparquet.so.*",
    "libarrow_python.so.*",
)
"""Libraries beside Arrow's modules, each after those that it needs."""
UNUSED = frozenset(("pandas", "pyarrow._s3fs"))
LARGE_TABLES = 2 << 30
"""Bytes of files from which on memory may be short."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -3, -4, -8
_is_needed = threading.Event()
_ahead: list[threading.Thread] = []
LARGE_PIECE, MOST_PIECES = 32 << 20, 1 << 16
"""Where memory is short an array from this size on is a mapping of its own; and how many there may be."""


def prepare_process() -> None:
    """Keep freed memory for the next array, one heap for all; collect garbage seldom.

    Where the C library is not glibc only the garbage collector is told.
    """
    # Imports make a hundred thousand objects that stay: looking through them is a tenth of the start.
    gc.set_threshold(100_000, 20, 20)
    # A thread that comes back from a kernel waits so long for one that imports or repairs names, not 5 ms.
    sys.setswitchinterval(0.0003)
    sys.meta_path.insert(0, _WithoutUnused())
    # Matrices are small here: threads of BLAS would only be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not sys.platform.startswith("linux"):
        return
    if _stores_compressed_slowly():
        os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", "X86_V4 AVX512_ICL AVX512_SPR")
    library = _c_library()
    if library is None:
        return
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    library.mallopt(_M_ARENA_MAX, 1)
    library.mallopt(_M_MMAP_MAX, 0)
    library.mallopt(_M_TRIM_THRESHOLD, -1)
    _ask_for_huge_pages(library)


class _WithoutUnused:
    """Finds no pandas and no S3, which Arrow imports in case a value or a path is one of theirs.

    The command line has no such values: pandas takes .3 s, on a slow host .8, S3 a hundredth and 3 MiB.
    """

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname in UNUSED:
            raise ModuleNotFoundError(f"no module of the command line needs {fullname}", name=fullname)


def begin_ahead(arguments: Sequence[str]) -> None:
    """Where files are named that take a while to read, load Arrow and touch some of the memory for that.

    While a run starts one processor imports and the others have nothing to do: they can load a library of
    60 MB. A system that was idle hands out memory at .4 to 10 GiB a second, in pages of 2 MiB, and where the
    heap grows threads wait for that.
    """
    library = _c_library()
    if library is None:
        return
    n_bytes = sum(map(_bytes_of_file, arguments))
    if n_bytes < TABLES:
        return

    def begin() -> None:
        _load(library)
        _touch(library, int(min(TOUCHED * n_bytes, MOST_TOUCHED)))

    _ahead.append(threading.Thread(target=begin, name="linkage-ahead", daemon=True))
    _ahead[-1].start()


def end_ahead() -> None:
    """Leave what was touched by now to whoever needs it, who would begin behind it otherwise."""
    _is_needed.set()
    for thread in _ahead:
        thread.join()


def _bytes_of_file(argument: str) -> int:
    """The size of a file that an argument names, 0 where it names none."""
    try:
        about = Path(argument).stat()
    except (OSError, ValueError):
        return 0
    return about.st_size if stat.S_ISREG(about.st_mode) else 0


def _load(library: ctypes.CDLL) -> None:
    """Load what Arrow's modules are linked to, without the interpreter's lock: imports find it there."""
    folders = [Path(path, "pyarrow") for path in sys.path]
    files = [next(iter(sorted(f.glob(name))), None) for name in ARROW for f in folders if f.is_dir()]
    for file in filter(None, files):
        library.dlopen(os.fsencode(file), os.RTLD_LAZY)


def _touch(library: ctypes.CDLL, n_bytes: int) -> None:
    """Take memory from the heap, touch it until all is or somebody needs it, and free it.

    It is one piece: what others allocate meanwhile would lie between several ones, for good. The system could
    put the pages in place by itself (MADV_POPULATE_WRITE), but lets no other thread map memory meanwhile, and
    imports do: in cold memory they took .1 s longer.
    """
    begin = library.malloc(n_bytes)
    if begin is None:
        return
    for at in range(0, n_bytes // PIECE * PIECE, PIECE):
        if _is_needed.is_set():
            break
        ctypes.memset(begin + at, 0, PIECE)
    library.free(begin)


def are_large(tables: Sequence[Path]) -> bool:
    """Whether a run over these files may come near the machine's memory."""
    files = [file for path in tables for file in ([path] if path.is_file() else path.rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file()) >= LARGE_TABLES


def return_large_pieces() -> None:
    """Give large arrays back to the system as soon as they are freed, for runs that are short of memory.

    In one heap an array that fits no gap lies behind all others, and the gaps are held beside it.
    """
    library = _c_library()
    if library is not None:
        library.mallopt(_M_MMAP_THRESHOLD, LARGE_PIECE)
        library.mallopt(_M_MMAP_MAX, MOST_PIECES)


def _c_library() -> ctypes.CDLL | None:
    """The C library, where it is glibc."""
    library = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if library is None or not hasattr(library, "gnu_get_libc_version"):
        return None
    library.malloc.restype = ctypes.c_void_p
    library.malloc.argtypes = [ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    library.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    library.dlopen.restype = ctypes.c_void_p
    library.dlopen.argtypes = [ctypes.c_char_p, ctypes.c_int]
    return library


def _stores_compressed_slowly() -> bool:
    """Whether this is AMD's Zen 4, on which NumPy's sorts for AVX-512 take five times as long as for AVX2.

    They store vectors compressed, which is microcode there: a million numbers of 64 bits are sorted in 52 ms,
    and in 11 without (NumPy 2.4). Family 25 with AVX-512 is Zen 4; on Zen 5, family 26, it is 5 ms with and
    10 without.
    """
    try:
        with Path("/proc/cpuinfo").open(encoding="ascii", errors="replace") as file:
            first = file.read(8192).partition("\n\n")[0]
    except OSError:
        return False
    held = {key.strip(): value.split() for key, _, value in (row.partition(":") for row in first.split("\n"))}
    return (
        held.get("vendor_id") == ["AuthenticAMD"]
        and held.get("cpu family") == ["25"]
        and "avx512f" in held.get("flags", ())
    )


def _ask_for_huge_pages(library: ctypes.CDLL) -> None:
    """Grow the heap's address space once and mark it, which the later growth of a heap would not be."""
    size, begin = ADDRESSES, library.malloc(ADDRESSES)
    while begin is None and size > 1 << 30:  # a small machine, or a limit on address space
        size //= 2
        begin = library.malloc(size)
    if begin is None:
        return
    page = mmap.PAGESIZE
    start = (begin + page - 1) // page * page
    size = (begin + size - start) // page * page
    library.madvise(start, size, mmap.MADV_HUGEPAGE)
    library.free(begin)
