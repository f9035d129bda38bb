"""Sizes and a seed -> a made-up register and damaged claims about its citizens, with the truth."""

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.errors import InputError
from linkage.population.draws import I64, permute
from linkage.population.profiles import PROFILES
from linkage.population.records import CODED, COLUMNS, Records

__all__ = ["generate"]

BATCH: Final = 1 << 17
"""Records per row group, and the unit of memory."""
MAX_PEOPLE: Final = 120_000_000
_COPY, _CLAIM = 1 << 40, 1 << 41


def generate(
    out: str | Path,
    *,
    people: int = 1_000_000,
    seed: int = 0,
    profile: str = "P3",
    duplicates: float = 0.10,
    claims: int | None = None,
    strangers: float = 0.034,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Write `register.parquet` and `claims.parquet` about people who do not exist.

    The register holds every person once, hardly damaged (profile P0), and `duplicates` times as
    many second records damaged by `profile`, all shuffled. The claims are another database about
    some of these people and a share of strangers. Column `entity` (int64) is the truth. The same
    arguments give the same bytes. Memory: 8 bytes per person and some 300 MB.

    Parameters
    ----------
    out : folder, made when missing.
    people : how many people the register knows.
    seed : of all that is drawn.
    profile : "P0" population, "P1" insurance, "P2" bank, "P3" field campaign, "P4" paper.
    duplicates : second records per person; 15 % of them are third or later ones.
    claims : records in the claims, by default 3 for 10 people.
    strangers : share of the claims about people not in the register.
    progress : called with (records written, records in all).

    Returns
    -------
    dict : paths, counts and the arguments.

    Raises
    ------
    InputError : an argument is out of its range.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     generate(folder, people=1000, seed=1)["register_records"]
    1100
    """
    n_claims = round(people * 0.3) if claims is None else claims
    _check(people, profile, duplicates, n_claims, strangers)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    n_strangers = round(n_claims * strangers)
    n_copies = round(people * duplicates)
    records = Records(seed=seed, n_persons=people + n_strangers, profile=profile)
    total = people + n_copies + n_claims

    def report(done: int) -> None:
        if progress is not None:
            progress(done, total)

    register, claimed = folder / "register.parquet", folder / "claims.parquet"
    with _writer(register) as write:
        for begin in range(0, people + n_copies, BATCH):
            rows = np.arange(begin, min(begin + BATCH, people + n_copies))
            write(_register(records, rows, people, n_copies))
            report(int(rows[-1]) + 1)
    with _writer(claimed) as write:
        for begin in range(0, n_claims, BATCH):
            rows = np.arange(begin, min(begin + BATCH, n_claims))
            write(_claims(records, rows, people, n_claims, n_strangers))
            report(people + n_copies + int(rows[-1]) + 1)
    return {
        "register": str(register),
        "claims": str(claimed),
        "register_records": people + n_copies,
        "claims_records": n_claims,
        "people": people,
        "duplicate_records": n_copies,
        "strangers": n_strangers,
        "seed": seed,
        "profile": profile,
    }


def _check(people: int, profile: str, duplicates: float, claims: int, strangers: float) -> None:
    if not 1 <= people <= MAX_PEOPLE:
        raise InputError(f"people: expected 1 to {MAX_PEOPLE:,}, got {people:,}")
    if profile not in PROFILES:
        raise InputError(f"profile: expected one of {', '.join(PROFILES)}, got {profile!r}")
    if not 0 <= duplicates <= 5:
        raise InputError(f"duplicates: expected 0 to 5 per person, got {duplicates}")
    if not 0 <= strangers <= 1:
        raise InputError(f"strangers: expected a share from 0 to 1, got {strangers}")
    if claims < 0:
        raise InputError(f"claims: expected 0 or more, got {claims}")


def _register(records: Records, rows: I64, people: int, n_copies: int) -> pa.Table:
    """Rows of the register: row -> shuffled place; places from `people` on are copies."""
    draws = records.draws
    place = permute(rows, people + n_copies, draws.key("register order"))
    copy = place - people
    n_once = min(people, max(1, round(n_copies * 0.85)))
    again = draws.below("again", np.maximum(copy, 0).view(np.uint64), n_once)
    chosen = permute(np.where(copy < n_once, np.maximum(copy, 0), again), people, draws.key("who is double"))
    damaged = copy >= 0
    entity = np.where(damaged, chosen, place)
    record = np.where(damaged, copy + _COPY, place)
    return records.batch(prefix="R", row=rows, entity=entity, record=record, damaged=damaged)


def _claims(records: Records, rows: I64, people: int, n_claims: int, n_strangers: int) -> pa.Table:
    """Rows of the claims: first strangers, then people, each once until all were."""
    draws = records.draws
    place = permute(rows, n_claims, draws.key("claims order"))
    known = (place - n_strangers) % people
    chosen = permute(known, people, draws.key("who claims"))
    entity = np.where(place < n_strangers, people + place, chosen)
    damaged = np.ones(len(rows), dtype=np.bool_)
    return records.batch(prefix="C", row=rows, entity=entity, record=place + _CLAIM, damaged=damaged)


@contextlib.contextmanager
def _writer(path: Path) -> Iterator[Callable[[pa.Table], None]]:
    """A Parquet file that appears under its name only when complete."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    writer: list[pq.ParquetWriter] = []

    def write(table: pa.Table) -> None:
        if not writer:
            writer.append(
                pq.ParquetWriter(
                    part, table.schema, compression="zstd", compression_level=1,
                    use_dictionary=list(CODED),
                    store_schema=False, write_statistics=False,
                )
            )  # fmt: skip
        writer[0].write_table(table, row_group_size=BATCH)

    try:
        yield write
        if not writer:
            fields = [(name, pa.int64() if name == "entity" else pa.string()) for name in COLUMNS]
            write(pa.schema(fields).empty_table())
        writer[0].close()
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:  # Arrow's own words do not say which file it is
        raise InputError(f"cannot write {path}: {os.strerror(error.errno or errno.EIO)}") from error
    finally:
        part.unlink(missing_ok=True)
