"""Clusters and entities of the same records -> how well the one fits the other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.evaluation.entities import Codes, pairs_within, sizes_of
from linkage.evaluation.scores import ClusterScore, pair_score

RECORDS_AT_ONCE = 1 << 20


def score_clusters(cluster: NDArray[Any], entity: Codes) -> ClusterScore:
    """Compare two partitions of the same records.

    Parameters
    ----------
    cluster, entity : integer[n_records]
        Codes from 0; any order, not all of them need occur.

    Returns
    -------
    ClusterScore
        Of no records, every share is 1.
    """
    n_records = len(cluster)
    cluster_size, entity_size = sizes_of(cluster), sizes_of(entity)
    joint, n_alone = _joint_codes(cluster, entity, cluster_size, entity_size)
    joint, shared = np.unique(joint, return_counts=True)
    of_cluster, of_entity = np.divmod(joint, max(len(entity_size), 1))
    # B-cubed averages over records: each of the n_ij records of a cell has n_ij companions.
    precision = float((shared * (shared / cluster_size[of_cluster])).sum() + n_alone) / max(n_records, 1)
    recall = float((shared * (shared / entity_size[of_entity])).sum() + n_alone) / max(n_records, 1)
    if not n_records:
        precision = recall = 1.0
    pairs_shared = pairs_within(shared)
    pair = pair_score(0.0, pairs_within(cluster_size), pairs_shared, pairs_within(entity_size))
    return ClusterScore(
        n_clusters=int(np.count_nonzero(cluster_size)),
        n_mixed_clusters=_n_repeated(of_cluster),
        n_split_entities=_n_repeated(of_entity),
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f1=2 * precision * recall / (precision + recall),
        pairwise_precision=pair.precision,
        pairwise_recall=pair.recall,
        pairwise_f1=pair.f1,
    )


def _joint_codes(
    cluster: Codes, entity: Codes, cluster_size: Codes, entity_size: Codes
) -> tuple[NDArray[np.int64], int]:
    """Cluster and entity of each record in one number, but for those who are alone in both, and how many are.

    Who is alone in both, nearly everybody, counts as 1 and needs no sorting.
    """
    found, n_alone = [np.empty(0, np.int64)], 0
    for at in range(0, len(cluster), RECORDS_AT_ONCE):
        part = slice(at, at + RECORDS_AT_ONCE)
        mine, true = cluster[part], entity[part]
        with_others = (cluster_size[mine] > 1) | (entity_size[true] > 1)
        joint = mine[with_others].astype(np.int64) * len(entity_size) + true[with_others]
        found.append(joint)
        n_alone += len(mine) - len(joint)
    return np.concatenate(found), n_alone


def _n_repeated(codes: Codes) -> int:
    """Codes that occur more than once."""
    return int(np.count_nonzero(np.unique(codes, return_counts=True)[1] > 1))
