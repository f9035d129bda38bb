"""A register and claims on it -> the queries of a look-up comparison; answers -> how good and how fast.

A query is a claim of which only name, date of birth, sex and province of birth are left, as
written; what the claim does not hold is absent. What systems see (`QUERY_COLUMNS`) is kept apart
from the truth (`query_id`, `entity`). Roles: `known` (the entity has a record in the register),
`stranger` (it has none), `warmup` (known people asked before the clock starts, no query of the other
roles). Measures work on answers of `ANSWER_SCHEMA` and know nothing of the system that gave them.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FIELDS = ("full_name", "date_of_birth", "sex", "birth_province")
QUERY_COLUMNS = ("query_id", "role", *FIELDS)
SURE = 0.99
"""A probability from here on is an answer that a service would act on unasked."""

ANSWER_SCHEMA = pa.schema(
    [
        ("query_id", pa.string()),
        ("record_ids", pa.list_(pa.string())),
        ("probabilities", pa.list_(pa.float64())),
        ("seconds", pa.float64()),
    ]
)
"""One row per query: records best first, their probabilities (empty when none are given), seconds."""


def draw_queries(
    register: Path, claims: Path, *, known: int, strangers: int, warmup: int = 200, seed: int = 1
) -> pa.Table:
    """Queries with role and entity: `known` and `warmup` people of the register, and strangers.

    Fewer strangers, and fewer to warm up with, come back when the claims hold fewer. Raises ValueError when
    the claims hold fewer than `known` people of the register.
    """
    held = pc.unique(pq.read_table(register, columns=["entity"])["entity"])
    table = pq.read_table(claims, columns=["record_id", *FIELDS, "entity"])
    is_held = pc.is_in(table["entity"], value_set=held).to_numpy()
    random = np.random.default_rng(seed)
    of_register = random.permutation(np.flatnonzero(is_held))
    if len(of_register) < known:
        raise ValueError(f"{known:,} claims of people in the register are needed, found {len(of_register):,}")
    warmup = min(warmup, len(of_register) - known)
    of_nobody = random.permutation(np.flatnonzero(~is_held))[:strangers]
    rows = np.concatenate([of_register[: known + warmup], of_nobody])
    roles = ["known"] * known + ["warmup"] * warmup + ["stranger"] * len(of_nobody)
    drawn = table.take(pa.array(rows)).rename_columns(["query_id", *FIELDS, "entity"])
    return drawn.append_column("role", pa.array(roles, pa.string()))


def write_queries(queries: pa.Table, folder: Path) -> tuple[Path, Path]:
    """Write queries.parquet, which systems may read, and truth.parquet, which they may not."""
    folder.mkdir(parents=True, exist_ok=True)
    seen, truth = folder / "queries.parquet", folder / "truth.parquet"
    pq.write_table(queries.select(QUERY_COLUMNS), seen)
    pq.write_table(queries.select(["query_id", "role", "entity"]), truth)
    return seen, truth


def as_mapping(query: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a query holds; absent ones are left out."""
    return {name: query[name] for name in FIELDS if query[name] is not None}


def entities_of(register: Path, record_ids: Sequence[str]) -> dict[str, int]:
    """The entity of each of the given records, read batch by batch: a register may be large."""
    wanted = pa.array(sorted(set(record_ids)), pa.string())
    found: dict[str, int] = {}
    for batch in pq.ParquetFile(register).iter_batches(columns=["record_id", "entity"]):
        chosen = batch.filter(pc.is_in(batch["record_id"], value_set=wanted))
        found.update(zip(chosen["record_id"].to_pylist(), chosen["entity"].to_pylist(), strict=True))
    return found


def measure_answers(queries: pa.Table, answers: pa.Table, entities: Mapping[str, int]) -> dict[str, Any]:
    """Recall, mistaken certainty and latency of the answers to queries of the roles that were asked.

    `entities` gives the true entity of every answered record. Warm-up queries are not counted.
    """
    truth = {row["query_id"]: row for row in queries.select(["query_id", "role", "entity"]).to_pylist()}
    by_role: dict[str, list[dict[str, Any]]] = {"known": [], "stranger": []}
    for answer in answers.to_pylist():
        query = truth[answer["query_id"]]
        if query["role"] in by_role:
            by_role[query["role"]].append({**answer, "entity": query["entity"]})
    return {
        "known": measure_known(by_role["known"], entities) if by_role["known"] else None,
        "strangers": measure_strangers(by_role["stranger"]) if by_role["stranger"] else None,
    }


def measure_known(answers: Sequence[Mapping[str, Any]], entities: Mapping[str, int]) -> dict[str, Any]:
    """Recall at 1 and 5 by entity, sure answers right and wrong, latency."""
    ranks = [rank_of_truth(answer, entities) for answer in answers]
    n = len(ranks)
    at_1, at_5 = (sum(rank is not None and rank < depth for rank in ranks) for depth in (1, 5))
    sure = [rank for rank, answer in zip(ranks, answers, strict=True) if is_sure(answer)]
    gives_probability = any(answer["probabilities"] for answer in answers)
    return {
        "n": n,
        "recall_at_1": at_1 / n,
        "recall_at_1_interval": wilson_interval(at_1, n),
        "recall_at_5": at_5 / n,
        "recall_at_5_interval": wilson_interval(at_5, n),
        "n_sure": len(sure) if gives_probability else None,
        "n_sure_wrong": sum(rank != 0 for rank in sure) if gives_probability else None,
        "latency": measure_latency([answer["seconds"] for answer in answers]),
    }


def measure_strangers(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many people who are not in the register were answered as sure, and latency."""
    sure = sum(map(is_sure, answers))
    gives_probability = any(answer["probabilities"] for answer in answers)
    return {
        "n": len(answers),
        "n_sure": sure if gives_probability else None,
        "sure_rate": sure / len(answers) if gives_probability else None,
        "latency": measure_latency([answer["seconds"] for answer in answers]),
    }


def rank_of_truth(answer: Mapping[str, Any], entities: Mapping[str, int]) -> int | None:
    """The place, from 0, of the first record of the right entity; None when it is not there.

    Records of one entity count as one answer, so that duplicates in a register do not push the
    right person down.
    """
    found = dict.fromkeys(entities[record_id] for record_id in answer["record_ids"])
    return next((rank for rank, entity in enumerate(found) if entity == answer["entity"]), None)


def is_sure(answer: Mapping[str, Any]) -> bool:
    """Whether the best match has a probability that a service would act on."""
    return bool(answer["probabilities"]) and answer["probabilities"][0] >= SURE


def measure_latency(seconds: Sequence[float] | npt.NDArray[np.float64]) -> dict[str, float]:
    """Quantiles in milliseconds; each is a latency that occurred, none lies between two."""
    milliseconds = np.asarray(seconds) * 1e3
    quantiles = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999, "worst": 1.0}
    measured = {
        name: float(np.quantile(milliseconds, share, method="inverted_cdf"))
        for name, share in quantiles.items()
    }
    return {**measured, "mean": float(milliseconds.mean())}


def wilson_interval(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927): 200 queries say less than 2,000, and this how much."""
    share = hits / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)
