"""What linkage found out about one or two tables -> the same tables as Splink takes them, and Splink's pairs.

Splink gets the fields that detection found, under plain names, dates as linkage read them (ISO), names and
texts folded to small letters without diacritics: what an expert would do around it.
"""

import json
import os
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import linkage


def run_splink(result: linkage.Result, tables: list[pa.Table], python: str, folder: Path) -> pa.Table:
    """Splink's pairs of these tables: record_id_l, record_id_r, match_weight, match_probability.

    Raises
    ------
    subprocess.CalledProcessError
        Splink stopped; its last words are in `stderr`.
    """
    records = result.resolution.records
    fields = [
        {"column": f"f{i}", "kind": f.kind, "part": f.part or "", "name": f.name}
        for i, f in enumerate(records.schema.fields)
    ]
    first = 0
    for side, table, headers in zip(("left", "right"), tables, records.headers, strict=False):
        columns: dict[str, Any] = {"record_id": table["record_id"]}
        for field in fields:
            if field["kind"] == "date":
                words = records.rows[first : first + table.num_rows, records.words[field["name"]]]
                columns[field["column"]] = [iso(int(w)) for w in words]
            else:
                column = table[headers[field["name"]]].cast(pa.string())
                columns[field["column"]] = [folded(v) for v in column.to_pylist()]
        first += table.num_rows
        pq.write_table(pa.table(columns), folder / f"{side}.parquet")
    (folder / "fields.json").write_text(json.dumps(fields))
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


def iso(word: int) -> str | None:
    """A date's packed digits as year-month-day; None where it is missing."""
    digits = f"{word:08x}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if word else None


def folded(value: str | None) -> str | None:
    """Small letters without diacritics; None for nothing."""
    if value is None or not value.strip():
        return None
    plain = unicodedata.normalize("NFD", value.casefold().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()
