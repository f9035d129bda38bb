"""Tables of many countries -> how well one person is looked up in each, beside tantivy and PostgreSQL.

    python -m benchmarks.compare_foreign_lookup OUT [--tables us_voters,spain] [--seed 1] [--records N]
        [--peers tantivy,postgres] [--peers-python /path/to/python/with/both] [--peer-queries 200]

Of each person with several records one is held out and asked for, once with all its fields and once with its
name and date alone; some people are taken out of the register and asked for as well (`foreign/held_out.py`).
Nothing is told: the schema is detected and the model trained on the register. The peers get what linkage took
each column for, by one recipe for every table (`peer_foreign.py`), and the first of the same queries. Writes
results.json and results.md into OUT: a row a table and kind of query, and means over all tables.
"""

import argparse
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import linkage
from benchmarks.foreign.held_out import HeldOut, hold_out
from benchmarks.foreign.plain import peer_fields, plain_tables
from benchmarks.foreign.tables import TABLES
from benchmarks.measure import describe_commit, describe_machine, describe_versions, peers_python, write_json
from benchmarks.queries import measure_answers
from linkage.fields.meaning.held import find_headers
from linkage.schema import Schema
from linkage.tables.opening import open_source

KINDS = ("all", "name")
"""All fields of a query; its own names and date, or what there is of them."""
LIMIT = 5


def names_and_date(schema: Schema) -> list[str]:
    """The person's own names, and the date of birth or else the year or age."""
    names = [f.name for f in schema.fields if f.kind == "person_name" and not f.shared]
    dates = [f.name for f in schema.fields if f.kind == "date" and not f.shared]
    return names + (dates or [f.name for f in schema.fields if f.kind == "number"])[:1]


def read_queries(cut: HeldOut, schema: Schema) -> list[dict[str, str]]:
    """Each query as a mapping of the index's fields, joined columns as one."""
    source = open_source(cut.queries.drop_columns(["entity", "role"]))
    headers = {name: column for name, column in find_headers(source, schema).items() if name}
    read = pa.Table.from_batches(list(source.batches(list(headers.values()))))
    read = read.rename_columns(list(headers))
    return [{k: v for k, v in row.items() if v is not None} for row in read.to_pylist()]


def ask(index: linkage.Index, queries: list[dict[str, str]], fields: list[str]) -> list[dict[str, Any]]:
    """Answers as `measure_answers` takes them; a query that says nothing is answered by nobody."""
    answers = []
    for i, query in enumerate(queries):
        asked = {name: query[name] for name in fields if name in query}
        begin = time.perf_counter()
        found = index.lookup(asked, limit=LIMIT)
        seconds = time.perf_counter() - begin
        answers.append(
            {
                "query_id": i,
                "record_ids": [m.record_id for m in found],
                "probabilities": [m.match_probability for m in found],
                "seconds": seconds,
            }
        )
    return answers


def run_linkage(cut: HeldOut, folder: Path) -> dict[str, Any]:
    """Build, ask, and leave in the folder what the peers need."""
    register = cut.register.drop_columns(["entity"])
    begin = time.perf_counter()
    index = linkage.build_index(folder / "index", register)
    seconds = time.perf_counter() - begin
    schema = index.schema
    queries, chosen = read_queries(cut, schema), names_and_date(schema)
    fields = {"all": [f.name for f in schema.fields], "name": chosen}
    for row in queries[:20]:  # the first answers fill caches
        index.lookup(row)
    answers = {kind: ask(index, queries, fields[kind]) for kind in KINDS}
    write_for_peers(cut, schema, fields, folder)
    shown = [f"{f.name}:{f.kind}" for f in schema.fields]
    index.close()
    (folder / "answers-linkage.json").write_text(json.dumps(answers))
    about = {"build_seconds": seconds, "fields": shown, "name_fields": chosen}
    return {**about, **{kind: judged(answers[kind], cut) for kind in KINDS}}


def judged(answers: list[dict[str, Any]], cut: HeldOut) -> dict[str, Any]:
    """Answers to the first queries, or to all, against the truth."""
    truth = cut.queries.select(["role", "entity"]).append_column(
        "query_id", pa.array(np.arange(cut.queries.num_rows))
    )
    entities = dict(zip(*(cut.register[c].to_pylist() for c in ("record_id", "entity")), strict=True))
    schema = pa.schema([("query_id", pa.int64()), ("record_ids", pa.list_(pa.string())),
                        ("probabilities", pa.list_(pa.float64())), ("seconds", pa.float64())])  # fmt: skip
    measured = measure_answers(truth, pa.Table.from_pylist(answers, schema), entities)
    return {**measured, "gives_probabilities": any(a["probabilities"] for a in answers)}


