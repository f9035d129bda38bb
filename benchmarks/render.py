"""Results of runs -> docs/benchmarks.md and its plots.

    python -m benchmarks.render OUT [--page docs/benchmarks.md] [--png FOLDER]

Reads every OUT/*.json. A suite that was not run leaves its section out; peers that were not there are named.
`--png` also writes each plot as a picture, to be looked at.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import plot_style, plots
from benchmarks.compare_lookup import markdown as lookup_markdown
from benchmarks.measure import command_line
from benchmarks.scaling import cost_points, fits
from benchmarks.tables import (
    busy_sentence,
    concurrency_table,
    country_table,
    fit_table,
    job_table,
    kernel_table,
    machine_table,
    pairs_table,
    tail_table,
    writer_table,
)

Results = Mapping[str, list[dict[str, Any]]]


def read_results(out: Path) -> dict[str, list[dict[str, Any]]]:
    """All points of a folder by suite, small ones first."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(out.glob("*.json")):
        one = json.loads(path.read_text())
        if isinstance(one, dict) and "suite" in one and "about" in one:
            found[one["suite"]].append(one)
    for points in found.values():
        points.sort(key=lambda one: one.get("n_records") or 0)
    return found


def figure(name: str, alternative: str) -> str:
    """A plot that follows the reader's light or dark page."""
    return (
        "<picture>\n"
        f'  <source media="(prefers-color-scheme: dark)" srcset="benchmarks/{name}-dark.svg">\n'
        f'  <img alt="{alternative}" src="benchmarks/{name}-light.svg">\n'
        "</picture>\n"
    )


class Page:
    """The page's sections, in order; each with its plot and table where results are there."""

    def __init__(self, results: Results, drawn: set[str]) -> None:
        self.results = results
        self.drawn = drawn
        self.parts: list[str] = []

    def section(self, title: str, plot: str, alternative: str, command: str, text: str, *tables: str) -> None:
        """Write a section; tables that are empty are left out."""
        self.parts += [f"## {title}\n", text + "\n"]
        if plot in self.drawn:
            self.parts.append(figure(plot, alternative))
        self.parts += [table for table in tables if table]
        self.parts.append(f"`{command}`\n")

    def notes(self, suite: str) -> str:
        """What was not run."""
        lines = {line for one in self.results.get(suite, []) for line in one.get("notes", [])}
        return "".join(f"- {line}\n" for line in sorted(lines))

    def points(self, suite: str) -> list[dict[str, Any]]:
        """Points of a suite that succeeded."""
        return [one for one in self.results.get(suite, []) if "failed" not in one]


def write_page(results: Results, drawn: set[str]) -> str:
    """The whole page."""
    page = Page(results, drawn)
    page.parts.append(HEAD)
    page.parts.append(machine_table(results))
    page.parts += [line for line in (busy_sentence(results),) if line]
    if page.points("dedupe"):
        page.section(
            "Dedupe", "dedupe", "Time, memory and F1 of a dedupe against the number of records",
            "python -m benchmarks RESULTS --only dedupe", DEDUPE,
            job_table(page.points("dedupe")), page.notes("dedupe"),
        )  # fmt: skip
    if page.points("link"):
        page.section(
            "Link", "link", "Time, memory and F1 of a link against the number of records",
            "python -m benchmarks RESULTS --only link", LINK,
            job_table(page.points("link")), page.notes("link"),
        )  # fmt: skip
    lookups = [one for one in page.points("lookup") if one["runs"]]
    if lookups:
        tables = [
            f"### {one['n_records']:,} records\n\n{lookup_markdown(one['runs'])}" for one in lookups[-2:]
        ]
        page.section(
            "Look-up", "lookup", "Latency, recall and size of look-ups against the number of records",
            "python -m benchmarks RESULTS --only lookup", LOOKUP, *tables, page.notes("lookup"),
        )  # fmt: skip
    for one in page.points("tail")[-1:]:
        page.section(
            "Tail", "tail", "Latency of look-ups by class of query",
            "python -m benchmarks RESULTS --only tail",
            TAIL, tail_table(one["classes"]),
        )  # fmt: skip
    for one in page.points("concurrency")[-1:]:
        page.section(
            "Threads, processes, a writer", "concurrency", "Look-ups a second by threads and processes",
            "python -m benchmarks RESULTS --only concurrency", CONCURRENCY,
            concurrency_table(one["readers"], one["bulk"]), writer_table(one["writer"]),
            page.notes("concurrency"),
        )  # fmt: skip
    for one in page.points("pairs"):
        page.section(
            "Two names", "pairs", "Time a pair and recall of name comparisons",
            "python -m benchmarks RESULTS --only pairs", PAIRS, pairs_table(one["runs"]), page.notes("pairs"),
        )  # fmt: skip
    for one in page.points("public"):
        page.section("Small public data", "", "", "python -m benchmarks RESULTS --only public", PUBLIC,
                     job_table([{"n_records": None, "runs": [run]} for run in one["runs"]]))  # fmt: skip
    for one in page.points("kernels"):
        page.section(
            "Each step beside its floor", "kernels", "Time of each step beside its physical floor",
            "python -m benchmarks RESULTS --only kernels", KERNELS.format(people=one["people"]),
            kernel_table(one["steps"]),
        )  # fmt: skip
    points = cost_points(results)
    if points:
        fitted = fit_table(fits(points))
        page.section(
            "Against n", "costs", "Wall time a record of build, dedupe and link against n",
            "python -m benchmarks.country RESULTS --people N", SCALING + (FITTED if fitted else ""), fitted,
        )  # fmt: skip
    country = country_table(results)
    if country:
        page.section("A country", "", "", "make bench-country PEOPLE=100000000", COUNTRY, country)
    return "\n".join(page.parts)


