"""Scored pairs -> components, clusters, partners.

Item: a pair. Floor: each pair read once, and for components the two records' labels from random places;
clusters and partners sort the pairs, which is three more passes.
"""

from __future__ import annotations

import numpy as np

from benchmarks.floors import Work
from benchmarks.kernels.conftest import Step
from linkage.clusters import connected_components, correlation_clusters, one_to_one
from linkage.resolve import Resolution

PAIR_BYTES = 12
SORTING_PASSES = 3


def bench_components(step: Step, resolution: Resolution) -> None:
    """Union-find over all kept pairs."""
    pairs, n = resolution.pairs, resolution.records.n_records
    step(
        "connected components",
        lambda: connected_components(n, pairs.left, pairs.right),
        n=len(pairs.left),
        item="pair",
        work=Work(
            read_bytes=8 * len(pairs.left),
            written_bytes=8 * n,
            random_reads=((2 * len(pairs.left), 4 * n),),
            counts="pairs read, two labels at random places, labels written twice",
        ),
    )


def bench_correlation(step: Step, resolution: Resolution) -> None:
    """Clusters in which all pairs have a say; missing pairs are scored."""
    pairs, n = resolution.pairs, resolution.records.n_records
    step(
        "correlation clusters",
        lambda: correlation_clusters(
            n, pairs.left, pairs.right, pairs.weight, score_missing=resolution.weights_of
        ),
        n=len(pairs.left),
        item="pair",
        work=Work(
            read_bytes=PAIR_BYTES * len(pairs.left) * (1 + SORTING_PASSES),
            written_bytes=PAIR_BYTES * len(pairs.left) * SORTING_PASSES + 8 * n,
            random_reads=((2 * len(pairs.left), 4 * n),),
            counts="as components, and the pairs sorted",
        ),
    )


def bench_partners(step: Step, resolution: Resolution) -> None:
    """One partner each, as if left and right were two registers."""
    pairs, n = resolution.pairs, resolution.records.n_records
    step(
        "one to one",
        lambda: one_to_one(pairs.left, pairs.right, pairs.weight, threshold=int(np.min(pairs.weight))),
        n=len(pairs.left),
        item="pair",
        work=Work(
            read_bytes=PAIR_BYTES * len(pairs.left) * (1 + SORTING_PASSES),
            written_bytes=PAIR_BYTES * len(pairs.left) * SORTING_PASSES,
            random_reads=((2 * len(pairs.left), 4 * n),),
            counts="pairs read and sorted, two records at random places",
        ),
    )
