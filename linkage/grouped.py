"""Scored pairs of a resolution -> its clusters, and the pairs as likely as other records leave them.

Most records of a register have no pair. Clusters are found among those that have one, numbered anew in their
order; the others are alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage._kernels.pair_places import PairPlaces
from linkage.clusters import correlation_clusters
from linkage.clusters.company import LIKELIEST, in_company
from linkage.clusters.contradicting import contradicts, hold_both
from linkage.clusters.correlation import FRACTURE
from linkage.clusters.doubled import as_others_are_doubled
from linkage.clusters.support import cluster_pairs, supported_probability
from linkage.comparison.program import unpack_codes
from linkage.model.model import match_probability
from linkage.model.own import OWN
from linkage.predict import ScoredPairs
from linkage.resolve import Resolution

JudgedPairs = tuple[ScoredPairs, npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Grouped:
    """Clusters of the records that have a pair.

    Attributes
    ----------
    rows : uint32[n_paired]
        These records, ascending.
    left, right : uint32[n_pairs]
        The pairs, by place in `rows`.
    labels : uint32[n_paired]
        Cluster of each, the place of its first one.
    likely : float64[n_pairs]
        Probability of each pair by itself and the company its records keep; of a link by itself.
    """

    rows: npt.NDArray[np.uint32]
    left: npt.NDArray[np.uint32]
    right: npt.NDArray[np.uint32]
    labels: npt.NDArray[np.uint32]
    likely: npt.NDArray[np.float64]

    def of_all(self, n_records: int) -> npt.NDArray[np.uint32]:
        """Cluster of every record, the cluster's first row; uint32[n_records]."""
        labels = np.arange(n_records, dtype=np.uint32)
        labels[self.rows] = self.rows[self.labels]
        return labels


def grouped(resolution: Resolution, threshold: int) -> Grouped:
    """The clusters on which all pairs inside a group decide together, from this weight (1/256 bit) on."""
    r = resolution
    rows, left, right = _paired(r.pairs, r.records.n_records)
    labels = correlation_clusters(
        len(rows),
        left,
        right,
        voices(r, r.pairs.weight, r.pairs.gamma),
        threshold=threshold,
        score_missing=lambda a, b: voices(r, *r.scores_of(rows[a], rows[b])),
    )
    likely = match_probability(r.pairs.weight)
    if not r.records.n_left:
        never = hold_both(r.pairs.gamma, r.comparisons, r.model)
        labels, likely = in_company(
            labels,
            left,
            right,
            _doubled(r, labels, left, right, likely, never),
            threshold=float(match_probability(np.array([threshold], np.int32))[0]),
            contradict=lambda a, b: _contradict(r, rows[a], rows[b]),
            never=never,
        )
    return Grouped(rows, left, right, labels, likely)


def _doubled(
    resolution: Resolution,
    labels: npt.NDArray[np.uint32],
    left: npt.NDArray[np.uint32],
    right: npt.NDArray[np.uint32],
    likely: npt.NDArray[np.float64],
    never: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """Probabilities with what the pairs in doubt show together; those that never match tell nothing.

    Where one field is all that is a person's own: two tell relatives and matches apart better.
    """
    own = [c for c in resolution.comparisons if not c.field.is_shared and c.operation.name in OWN]
    if sum(c.operation.name != "category" for c in own) != 1:
        return likely
    doubtful = np.flatnonzero((likely < LIKELIEST) & ~never)
    codes = unpack_codes(resolution.pairs.gamma[doubtful], resolution.comparisons)
    out = likely.copy()
    out[doubtful] = as_others_are_doubled(
        labels, left[doubtful], right[doubtful], likely[doubtful], np.count_nonzero(codes, axis=1)
    )
    return out


def judged(resolution: Resolution, groups: Grouped, threshold_match_probability: float) -> JudgedPairs:
    """Pairs with their probability given the other records; pairs that only a cluster shows are added.

    Their rule is the one behind the last. The threshold is that of the clusters.
    """
    r, rows = resolution, groups.rows
    left, right = cluster_pairs(groups.labels)
    known = PairPlaces(groups.left, groups.right)
    fresh = known.find(left, right) == known.n_pairs
    left, right = left[fresh], right[fresh]
    weight, gamma = r.scores_of(rows[left], rows[right])
    rule = np.full(len(left), len(r.rule_names), np.uint8)
    every = r.pairs.extended(rows[left], rows[right], weight, gamma, rule)
    alone = match_probability(every.weight)
    likely = alone.copy()
    likely[: len(groups.likely)] = groups.likely
    probability = supported_probability(
        groups.labels,
        np.concatenate([groups.left, left]),
        np.concatenate([groups.right, right]),
        alone,
        likely,
        threshold=threshold_match_probability,
        contradict=lambda a, b: _contradict(r, rows[a], rows[b]),
    )
    return every, probability


def voices(
    resolution: Resolution, weight: npt.NDArray[np.int32], gamma: npt.NDArray[np.uint64]
) -> npt.NDArray[np.int32]:
    """What pairs say of clusters: those that hold nothing contrary do not speak against them."""
    low = np.flatnonzero(weight < FRACTURE)
    low = low[~contradicts(gamma[low], resolution.comparisons, resolution.model)]
    said = weight.copy()
    said[low] = FRACTURE
    return said


def _contradict(
    resolution: Resolution, left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]
) -> npt.NDArray[np.bool_]:
    """Whether two rows hold something that two records of one person hardly would."""
    gamma = np.empty(len(left), np.uint64)
    resolution.scorer.levels_of_pairs(left, right, gamma)
    return contradicts(gamma, resolution.comparisons, resolution.model)


def _paired(
    pairs: ScoredPairs, n_records: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """The rows that pairs name, ascending, and the pairs by their places among these."""
    place = np.zeros(n_records, np.uint32)
    place[pairs.left] = place[pairs.right] = 1
    rows = np.flatnonzero(place).astype(np.uint32)
    place[rows] = np.arange(len(rows), dtype=np.uint32)
    return rows, place[pairs.left], place[pairs.right]
