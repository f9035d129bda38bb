"""Results -> Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Sequence[int] = (0,)) -> str:
    """A Markdown table; the columns at these places are texts, the others stand to the right."""
    lines = [
        "| " + " | ".join(header) + " |",
        "".join("|---" if i in texts else "|---:" for i in range(len(header))) + "|",
    ]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def duration(seconds: float | None) -> str:
    """A time with three digits and a unit that suits it."""
    if seconds is None:
        return "–"
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{three_digits(seconds * factor)} {unit}"
    return f"{three_digits(seconds * 1e9)} ns"


def three_digits(value: float) -> str:
    """Three significant digits, no exponent."""
    decimals = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:,.{decimals}f}"


def kernel_table(steps: Sequence[Mapping[str, Any]]) -> str:
    """step | measured | floor | factor, an item each."""
    rows = [
        (
            s["step"],
            f"{duration(s['seconds_an_item'])} / {s['item']}",
            duration(s["floor_seconds_an_item"]),
            f"{s['factor']:.1f}×",
            s["counts"],
        )
        for s in steps
    ]
    return table(("step", "measured", "floor", "factor", "the floor counts"), rows, texts=(0, 4))


def pairs_table(runs: Sequence[Mapping[str, Any]]) -> str:
    """Pair similarity: time a pair, time a name, recall."""
    rows = [
        (
            run["name"],
            duration(run["seconds_a_pair"]),
            f"{1e-6 / run['seconds_a_pair']:,.1f}",
            duration(run["seconds_a_pair_of_all"]),
            duration(run["prepare_seconds_a_name"]),
            f"{run['recall_at_false_rate']:.4f}",
        )
        for run in runs
    ]
    return table(
        ("scorer", "a pair", "million pairs/s", "a pair of all × all", "to prepare a name", "recall"), rows
    )


QUANTILES = ("p50", "p99", "p99.9", "worst")


def latencies(latency: Mapping[str, float]) -> list[str]:
    """The quantiles of a latency in milliseconds, as times."""
    return [duration(latency[name] / 1e3) for name in QUANTILES]


def tail_table(classes: Sequence[Mapping[str, Any]]) -> str:
    """Latency of each class of query."""
    rows = [(line["class"], f"{line['n']:,}", *latencies(line["latency"])) for line in classes]
    return table(("query", "n", *QUANTILES), rows)


def concurrency_table(runs: Sequence[Mapping[str, Any]], bulk: Sequence[Mapping[str, Any]]) -> str:
    """Throughput and latency by number of threads and processes."""
    rows = []
    for run in runs:
        kind = "processes" if run["processes"] > 1 else "threads"
        workers = max(run["processes"], run["threads"])
        python = f"CPython {run['python']}{'' if run['has_gil'] else ' free-threaded'}"
        rate = f"{run['lookups_per_second']:,.0f}"
        rows.append((kind, python, f"{workers}", rate, *latencies(run["latency"])))
    for run in bulk:
        rate = f"{run['lookups_per_second']:,.0f}"
        rows.append(("`lookup_many`", "", f"{run['threads']}", rate, "", "", "", ""))
    return table(("look-ups from", "interpreter", "workers", "a second", *QUANTILES), rows, texts=(0, 1))


def writer_table(writers: Sequence[Mapping[str, Any]]) -> str:
    """What a writer costs readers."""
    rows = []
    for run in writers:
        rows.append(("no writer", *latencies(run["without"]), ""))
        name = f"a commit of {run['upserts_a_commit']:,} every second"
        rows.append((name, *latencies(run["with"]), f"{100 * run['cost_at_p99']:+.0f} %"))
    return table(("readers beside", *QUANTILES, "at p99"), rows)
