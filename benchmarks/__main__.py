"""All comparisons with Splink: a generated register and the public sets.

python -m benchmarks [OUT] [--people 1000000] [--seed 1] [--peers-python PYTHON]
"""

import argparse
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks import compare_dedupe, compare_public, datasets
from benchmarks.measure import peers_python

# Columns that nearly decide alone; without them the names, dates and places must do it.
IDENTIFIERS = ["id_number", "old_id_number", "health_insurance_number", "tax_code", "phone"]


def main() -> None:
    """Run everything and write one folder per comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("bench-results"))
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers-python", help="interpreter that has Splink and recordlinkage")
    parser.add_argument("--skip-public", action="store_true")
    options = parser.parse_args()
    python = peers_python(options.peers_python)
    register = datasets.register(people=options.people, seed=options.seed)
    n_records = pq.read_metadata(register).num_rows
    for title, without in (("all columns", []), ("no identifiers", IDENTIFIERS)):
        out = options.out / title.replace(" ", "-")
        runs = compare_dedupe.compare(register, out, without=without, python=python)
        compare_dedupe.write_report(out, f"{n_records:,} records, {title}", runs)
    if not options.skip_public:
        compare_public.compare_all(list(compare_public.SETS), options.out / "public", python)


if __name__ == "__main__":
    main()
