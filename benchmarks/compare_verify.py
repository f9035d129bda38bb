"""A register and claims about it -> the false alarms of a strict comparison and of `verify`; forms a second.

A strict mismatch is a false alarm when the claim's number is its own person's: the rest of the form was
written otherwise, not wrong. The truth is the column `entity`, which no comparison sees.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import linkage
from linkage.population.acceptance import strict_comparison, strict_mismatches

FIELDS = ["id_number", "full_name", "date_of_birth"]
CLASSES = (
    ("agrees", ("KHOP", "KHOP_CHUAN_HOA", "KHOP_MOT_PHAN")),
    ("name differs", ("LECH_HO_TEN",)),
    ("date differs", ("LECH_NGAY_SINH",)),
    ("several people", ("NHIEU_UNG_VIEN",)),
    ("no such number", ("SO_KHONG_TON_TAI",)),
    ("no number, or unreadable", ("THIEU_SO", "SAI_DINH_DANG")),
)


def own_number(register: pa.Table, claims: pa.Table) -> np.ndarray:
    """Whether a claim's number, mended of spaces, is that of its own person, new or old."""
    holders: dict[str, set[str]] = {}
    for column in ("id_number", "old_id_number"):
        for number, entity in zip(register[column].to_pylist(), register["entity"].to_pylist(), strict=True):
            if number:
                holders.setdefault(number, set()).add(entity)
    pairs = zip(claims["id_number"].to_pylist(), claims["entity"].to_pylist(), strict=True)
    return np.array([entity in holders.get((number or "").strip(), ()) for number, entity in pairs])


def measure(folder: Path, index_path: Path, threads: int | None) -> dict[str, Any]:
    """Strict classes, verify's, both by truth, and the rate."""
    register, claims = (pq.read_table(folder / f"{name}.parquet") for name in ("register", "claims"))
    if not index_path.exists():
        linkage.build_index(index_path, register)
    index = linkage.open_index(index_path)
    forms = claims.select(FIELDS)
    index.verify_many(forms.slice(0, 1000), threads=threads)
    begin, cpu = time.perf_counter(), time.process_time()
    codes = index.verify_many(forms, threads=threads)["code"].to_numpy()
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    strict, own = strict_mismatches(register, claims), own_number(register, claims)
    by_class = {name: np.isin(codes, which) for name, which in CLASSES}
    return {
        "n_records": len(register),
        "n_forms": len(claims),
        "strict": strict_comparison(register, claims),
        "verify": {name: float(found.mean()) for name, found in by_class.items()},
        "strict mismatches, own number": {n: int((f & strict & own).sum()) for n, f in by_class.items()},
        "strict mismatches, other": {n: int((f & strict & ~own).sum()) for n, f in by_class.items()},
        "seconds": seconds,
        "cpu_seconds": cpu,
        "forms_a_second": len(claims) / seconds,
    }


def main() -> None:
    """Print what `measure` finds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="register.parquet and claims.parquet of `linkage generate`")
    parser.add_argument("--index", type=Path, help="built there if it is not; default FOLDER/people.idx")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    index = options.index or options.folder / "people.idx"
    for name, found in measure(options.folder, index, options.threads).items():
        print(name)
        for key, value in found.items() if isinstance(found, dict) else ((" ", found),):
            print(f"  {key:<28}{value:>14,.4g}" if isinstance(value, float) else f"  {key:<28}{value:>14,}")


if __name__ == "__main__":
    main()
