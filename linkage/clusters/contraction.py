"""One large component and its edges -> pieces, by contraction in rounds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def contract_component(
    n_nodes: int,
    left: NDArray[np.integer[Any]],
    right: NDArray[np.integer[Any]],
    gain: NDArray[np.int32],
    *,
    missing_gain: int,
    max_rounds: int = 1000,
) -> NDArray[np.int64]:
    """Join clusters whose pairs together speak for it, the most convinced first.

    In each round every two clusters that are each other's best partner join, if the gains of the
    edges between them plus `missing_gain` for each absent pair are positive; at the end no two
    clusters would gain by joining. Unlike contraction of one pair at a time (Keuper et al. 2015)
    two joins of one round do not see each other, for which a round costs one sort of the edges
    that are left, and real data needs few rounds.

    Parameters
    ----------
    n_nodes : int
    left, right : int[n_edges]
        Nodes below n_nodes, no self-edges; of a repeated pair the highest gain counts.
    gain : int32[n_edges]
    missing_gain : int
        At most 0.
    max_rounds : int
        Where to stop; only a chain of rising gains as long as this needs more.

    Returns
    -------
    int64[n_nodes]
        The smallest node of each node's cluster; ties go to the smallest nodes.
    """
    label = np.arange(n_nodes)
    key = np.minimum(left, right).astype(np.int64) * n_nodes + np.maximum(left, right)
    key, total = _highest(key, gain.astype(np.int64))
    count = np.ones(len(key), np.int64)
    for _ in range(max_rounds if len(key) else 0):
        a, b = np.divmod(key, n_nodes)
        size = np.bincount(label, minlength=n_nodes)
        joint = total + (size[a] * size[b] - count) * missing_gain
        best = _best_partner(n_nodes, a, b, joint)
        mutual = np.flatnonzero((best >= 0) & (best[np.maximum(best, 0)] == np.arange(n_nodes)))
        low = mutual[mutual < best[mutual]]
        if not len(low):
            break
        to = np.arange(n_nodes)
        to[best[low]] = low
        label = to[label]
        a, b = to[a], to[b]
        between = a != b
        key = np.minimum(a, b)[between] * n_nodes + np.maximum(a, b)[between]
        order = np.argsort(key, kind="stable")
        key, begin = np.unique(key[order], return_index=True)
        if not len(key):
            break
        total = np.add.reduceat(total[between][order], begin)
        count = np.add.reduceat(count[between][order], begin)
    return label


def _highest(key: NDArray[np.int64], gain: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct keys in order, each with its highest gain."""
    order = np.lexsort((gain, key))
    key, begin = np.unique(key[order], return_index=True)
    return key, gain[order][np.append(begin[1:], len(order))[: len(key)] - 1]


def _best_partner(
    n_nodes: int, a: NDArray[np.int64], b: NDArray[np.int64], joint: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The partner of largest positive joint gain of every node, -1 where there is none.

    Ties go to the pair of smallest nodes, seen from both ends alike, so that among tied pairs at
    least one is mutual and every round makes progress.
    """
    positive = joint > 0
    a, b, joint = a[positive], b[positive], joint[positive]
    node, partner = np.concatenate([a, b]), np.concatenate([b, a])
    pair = np.concatenate([a * n_nodes + b] * 2)
    order = np.lexsort((pair, -np.concatenate([joint, joint]), node))
    first = np.unique(node[order], return_index=True)[1]
    best = np.full(n_nodes, -1, np.int64)
    best[node[order][first]] = partner[order][first]
    return best
