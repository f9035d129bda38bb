"""Scored pairs by row and the entities of all rows -> an Evaluation."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.evaluation.entities import Codes, count_true_pairs, n_entities_of
from linkage.evaluation.partitions import score_clusters
from linkage.evaluation.scores import CalibrationTenth, Curve, Evaluation, Floats, PairScore, pair_score

PROBABILITIES = (0.5, 0.95, 0.99)


def evaluate_rows(
    left: NDArray[Any],
    right: NDArray[Any],
    weight: Floats,
    probability: Floats,
    left_entity: Codes,
    right_entity: Codes | None,
    clusters: NDArray[Any] | None = None,
    *,
    n_candidate_pairs: int | None = None,
    n_true_candidate_pairs: int | None = None,
) -> Evaluation:
    """As `evaluate`, of pairs by row, each once: no record id is looked up.

    Parameters
    ----------
    left, right : integer[n_pairs]
        Rows; of a link the right ones count from 0 in the right table.
    weight, probability : float64[n_pairs]
    left_entity, right_entity : integer[n_records], or None for one table
        From 0 (`entity_codes`); the same number for the same entity in both tables.
    clusters : integer[n_records] or None
        From 0; of all records, the left ones first.
    """
    n_true_pairs = count_true_pairs(left_entity, right_entity)
    is_true = left_entity[left] == (left_entity if right_entity is None else right_entity)[right]
    curve = _curve(weight, is_true, n_true_pairs)
    n_found = int(is_true.sum())
    completeness = n_found if n_true_candidate_pairs is None else n_true_candidate_pairs
    return Evaluation(
        n_records=len(left_entity) + (0 if right_entity is None else len(right_entity)),
        n_entities=n_entities_of(left_entity, right_entity),
        n_true_pairs=n_true_pairs,
        n_pairs=len(weight),
        n_pairs_true=n_found,
        curve=curve,
        best=curve.best(),
        at_probability={p: _at_probability(p, probability, is_true, n_true_pairs) for p in PROBABILITIES},
        pairs_completeness=completeness / max(n_true_pairs, 1),
        pairs_completeness_of="pairs" if n_true_candidate_pairs is None else "candidate pairs",
        n_candidate_pairs=n_candidate_pairs,
        calibration=_calibration(probability, is_true),
        clusters=None if clusters is None else score_clusters(clusters, _everyone(left_entity, right_entity)),
    )


def _everyone(left: Codes, right: Codes | None) -> Codes:
    """The entities of both tables, one after the other."""
    return left if right is None else np.concatenate([left, right])


def _curve(weight: Floats, is_true: NDArray[np.bool_], n_true_pairs: int) -> Curve:
    order = np.argsort(weight)[::-1]
    descending = weight[order]
    last_of_weight = np.flatnonzero(np.append(descending[1:] != descending[:-1], True))
    if not len(weight):
        last_of_weight = last_of_weight[:0]
    return Curve(
        threshold_match_weight=descending[last_of_weight],
        n_pairs=last_of_weight + 1,
        n_true=np.cumsum(is_true[order], dtype=np.int64)[last_of_weight],
        n_true_pairs=n_true_pairs,
    )


def _at_probability(
    threshold: float, probability: Floats, is_true: NDArray[np.bool_], n_true_pairs: int
) -> PairScore:
    taken = probability >= threshold
    weight = float(np.log2(threshold / (1.0 - threshold)))
    return pair_score(weight, int(taken.sum()), int((taken & is_true).sum()), n_true_pairs)


def _calibration(probability: Floats, is_true: NDArray[np.bool_]) -> list[CalibrationTenth]:
    tenth = np.clip((probability * 10).astype(np.int64), 0, 9)
    counts = np.bincount(tenth, minlength=10)
    said = np.bincount(tenth, weights=probability, minlength=10)
    true = np.bincount(tenth, weights=is_true, minlength=10)
    with np.errstate(invalid="ignore"):
        mean_said, true_share = said / counts, true / counts
    return [
        CalibrationTenth(i / 10, (i + 1) / 10, int(counts[i]), float(mean_said[i]), float(true_share[i]))
        for i in range(10)
    ]
