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
QUIET = 0.05
"""Share of the processors that others may take on a machine that is called quiet."""


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


def size(n_bytes: float) -> str:
    """A size in GiB or MiB."""
    return f"{n_bytes / 2**30:.2f} GiB" if n_bytes >= 2**29 else f"{n_bytes / 2**20:,.0f} MiB"


def busy_sentence(results: Mapping[str, list[dict[str, Any]]]) -> str:
    """What else ran on the machine, seen at the end of each measurement; nothing where nobody looked."""
    shares = [one["about"].get("busy_share") for points in results.values() for one in points]
    known = [share for share in shares if share is not None]
    if not known:
        return ""
    most, mean = max(known), sum(known) / len(known)
    if mean <= QUIET:
        return f"Nothing else was at work: others kept {100 * mean:.0f} % of the processors busy.\n"
    return (
        f"Other work kept {100 * mean:.0f} % of the processors busy on average, at most {100 * most:.0f} %:"
        " times compare the sides of one run and are longer than on a quiet machine.\n"
    )


def machine_table(results: Mapping[str, list[dict[str, Any]]]) -> str:
    """Where and on what the results were measured, said once for each commit and machine."""
    rows: dict[tuple[str, ...], None] = {}
    versions: dict[str, str] = {}
    for points in results.values():
        for one in points:
            about = one["about"]
            machine = about["machine"]
            memory = f"{machine['memory_bytes'] / 2**30:.0f} GiB"
            cores = f"{machine['cores']} cores"
            rows[
                about["commit"] or "–", about["date"][:10], machine["cpu"], cores, memory, machine["python"]
            ] = None
            versions |= about["versions"]
    held = table(("commit", "date", "processor", "cores", "memory", "CPython"), list(rows), texts=range(6))
    return held + "\n" + ", ".join(f"{name} {value}" for name, value in versions.items()) + ".\n"


def job_table(points: Sequence[Mapping[str, Any]]) -> str:
    """Dedupe and link: a line a run."""
    rows = []
    for one in points:
        for run in one["runs"]:
            found = run["evaluation"]
            at = found["at_probability"]["0.95"] if found.get("at_probability") else {}
            clusters = found.get("clusters") or {}
            rows.append(
                (
                    run["name"],
                    *((f"{one['n_records']:,}", one.get("variant", "")) if one["n_records"] else ("", "")),
                    duration(run["wall_seconds"]),
                    size(run["peak_rss_bytes"]),
                    *(_share(found.get("pairs_completeness")), _share(at.get("f1"))),
                    *(_share(at.get("precision")), _share(at.get("recall"))),
                    *(_share((found.get("best") or {}).get("f1")), _share(clusters.get("bcubed_f1"))),
                )
            )
    header = ("", "records", "columns", "time", "memory", "pairs completeness", "F1 at .95", "precision",
              "recall", "best F1", "clusters B³ F1")  # fmt: skip
    keep = [i for i in range(len(header)) if i == 0 or any(row[i].strip("–") for row in rows)]
    return table(
        [header[i] for i in keep],
        [[row[i] for i in keep] for row in rows],
        texts=[k for k, i in enumerate(keep) if i in (0, 2)],
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def fit_table(fits: Sequence[Mapping[str, Any]]) -> str:
    """Cost a record and how it grows."""
    rows = [
        (
            fit["job"],
            f"{fit['from']:,} to {fit['to']:,}",
            f"{fit['microseconds_at_least']:.2f} µs",
            f"{fit['microseconds_at_most']:.2f} µs",
            *(
                f"{fit[key]:.2f} µs" if fit[key] is not None else "–"
                for key in ("cpu_microseconds_at_least", "cpu_microseconds_at_most")
            ),
            f"{fit['offset']:.2f} {'+' if fit['slope'] >= 0 else '−'} {abs(fit['slope']):.3f} log₂ n",
            f"{fit['growth']:.2f}×",
            f"{fit['growth_of_log']:.2f}×",
        )
        for fit in fits
    ]
    header = ("job", "records", "a record at the least n", "at the most", "of processor at the least n",
              "at the most", "fit, µs", "growth", "log n grows")  # fmt: skip
    return table(header, rows) if rows else ""


def country_table(results: Mapping[str, list[dict[str, Any]]]) -> str:
    """Steps of `benchmarks.country`, a line each."""
    rows = []
    for suite in ("generate", "build", "dedupe", "link"):
        for one in results.get(suite, []):
            if suite in ("dedupe", "link") and len(one.get("runs", [])) != 1:
                continue
            if one.get("failed"):
                rows.append((suite, f"{one['n_records'] or 0:,}", one["failed"], "", ""))
                continue
            run = one["runs"][0] if "runs" in one else one
            found = run.get("evaluation", {})
            at = (found.get("at_probability") or {}).get("0.95") or {}
            more = f"F1 {_share(at.get('f1'))}, precision {_share(at.get('precision'))}" if at else ""
            more = f"{one['bytes_per_record']:.1f} bytes a record" if "bytes_per_record" in one else more
            more += ", the rest of a run that was killed" if run.get("went_on") else ""
            memory = size(run["peak_rss_bytes"])
            rows.append((suite, f"{one['n_records']:,}", duration(run["wall_seconds"]), memory, more))
    return table(("step", "records", "time", "peak memory", ""), rows, texts=(0, 4)) if rows else ""
