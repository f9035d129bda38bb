"""All suites: kernels beside their floors, whole jobs beside peers at several sizes, tail, concurrency.

    python -m benchmarks [OUT] [--people 1000000] [--sizes 10000,100000,1000000] [--only kernels,lookup]
        [--peers-python PYTHON] [--free-threaded PYTHON] [--skip-public]

Writes OUT/*.json, a file a point; what is there is not measured again, and a suite that fails stops no
other. `python -m benchmarks.render OUT` makes the page of them.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import command_line, peers_python
from benchmarks.suites import SUITES


def main() -> None:
    """Run the suites one after the other."""
    parser = command_line(__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("bench-results"))
    parser.add_argument("--people", type=int, default=1_000_000, help="of the largest register")
    parser.add_argument("--sizes", help="people of each register; default the largest, a tenth, a hundredth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(SUITES), help="comma-separated suites")
    parser.add_argument("--peers-python", help="interpreter that has the peers, if not this one")
    parser.add_argument("--peer-queries", type=int, default=200, help="look-ups that peers are asked")
    parser.add_argument("--free-threaded", help="interpreter without the GIL that has linkage's dependencies")
    parser.add_argument("--free-threaded-path", type=Path, help="folder of a linkage built for it")
    parser.add_argument("--skip-public", action="store_true")
    options = parser.parse_args()
    options.python = peers_python(options.peers_python)
    sizes = options.sizes or f"{options.people // 100},{options.people // 10},{options.people}"
    options.sizes = sorted({int(n) for n in sizes.split(",")})
    chosen = options.only.split(",")
    unknown = set(chosen) - set(SUITES)
    if unknown:
        parser.error(f"unknown suites {sorted(unknown)}; there are {', '.join(SUITES)}")
    options.out.mkdir(parents=True, exist_ok=True)
    failed = [name for name, run in SUITES.items() if name in chosen and not _runs(name, run, options)]
    if failed:
        sys.exit(f"suites that failed: {', '.join(failed)}; the same command tries them again")


def _runs(name: str, run: Callable[[argparse.Namespace], None], options: argparse.Namespace) -> bool:
    """Run a suite; where a process of it fails the others still run."""
    begin = time.perf_counter()
    try:
        run(options)
    except subprocess.CalledProcessError as error:
        print(f"{name}: {error}", flush=True)
        return False
    print(f"suite {name}: {time.perf_counter() - begin:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    main()
