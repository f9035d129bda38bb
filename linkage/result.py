"""Scored pairs -> answers: Arrow tables of pairs and clusters, a summary, example pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.clusters import correlation_clusters
from linkage.comparison.program import unpack_codes
from linkage.model.model import Model, fixed_weight, match_probability
from linkage.model.term_frequencies import FIXED
from linkage.resolve import Resolution


@dataclass
class Result:
    """What a dedupe or a link found.

    Attributes
    ----------
    pairs : pa.Table
        record_id_l, record_id_r (as given), match_weight (bits), match_probability, match_key (the first
        rule that found the pair), gamma_<field> (int8, -1 = missing); by falling match weight.
    summary : dict
        Counts, parameters, timings: what summary.json and the report hold.
    examples : list of dict
        Pairs around the threshold with their waterfalls.
    """

    resolution: Resolution
    threshold_match_probability: float
    summary: dict[str, Any] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    _labels: dict[int, npt.NDArray[np.uint32]] = field(default_factory=dict, repr=False)

    @cached_property
    def pairs(self) -> pa.Table:
        """The pairs above the floor of probability .001, by falling match weight."""
        r = self.resolution
        found = r.pairs.take(np.lexsort((r.pairs.right, r.pairs.left, -r.pairs.weight)))
        names = [rule.rule.name for rule in r.blocks.rules] if r.blocks else ["every pair"]
        columns: dict[str, Any] = {
            "record_id_l": r.records.record_id(found.left),
            "record_id_r": r.records.record_id(found.right, side=1 if r.records.n_left else 0),
            "match_weight": found.weight / FIXED,
            "match_probability": match_probability(found.weight),
            "match_key": pa.DictionaryArray.from_arrays(found.rule, names),
        }
        codes = unpack_codes(found.gamma, r.comparisons).astype(np.int8) - np.int8(1)
        for i, item in enumerate(r.comparisons):
            columns[f"gamma_{item.name}"] = np.ascontiguousarray(codes[:, i])
        return pa.table(columns)

    @property
    def model(self) -> Model:
        """The model that was given, or trained."""
        return self.resolution.model

    def cluster_labels(self, threshold_match_probability: float | None = None) -> npt.NDArray[np.uint32]:
        """Cluster of each row; uint32[n_records], the cluster's smallest row."""
        r = self.resolution
        threshold = fixed_weight(threshold_match_probability or self.threshold_match_probability)
        if threshold not in self._labels:
            self._labels[threshold] = correlation_clusters(
                r.records.n_records,
                r.pairs.left,
                r.pairs.right,
                r.pairs.weight,
                threshold=threshold,
                score_missing=r.weights_of,
            )
        return self._labels[threshold]

    def clusters(self, threshold_match_probability: float | None = None) -> pa.Table:
        """record_id, cluster_id of every record; the cluster is named by its first record.

        Parameters
        ----------
        threshold_match_probability : float or None
            Pairs join from this probability on; by default the threshold of the run. All pairs inside a
            group decide together (correlation clustering), so one false pair does not merge two people.
        """
        r = self.resolution
        labels = self.cluster_labels(threshold_match_probability)
        if not r.records.n_left:
            ids = r.records.record_ids[0].combine_chunks()
            return pa.table({"record_id": ids, "cluster_id": ids.take(pa.array(labels))})
        sides = np.repeat(["left", "right"], [r.records.n_left, r.records.n_records - r.records.n_left])
        ids = pa.concat_arrays([pa.array(i.combine_chunks()).cast(pa.string()) for i in r.records.record_ids])
        return pa.table({"source_dataset": sides, "record_id": ids, "cluster_id": labels})
