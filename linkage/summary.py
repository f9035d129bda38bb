"""A result -> its summary and example pairs: what summary.json and the report hold."""

from __future__ import annotations

import datetime
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

import linkage
from linkage.clusters.components import group_sizes
from linkage.comparison.program import Comparison, unpack_codes
from linkage.examples import example_pairs
from linkage.fields.batch import CodesRead
from linkage.fields.columns import TextColumn
from linkage.fields.empty import told_empty
from linkage.model.model import ComparisonParameters, Model, fixed_weight
from linkage.model.term_frequencies import FIXED
from linkage.resolve import FLOOR
from linkage.result import Result

TOLD_CODES = 5
"""So many values of a field that was read in another code system are named."""


def summarise(
    result: Result,
    *,
    kind: str,
    truth: list[str],
    hide_values: bool,
    waits: bool,
    more: dict[str, Any] | None = None,
) -> None:
    """Give the result its summary, with `more`, and examples.

    What takes another pass over the table, or only people read, threads count beside the rest. Unless this
    waits for them they go on while the result is used: whoever asks for its summary waits then.
    """
    r = result.resolution
    threshold = fixed_weight(result.threshold_match_probability)
    summary: dict[str, Any] = {
        "kind": kind,
        "linkage_version": linkage.__version__,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "inputs": _inputs(result, truth, hide_values),
        "rules": _rules(result),
        "n_candidate_pairs": r.pairs.n_scored,
        "total_pairs": r.records.n_total_pairs,
        "reduction_ratio": 1 - r.pairs.n_scored / max(r.records.n_total_pairs, 1),
        "model": {},
        "threshold_match_weight": threshold / FIXED,
        "threshold_match_probability": result.threshold_match_probability,
        "warnings": list(r.model.training.get("warnings", [])),
    }
    beside = ThreadPoolExecutor(3)
    examples = beside.submit(example_pairs, result, threshold, hide_values)
    with r.steps.step("cluster"):
        labels = result.cluster_labels()
    summary |= {"clusters": {}, "n_matched_pairs": 0}
    # Clusters are known: who writes them does not wait for the pairs.
    result.judge_beside(beside)
    if truth:
        # Imported here: most tables have no such column.
        from linkage.judged import evaluation

        with r.steps.step("evaluate"):
            summary["evaluation"] = evaluation(result, truth)
    with r.steps.step("summarise"):
        if waits:
            examples.result(), result.judged_pairs
    summary |= {"weights_histogram": {}, "term_frequencies": []}
    summary["steps"] = r.steps.entries
    summary["seconds"] = sum(e["seconds"] for e in r.steps.entries)
    summary["peak_rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    summary["warnings"] += _warnings(result, summary["rules"], hide_values)
    last = more or {}

    def tell() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        late: dict[str, Any] = {
            "model": _model(r.model, r.comparisons, r.pairs.gamma[r.pairs.weight >= threshold]),
            "clusters": _clusters(labels),
            "weights_histogram": _histogram(r.pairs.weight),
            "term_frequencies": _term_frequencies(result, hide_values),
        }
        matched = result.judged_pairs[1] >= result.threshold_match_probability
        late["n_matched_pairs"] = int(np.count_nonzero(matched))
        return summary | late | last, examples.result()

    result.tell(beside.submit(tell))
    beside.shutdown(wait=waits)


def _warnings(result: Result, rules: list[dict[str, Any]], hide_values: bool) -> Iterator[dict[str, str]]:
    """Fields without values, values taken as missing, and pairs of blocks that were too large."""
    for side, source in enumerate(result.resolution.sources):
        if message := told_empty(result.resolution.records, side, source.name, "nothing is compared there"):
            yield {"code": "empty_fields", "message": message}
    if n := result.resolution.n_left_to_doubles:
        yield {
            "code": "doubles",
            "message": f"one partner each: {n:,} sure pair{'s' * (n != 1)} with a second record of one person"
            " in a table left out; without --one-to-one they are kept",
        }
    for name, n in result.resolution.records.n_fillers.items():
        holding = "1 record holds" if n == 1 else f"{n:,} records hold"
        yield {
            "code": "fillers",
            "message": f"field {name!r}: {holding} a value that stands for none (a default date,"
            " a number that very many have, a word such as unknown); it is taken as missing",
        }
    for name, read in result.resolution.records.codes_read.items():
        yield {"code": "codes_read", "message": _told_codes(name, read, hide_values)}
    cut = [rule for rule in rules if rule["n_pairs_left_out"]]
    if cut:
        pairs, blocks = (sum(rule[key] for rule in cut) for key in ("n_pairs_left_out", "n_refined_blocks"))
        who = f"rule {cut[0]['rule']}" if len(cut) == 1 else f"{len(cut)} rules"
        yield {
            "code": "pairs_left_out",
            "message": f"{who}: {pairs:,} pairs of {blocks:,} large block{'s' * (blocks != 1)} are not"
            " compared unless another rule finds them",
        }


def _told_codes(name: str, read: CodesRead, hide_values: bool) -> str:
    """What stands for what, and who says so."""
    learned = f"learned from {read.n_sure:,} sure matches" if read.n_sure else "as the model says"
    shown = read.examples[: 0 if hide_values else TOLD_CODES]
    told = [f"{code} = {value!r}" for code, value in shown]
    if rest := len(read.examples) - len(shown):
        told.append(f"and {rest} more" if shown else f"{rest} in all")
    return (
        f"field {name!r}: the right table writes it in other codes; in {read.n_records:,} of its"
        f" records they are read as the left table's values ({learned}): {', '.join(told)}"
    )


def _inputs(result: Result, truth: list[str], hide_values: bool) -> list[dict[str, Any]]:
    r = result.resolution
    n_left = r.records.n_left or r.records.n_records
    inputs = []
    for side, source in enumerate(r.sources):
        header = r.records.headers[side]
        field_of = {c: f for f, c in reversed(header.items())}
        columns: list[dict[str, Any]] = []
        for column in source.columns:
            name = field_of.get(column)
            entry: dict[str, Any] = {"name": column, "field": name or None, "kind": None}
            if name:
                report = r.records.columns[name].report
                entry |= {
                    "kind": r.records.schema[name].kind,
                    "completeness": 1 - report.n_missing / max(report.n_records, 1),
                    "n_distinct": report.n_distinct or None,
                    "n_unparsed": report.n_unparsed,
                    "n_repaired": report.n_repaired,
                    "examples_unparsed": [] if hide_values else report.examples_unparsed,
                }
            elif name == "":
                entry["kind"] = "record id"
            elif truth and column == truth[side]:
                entry["kind"] = "truth"
            columns.append(entry)
        inputs.append(
            {
                "path": source.name,
                "n_records": n_left if side == 0 else r.records.n_records - n_left,
                "columns": columns,
            }
        )
    return inputs


def _rules(result: Result) -> list[dict[str, Any]]:
    r = result.resolution
    if r.blocks is None:
        return [
            {"rule": "every pair", "n_pairs": r.pairs.n_scored, "n_new_pairs": r.pairs.n_scored,
             "n_blocks": 1, "largest_block": r.records.n_records, "n_refined_blocks": 0,
             "n_pairs_left_out": 0, "seconds": 0.0}
        ]  # fmt: skip
    return [
        {
            "rule": blocks.rule.name,
            "n_pairs": blocks.n_pairs,
            "n_new_pairs": new,
            "n_blocks": blocks.n_blocks,
            "largest_block": blocks.largest,
            "n_refined_blocks": blocks.n_refined,
            "n_pairs_left_out": blocks.n_pairs_left_out,
            "seconds": blocks.seconds,
        }
        for blocks, new in zip(r.blocks.rules, r.pairs.new_per_rule, strict=True)
    ]


def _model(model: Model, comparisons: list[Comparison], gamma: npt.NDArray[np.uint64]) -> dict[str, Any]:
    codes = unpack_codes(gamma, comparisons)
    entries = []
    for i, (item, parameters) in enumerate(zip(comparisons, model.comparisons, strict=True)):
        m, u = _unconditional(parameters)
        counts = np.bincount(codes[:, i], minlength=item.operation.n_codes)
        levels = []
        for code in range(item.operation.n_codes - 1, 0, -1):
            levels.append(
                {
                    "label": item.operation.levels[code - 1],
                    "m_probability": float(m[code]),
                    "u_probability": float(u[code]),
                    "match_weight": float(np.log2(m[code] / u[code])),
                    "tf_adjusted": bool(item.operation.tf_parts[code - 1])
                    and item.field.has_term_frequencies,
                    "n_pairs": int(counts[code]),
                }
            )
        entries.append({"name": item.name, "parent": parameters.parent, "levels": levels})
    training = model.training
    return {
        "probability_two_random_records_match": model.probability_two_random_records_match,
        "prior_weight": model.prior_weight,
        "comparisons": entries,
        "em": {
            "iterations": training.get("iterations"),
            "converged": training.get("converged"),
            "history": training.get("history", []),
        },
        "warnings": training.get("warnings", []),
    }


def _unconditional(
    parameters: ComparisonParameters,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """One m and u per level for the charts: the last row, the parent's agreement, speaks for matches."""
    return parameters.m[-1], parameters.u[1 if len(parameters.u) > 1 else 0]


def _clusters(labels: npt.NDArray[np.uint32]) -> dict[str, Any]:
    sizes = group_sizes(labels)
    size, count = np.unique(sizes[sizes > 1], return_counts=True)
    return {
        "n_clusters": int(np.count_nonzero(sizes)),
        "n_records_in_clusters": int((size * count).sum()),
        "sizes": [{"size": int(s), "count": int(c)} for s, c in zip(size, count, strict=True)],
    }


def _histogram(weight: npt.NDArray[np.int32]) -> dict[str, Any]:
    # From the floor on, whatever is found: what lies below the first edge are pairs that were not kept.
    floor, bits = FLOOR / FIXED, weight / FIXED
    low, high = (min(np.floor(bits.min()), floor), np.ceil(bits.max()) + 1) if len(bits) else (floor, -floor)
    edges = np.linspace(low, high, int(min(high - low, 80)) + 1)
    counts, _ = np.histogram(bits, edges)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def _term_frequencies(result: Result, hide_values: bool) -> list[dict[str, Any]]:
    """The most frequent values of each text field, their adjustment, and that of a value held once."""
    r = result.resolution
    entries = []
    parameters_of = {
        item.name: parameters
        for item, parameters in zip(r.comparisons, r.model.comparisons, strict=True)
        if item.name in r.frequencies and item.operation.name in ("name", "part", "text", "email")
    }
    for name, parameters in parameters_of.items():
        table, column = r.frequencies[name], r.records.columns[name]
        centre = parameters.centre[-1]
        assert isinstance(column, TextColumn)
        entries.append(
            {
                "field": name,
                "top": [
                    {
                        "value": None if hide_values else column.text_of(value),
                        "count": count,
                        "adjustment": float(table[value, 0] / FIXED - centre),
                    }
                    for value, count in r.records.frequent[name]
                ],
                "rare_adjustment": float(table[:, 0].max(initial=0) / FIXED - centre),
            }
        )
    return entries
