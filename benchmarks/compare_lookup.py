"""A register and claims -> linkage and search engines asked for the same people: answers, latency, size.

    python -m benchmarks.compare_lookup REGISTER CLAIMS OUT [--peers tantivy,postgres,sqlite]
        [--queries 2000] [--peer-queries 200] [--peers-python PYTHON] [--no-linkage]

Every side builds its index and answers in processes of its own, on the register without the column
`entity` and on queries without their truth; the answers are judged here. Peers are asked the first
`--peer-queries` of the queries, and linkage's figures on just these stand in the table as well. All
variants of a peer ask one index. Writes results.json and results.md into OUT.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import linkage
from benchmarks.ceiling import measure_ceiling
from benchmarks.measure import (
    describe_commit,
    describe_machine,
    describe_versions,
    peers_python,
    run_measured,
    write_json,
)
from benchmarks.queries import draw_queries, entities_of, measure_answers, write_queries

PEERS = {"tantivy": ("fuzzy", "words"), "postgres": ("trigram", "parts"), "sqlite": ("",)}
"""Each peer's ways to ask; the first finds most and is what a ratio refers to."""

ROOT = Path(__file__).parent.parent


def blind_copy(register: Path, target: Path) -> Path:
    """The register without the column that holds the truth, copied batch by batch."""
    source = pq.ParquetFile(register)
    columns = [name for name in source.schema_arrow.names if name != "entity"]
    schema = pa.schema([source.schema_arrow.field(name) for name in columns])
    with pq.ParquetWriter(target, schema) as writer:
        for batch in source.iter_batches(columns=columns):
            writer.write_batch(batch.select(columns).cast(schema))
    return target


