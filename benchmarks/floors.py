"""This machine's constants -> the least time a step of known work can take on one core.

    python -m benchmarks.floors OUT        # writes OUT/machine.json and prints the constants

A floor counts what a step cannot do without: bytes that must come from memory or go to it, cache lines at
places nobody can foresee (overlapped where the next address is known early, in a chain where it is not;
each as dear as a table of that size makes it), instructions, and durable commits; and nothing else. So a
factor of 1 cannot be reached, and 3 is good.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt

from benchmarks.measure import best, command_line, save_result

WORKING_SET = 1 << 30
"""Larger than any cache that a tenant of a shared machine can count on."""
RANDOM_READS = 2_000_000
TABLE_BYTES = (1 << 15, 1 << 19, 1 << 23, 1 << 26, WORKING_SET)
"""Sizes of tables that random places are read of: between them the cost is interpolated."""
Costs = tuple[tuple[int, float], ...]
Lines = tuple[tuple[float, float], ...]
INSTRUCTIONS_PER_CYCLE = 4
"""What current cores retire at best in code that mixes loads, arithmetic and branches."""


@dataclass(frozen=True)
class Machine:
    """Constants of one core of this machine."""

    read_bytes_per_second: float
    copy_bytes_per_second: float
    """Read plus written bytes."""
    random_read_seconds: Costs
    """By bytes of the table: one cache line at a random place when many are under way at once."""
    chained_read_seconds: Costs
    """By bytes of the table: one cache line whose address the one before it tells."""
    instructions_per_second: float
    fsync_seconds: float


@dataclass(frozen=True)
class Work:
    """What a step cannot do without, for all of its items together."""

    read_bytes: float = 0.0
    written_bytes: float = 0.0
    random_reads: Lines = ()
    """How many cache lines at random places of a table of how many bytes."""
    chained_reads: Lines = ()
    instructions: float = 0.0
    commits: float = 0.0
    counts: str = ""
    """In words what is counted."""

    def seconds(self, machine: Machine) -> float:
        """Memory traffic and instructions overlap, so the longer one counts; the rest adds to it."""
        streaming = (
            self.read_bytes / machine.read_bytes_per_second
            + 2 * self.written_bytes / machine.copy_bytes_per_second
        )
        memory = streaming + sum(n * cost(machine.random_read_seconds, size) for n, size in self.random_reads)
        computing = self.instructions / machine.instructions_per_second
        waiting = sum(n * cost(machine.chained_read_seconds, size) for n, size in self.chained_reads)
        return max(memory, computing) + waiting + self.commits * machine.fsync_seconds


def cost(costs: Costs, n_bytes: float) -> float:
    """Seconds of a read from a table of this size, interpolated on the logarithm of sizes."""
    sizes, seconds = np.array(costs).T
    return float(np.interp(np.log(max(n_bytes, 1)), np.log(sizes), seconds))


@numba.njit
def _gather(table: npt.NDArray[np.uint64], places: npt.NDArray[np.uint32]) -> int:
    total = np.uint64(0)
    for place in places:
        total += table[place]
    return int(total)


@numba.njit
def _chase(following: npt.NDArray[np.uint32], steps: int) -> int:
    at = np.uint32(0)
    for _ in range(steps):
        at = following[at]
    return int(at)


def measure_machine() -> Machine:
    """Measure the constants; ten seconds and 2 GiB."""
    random = np.random.default_rng(1)
    big = np.ones(WORKING_SET // 8, np.uint64)
    other = np.empty_like(big)
    read = WORKING_SET / best(5, lambda: big.max())
    copy = 2 * WORKING_SET / best(5, lambda: np.copyto(other, big))
    gather = tuple((size, _random_seconds(big, size, random)) for size in TABLE_BYTES)
    chained = tuple((size, _chained_seconds(size, random)) for size in TABLE_BYTES)
    return Machine(read, copy, gather, chained, INSTRUCTIONS_PER_CYCLE * clock_hertz(), fsync_seconds())


def _random_seconds(big: npt.NDArray[np.uint64], size: int, random: np.random.Generator) -> float:
    """A line of a table of this size, its place known long before."""
    table = big[: size // 8]
    places = random.integers(0, size // 64, RANDOM_READS, dtype=np.uint32) * np.uint32(8)
    _gather(table, places)
    return best(3, lambda: _gather(table, places)) / RANDOM_READS


def _chained_seconds(size: int, random: np.random.Generator) -> float:
    """A walk over a random cycle through a table of this size, one cache line a step."""
    n_lines, steps = size // 64, 500_000
    order = random.permutation(n_lines).astype(np.uint32) * np.uint32(16)
    following = np.zeros(n_lines * 16, np.uint32)
    following[order[:-1]] = order[1:]
    following[order[-1]] = order[0]
    _chase(following, min(steps, 2 * n_lines))
    return best(3, lambda: _chase(following, steps)) / steps


def clock_hertz() -> float:
    """The fastest clock that the system tells of."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return (
        max((float(line.split(":")[1]) for line in lines if line.startswith("cpu MHz")), default=3000) * 1e6
    )


def fsync_seconds(n: int = 200) -> float:
    """Appending 4 KiB durably, where data sets are kept: the median of some."""
    from benchmarks.datasets import cache_dir

    spent = []
    with tempfile.TemporaryFile(dir=cache_dir()) as file:
        for _ in range(n):
            begin = time.perf_counter()
            os.write(file.fileno(), b"x" * 4096)
            os.fsync(file.fileno())
            spent.append(time.perf_counter() - begin)
    return float(np.median(spent))


def main() -> None:
    """Measure, print and write."""
    parser = command_line(__doc__, "out")
    options = parser.parse_args()
    machine = measure_machine()
    for name, value in asdict(machine).items():
        print(f"{name:28s} {value if isinstance(value, tuple) else format(value, '.4g')}")
    save_result(options.out, "machine", {"constants": asdict(machine)})


if __name__ == "__main__":
    main()
