"""Look-ups by class of query, the hard ones among them: p50, p99, p99.9 and the worst of each class.

    python -m benchmarks.tail REGISTER INDEX OUT [--queries 2000] [--seconds 8]

Classes are drawn from the register that the index holds: whole queries; 1 January births; the most frequent
names, by themselves, with a date, with 1 January; one field alone; nothing at all; texts nobody has; a name
and a date that never met; the numbers that most records share. Each query is asked three times and its
shortest time counts, so that a worst case is the query's and not its neighbour's on the machine; a class ends
after so many queries or seconds. One thread, index warm. Writes OUT/tail.json.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

import linkage
from benchmarks import datasets
from benchmarks.measure import command_line, save_result
from benchmarks.peer_run import fold, read_date
from benchmarks.queries import FIELDS, as_mapping, measure_latency
from benchmarks.tables import tail_table

Query = dict[str, str]
REPEATS = 3
FREQUENT = 20
"""Names that count as the most frequent."""
SAMPLE = 300_000
"""Records of the register that classes are drawn from."""


def draw_classes(register: Path, seed: int = 1) -> dict[str, list[Query]]:
    """Queries of each class, in random order; distinct ones first, they may be asked again."""
    rows = datasets.head(register, list(FIELDS), SAMPLE).to_pylist()
    random = np.random.default_rng(seed)
    people = [as_mapping(rows[i]) for i in random.permutation(len(rows))]
    whole = [p for p in people if "full_name" in p and "date_of_birth" in p]
    new_year = [p for p in whole if read_date(p["date_of_birth"])[1:] == (1, 1)]
    year_only = [p for p in whole if read_date(p["date_of_birth"])[1:] == (0, 0)]
    names = Counter(fold(p["full_name"]) for p in whole)
    top = {name for name, _ in names.most_common(FREQUENT)}
    frequent = [p for p in whole if fold(p["full_name"]) in top]
    mixed = [
        {**a, "date_of_birth": b["date_of_birth"]} for a, b in zip(whole, whole[1:] + whole[:1], strict=True)
    ]

    def only(of: list[Query], *fields: str) -> list[Query]:
        distinct = {tuple(p[f] for f in fields): None for p in of if all(f in p for f in fields)}
        return [dict(zip(fields, values, strict=True)) for values in distinct]

    classes = {
        "name, date, sex, province": whole,
        "born on 1 January": new_year,
        "only the year of birth is known": year_only,
        "one of the 20 most frequent names": frequent,
        "frequent name, born on 1 January": [p for p in new_year if fold(p["full_name"]) in top],
        "name and date of different people": mixed,
        "frequent name alone": only(frequent, "full_name"),
        "any name alone": only(whole, "full_name"),
        "date alone": only(whole, "date_of_birth"),
        "1 January alone": only(new_year, "date_of_birth"),
        "sex alone": only(people, "sex"),
        "province alone": only(people, "birth_province"),
        "sex and province": only(people, "sex", "birth_province"),
        "texts that nobody has": [{"full_name": text, "date_of_birth": text} for text in _nobody(random)],
        "nothing": [{}],
    }
    return {name: queries for name, queries in classes.items() if queries}


def _nobody(random: np.random.Generator) -> Iterator[str]:
    """Letters at random, a few and very many words of them."""
    letters = list("aăâbcdđeêghiklmnoôơpqrstuưvxy      ")
    for n in [*random.integers(1, 60, 490), *[2000] * 10]:
        yield "".join(random.choice(letters, n))


def shared_numbers(register: Path, field: str, most: int = 200) -> list[str]:
    """The values that most records share."""
    counts = Counter(datasets.head(register, [field], 4 * SAMPLE)[field].drop_null().to_pylist())
    return [value for value, _ in counts.most_common(most)]


def measure_class(
    ask: Callable[[Any], Any], asked: list[Any], *, n: int, seconds: float
) -> tuple[dict[str, float], int]:
    """Latency of a class, and how many queries were asked."""
    spent: list[float] = []
    until = time.perf_counter() + seconds
    for query in islice(cycle(asked), n):
        least = float("inf")
        for _ in range(REPEATS):
            begin = time.perf_counter()
            ask(query)
            least = min(least, time.perf_counter() - begin)
        spent.append(least)
        if time.perf_counter() > until:
            break
    return measure_latency(spent), len(spent)


def measure(register: Path, index: linkage.Index, *, n: int, seconds: float) -> list[dict[str, Any]]:
    """A line a class: look-ups, then exact ones by shared numbers."""

    def ask(query: Mapping[str, str]) -> Any:
        return index.lookup(query, limit=5)

    classes = draw_classes(register)
    for query in next(iter(classes.values()))[:200]:
        ask(query)
    lines = []
    for name, asked in classes.items():
        latency, n_asked = measure_class(ask, asked, n=n, seconds=seconds)
        answers = [ask(query) for query in asked[: min(n_asked, 200)]]
        lines.append(
            {
                "class": name,
                "n": n_asked,
                "n_distinct": min(n_asked, len(asked)),
                "latency": latency,
                "share_truncated": float(np.mean([a.truncated for a in answers])),
                "share_answered": float(np.mean([bool(len(a)) for a in answers])),
            }
        )
    for field in ("phone", "household_id", "id_number"):
        if field in (f.name for f in index.schema.fields):
            values = shared_numbers(register, field)
            latency, n_asked = measure_class(
                lambda value, field=field: index.get(field, value), values, n=n, seconds=seconds
            )
            line = {"class": f"get: {field} that most share", "n": n_asked, "latency": latency}
            lines.append({**line, "n_distinct": len(values)})
    return lines


def main() -> None:
    """Measure, print, write."""
    parser = command_line(__doc__, "register", "index", "out")
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=8.0, help="a class at most")
    options = parser.parse_args()
    with linkage.open_index(options.index) as index:
        lines = measure(options.register, index, n=options.queries, seconds=options.seconds)
        content = {"n_records": len(index), "classes": lines}
    save_result(options.out, "tail", content)
    print(tail_table(lines))


if __name__ == "__main__":
    main()