def run_step(python: str, module: str, *arguments: str | Path) -> dict[str, Any]:
    """One step of one side as a process: seconds and peak memory by the kernel's count."""
    command = [python, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return run_measured(command, env={"PYTHONPATH": str(ROOT)})


def run_peer(
    peer: str, python: str, register: Path, queries: Path, out: Path, limit: int
) -> list[dict[str, Any]]:
    """Build a peer's index and ask it in each of its ways."""
    module, folder, runs = f"peer_{peer}", out / peer, []
    process = run_step(python, module, "build", register, folder)
    build = {**read_json(folder / "build.json"), "process": process}
    for variant in PEERS[peer]:
        name = f"{peer} {variant}".strip()
        answers = out / f"{name.replace(' ', '-')}.parquet"
        options = ["--limit", str(limit), *(["--variant", variant] if variant else [])]
        process = run_step(python, module, "ask", folder, queries, answers, *options)
        asking = {**read_json(answers.with_suffix(".json")), "process": process}
        runs.append({"name": name, "build": build, "ask": asking, "answers": answers})
    return runs


def run_linkage(register: Path, claims: Path, queries: Path, out: Path, exhaustive: int) -> dict[str, Any]:
    """Build linkage's index, ask it, and measure what peers are not asked for."""
    python, module, index = sys.executable, "lookup_linkage", out / "linkage.index"
    build_json, answers = out / "linkage-build.json", out / "linkage.parquet"
    process = run_step(python, module, "build", register, index, build_json)
    build = {**read_json(build_json), "process": process}
    process = run_step(python, module, "ask", index, queries, answers, "--exhaustive", str(exhaustive))
    asking = {**read_json(answers.with_suffix(".json")), "process": process}
    run = {"name": "linkage", "build": build, "ask": asking, "answers": answers}
    for step, source in (("many", claims), ("get", register), ("start", queries)):
        result = out / f"linkage-{step}.json"
        run_step(python, module, step, index, source, result)
        run[step] = read_json(result)
    return run


def judge(run: dict[str, Any], truth: pa.Table, register: Path, first: int) -> dict[str, Any]:
    """The run with its measures, on all queries it answered and on the first ones alone.

    Queries begin with the known people, so that the first ones are those that peers were asked.
    """
    answers = pq.read_table(run.pop("answers"))
    entities = entities_of(register, [i for ids in answers["record_ids"].to_pylist() for i in ids])
    alone = truth.slice(0, first)
    asked = set(alone["query_id"].to_pylist())
    of_first = answers.filter(pa.array([query in asked for query in answers["query_id"].to_pylist()]))
    return {
        **run,
        **measure_answers(truth, answers, entities),
        "first": measure_answers(alone, of_first, entities)["known"],
    }


def add_ratios(runs: list[dict[str, Any]]) -> None:
    """How many times each run's median latency is linkage's, on the same queries."""
    own = next((run["first"]["latency"]["p50"] for run in runs if run["name"] == "linkage"), None)
    for run in runs:
        run["p50_over_linkage"] = run["first"]["latency"]["p50"] / own if own else None


Cell = Callable[[dict[str, Any]], str]


def at(*path: str, form: str = "{:,.2f}", scale: float = 1.0) -> Cell:
    """A cell that shows the number at this place of a run, or a dash where there is none."""

    def cell(run: dict[str, Any]) -> str:
        value: Any = run
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return "–" if value is None else form.format(value * scale)

    return cell


COUNT = "{:,.0f}"
ROWS: tuple[tuple[str, Cell], ...] = (
    ("build: records/s", at("build", "records_per_second", form=COUNT)),
    ("build: seconds", at("build", "seconds")),
    ("build: peak MiB of the process", at("build", "process", "peak_rss_bytes", form=COUNT, scale=2**-20)),
    ("build: peak MiB of its server", at("build", "server_peak_bytes", form=COUNT, scale=2**-20)),
    ("bytes per record", at("build", "bytes_per_record", form="{:,.1f}")),
    ("look-up: peak MiB of the process", at("ask", "process", "peak_rss_bytes", form=COUNT, scale=2**-20)),
    ("first queries: n", at("first", "n", form=COUNT)),
    ("... recall@1", at("first", "recall_at_1", form="{:.4f}")),
    ("... recall@5", at("first", "recall_at_5", form="{:.4f}")),
    *(
        (f"... {name} ms", at("first", "latency", name, form="{:,.3f}"))
        for name in ("p50", "p95", "p99", "worst")
    ),
    ("... p50 over linkage's", at("p50_over_linkage", form="{:,.0f}×")),
    ("all queries: n", at("known", "n", form=COUNT)),
    ("... recall@1", at("known", "recall_at_1", form="{:.4f}")),
    ("... recall@5", at("known", "recall_at_5", form="{:.4f}")),
    ("... recall@1 that these queries allow", at("ceiling", "recall_at_1", form="{:.4f}")),
    ("... recall@5 that these queries allow", at("ceiling", "recall_at_5", form="{:.4f}")),
    ("... sure", at("known", "n_sure", form=COUNT)),
    ("... sure and wrong", at("known", "n_sure_wrong", form=COUNT)),
    *(
        (f"... {name} ms", at("known", "latency", name, form="{:,.3f}"))
        for name in ("p50", "p95", "p99", "p99.9", "worst")
    ),
    ("strangers: n", at("strangers", "n", form=COUNT)),
    ("... answered as sure", at("strangers", "n_sure", form=COUNT)),
    ("... p50 ms", at("strangers", "latency", "p50", form="{:,.3f}")),
    ("as exhaustive search, of", at("ask", "exhaustive", "n", form=COUNT)),
    ("... same five weights", at("ask", "exhaustive", "n_same", form=COUNT)),
    ("... same best weight", at("ask", "exhaustive", "n_same_best", form=COUNT)),
    ("get: mean ns", at("get", "mean_ns", form=COUNT)),
    ("get: p50 ns with the clock's own", at("get", "ns_with_clock", "p50", form=COUNT)),
    ("get in bulk: numbers/s", at("get", "bulk_per_second", form=COUNT)),
    ("lookup_many: queries/s, 1 thread", at("many", "lookups_per_second_by_threads", "1", form=COUNT)),
    ("lookup_many: queries/s, 2 threads", at("many", "lookups_per_second_by_threads", "2", form=COUNT)),
    ("start to first answer, warm: ms", at("start", "warm", "all three", "median_ms")),
    ("... index evicted: ms", at("start", "index_evicted", "all three", "median_ms")),
)


def markdown(runs: list[dict[str, Any]]) -> str:
    """One column per run, one row per measure that any run has."""
    lines = ["| | " + " | ".join(run["name"] for run in runs) + " |", "|---" * (len(runs) + 1) + "|"]
    for title, cell in ROWS:
        cells = [cell(run) for run in runs]
        if set(cells) != {"–"}:
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def read_json(path: Path) -> dict[str, Any]:
    """The content of a JSON file that holds one object."""
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def compare(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Draw the queries, run every side one after the other, judge all answers."""
    out: Path = options.out
    queries = draw_queries(
        options.register,
        options.claims,
        known=options.queries,
        strangers=options.strangers,
        seed=options.seed,
    )
    seen, _ = write_queries(queries, out)
    register = blind_copy(options.register, out / "register.parquet")
    runs = []
    if not options.no_linkage and hasattr(linkage, "build_index"):
        runs.append(run_linkage(register, options.claims, seen, out, options.exhaustive))
    elif not options.no_linkage:
        print("linkage is left out: this version has no linkage.build_index")
    python = peers_python(options.peers_python)
    for peer in filter(None, options.peers.split(",")):
        try:
            runs += run_peer(peer, python, register, seen, out, options.peer_queries)
        except subprocess.CalledProcessError as error:
            print(f"{peer} is left out: it ended with status {error.returncode}", file=sys.stderr)
    ceiling = measure_ceiling(options.register, queries)
    judged = [
        {**judge(run, queries, options.register, options.peer_queries), "ceiling": ceiling} for run in runs
    ]
    add_ratios(judged)
    return judged


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("register", type=Path)
    parser.add_argument("claims", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--peers", default=",".join(PEERS), help="comma-separated, may be empty")
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--peer-queries", type=int, default=200)
    parser.add_argument("--strangers", type=int, default=10_000)
    parser.add_argument("--exhaustive", type=int, default=200, help="queries compared with a full scan")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers-python", help="interpreter that has tantivy and psycopg")
    parser.add_argument("--no-linkage", action="store_true")
    options = parser.parse_args()
    unknown = set(filter(None, options.peers.split(","))) - set(PEERS)
    if unknown:
        parser.error(f"unknown peers {sorted(unknown)}; there are {sorted(PEERS)}")
    return options


def main() -> None:
    """Compare, print the table, write it and everything behind it."""
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    runs = compare(options)
    n_records = pq.read_metadata(options.register).num_rows
    table = f"## Look-up in {n_records:,} records\n\n{markdown(runs)}"
    print(table)
    (options.out / "results.md").write_text(table)
    about = {
        "n_records": n_records,
        "machine": describe_machine(),
        "versions": describe_versions("linkage", "numpy", "pyarrow"),
        "commit": describe_commit(),
        "load_average": os.getloadavg(),
        "seed": options.seed,
    }
    write_json(options.out / "results.json", {**about, "runs": runs})


if __name__ == "__main__":
    main()
