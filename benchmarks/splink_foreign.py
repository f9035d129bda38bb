"""A folder of tables and the kinds of their fields -> Splink's pairs, by one recipe for every kind of table.

    python -m benchmarks.splink_foreign FOLDER        (left.parquet, right.parquet or none, fields.json)

What a careful user of Splink does with a table that nobody has labelled: comparisons by kind of field as its
guides advise, term frequencies where it has them, each rule of one or two fields that makes few enough pairs,
training on names together and on what is a person's own. Names come folded, dates as they were read. Run with
the interpreter that has Splink.
"""

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on

from benchmarks.measure import Stopwatch
from benchmarks.splink_run import Recipe, connect, run

MOST_PAIRS = 2_000_000
"""A blocking rule that makes more pairs is not used."""


def comparisons_of(fields: list[dict[str, str]]) -> list[Any]:
    """One comparison a field; given and family name together."""
    parts = {f["part"]: f["column"] for f in fields if f["kind"] == "person_name" and f["part"]}
    together = {"given", "family"} <= set(parts)
    found = []
    if together:
        both = cl.ForenameSurnameComparison(parts["given"], parts["family"])
        found.append(both.configure(term_frequency_adjustments=True))
    for f in fields:
        column, kind = f["column"], f["kind"]
        if together and column in (parts["given"], parts["family"]):
            continue
        if kind == "date":
            found.append(_date(column))
        elif kind == "email":
            found.append(cl.EmailComparison(column))
        elif kind in ("identifier", "phone"):
            found.append(cl.DamerauLevenshteinAtThresholds(column, [1, 2]))
        elif kind in ("category", "number"):
            found.append(cl.ExactMatch(column).configure(term_frequency_adjustments=True))
        else:
            levels = [0.92, 0.8] if kind == "person_name" else [0.9, 0.75]
            likeness = cl.JaroWinklerAtThresholds(column, levels)
            found.append(likeness.configure(term_frequency_adjustments=True))
    return found


def _date(column: str) -> Any:
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            cll.ExactMatchLevel(column),
            cll.DamerauLevenshteinLevel(column, 1),
            cll.CustomLevel(f"substr({column}_l, 1, 4) = substr({column}_r, 1, 4)"),
            cll.CustomLevel(f"substr({column}_l, 6, 5) = substr({column}_r, 6, 5)"),
            cll.ElseLevel(),
        ],
    )


def rules_of(fields: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """Every field, every two fields, and the beginnings of names with whatever else there is."""
    columns = [f["column"] for f in fields if f["kind"] not in ("category", "number")]
    names = [f"substr({f['column']}, 1, 3)" for f in fields if f["kind"] == "person_name"]
    years = [f"substr({f['column']}, 1, 4)" for f in fields if f["kind"] == "date"]
    singles = [(column,) for column in columns]
    pairs = list(itertools.combinations(columns, 2))
    starts = list(itertools.product(names, [*columns, *years])) + list(itertools.combinations(names, 2))
    return [*singles, *pairs, *(rule for rule in starts if rule[1] not in rule[0])]


def few_enough(connection: Any, tables: list[str], rules: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rules that make at most `MOST_PAIRS` pairs."""
    kept = []
    for rule in rules:
        keys = ", ".join(f"{key} AS k{i}" for i, key in enumerate(rule))
        held = " AND ".join(f"{key} IS NOT NULL" for key in rule)
        counts = [
            f"(SELECT {keys}, count(*)::DOUBLE AS n FROM {table} WHERE {held} GROUP BY ALL)"
            for table in tables
        ]
        using = ", ".join(f"k{i}" for i in range(len(rule)))
        sql = (
            f"SELECT sum(n * (n - 1) / 2) FROM {counts[0]}"
            if len(tables) == 1
            else f"SELECT sum(a.n * b.n) FROM {counts[0]} AS a JOIN {counts[1]} AS b USING ({using})"
        )
        n_pairs = connection.execute(sql).fetchall()[0][0] or 0
        if 0 < n_pairs <= MOST_PAIRS:
            kept.append(rule)
    return kept


def recipe(fields: list[dict[str, str]], rules: list[tuple[str, ...]], link_type: str) -> Recipe:
    """Settings and training for these fields."""
    by_kind = {
        kind: [f["column"] for f in fields if f["kind"] == kind] for kind in {f["kind"] for f in fields}
    }
    names = by_kind.get("person_name", [])[:2]
    strong = by_kind.get("date", [])[:1] + by_kind.get("address", [])[:1] + by_kind.get("phone", [])[:1]
    sure = [block_on(*names, column) for column in strong or by_kind.get("text", [])[:1] if names]
    sure += [block_on(column) for kind in ("identifier", "email") for column in by_kind.get(kind, [])[:1]]
    own = [column for kind in ("date", "identifier", "email", "phone") for column in by_kind.get(kind, [])]
    shared = by_kind.get("address", []) + by_kind.get("text", [])
    # Names together train all others; what is a person's own, or a name at one place, trains the names.
    # Blocks of one telephone or postcode hold families: trained on these, names came to say nothing.
    em = [block_on(*names)] if names else []
    em += [block_on(own[0])] if own else [block_on(name, *shared[:1]) for name in names]
    return Recipe(
        settings=SettingsCreator(
            link_type=link_type,
            unique_id_column_name="record_id",
            comparisons=comparisons_of(fields),
            blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
            retain_matching_columns=False,
            em_convergence=0.001,
        ),
        deterministic_rules=sure or [block_on(*rules[0])],
        deterministic_recall=0.7,
        u_max_pairs=1e6,
        em_rules=em,
    )


def main() -> None:
    """Run one table, or link two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    fields = json.loads((folder / "fields.json").read_text())
    watch = Stopwatch()
    with watch.step("read"):
        connection = connect()
        tables = []
        for side in ("left", "right"):
            if (folder / f"{side}.parquet").exists():
                tables.append(f"{side}_register")
                sql = f"CREATE TABLE {tables[-1]} AS SELECT * FROM '{folder / f'{side}.parquet'}'"
                connection.execute(sql)
    rules = few_enough(connection, tables, rules_of(fields))
    link_type = "link_only" if len(tables) > 1 else "dedupe_only"
    run(connection, tables, recipe(fields, rules, link_type), folder, watch)


if __name__ == "__main__":
    main()
