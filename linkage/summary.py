"""A result -> its summary and example pairs: what summary.json and the report hold."""

from __future__ import annotations

import datetime
import resource
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.comparison.program import Comparison, unpack_codes
from linkage.errors import InputError
from linkage.evaluation import Curve, entity_codes, evaluate_rows
from linkage.fields.columns import TextColumn
from linkage.fields.source import BATCH
from linkage.fields.text import as_arrow, as_text, readable
from linkage.model.model import ComparisonParameters, Model, fixed_weight, match_probability
from linkage.model.term_frequencies import FIXED
from linkage.result import Result

N_EXAMPLES = 24
N_FREQUENT = 12
CURVE_POINTS = 200


def summarise(result: Result, *, kind: str, truth: list[str], hide_values: bool) -> None:
    """Fill the result's summary and examples."""
    r = result.resolution
    threshold = fixed_weight(result.threshold_match_probability)
    summary: dict[str, Any] = {
        "kind": kind,
        "linkage_version": version("linkage"),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "inputs": _inputs(result, hide_values),
        "rules": _rules(result),
        "n_candidate_pairs": r.pairs.n_scored,
        "total_pairs": r.records.n_total_pairs,
        "reduction_ratio": 1 - r.pairs.n_scored / max(r.records.n_total_pairs, 1),
        "model": _model(r.model, r.comparisons, r.pairs.gamma[r.pairs.weight >= threshold]),
        "threshold_match_weight": threshold / FIXED,
        "threshold_match_probability": result.threshold_match_probability,
        "warnings": list(r.model.training.get("warnings", [])),
    }
    with r.steps.step("cluster"):
        labels = result.cluster_labels()
    summary["clusters"] = _clusters(labels)
    probability = result.judged_pairs[1]
    summary["n_matched_pairs"] = int(np.count_nonzero(probability >= result.threshold_match_probability))
    if truth:
        with r.steps.step("evaluate"):
            summary["evaluation"] = _evaluation(result, truth)
    with r.steps.step("summarise"):
        summary["weights_histogram"] = _histogram(r.pairs.weight)
        summary["term_frequencies"] = _term_frequencies(result, hide_values)
        result.examples = _examples(result, threshold, hide_values)
    summary["steps"] = r.steps.entries
    summary["seconds"] = sum(e["seconds"] for e in r.steps.entries)
    summary["peak_rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for rule in summary["rules"]:
        if rule["n_pairs_left_out"]:
            summary["warnings"].append(
                {
                    "code": "pairs_left_out",
                    "message": f"rule {rule['rule']}: {rule['n_pairs_left_out']:,} pairs of"
                    f" {rule['n_refined_blocks']:,} large blocks are not compared by this rule",
                }
            )
    result.summary = summary


def _inputs(result: Result, hide_values: bool) -> list[dict[str, Any]]:
    r = result.resolution
    n_left = r.records.n_left or r.records.n_records
    inputs = []
    for side, source in enumerate(r.sources):
        header = r.records.headers[side]
        field_of = {c: f for f, c in header.items()}
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
    sizes = np.bincount(labels)
    size, count = np.unique(sizes[sizes > 1], return_counts=True)
    return {
        "n_clusters": int(np.count_nonzero(sizes)),
        "n_records_in_clusters": int((size * count).sum()),
        "sizes": [{"size": int(s), "count": int(c)} for s, c in zip(size, count, strict=True)],
    }


def _evaluation(result: Result, truth: list[str]) -> dict[str, Any]:
    r = result.resolution
    columns = []
    for source, column in zip(r.sources, truth, strict=True):
        if column not in source.columns:
            raise InputError(
                f"{source.name}: no column {column!r} with the truth; it has {', '.join(source.columns)}"
            )
        entity = pa.Table.from_batches(list(source.batches([column]))).column(0)
        if entity.null_count:
            row = int(np.flatnonzero(entity.is_null().to_numpy())[0])
            raise InputError(f"{source.name}, column {column!r}: row {row + 1} has no value")
        columns.append(entity)
    left_entity, *others = entity_codes(*columns)
    del columns, entity
    pairs, probability = result.ordered_pairs
    found = evaluate_rows(
        pairs.left,
        pairs.right - np.uint32(r.records.n_left),
        pairs.weight / FIXED,
        probability,
        left_entity,
        others[0] if others else None,
        None if others else result.cluster_labels(),
    )
    return {**found.to_dict(), "curve": _curve_points(found.curve)}


def _curve_points(curve: Curve) -> dict[str, list[float]]:
    """Precision, recall and F1 at up to `CURVE_POINTS` thresholds, for the report."""
    n = len(curve.n_pairs)
    at = np.unique(np.linspace(0, max(n - 1, 0), min(n, CURVE_POINTS)).astype(np.intp))
    precision = curve.n_true[at] / np.maximum(curve.n_pairs[at], 1)
    recall = curve.n_true[at] / max(curve.n_true_pairs, 1)
    return {
        "threshold_match_weight": curve.threshold_match_weight[at].tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": curve.f1[at].tolist(),
    }


def _histogram(weight: npt.NDArray[np.int32]) -> dict[str, Any]:
    bits = weight / FIXED
    low, high = (np.floor(bits.min()), np.ceil(bits.max()) + 1) if len(bits) else (-10.0, 10.0)
    edges = np.linspace(low, high, int(min(high - low, 80)) + 1)
    counts, _ = np.histogram(bits, edges)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def _term_frequencies(result: Result, hide_values: bool) -> list[dict[str, Any]]:
    """The most frequent values of each text field, their adjustment, and that of a value held once."""
    r = result.resolution
    entries = []
    for item, parameters in zip(r.comparisons, r.model.comparisons, strict=True):
        table = r.frequencies.get(item.name)
        if table is None or item.operation.name not in ("name", "part", "text", "email"):
            continue
        column = r.records.columns[item.name]
        counts = np.bincount(r.records.rows[:, r.records.words[item.name]], minlength=len(table))
        counts[0] = 0
        top = _largest(counts, N_FREQUENT)
        centre = parameters.centre[-1]
        assert isinstance(column, TextColumn)
        entries.append(
            {
                "field": item.name,
                "top": [
                    {
                        "value": None if hide_values else column.text_of(int(v)),
                        "count": int(counts[v]),
                        "adjustment": float(table[v, 0] / FIXED - centre),
                    }
                    for v in top
                    if counts[v]
                ],
                "rare_adjustment": float(table[:, 0].max(initial=0) / FIXED - centre),
            }
        )
    return entries


def _largest(counts: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.intp]:
    """The positions of the n largest counts, falling; of equal ones the first."""
    least = np.partition(counts, len(counts) - n)[len(counts) - n] if len(counts) > n else 0
    found = np.flatnonzero(counts >= least)
    return found[np.argsort(-counts[found], kind="stable")[:n]]


def _examples(result: Result, threshold: int, hide_values: bool) -> list[dict[str, Any]]:
    """Pairs spread around the threshold, with their waterfalls and, if wanted, their values."""
    r = result.resolution
    if not len(r.pairs.weight):
        return []
    early = _early_pairs(result)
    weight = r.pairs.weight[early]
    near = early[np.argsort(np.abs(weight.astype(np.int64) - threshold), kind="stable")[: N_EXAMPLES // 2]]
    order = early[np.argsort(weight, kind="stable")]
    spread = order[np.linspace(0, len(order) - 1, N_EXAMPLES // 2).astype(np.intp)]
    chosen = np.unique(np.concatenate([near, spread]))
    chosen = chosen[np.argsort(-r.pairs.weight[chosen], kind="stable")]
    values = None if hide_values else _values_of(result, chosen)
    examples = []
    for at, k in enumerate(chosen):
        example: dict[str, Any] = {
            "match_weight": float(r.pairs.weight[k] / FIXED),
            "match_probability": float(match_probability(r.pairs.weight[k : k + 1])[0]),
            "match_key": r.rule_names[r.pairs.rule[k]],
            "waterfall": waterfall(result, int(k)),
        }
        if values is not None:
            example |= values[at]
        examples.append(example)
    return examples


def _early_pairs(result: Result) -> npt.NDArray[np.intp]:
    """Pairs among the first records, if there are enough: their values are read again without the rest."""
    r = result.resolution
    pairs = r.pairs
    if not r.records.n_left:
        for limit in (BATCH, 2 * BATCH, 4 * BATCH, 8 * BATCH):
            early = np.flatnonzero((pairs.left < limit) & (pairs.right < limit))
            if len(early) >= 20 * N_EXAMPLES:
                return early
    return np.arange(len(pairs.weight))


def waterfall(result: Result, k: int) -> list[dict[str, Any]]:
    """The bits by which pair k rises from the prior to its match weight."""
    r = result.resolution
    codes = unpack_codes(r.pairs.gamma[k : k + 1], r.comparisons)[0]
    index = {c.name: i for i, c in enumerate(r.comparisons)}
    rows = r.records.rows[[r.pairs.left[k], r.pairs.right[k]]]
    bars = [{"label": "prior", "level": "", "bits": r.model.prior_weight}]
    total = r.model.prior_weight
    for i, (item, parameters) in enumerate(zip(r.comparisons, r.model.comparisons, strict=True)):
        code = int(codes[i])
        parent = int(codes[index[parameters.parent]]) if parameters.parent else 0
        bits = float(np.log2(parameters.m[parent, code] / parameters.u[parent, code]))
        bits += _rarity(result, item, parameters, code, rows)
        level = item.operation.levels[code - 1] if code else "missing"
        bars.append({"label": item.name, "level": level, "bits": bits})
        total += bits
    rest = float(r.pairs.weight[k] / FIXED) - total
    if abs(rest) > 0.1:
        bars.append({"label": "relatives", "level": "may be two members of one family", "bits": rest})
    return bars


def _rarity(
    result: Result,
    item: Comparison,
    parameters: ComparisonParameters,
    code: int,
    rows: npt.NDArray[np.uint32],
) -> float:
    table = result.resolution.frequencies.get(item.name)
    part = (0, *item.operation.tf_parts)[code]
    if table is None or not part or item.operation.name == "date":
        return 0.0
    words = rows[:, result.resolution.records.words[item.name]]
    if item.operation.name == "category":
        words = words[:1] & np.uint32(0xFFFF)
    bits = int(min(table[int(w), part - 1] for w in words))
    return bits / FIXED - float(parameters.centre[code])


def _values_of(result: Result, chosen: npt.NDArray[np.intp]) -> list[dict[str, Any]]:
    """The records of the chosen pairs as they were given: one more pass that keeps only their rows."""
    r = result.resolution
    both = [r.pairs.left[chosen], r.pairs.right[chosen]]
    tables = []
    for side in range(len(r.sources)):
        offset = r.records.n_left if side else 0
        if len(r.sources) == 1:
            rows = np.unique(np.concatenate(both)).astype(np.int64)
        else:
            rows = np.unique(both[side]).astype(np.int64) - offset
        header = r.records.headers[side]
        tables.append((rows, _rows_of(r.sources[side], [c for f, c in header.items() if f], rows)))
    ids = [r.records.record_id(rows, side=1 if i and r.records.n_left else 0) for i, rows in enumerate(both)]
    examples = []
    for k, (a, b) in enumerate(zip(*both, strict=True)):
        fields = []
        for name in (f.name for f in r.records.schema.fields):
            left = _cell(tables[0], int(a), r.records.headers[0][name])
            side = len(r.sources) - 1
            right = _cell(
                tables[side],
                int(b) - (r.records.n_left if side else 0),
                r.records.headers[side][name],
            )
            fields.append({"name": name, "left": left, "right": right})
        examples.append(
            {
                "record_id_l": str(ids[0][k]),
                "record_id_r": str(ids[1][k]),
                "fields": fields,
            }
        )
    return examples


def _rows_of(source: Any, columns: list[str], rows: npt.NDArray[np.int64]) -> pa.Table:
    parts, begin = [], 0
    for batch in source.batches(columns):
        inside = rows[(rows >= begin) & (rows < begin + len(batch))] - begin
        if len(inside):
            part = batch.take(as_arrow(inside))
            parts.append(pa.table({c: readable(as_text(part.column(c))) for c in columns}))
        begin += len(batch)
        if begin > rows[-1]:
            break
    return pa.concat_tables(parts)


def _cell(table: tuple[npt.NDArray[np.int64], pa.Table], row: int, column: str) -> str | None:
    rows, values = table
    cell = values.column(column)[int(np.searchsorted(rows, row))].as_py()
    return None if cell is None else str(cell)[:200]