HEAD = """# Benchmarks

Made by `python -m benchmarks.render` from results of `make bench` and `make bench-country`, of the commits
below; do not edit. How it is kept fair, and every command, is in
[benchmarks/README.md](../benchmarks/README.md). Peers run on the same data in the same run, configured as
their own documentation advises. The code has gone on since the commit below: where README.md tells the same
figure, its is the newer one. Tables of 110 million records are there, too.
"""
DEDUPE = """A generated register with its duplicates. Both sides train on the data without labels. Time is
from the start of the process to its exit, training included; pairs that blocking missed count as missed."""

LINK = """Claims about people of a register, and about a few who are not in it, linked to that register."""
LOOKUP = """Name, date of birth, sex and province of a claim, as written; who is it? One query at a time.
Broken lines are the variants of tantivy and PostgreSQL that find less and answer faster. Peers have no
probabilities, so what is *sure* is told of linkage alone."""
TAIL = """Hard queries: dates and names that many share, single fields, nothing at all, texts that nobody has.
Each query's shortest time of three counts, so the worst case is the query's own."""
CONCURRENCY = """Readers begin together and look up claims, one at a time each. `lookup_many` takes a table of
queries. The writer is a process of its own that commits every second; readers refresh before each look-up."""
PAIRS = """The names of two records, as written; pairs are one person's records and random strangers.
RapidFuzz scores folded names. A pair of all × all is RapidFuzz's fastest way, several names in one SIMD
register (`process.cdist`); linkage has no such way and weighs rare names besides."""
PUBLIC = """FEBRL 3 and 4 with and without `soc_sec_id`, and Splink's fake_1000. linkage finds its schema by
itself, Splink has settings tuned by hand for each set, recordlinkage the recipe of its guides with its
ECMClassifier."""
KERNELS = """One thread, a register of {people:,} people. The floor counts bytes that must be moved, cache
lines at places nobody can foresee, instructions and fsyncs, at this machine's measured speeds, and nothing
else."""
SCALING = """Wall time a record, from the start of a process to its exit, most of which is the start below
300,000 records."""
FITTED = " The fit is cost = a + b log₂ n over sizes from there on."
COUNTRY = """linkage alone, each step a process of its own."""

DRAWINGS = {
    "dedupe": lambda results: plots.jobs(results, "dedupe", "Dedupe"),
    "link": lambda results: plots.jobs(results, "link", "Link"),
    "lookup": plots.lookups,
    "tail": plots.tail,
    "concurrency": plots.concurrency,
    "pairs": plots.pairs,
    "kernels": plots.kernels,
    "costs": plots.costs,
}


def draw(results: Results, folder: Path, png: Path | None) -> set[str]:
    """Write the plots of what was measured; their names."""
    drawn = set()
    for name, drawing in DRAWINGS.items():
        charts = drawing(results)
        if charts is not None:
            plot_style.write(charts, folder, name, png=png)
            drawn.add(name)
    return drawn


def main() -> None:
    """Render."""
    parser = command_line(__doc__, "out")
    parser.add_argument("--page", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--png", type=Path, help="a folder for pictures of the plots")
    options = parser.parse_args()
    results = read_results(options.out)
    if not results:
        parser.error(f"{options.out}: expected results of a run, found none")
    drawn = draw(results, options.page.with_suffix(""), options.png)
    options.page.write_text(write_page(results, drawn))
    print(f"{options.page}: {', '.join(sorted(results))}; plots {', '.join(sorted(drawn))}")


if __name__ == "__main__":
    main()
