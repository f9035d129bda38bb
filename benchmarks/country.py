"""A whole country, linkage alone: generate, build, look up, tail, dedupe, link; each step measured once.

    python -m benchmarks.country OUT [--people 100000000] [--only build,lookup] [--memory-limit 20GiB]

Every step is a process of its own, as anyone would call it, and leaves OUT/STEP-PEOPLE.json; a step whose
file is there is not run again, so an interrupted or killed run goes on, within a dedupe or link of 5 million
records and more with the first rule that is not finished (its time is then of the rest, and the table says
so). Data and results lie in OUT/country/PEOPLE:
about 10 GB for each 10 million people while all of it is there. Where a step fails, its exit status stands
in its file, which must be deleted to try again.

At 100 million people on two cores: generate half an hour, build and dedupe 10 to 20 minutes each.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import datasets
from benchmarks.compare_dedupe import read_json
from benchmarks.compare_lookup import judge, run_step
from benchmarks.lookup_linkage import files_of
from benchmarks.measure import command_line, load_result, run_measured, save_result
from benchmarks.queries import FIELDS, draw_queries, write_queries
from benchmarks.suites import KEPT, rows, size_name

CLAIMS_LOOKED_AT = 1_000_000
QUERIES, STRANGERS, EXHAUSTIVE = 10_000, 10_000, 20  # a full scan takes half a second a million records
LEAST_FREE = 8 << 30
"""Bytes that must be free on the disk before a step begins."""


class Country:
    """The files of one size, and the step's measurements."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.folder: Path = options.out / "country" / str(options.people)
        self.register = self.folder / "register.parquet"
        self.claims = self.folder / "claims.parquet"
        self.index = self.folder / "people.idx"

    def cli(self, *arguments: str | Path) -> dict[str, Any]:
        """One call of the command line, measured from start to exit."""
        return run_measured([sys.executable, "-m", "linkage.cli", *map(str, arguments)])

    def generate(self) -> dict[str, Any]:
        """Write the people, their duplicates, and claims of 30 % of them."""
        done = self.cli("generate", self.folder, "--people", self.options.people, "--seed", self.options.seed)
        sizes = {path.stem: path.stat().st_size for path in (self.register, self.claims)}
        return {**done, "n_claims": rows(self.claims), "file_bytes": sizes}

    def build(self) -> dict[str, Any]:
        """Build the index from Parquet, training included."""
        shutil.rmtree(self.index, ignore_errors=True)
        done = self.cli("index", "build", self.register, self.index)
        n_bytes = sum(path.stat().st_size for path in files_of(self.index))
        return {**done, "index_bytes": n_bytes, "bytes_per_record": n_bytes / rows(self.register)}

    def lookup(self) -> dict[str, Any]:
        """Claims looked up one at a time, against exhaustive search; exact gets; first answers."""
        out = self.folder / "lookup"
        out.mkdir(exist_ok=True)
        some = out / "claims.parquet"
        columns = ["record_id", *FIELDS, "entity"]
        pq.write_table(datasets.head(self.claims, columns, CLAIMS_LOOKED_AT), some)
        known = min(QUERIES, rows(some) // 20)
        queries = draw_queries(self.register, some, known=known, strangers=STRANGERS, seed=self.options.seed)
        seen, _ = write_queries(queries, out)
        answers = out / "answers.parquet"
        arguments = ["ask", self.index, seen, answers, "--exhaustive", str(EXHAUSTIVE)]
        process = run_step(sys.executable, "lookup_linkage", *arguments)
        run: dict[str, Any] = {"name": "linkage", "answers": answers}
        run["ask"] = {**read_json(answers.with_suffix(".json")), "process": process}
        for step, source in (("many", some), ("get", self.register), ("start", seen)):
            result = out / f"{step}.json"
            run_step(sys.executable, "lookup_linkage", step, self.index, source, result)
            run[step] = read_json(result)
        return {"runs": [judge(run, queries, self.register, known)]}

    def tail(self) -> dict[str, Any]:
        """Hard queries by class."""
        out = self.folder / "lookup"
        done = run_step(sys.executable, "tail", self.register, self.index, out)
        return {**done, "classes": read_json(out / "tail.json")["classes"]}

    def concurrency(self) -> dict[str, Any]:
        """Readers and a writer."""
        out = self.folder / "lookup"
        done = run_step(sys.executable, "concurrency", self.index, self.claims, out)
        found = read_json(out / "concurrency.json")
        return {**done, **{key: found[key] for key in ("readers", "bulk", "writer")}}

    def dedupe(self) -> dict[str, Any]:
        """The register's duplicates, judged by the truth that generation kept."""
        return self._resolve("dedupe", self.register, "--truth", "entity")

    def link(self) -> dict[str, Any]:
        """The claims to the register."""
        return self._resolve("link", self.register, self.claims, "--truth", "entity")

    def _resolve(self, kind: str, *arguments: str | Path) -> dict[str, Any]:
        out = self.folder / kind
        shutil.rmtree(out, ignore_errors=True)
        went_on = out.with_name(f".{out.name}.unfinished").exists()  # rules of a run that was killed
        limit = ["--memory-limit", self.options.memory_limit] if self.options.memory_limit else []
        done = self.cli(kind, *arguments, "--output", out, *limit)
        summary = read_json(out / "summary.json")
        evaluation = summary.get("evaluation") or {}
        run = {
            "name": "linkage",
            "went_on": went_on,
            **{key: done[key] for key in ("wall_seconds", "cpu_seconds", "peak_rss_bytes")},
            "steps": summary["steps"],
            "evaluation": {key: evaluation.get(key) for key in KEPT},
        }
        return {"runs": [run], "n_claims": rows(self.claims) if kind == "link" else None}


STEPS: dict[str, Callable[[Country], dict[str, Any]]] = {
    "generate": Country.generate,
    "build": Country.build,
    "lookup": Country.lookup,
    "tail": Country.tail,
    "concurrency": Country.concurrency,
    "dedupe": Country.dedupe,
    "link": Country.link,
}


def run(options: argparse.Namespace) -> None:
    """The chosen steps that have not been measured yet, in order."""
    country = Country(options)
    country.folder.mkdir(parents=True, exist_ok=True)
    for name, step in STEPS.items():
        label = f"{name}-{size_name(options.people)}"
        if name not in options.only.split(","):
            continue
        if load_result(options.out, label) is not None:
            print(f"{label}: measured before", flush=True)
            continue
        free = shutil.disk_usage(country.folder).free
        if free < LEAST_FREE:
            raise OSError(
                f"{country.folder}: {free / 2**30:.1f} GiB free, {LEAST_FREE / 2**30:.0f} are needed"
            )
        print(f"{label} ...", flush=True)
        begin = time.perf_counter()
        try:
            content = step(country)
        except subprocess.CalledProcessError as error:
            content = {"failed": f"exit status {error.returncode}"}
        seconds = round(time.perf_counter() - begin, 1)
        n_records = rows(country.register) if country.register.exists() else None
        about = {"suite": name, "people": options.people, "n_records": n_records, "variant": "all columns"}
        save_result(options.out, label, {**about, "seconds_to_measure": seconds, **content})
        print(f"{label}: {content.get('failed') or f'{seconds:,.0f} s'}", flush=True)


def main() -> None:
    """Run from the command line."""
    parser = command_line(__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("bench-results"))
    parser.add_argument("--people", type=int, default=100_000_000)
    parser.add_argument("--seed", type=int, default=43)
    parser.add_argument("--only", default=",".join(STEPS), help="comma-separated steps")
    parser.add_argument("--memory-limit", help="given to dedupe and link, for example 20GiB")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        run(options)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on with this step", flush=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
