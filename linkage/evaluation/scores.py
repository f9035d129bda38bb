"""Counts of pairs, true ones and found ones -> what an evaluation says: scores, curve, clusters."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairScore:
    """What one threshold says: pairs taken, true ones among them, precision, recall and F1."""

    threshold_match_weight: float
    n_pairs: int
    n_true: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Curve:
    """Pairwise precision and recall at every distinct match weight, the highest weight first.

    Entry i counts all pairs with `match_weight >= threshold_match_weight[i]`.
    """

    threshold_match_weight: Floats
    n_pairs: Counts
    n_true: Counts
    n_true_pairs: int

    @property
    def precision(self) -> Floats:
        """float64[n_thresholds], true pairs among those taken."""
        return self.n_true / self.n_pairs

    @property
    def recall(self) -> Floats:
        """float64[n_thresholds], true pairs taken among all true pairs; 0 when there are none."""
        return self.n_true / max(self.n_true_pairs, 1)

    @property
    def f1(self) -> Floats:
        """float64[n_thresholds], harmonic mean of precision and recall."""
        f1: Floats = 2 * self.n_true / (self.n_pairs + self.n_true_pairs)
        return f1

    def best(self) -> PairScore:
        """The threshold with the highest F1; of equal ones the highest threshold."""
        if not len(self.n_pairs):
            return pair_score(np.inf, 0, 0, self.n_true_pairs)
        best = int(np.argmax(self.f1))
        return pair_score(
            float(self.threshold_match_weight[best]),
            int(self.n_pairs[best]),
            int(self.n_true[best]),
            self.n_true_pairs,
        )


@dataclass(frozen=True)
class ClusterScore:
    """Clusters against entities: B-cubed (Bagga & Baldwin 1998) and pairwise.

    `n_mixed_clusters` hold records of more than one entity; `n_split_entities` have their records
    in more than one cluster.
    """

    n_clusters: int
    n_mixed_clusters: int
    n_split_entities: int
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    pairwise_precision: float
    pairwise_recall: float
    pairwise_f1: float


@dataclass(frozen=True)
class CalibrationTenth:
    """Pairs whose probability lies in [begin, end): their mean probability and true share.

    The last tenth includes 1. The two shares are nan when there are no pairs.
    """

    begin: float
    end: float
    n_pairs: int
    mean_match_probability: float
    true_share: float


@dataclass(frozen=True)
class Evaluation:
    """All measures of one run; see :func:`evaluate`."""

    n_records: int
    n_entities: int
    n_true_pairs: int
    n_pairs: int
    n_pairs_true: int
    curve: Curve
    best: PairScore
    at_probability: dict[float, PairScore]
    pairs_completeness: float
    pairs_completeness_of: str
    n_candidate_pairs: int | None
    calibration: list[CalibrationTenth]
    clusters: ClusterScore | None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON; the curve stays out (it has as many entries as weights)."""
        return {
            "n_records": self.n_records,
            "n_entities": self.n_entities,
            "n_true_pairs": self.n_true_pairs,
            "n_pairs": self.n_pairs,
            "n_pairs_true": self.n_pairs_true,
            "n_candidate_pairs": self.n_candidate_pairs,
            "pairs_completeness": self.pairs_completeness,
            "pairs_completeness_of": self.pairs_completeness_of,
            "best": _plain(self.best),
            "at_probability": {str(p): _plain(s) for p, s in self.at_probability.items()},
            "calibration": [_plain(tenth) for tenth in self.calibration],
            "clusters": None if self.clusters is None else _plain(self.clusters),
        }


def pair_score(threshold: float, n_pairs: int, n_true: int, n_true_pairs: int) -> PairScore:
    """Precision (1 when nothing is taken), recall (1 when there is nothing to find) and F1."""
    whole = n_pairs + n_true_pairs
    return PairScore(
        threshold_match_weight=threshold,
        n_pairs=n_pairs,
        n_true=n_true,
        precision=n_true / n_pairs if n_pairs else 1.0,
        recall=n_true / n_true_pairs if n_true_pairs else 1.0,
        f1=2 * n_true / whole if whole else 1.0,
    )


def _plain(score: PairScore | ClusterScore | CalibrationTenth) -> dict[str, Any]:
    return dict(vars(score))