def write_for_peers(cut: HeldOut, schema: Schema, fields: dict[str, list[str]], folder: Path) -> None:
    """The register and the queries as plain columns, what the columns are, which ones each kind asks."""
    tables = [cut.register.drop_columns(["entity"]), cut.queries.drop_columns(["entity", "role"])]
    headers = [find_headers(open_source(t), schema) for t in tables]
    register, queries = plain_tables(tables, headers, schema)
    pq.write_table(register, folder / "register.parquet")
    pq.write_table(queries, folder / "queries.parquet")
    known = peer_fields(schema)
    columns = {kind: [f["column"] for f in known if f["name"] in names] for kind, names in fields.items()}
    (folder / "fields.json").write_text(json.dumps({"fields": known, "kinds": columns}))


def run_peer(peer: str, python: str, out: Path, names: list[str], limit: int) -> None:
    """One peer on all tables, in a process of its own; answers-PEER.json in each table's folder."""
    folders = [str(out / name) for name in names]
    command = [python, "-m", "benchmarks.peer_foreign", peer, "--limit", str(limit), *folders]
    here = Path(__file__).parents[1]
    subprocess.run(command, check=True, cwd=here, env={**os.environ, "PYTHONPATH": str(here)})


def lines_of(name: str, runs: dict[str, dict[str, Any]]) -> list[str]:
    """A row a kind of query and system."""
    lines = []
    for kind in KINDS:
        for system, run in runs.items():
            known, strangers = run[kind]["known"], run[kind]["strangers"]
            cells = [name, kind, system, *(["–"] * 9)]
            if known:
                cells[3:9] = [
                    f"{known['n']}", f"{known['recall_at_1']:.4f}", f"{known['recall_at_5']:.4f}",
                    f"{known['latency']['p50']:.3f}", f"{known['latency']['p99']:.3f}",
                    "–" if known["n_sure"] is None else f"{known['n_sure_wrong']} of {known['n_sure']}",
                ]  # fmt: skip
            if strangers and run[kind]["gives_probabilities"]:
                cells[9:11] = [f"{strangers['n']}", f"{strangers['n_sure'] or 0}"]
            lines.append("| " + " | ".join(cells[:11]) + " |")
    return lines


def means(results: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    """Over all tables with known people, for each kind and system."""
    lines = []
    for kind in KINDS:
        for system in next(iter(results.values())):
            runs = [runs[system][kind] for runs in results.values() if runs[system][kind]["known"]]
            known = [run["known"] for run in runs]
            text = " ".join(
                f"{label} {np.mean([item[key] for item in known]):.4f}"
                for label, key in (("recall@1", "recall_at_1"), ("recall@5", "recall_at_5"))
            )
            text += f", p50 {np.mean([item['latency']['p50'] for item in known]):.3f} ms"
            if runs[0]["gives_probabilities"]:
                strangers = [run["strangers"] for run in runs if run["strangers"]]
                text += f", sure {total(known, 'n_sure')} of {total(known, 'n')}"
                text += f", sure and wrong {total(known, 'n_sure_wrong')}"
                text += f", strangers sure {total(strangers, 'n_sure')} of {total(strangers, 'n')}"
            lines.append(f"mean of {len(known)} tables, {kind}, {system}: {text}")
    return lines


def total(runs: list[dict[str, Any]], key: str) -> int:
    """The sum of a count over tables; None where nobody was answered at all."""
    return sum(run[key] or 0 for run in runs)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int)
    parser.add_argument("--peers", default="", help="comma-separated: tantivy, postgres")
    parser.add_argument("--peer-queries", type=int, default=200, help="known people that peers are asked for")
    parser.add_argument("--peers-python", help="interpreter that has tantivy and psycopg")
    return parser.parse_args()


def main() -> None:
    """Ask every table, then the peers; print the rows, write them and everything behind them."""
    options = parse()
    names = options.tables.split(",")
    results: dict[str, dict[str, dict[str, Any]]] = {}
    cuts = {}
    for name in names:
        folder = options.out / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        cuts[name] = hold_out(name, records=options.records, seed=options.seed)
        results[name] = {"linkage": run_linkage(cuts[name], folder)}
        print("\n".join(lines_of(name, results[name])), flush=True)
    peers = list(filter(None, options.peers.split(",")))
    for peer in peers:
        run_peer(peer, peers_python(options.peers_python), options.out, names, options.peer_queries)
    for name in names if peers else ():
        for system in ("linkage", *peers):
            answers = json.loads((options.out / name / f"answers-{system}.json").read_text())
            title = f"{system}, the same queries" if system == "linkage" else system
            first = {kind: answers[kind][: options.peer_queries] for kind in KINDS}
            results[name][title] = {kind: judged(first[kind], cuts[name]) for kind in KINDS}
    heads = ["table", "asked", "system", "known", "recall@1", "recall@5", "p50 ms", "p99 ms",
             "sure and wrong", "strangers", "... sure"]  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    lines += [line for name in names for line in lines_of(name, results[name])]
    print("\n".join(means(results)))
    (options.out / "results.md").write_text("\n".join([*lines, "", *means(results)]) + "\n")
    about = {
        "machine": describe_machine(),
        "versions": describe_versions("linkage", "numpy", "pyarrow"),
        "commit": describe_commit(),
        "seed": options.seed,
    }
    write_json(options.out / "results.json", {**about, "tables": results})


if __name__ == "__main__":
    main()
