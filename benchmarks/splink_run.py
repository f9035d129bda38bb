"""Splink settings and tables -> pairs.parquet, clusters.parquet and timing.json of one run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator

from benchmarks.measure import Stopwatch, describe_machine, describe_versions, write_json


@dataclass(frozen=True)
class Recipe:
    """How one data set is trained and predicted; the rest is the same for all."""

    settings: SettingsCreator
    deterministic_rules: list[Any]
    deterministic_recall: float
    em_rules: list[Any]
    u_max_pairs: float = 1e7
    u_options: dict[str, Any] = field(default_factory=dict)
    em_options: dict[str, Any] = field(default_factory=dict)
    predict_above_weight: float = -10.0


def connect(*, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that uses the given number of threads."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET threads = {threads}")
    return connection


def run(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    recipe: Recipe,
    out: Path,
    watch: Stopwatch,
    *,
    threshold_match_probability: float = 0.95,
    truth: Path | None = None,
) -> dict[str, Any]:
    """Train, predict, cluster and write; every step is timed.

    `tables` are tables of the connection, one to deduplicate or two to link, named in the order
    left, right. With `truth` (columns record_id, entity) the candidate pairs are counted after
    the clock has stopped, so that what blocking missed is known.
    """
    out.mkdir(parents=True, exist_ok=True)
    with watch.step("register"):
        api = DuckDBAPI(connection=connection)
        frames = [api.register(name, dataset_display_name=name) for name in tables]
        linker = Linker(frames if len(frames) > 1 else frames[0], recipe.settings)
    with watch.step("prior"):
        linker.training.estimate_probability_two_random_records_match(
            recipe.deterministic_rules, recall=recipe.deterministic_recall
        )
    with watch.step("u"):
        linker.training.estimate_u_using_random_sampling(
            max_pairs=recipe.u_max_pairs, seed=1, **recipe.u_options
        )
    with watch.step("em"):
        for rule in recipe.em_rules:
            linker.training.estimate_parameters_using_expectation_maximisation(rule, **recipe.em_options)
    with watch.step("predict"):
        pairs = linker.inference.predict(threshold_match_weight=recipe.predict_above_weight)
    with watch.step("cluster"):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold_match_probability
        )
    with watch.step("write"):
        columns = "record_id_l, record_id_r, match_weight, match_probability, match_key"
        _copy(connection, f"SELECT {columns} FROM {pairs.physical_name}", out / "pairs.parquet")
        source = "source_dataset, " if len(tables) > 1 else ""
        sql = f"SELECT {source}record_id, cluster_id FROM {clusters.physical_name}"
        _copy(connection, sql, out / "clusters.parquet")
    summary = {
        **watch.to_dict(),
        "machine": describe_machine(),
        "versions": describe_versions("splink", "duckdb"),
        "n_pairs_written": _count(connection, pairs.physical_name),
    }
    linker.misc.save_model_to_json(str(out / "model.json"), overwrite=True)
    if truth is not None:
        summary |= _count_candidates(connection, linker, truth)
    write_json(out / "timing.json", summary)
    return summary


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]


def _count_candidates(connection: duckdb.DuckDBPyConnection, linker: Linker, truth: Path) -> dict[str, int]:
    """How many pairs the blocking rules make, and how many of them are true pairs."""
    blocked = linker.inference.compute_blocked_pairs_for_predict().physical_name
    key = "split_part(join_key_{side}, '-__-', 2)" if _is_link(connection, blocked) else None
    left = key.format(side="l") if key else "join_key_l"
    right = key.format(side="r") if key else "join_key_r"
    counts = connection.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE a.entity = b.entity)
        FROM (SELECT {left} AS l, {right} AS r FROM {blocked}) AS p
        JOIN '{truth}' AS a ON p.l = a.record_id JOIN '{truth}' AS b ON p.r = b.record_id"""
    ).fetchall()[0]
    return {"n_candidate_pairs": counts[0], "n_true_candidate_pairs": counts[1]}


def _is_link(connection: duckdb.DuckDBPyConnection, blocked: str) -> bool:
    first = connection.execute(f"SELECT join_key_l FROM {blocked} LIMIT 1").fetchall()
    return bool(first) and "-__-" in str(first[0][0])


def read_summary(out: Path) -> dict[str, Any]:
    """The timing.json of a finished run."""
    return json.loads((out / "timing.json").read_text())
