"""A summary, a model, a generated folder -> the tables a person reads at the end."""

from math import log2
from pathlib import Path
from typing import Any

from linkage.cli.tables import Table, count, counted, memory, seconds, share, show, times

FILES = ("pairs.parquet", "clusters.parquet", "model.json", "summary.json", "report.html")
MOST_WARNINGS = 12


def show_run(summary: dict[str, Any], out: Path, records: str | None = None) -> None:
    """Print the end of a run as tables a person can read; `records` is the format of its rows, if written."""
    link = summary.get("kind") == "link"
    inputs = summary.get("inputs") or []
    names = [Path(str(part.get("path"))).name for part in inputs]
    title = f"Links between {' and '.join(names)}" if link else f"Duplicates in {''.join(names)}"
    files = (*FILES, f"records.{records}") if records else FILES
    notes = [f"Written to {out}/: {', '.join(files)}"]
    warnings = [str(warning.get("message")) for warning in summary.get("warnings") or ()]
    if len(warnings) > MOST_WARNINGS:
        rest = len(warnings) - MOST_WARNINGS
        warnings = [*warnings[:MOST_WARNINGS], f"and {rest} more, see {out / 'report.html'}"]
    tables = [_figures(summary, link), rules_table(summary), evaluation_table(summary)]
    show(title, tables, notes, warnings)


def _figures(summary: dict[str, Any], link: bool) -> Table:
    n_records = sum(part.get("n_records") or 0 for part in summary.get("inputs") or ())
    wall = summary.get("seconds")
    sizes = [c for c in (summary.get("clusters") or {}).get("sizes") or () if c["size"] > 1]
    several = sum(c["count"] for c in sizes)
    together = sum(c["count"] * c["size"] for c in sizes)
    people = (
        "people",
        count(n_records - together + several),
        f"{count(several)} in several records",
    )
    groups = ("clusters", count(several), f"holding {count(together)} records")
    total = summary.get("total_pairs")
    threshold = summary.get("threshold_match_probability")
    rate = counted(n_records / wall, "record a second", "records a second") if wall else ""
    possible = f"of {count(total)} possible" if total else ""
    return Table(
        ("", "", ""),
        [
            ("records", count(n_records), ""),
            ("candidate pairs", count(summary.get("n_candidate_pairs")), possible),
            (
                "links" if link else "duplicate pairs",
                count(summary.get("n_matched_pairs")),
                f"at probability ≥ {threshold}",
            ),
            groups if link else people,
            ("time", seconds(wall), rate),
            ("peak memory", memory(summary.get("peak_rss_mib")), ""),
        ],
        left=(0, 2),
    )


def rules_table(summary: dict[str, Any]) -> Table:
    """What each rule found; – where there is no time of its own."""
    table = Table(("blocking rule", "new pairs", "blocks", "largest", "left out", "time"))
    rules = summary.get("rules") or ()
    for rule, time in zip(rules, times([rule.get("seconds") for rule in rules]), strict=True):
        table.rows.append(
            (
                str(rule.get("rule")),
                count(rule.get("n_new_pairs")),
                count(rule.get("n_blocks")),
                count(rule.get("largest_block")),
                count(rule.get("n_pairs_left_out")),
                time,
            )
        )
    return table


def evaluation_table(summary: dict[str, Any]) -> Table:
    """Return precision, recall and F1 by threshold; empty without truth."""
    table = Table(("against the truth", "precision", "recall", "F1", "pairs"))
    measured = summary.get("evaluation")
    if not measured:
        return table
    lines = [(f"probability ≥ {p}", score) for p, score in measured["at_probability"].items()]
    lines.append((f"best, weight ≥ {measured['best']['threshold_match_weight']:.2f}", measured["best"]))
    for name, score in lines:
        table.rows.append(
            (
                name,
                share(score["precision"]),
                share(score["recall"]),
                share(score["f1"]),
                count(score["n_pairs"]),
            )
        )
    if clusters := measured.get("clusters"):
        b_cubed = (share(clusters[f"bcubed_{k}"]) for k in ("precision", "recall", "f1"))
        table.rows.append(("clusters, B³", *b_cubed, count(clusters["n_clusters"])))
        pairwise = (share(clusters[f"pairwise_{k}"]) for k in ("precision", "recall", "f1"))
        table.rows.append(("clusters, pairwise", *pairwise, ""))
    found = share(measured.get("pairs_completeness"))
    of = measured.get("pairs_completeness_of")
    table.rows.append((f"recall of {of}", "", found, "", count(measured.get("n_true_pairs"))))
    return table


def show_model(model: dict[str, Any], register: Path, out: Path) -> None:
    """Print what a model learnt: the strongest word for and against of each comparison."""
    table = Table(("comparison", "levels", "most bits for", "against", "depends on"), left=(0, 4))
    for comparison in model["comparisons"]:
        weights = [
            log2(m / u)
            for row_m, row_u in zip(comparison["m_probability"], comparison["u_probability"], strict=True)
            # the first code is a missing value, which says nothing
            for m, u in zip(row_m[1:], row_u[1:], strict=True)
        ]
        table.rows.append(
            (
                comparison["name"],
                str(len(comparison["levels"])),
                f"{max(weights):+.1f}",
                f"{min(weights):+.1f}",
                comparison.get("parent") or "",
            )
        )
    found = (model.get("training") or {}).get("warnings") or ()
    warnings = [str(w["message"] if isinstance(w, dict) else w) for w in found]
    prior = model["probability_two_random_records_match"]
    notes = [f"Two random records match with probability {prior:.3g}.", f"Written to {out}"]
    show(f"Model of {register.name}", [table], notes, warnings)


def show_generated(made: dict[str, Any]) -> None:
    """Print what was generated."""
    table = Table(("file", "records"))
    for name in ("register", "claims"):
        table.rows.append((str(made[name]), count(made[f"{name}_records"])))
    notes = [
        f"{counted(made['people'], 'person', 'people')},"
        f" {counted(made['duplicate_records'], 'second record', 'second records')},"
        f" {counted(made['strangers'], 'stranger', 'strangers')};"
        f" profile {made['profile']}, seed {made['seed']}.",
        "Nobody in these files is real. Column 'entity' is the truth.",
    ]
    show("Generated", [table], notes, [])
