"""A table of many countries with its truth -> two tables of the same people, as two registers that meet differ.

People with several records have them on both sides; people with one are strangers to the other side. A way to
cut (`CUTS`) says how many records a person has in each, and how the right table is written: under other words,
its name in one column, its dates otherwise, its columns in another order among others.
"""

import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.foreign.plain import plain_tables
from benchmarks.foreign.tables import make_table
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.headers import WORDS, fold_header
from linkage.fields.meaning.held import find_headers
from linkage.tables.opening import open_source

Random = np.random.Generator
TINY = 50
"""Records of the left table of a cut with few."""


def cut(name: str, how: str, *, records: int | None = None, seed: int = 1) -> list[pa.Table]:
    """Left and right table of one way to cut a table of one file.

    Raises
    ------
    ValueError
        The table has no column that this way rewrites.
    """
    (table,) = make_table(name, records=records, seed=seed)
    random = np.random.default_rng([seed, zlib.crc32(f"{name} {how}".encode())])
    share, rewrite = CUTS[how]
    order = random.permutation(table.num_rows)
    _, people = np.unique(table["entity"].to_numpy(), return_inverse=True)
    sides = share(people[order], random)
    left, right = (table.take(np.sort(order[sides == side])) for side in (0, 1))
    return [_named(left, "l"), _named(rewrite(right, random) if rewrite else right, "r")]


def _named(table: pa.Table, side: str) -> pa.Table:
    """The table with record ids of its own."""
    ids = pa.array([f"{side}{i}" for i in range(table.num_rows)])
    return table.set_column(table.column_names.index("record_id"), "record_id", ids)


def _nth(entities: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Whether a record is its person's first, second ... from 0."""
    order = np.argsort(entities, kind="stable")
    starts = np.flatnonzero(np.diff(entities[order], prepend=entities[order][0] - 1))
    lengths = np.diff(np.append(starts, len(order)))
    found = np.empty(len(order), np.int64)
    found[order] = np.arange(len(order)) - np.repeat(starts, lengths)
    return found


def _apart(entities: npt.NDArray[np.int64], random: Random) -> npt.NDArray[np.int64]:
    """One record a person and side."""
    nth = _nth(entities)
    first = random.integers(0, 2, int(entities.max()) + 1)[entities]
    return np.where(nth == 0, first, np.where(nth == 1, 1 - first, 2))


def _many_right(entities: npt.NDArray[np.int64], random: Random) -> npt.NDArray[np.int64]:
    """One record a person on the left, all others on the right."""
    single = np.bincount(entities)[entities] == 1
    coin = random.integers(0, 2, len(entities))
    return np.where(single, coin, np.minimum(_nth(entities), 1))


def _anyhow(entities: npt.NDArray[np.int64], random: Random) -> npt.NDArray[np.int64]:
    """A coin for every record: duplicates on both sides."""
    return random.integers(0, 2, len(entities))


def _tiny(entities: npt.NDArray[np.int64], random: Random) -> npt.NDArray[np.int64]:
    """Few records on the left, one a person; everything else on the right."""
    first = _nth(entities) == 0
    chosen = np.flatnonzero(first)[:TINY]
    sides = np.ones(len(entities), np.int64)
    sides[chosen] = 0
    return sides


def _rename(table: pa.Table, random: Random) -> pa.Table:
    """The headers in another language, or in other words."""
    taken = {fold_header(c) for c in table.column_names}
    names = []
    for column in table.column_names:
        names.append(column if column in ("record_id", "entity") else _other_word(column, taken, random))
        taken.add(fold_header(names[-1]))
    return table.rename_columns(names)


def _other_word(column: str, taken: set[str], random: Random) -> str:
    """Another header that the lexicon has for the same meaning; the same where there is none."""
    folded = fold_header(column)
    for entry in WORDS["headers"]:
        words = [w for w in entry["headers"] if fold_header(w) not in taken]
        if folded in map(fold_header, entry["headers"]) and words:
            return str(words[int(random.integers(0, len(words)))])
    return column


def _one_name(table: pa.Table, random: Random) -> pa.Table:
    """Given and family name in one column."""
    fields = detect_schema(open_source(table.drop_columns(["entity"]))).fields
    parts = {f.part: f.name for f in fields if f.kind == "person_name" and not f.shared}
    if not {"given", "family"} <= set(parts):
        raise ValueError("no given and family name")
    values = zip(*(table[parts[p]].to_pylist() for p in ("given", "family")), strict=True)
    whole = [" ".join(v for v in pair if v) or None for pair in values]
    at = table.column_names.index(parts["given"])
    table = table.set_column(at, "Full name", pa.array(whole, pa.string()))
    return table.drop_columns([parts["family"]])


def _dates(table: pa.Table) -> tuple[str, list[str | None]]:
    """The column of dates, and these as year-month-day."""
    source = open_source(table.drop_columns(["entity"]))
    schema = detect_schema(source)
    headers = find_headers(source, schema)
    date = next((f.name for f in schema.fields if f.kind == "date"), None)
    if date is None or headers[date] not in table.column_names:
        raise ValueError("no column of dates")
    (plain,) = plain_tables([table], [headers], schema)
    at = [f.name for f in schema.fields].index(date)
    return headers[date], plain[f"f{at}"].to_pylist()


def _other_dates(table: pa.Table, random: Random) -> pa.Table:
    """Dates as day/month/year where they were ISO, else as ISO."""
    column, dates = _dates(table)
    texts = table[column].to_pylist()
    is_iso = sum(a == b for a, b in zip(texts, dates, strict=True)) > len(texts) / 2
    turned = [d and "/".join(reversed(d.split("-"))) for d in dates] if is_iso else dates
    return table.set_column(table.column_names.index(column), column, pa.array(turned, pa.string()))


def _three_dates(table: pa.Table, random: Random) -> pa.Table:
    """Dates in three columns."""
    column, dates = _dates(table)
    for k, part in enumerate(("birth_year", "birth_month", "birth_day")):
        values = [str(int(d.split("-")[k])) if d and int(d.split("-")[k]) else None for d in dates]
        table = table.append_column(part, pa.array(values, pa.string()))
    return table.drop_columns([column])


def _among_others(table: pa.Table, random: Random) -> pa.Table:
    """The columns in another order, among columns that say nothing of the person."""
    n = table.num_rows
    words = random.choice(["web", "branch", "import", "phone call"], n)
    days = [f"2024-{1 + k % 12:02d}-{1 + k % 28:02d}" for k in random.integers(0, 400, n)]
    others = {"source_system": words, "updated_at": days, "batch": random.integers(1, 9, n).astype(str)}
    for name, values in others.items():
        if name not in table.column_names:
            table = table.append_column(name, pa.array(values))
    return table.select([table.column_names[k] for k in random.permutation(table.num_columns)])


Sides = Callable[[npt.NDArray[np.int64], Random], npt.NDArray[np.int64]]
Rewrite = Callable[[pa.Table, Random], pa.Table]
CUTS: dict[str, tuple[Sides, Rewrite | None]] = {
    "apart": (_apart, None),
    "many_right": (_many_right, None),
    "anyhow": (_anyhow, None),
    "tiny": (_tiny, None),
    "renamed": (_apart, _rename),
    "one_name": (_apart, _one_name),
    "other_dates": (_apart, _other_dates),
    "three_dates": (_apart, _three_dates),
    "among_others": (_apart, _among_others),
}
