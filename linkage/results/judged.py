"""A result and the columns with the truth -> what its summary says of its quality."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.errors import InputError
from linkage.evaluation import Curve, Entities, entity_codes, evaluate_rows
from linkage.fields.source import Source, absent
from linkage.model.term_frequencies import FIXED
from linkage.results.result import Result

CURVE_POINTS = 200


def evaluation(result: Result, truth: list[str]) -> dict[str, Any]:
    """Precision, recall, F1, calibration and clusters against the column, or columns, with the truth."""
    r = result.resolution
    n_left = r.records.n_left or r.records.n_records
    columns = [
        _entities(source, column, n)
        for source, column, n in zip(r.sources, truth, (n_left, r.records.n_records - n_left), strict=False)
    ]
    left_entity, *others = entity_codes(*columns)
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


def _entities(source: Source, column: str, n_records: int) -> Entities:
    """The column with the truth, read batch by batch.

    Raises
    ------
    InputError
        The table has no such column.
    """
    if column not in source.columns:
        raise InputError(f"{source.name}: {absent(column, source.columns)}")

    def arrays() -> Iterator[pa.Array]:
        return (batch.column(0) for batch in source.batches([column]))

    return Entities(n_records, arrays, f"{source.name}, column {column!r}")


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
