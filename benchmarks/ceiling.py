"""A register and claims with their truth -> how often the right person can be told from all others at all.

    python -m benchmarks.ceiling REGISTER CLAIMS OUT.json [--queries 2000] [--seed 1]

A bar on recall is only fair below what the data allow: of two women of one name born on one day, no
look-up can tell which is meant. Every record of the register is held against every query, field by field,
by plain equality of texts and dates, without linkage. A record is as good as the right one where each field
of the query agrees with it no less; better where one agrees more as well. Whoever is as good shares the
first place by chance, whoever is better takes it. Records that differ from the query in another way than
the right one count as worse, though many of them fit better: the true ceiling lies below this one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measure import command_line, write_json
from benchmarks.peer_run import Date, fold, read_date
from benchmarks.queries import FIELDS, draw_queries

LESS, SAME, MORE = -1, 0, 1


class Texts(NamedTuple):
    """What a query or a record says."""

    name: str
    folded: str
    date: Date
    sex: str
    province: str


def read_texts(row: dict[str, Any]) -> Texts:
    """A row's fields in the forms that are compared; empty where nothing is known."""
    name, date, sex, province = (row[field] or "" for field in FIELDS)
    return Texts(" ".join(name.casefold().split()), fold(name), read_date(date), fold(sex), fold(province))


def compare_names(query: Texts, right: Texts, other: Texts) -> int:
    """Whether the other's name agrees more with the query's than the right one, no less, or may be less."""
    grades = [2 * (of.name == query.name) or int(of.folded == query.folded) for of in (right, other)]
    if grades[0] != grades[1]:
        return MORE if grades[1] > grades[0] else LESS
    is_plain = query.name == query.folded and grades[0] == 1
    return SAME if is_plain or other.name == right.name else LESS


def compare_dates(query: Texts, right: Texts, other: Texts) -> int:
    """The same of dates: one of which the query says a part agrees where that part does."""
    fits = [
        all(asked in (0, held) for asked, held in zip(query.date, of.date, strict=True))
        for of in (right, other)
    ]
    if fits[0] != fits[1]:
        return MORE if fits[1] else LESS
    return SAME if fits[0] or other.date == right.date else LESS


def compare_categories(query: str, right: str, other: str) -> int:
    """The same of categories: equal ones agree more than missing ones, those more than others."""
    if not query:
        return SAME
    grades = [2 if of == query else 0 if of else 1 for of in (right, other)]
    return int(np.sign(grades[1] - grades[0]))


def compare(query: Texts, right: Texts, other: Texts) -> int:
    """Whether the other fits the query better than the right record (MORE), as well (SAME), or may not."""
    found = [
        compare_categories(query.sex, right.sex, other.sex),
        compare_categories(query.province, right.province, other.province),
        compare_names(query, right, other) if query.folded else SAME,
        compare_dates(query, right, other) if query.date.year else SAME,
    ]
    return min(found) if LESS in found else max(found)


def rows_of(register: Path) -> Iterator[pa.RecordBatch]:
    """The register's fields and entities, batch by batch."""
    yield from pq.ParquetFile(register).iter_batches(columns=[*FIELDS, "entity"])


def records_by_entity(register: Path, entities: Iterable[int]) -> dict[int, list[Texts]]:
    """What the records of these people say."""
    wanted = pa.array(sorted(set(entities)))
    found = defaultdict(list)
    for batch in rows_of(register):
        for row in batch.filter(pc.is_in(batch["entity"], wanted)).to_pylist():
            found[row["entity"]].append(read_texts(row))
    return found


def keys_of(texts: Texts, query: Texts) -> tuple[str, int]:
    """The name and year that records have which agree with the query no less than these texts."""
    return texts.folded, texts.date.year if query.date.year else 0


def measure_ceiling(register: Path, queries: pa.Table, depth: int = 5) -> dict[str, float]:
    """The most that recall@1 and recall@depth can be expected to be on the queries of known people."""
    return summarise(find_rivals(register, known(queries)), depth)


def known(queries: pa.Table) -> list[dict[str, Any]]:
    """The queries of people whom the register holds."""
    return [row for row in queries.to_pylist() if row["role"] == "known"]


def find_rivals(register: Path, asked: list[dict[str, Any]]) -> list[dict[int, int]]:
    """Per query, the others who fit it as well as the right one or better; none where it has no name."""
    right = records_by_entity(register, (row["entity"] for row in asked))
    texts = [read_texts(row) for row in asked]
    by_key: dict[tuple[str, int], set[int]] = defaultdict(set)
    for i, (query, row) in enumerate(zip(texts, asked, strict=True)):
        for one in (query, *right[row["entity"]]) if query.folded else ():
            by_key[keys_of(one, query)].add(i)
    names = {name for name, _ in by_key}
    better: list[dict[int, int]] = [{} for _ in asked]
    for batch in rows_of(register):
        coded = batch["full_name"].dictionary_encode()
        is_wanted = np.array([fold(name or "") in names for name in coded.dictionary.to_pylist()] + [False])
        places = coded.indices.fill_null(len(is_wanted) - 1).to_numpy(zero_copy_only=False)
        for row in batch.filter(pa.array(is_wanted[places])).to_pylist():
            other = read_texts(row)
            for i in by_key.get((other.folded, other.date.year), set()) | by_key.get(
                (other.folded, 0), set()
            ):
                entity = asked[i]["entity"]
                if row["entity"] == entity or not right[entity]:
                    continue
                result = min(compare(texts[i], one, other) for one in right[entity])
                if result >= SAME:
                    better[i][row["entity"]] = max(result, better[i].get(row["entity"], SAME))
    return better


def summarise(rivals: list[dict[int, int]], depth: int) -> dict[str, float]:
    """Shares of queries, and the recall expected, from each query's rivals and how they compare."""
    n_more = np.array([sum(r == MORE for r in of.values()) for of in rivals])
    n_same = np.array([sum(r == SAME for r in of.values()) for of in rivals])
    return {
        "n": len(rivals),
        "share_with_a_better_one": float((n_more > 0).mean()),
        "share_with_one_as_good": float(((n_more == 0) & (n_same > 0)).mean()),
        "recall_at_1": float(np.clip((1 - n_more) / (n_same + 1), 0, 1).mean()),
        f"recall_at_{depth}": float(np.clip((depth - n_more) / (n_same + 1), 0, 1).mean()),
    }


def main() -> None:
    """Measure, print, write."""
    parser = command_line(__doc__, "register", "claims", "out")
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    queries = draw_queries(
        options.register, options.claims, known=options.queries, strangers=0, seed=options.seed
    )
    asked = known(queries)
    rivals = find_rivals(options.register, asked)
    is_whole = [all(row[field] for field in FIELDS) for row in asked]
    content = {
        "as they come": summarise(rivals, 5),
        "all four fields": summarise([of for of, whole in zip(rivals, is_whole, strict=True) if whole], 5),
    }
    print(content)
    write_json(options.out, content)


if __name__ == "__main__":
    main()
