"""A result -> its summary and example pairs: what summary.json and the report hold."""

from __future__ import annotations

import datetime
import resource
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

import linkage
from linkage.clusters.components import group_sizes
from linkage.comparison.program import Comparison, unpack_codes
from linkage.fields.columns import TextColumn
from linkage.model.model import ComparisonParameters, Model, fixed_weight
from linkage.model.term_frequencies import FIXED
from linkage.resolve import FLOOR
from linkage.results.examples import example_pairs
from linkage.results.inputs import inputs_of
from linkage.results.result import Result
from linkage.results.warned import warnings_of


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
    summary = _begun(result, kind)
    beside = ThreadPoolExecutor(3)
    examples = beside.submit(example_pairs, result, threshold, hide_values)
    with r.steps.step("cluster"):
        labels = result.cluster_labels()
    summary |= {"clusters": {}, "n_matched_pairs": 0}
    # Clusters are known: who writes them does not wait for the pairs.
    result.judge_beside(beside)
    if truth:
        # Imported here: most tables have no such column.
        from linkage.results.judged import evaluation

        with r.steps.step("evaluate"):
            summary["evaluation"] = evaluation(result, truth)
    with r.steps.step("summarise"):
        if waits:
            examples.result(), result.judged_pairs
    summary |= {"weights_histogram": {}, "term_frequencies": []}
    summary["steps"] = r.steps.entries
    summary["seconds"] = sum(e["seconds"] for e in r.steps.entries)
    summary["peak_rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    summary["warnings"] += warnings_of(result, summary["rules"], hide_values)
    last = more or {}

    def tell() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        late: dict[str, Any] = {
            "inputs": inputs_of(r, truth, hide_values),
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


def _begun(result: Result, kind: str) -> dict[str, Any]:
    """What is known before pairs are judged, in its place among what is not."""
    r = result.resolution
    return {
        "kind": kind,
        "linkage_version": linkage.__version__,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "inputs": [],
        "rules": _rules(result),
        "n_candidate_pairs": r.pairs.n_scored,
        "total_pairs": r.records.n_total_pairs,
        "reduction_ratio": 1 - r.pairs.n_scored / max(r.records.n_total_pairs, 1),
        "model": {},
        "threshold_match_weight": fixed_weight(result.threshold_match_probability) / FIXED,
        "threshold_match_probability": result.threshold_match_probability,
        "warnings": list(r.model.training.get("warnings", [])),
    }


def _rules(result: Result) -> list[dict[str, Any]]:
    r = result.resolution
    if r.blocks is None:
        return [
            {"rule": "every pair", "n_pairs": r.pairs.n_scored, "n_new_pairs": r.pairs.n_scored,
             "n_blocks": 1, "largest_block": r.records.n_records, "n_refined_blocks": 0,
             "n_pairs_left_out": 0, "seconds": None}  # no rule is built
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
        if item.name in r.frequencies
        and item.field.has_term_frequencies
        and item.operation.name in ("name", "part", "text", "email")
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
