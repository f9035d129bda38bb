"""What all look-up peers share -> prepared people, a command with `build` and `ask`, measured answers.

    python -m benchmarks.peer_X build REGISTER FOLDER          # writes FOLDER and FOLDER/build.json
    python -m benchmarks.peer_X ask FOLDER QUERIES ANSWERS     # writes ANSWERS and ANSWERS.json

Runs in the peers' interpreter, without linkage. The preparation is what an expert would write
around any of the peers: names folded to plain lower-case letters, dates read into year, month and
day, provinces folded. It is part of the build and of the measured latency.
"""

import argparse
import re
import time
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import Stopwatch, describe_versions, write_json
from benchmarks.queries import ANSWER_SCHEMA, FIELDS

LIMIT = 5
DATE = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4}|\d{2})|(\d{4})-(\d{2})-(\d{2})")
PIVOT = 26
"""A year of two digits up to here is of this century."""
I_OR_Y = re.compile(r"\b([bcdghklmnprstvx]+)y\b")
"""Words that Vietnamese spells with i or y as the writer likes: Lý, Lí."""

AGREEMENT = """
    24 * {similarity}
    + CASE WHEN year = {year} THEN 6 WHEN abs(year - {year}) = 1 THEN 2 ELSE 0 END
    + CASE WHEN month = 1 AND day = 1 OR {month} = 1 AND {day} = 1 THEN 3
        WHEN month = {month} AND day = {day} THEN 8.5 WHEN day = {day} THEN 5
        WHEN month = {month} THEN 3.5 WHEN month = {day} AND day = {month} THEN 6 ELSE 0 END
    + CASE WHEN sex = {sex} THEN 1 ELSE 0 END
    + CASE WHEN province = {province} THEN 5 ELSE 0 END"""
"""How SQL peers order candidates: about as many bits as chance agreement is rare; 1 January says little."""


class Date(NamedTuple):
    """What is known of a date; 0 where nothing is."""

    year: int = 0
    month: int = 0
    day: int = 0

    @property
    def is_full(self) -> bool:
        """Whether year, month and day are all known."""
        return bool(self.year and self.month and self.day)


class Person(NamedTuple):
    """A record or a query as the peers index it; empty text where nothing is known."""

    name: str
    date: Date
    sex: str
    province: str


class Peer(ABC):
    """A search system: built from people into a folder, opened, asked one person at a time."""

    name: str
    packages: tuple[str, ...] = ()
    variants: tuple[str, ...] = ("",)
    """Ways to ask the same index, the most complete first; the fastest ones give up something."""
    variant = ""

    @abstractmethod
    def build(self, people: Iterator[tuple[str, Person]], folder: Path, watch: Stopwatch) -> dict[str, Any]:
        """Index (record id, person) durably in the folder; facts for the report."""

    @abstractmethod
    def open(self, folder: Path) -> None:
        """Make ready to be asked."""

    @abstractmethod
    def ask(self, person: Person) -> Sequence[str]:
        """Ids of the best records, best first, LIMIT at most."""

    def close(self) -> dict[str, Any]:
        """Stop whatever was started; facts for the report."""
        return {}


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Lower-case letters without marks, and digits; anything else parts words."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return I_OR_Y.sub(r"\1i", " ".join(kept.split()))


@lru_cache(maxsize=100_000)
def read_date(text: str) -> Date:
    """Day, month and year in the orders in use; only the year, or month and year, are read too."""
    found = DATE.fullmatch(text.strip())
    if found is None:
        return Date()
    day, month, year, *iso = found.groups()
    if iso[0]:
        return Date(*map(int, iso))
    century = 0 if len(year) == 4 else 2000 if int(year) <= PIVOT else 1900
    return Date(century + int(year), int(month or 0), int(day or 0))


def prepare(full_name: str | None, date: str | None, sex: str | None, province: str | None) -> Person:
    """A person as peers index it, from the text of a record or of a query."""
    return Person(fold(full_name or ""), read_date(date or ""), fold(sex or ""), fold(province or ""))


def read_people(register: Path) -> Iterator[tuple[str, Person]]:
    """Every record of the register: its id and the prepared person."""
    for batch in pq.ParquetFile(register).iter_batches(columns=["record_id", *FIELDS]):
        record_ids, *fields = (batch[name].to_pylist() for name in ("record_id", *FIELDS))
        for record_id, *values in zip(record_ids, *fields, strict=True):
            yield record_id, prepare(*values)


def folder_bytes(folder: Path) -> int:
    """What the files of a folder hold, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def build(peer: Peer, register: Path, folder: Path) -> None:
    """Index the register and write build.json: steps, size, peak memory."""
    folder.mkdir(parents=True, exist_ok=True)
    watch = Stopwatch()
    begin = time.perf_counter()
    facts = peer.build(read_people(register), folder, watch)
    seconds = time.perf_counter() - begin
    n_records = pq.read_metadata(register).num_rows
    sizes = {"index_bytes": folder_bytes(folder), **facts}
    summary = {
        "name": peer.name,
        "versions": describe_versions(*peer.packages),
        "n_records": n_records,
        "seconds": round(seconds, 3),
        "records_per_second": round(n_records / seconds),
        **watch.to_dict(),
        **sizes,
        "bytes_per_record": round(sizes["index_bytes"] / n_records, 1),
    }
    write_json(folder / "build.json", summary)


def ask(peer: Peer, folder: Path, queries: Path, answers: Path, *, limit: int) -> None:
    """Ask the warm-up queries, then `limit` known people under the clock, one at a time."""
    rows = pq.read_table(queries).to_pylist()
    watch = Stopwatch()
    with watch.step("open"):
        peer.open(folder)
    try:
        with watch.step("warm-up"):
            for row in [row for row in rows if row["role"] == "warmup"][:limit]:
                peer.ask(prepare(*(row[name] for name in FIELDS)))
        with watch.step("ask"):
            known = [row for row in rows if row["role"] == "known"][:limit]
            table = pa.Table.from_pylist([_timed(peer, row) for row in known], ANSWER_SCHEMA)
    finally:
        facts = peer.close()
    pq.write_table(table, answers)
    write_json(
        answers.with_suffix(".json"), {"name": peer.name, "variant": peer.variant, **watch.to_dict(), **facts}
    )


def _timed(peer: Peer, row: dict[str, Any]) -> dict[str, Any]:
    texts = [row[name] for name in FIELDS]
    begin = time.perf_counter()
    found = peer.ask(prepare(*texts))
    seconds = time.perf_counter() - begin
    return {
        "query_id": row["query_id"],
        "record_ids": list(found),
        "probabilities": [],
        "seconds": seconds,
    }


def main(peer: Peer) -> None:
    """The command of a peer: `build` or `ask`."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build")
    building.add_argument("register", type=Path)
    building.add_argument("folder", type=Path)
    asking = commands.add_parser("ask")
    asking.add_argument("folder", type=Path)
    asking.add_argument("queries", type=Path)
    asking.add_argument("answers", type=Path)
    asking.add_argument("--limit", type=int, default=200, help="warm-up and known queries to ask")
    asking.add_argument("--variant", choices=peer.variants, default=peer.variants[0])
    options = parser.parse_args()
    if options.command == "build":
        build(peer, options.register, options.folder)
    else:
        peer.variant = options.variant
        ask(peer, options.folder, options.queries, options.answers, limit=options.limit)
