"""Results at several sizes -> cost a record by size, and how it grows beside log n."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

LEAST = 300_000
"""Records from which a fit is made: below, what a process costs to start outweighs its records."""


def cost_points(results: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Microseconds a record of build, dedupe and link, by n; of a link both tables' records count."""
    points = []
    for one in results.get("dedupe", []):
        if one.get("variant", "all columns") == "all columns":
            points += _of_runs("dedupe", one, one["n_records"])
    for one in results.get("link", []):
        points += _of_runs("link", one, one["n_records"] + (one.get("n_claims") or 0))
    for one in results.get("lookup", []):
        for run in one.get("runs", []):
            if run["name"] == "linkage" and "build" in run:
                points.append(_point("build", one["n_records"], run["build"]["process"]))
    for one in results.get("build", []):
        if "wall_seconds" in one:
            points.append(_point("build", one["n_records"], one))
    return sorted(points, key=lambda p: (p["job"], p["n"]))


def _of_runs(job: str, one: Mapping[str, Any], n: int) -> list[dict[str, Any]]:
    runs = [run for run in one.get("runs", []) if run["name"] == "linkage" and not run.get("went_on")]
    return [_point(job, n, run) for run in runs]


def _point(job: str, n: int, run: Mapping[str, Any]) -> dict[str, Any]:
    seconds, cpu = run["wall_seconds"], run.get("cpu_seconds")
    of_processor = None if cpu is None else 1e6 * cpu / n
    return {
        "job": job, "n": n, "seconds": seconds, "microseconds": 1e6 * seconds / n,
        "cpu_microseconds": of_processor,
    }  # fmt: skip


def fits(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each job: cost = a + b log2 n fitted by least squares, and its growth beside that of log n.

    Jobs of fewer than two sizes from LEAST records on have no fit.
    """
    found = []
    for job in dict.fromkeys(p["job"] for p in points):
        mine = [p for p in points if p["job"] == job and p["n"] >= LEAST]
        if len({p["n"] for p in mine}) < 2:
            continue
        n = np.array([p["n"] for p in mine], float)
        cost = np.array([p["microseconds"] for p in mine])
        slope, offset = np.polyfit(np.log2(n), cost, 1)
        found.append(
            {
                "job": job,
                "from": int(n.min()),
                "to": int(n.max()),
                "microseconds_at_least": float(cost[n.argmin()]),
                "microseconds_at_most": float(cost[n.argmax()]),
                "cpu_microseconds_at_least": mine[n.argmin()].get("cpu_microseconds"),
                "cpu_microseconds_at_most": mine[n.argmax()].get("cpu_microseconds"),
                "offset": float(offset),
                "slope": float(slope),
                "growth": float(cost[n.argmax()] / cost[n.argmin()]),
                "growth_of_log": float(np.log(n.max()) / np.log(n.min())),
            }
        )
    return found
