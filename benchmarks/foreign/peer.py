"""What linkage found out about one or two tables -> the same tables as Splink takes them, and Splink's pairs.

Splink gets the fields that detection found, under plain names (`plain.py`).
"""

import json
import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import linkage
from benchmarks.foreign.plain import peer_fields, plain_columns


def run_splink(result: linkage.Result, tables: list[pa.Table], python: str, folder: Path) -> pa.Table:
    """Splink's pairs of these tables: record_id_l, record_id_r, match_weight, match_probability.

    Raises
    ------
    subprocess.CalledProcessError
        Splink stopped; its last words are in `stderr`.
    """
    records = result.resolution.records
    plain = plain_columns(records, tables, records.headers)
    for side, table in zip(("left", "right"), plain, strict=False):
        pq.write_table(table, folder / f"{side}.parquet")
    (folder / "fields.json").write_text(json.dumps(peer_fields(records.schema)))
    here = Path(__file__).parents[2]
    subprocess.run(
        [python, "-m", "benchmarks.splink_foreign", folder],
        check=True,
        capture_output=True,
        text=True,
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(here)},
    )
    return pq.read_table(folder / "pairs.parquet")
