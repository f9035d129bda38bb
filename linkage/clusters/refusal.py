"""Pairs across clusters and what is known of third records -> how likely they can be at most."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from linkage._kernels.pair_places import PairPlaces
from linkage.clusters.components import group_sizes

Records = NDArray[np.uint32]
Floats = NDArray[np.float64]
Contradict = Callable[[Records, Records], NDArray[np.bool_]]
TRUST = 0.93
"""How far two pairs that contradict a third one are believed: on registers of several seeds 7 in 100 of the
pairs that both clusters' other records speak against are true all the same."""

AGAINST = 1 / 17
"""Probability (-4 bits) below which a pair speaks against, as in the clusters; above it says nothing."""

AT_ONCE = 1 << 20
"""Third records looked at side by side."""


def most_probable(
    labels: Records,
    left: Records,
    right: Records,
    probability: Floats,
    supported: Floats,
    below: Floats,
    contradict: Contradict,
    *,
    largest: int,
) -> Floats:
    """The most that pairs across clusters can come to, where that is below what it is asked for.

    If a is b and b is not c, then a is not c: ``p(a, c) <= 1 - p(a, b) (1 - p(b, c))`` for every third record
    b in the cluster of either of which ``p(b, c) < AGAINST``, and which contradicts c: a record that holds
    little is unlike anybody, and says nothing. A pair that nobody wrote down is none.

    Parameters
    ----------
    labels : uint32[n_records]
        Cluster of each record.
    left, right : uint32[n_pairs]
        Each pair once.
    probability, supported : float64[n_pairs]
        By the pair alone, and inside clusters with what third records add.
    below : float64[n_pairs]
        What is at least as much says nothing new of a pair.
    contradict : callable
        Rows of pairs -> whether they differ altogether in something that is a person's own.
    largest : int
        Clusters of more records say nothing.

    Returns
    -------
    float64[n_pairs]
        1 where nothing below `below` speaks against a pair, and inside clusters.
    """
    most = np.ones(len(left))
    sizes = group_sizes(labels, len(labels))
    told = (sizes > 1) & (sizes <= largest)
    asked = (labels[left] != labels[right]) & (below > 1 - TRUST)
    across = np.flatnonzero(asked & (told[labels[left]] | told[labels[right]]))
    if not len(across):
        return most
    # The pairs that may be asked for: of the clusters at hand, and what leads out of them.
    at_hand = np.zeros(len(labels), bool)
    at_hand[labels[left[across]]] = at_hand[labels[right[across]]] = True
    near = np.flatnonzero(at_hand[labels[left]] | at_hand[labels[right]])
    known = PairPlaces(left[near], right[near])
    # Behind them 0, of a pair that nobody wrote down.
    alone, with_others = np.append(probability[near], 0.0), np.append(supported[near], 0.0)
    members = np.flatnonzero(at_hand[labels] & told[labels]).astype(np.uint32)
    members = members[np.argsort(labels[members], kind="stable")]
    ends = np.concatenate([left[across], right[across]])
    others = np.concatenate([right[across], left[across]])
    begins = np.searchsorted(labels[members], labels[ends])
    place = np.tile(across, 2)
    held = np.flatnonzero(told[labels[ends]])
    n = sizes[labels[ends[held]]].astype(np.int64)
    edges = np.searchsorted(np.cumsum(n), np.arange(0, int(n.sum()), AT_ONCE)[1:], side="right")
    for part in np.split(np.arange(len(held)), edges):
        which, nth = _counted_out(held[part], n[part])
        third = members[begins[which] + nth]
        fits = third != ends[which]
        which, third = which[fits], third[fits]
        joined = with_others[known.find(ends[which], third)]
        apart = alone[known.find(third, others[which])]
        least = 1 - TRUST * joined * (1 - apart)
        against = np.flatnonzero((apart < AGAINST) & (least < below[place[which]]))
        against = against[contradict(third[against], others[which[against]])]
        np.minimum.at(most, place[which[against]], least[against])
    return most


def _counted_out(
    values: NDArray[np.intp], times: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each value so many times, and which time it is, from 0 on."""
    nth = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(values, times), nth
