"""Scored pairs -> answers: Arrow tables of pairs and clusters, a summary, example pairs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.clusters import connected_components
from linkage.comparison.program import unpack_codes
from linkage.errors import InputError
from linkage.fields.text import as_arrow, few_texts
from linkage.grouped import Grouped, JudgedPairs, grouped, judged
from linkage.model.model import Model, fixed_weight, match_probability
from linkage.model.term_frequencies import FIXED
from linkage.predict import ScoredPairs
from linkage.resolve import Resolution, check_threshold

RECORDS_AT_ONCE, PAIRS_AT_ONCE = 1 << 20, 1 << 18
"""Records of a batch of clusters, pairs of a batch of pairs."""
CLUSTER_KEY = "cluster"
"""match_key of pairs that no blocking rule found and their cluster implies."""


@dataclass
class Result:
    """What a dedupe or a link found.

    Attributes
    ----------
    pairs : pa.Table
        record_id_l, record_id_r (as given), match_weight (bits, of the pair alone), match_probability (given
        the other records as well: third records that match both, rivals in a one-to-one link), match_key
        (the first rule that found the pair; ``cluster`` where only its cluster did), gamma_<field> (int8,
        -1 = missing); by falling match weight.
    summary : dict
        Counts, parameters, timings: what summary.json and the report hold.
    examples : list of dict
        Pairs around the threshold with their waterfalls.
    """

    resolution: Resolution
    threshold_match_probability: float
    _labels: dict[int, npt.NDArray[np.uint32]] = field(default_factory=dict, repr=False)
    _grouped: dict[int, Grouped] = field(default_factory=dict, repr=False)
    _told: Future[tuple[dict[str, Any], list[dict[str, Any]]]] | None = field(default=None, repr=False)
    _judging: Future[JudgedPairs] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        r = self.resolution
        tables = " and ".join(f"{len(ids):,}" for ids in r.records.record_ids)
        return f"Result({tables} records, {len(r.pairs.weight):,} scored pairs)"

    def tell(self, told: Future[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
        """Take what `summary` and `examples` will be, once a thread has counted and read it."""
        self._told = told

    def judge_beside(self, pool: ThreadPoolExecutor) -> None:
        """Have a thread find `judged_pairs`: whoever asks for them waits, others need not."""
        self._judging = pool.submit(self._judged)

    @property
    def summary(self) -> dict[str, Any]:
        """Counts, parameters, timings."""
        return {} if self._told is None else self._told.result()[0]

    @property
    def examples(self) -> list[dict[str, Any]]:
        """Pairs around the threshold."""
        return [] if self._told is None else self._told.result()[1]

    @cached_property
    def pairs(self) -> pa.Table:
        """The pairs above the floor of probability .001, by falling match weight."""
        return self.pair_batches().read_all().combine_chunks()

    def pair_batches(self) -> pa.RecordBatchReader:
        """As `pairs`, a quarter of a million at a time: of a large table all would take much memory."""
        found, probability = self.ordered_pairs
        schema = self._batch_of_pairs(found.take(slice(0)), probability[:0]).schema

        def batches() -> Iterator[pa.RecordBatch]:
            for at in range(0, len(probability), PAIRS_AT_ONCE):
                part = slice(at, at + PAIRS_AT_ONCE)
                yield self._batch_of_pairs(found.take(part), probability[part])

        return pa.RecordBatchReader.from_batches(schema, batches())

    def _batch_of_pairs(self, found: ScoredPairs, probability: npt.NDArray[np.float64]) -> pa.RecordBatch:
        r = self.resolution
        columns: dict[str, Any] = {
            "record_id_l": r.records.record_id(found.left),
            "record_id_r": r.records.record_id(found.right, side=1 if r.records.n_left else 0),
            "match_weight": as_arrow(found.weight / FIXED),
            "match_probability": as_arrow(probability),
            "match_key": pa.DictionaryArray.from_arrays(
                as_arrow(found.rule), few_texts([*r.rule_names, CLUSTER_KEY])
            ),
        }
        codes = unpack_codes(found.gamma, r.comparisons).view(np.int8)
        codes -= np.int8(1)
        for i, item in enumerate(r.comparisons):
            columns[f"gamma_{item.name}"] = as_arrow(codes[:, i])
        return pa.record_batch(columns)

    @cached_property
    def ordered_pairs(self) -> JudgedPairs:
        """The pairs by row, in the order of `pairs`, and their probabilities."""
        found, probability = self.judged_pairs
        if self.resolution.assigned is not None:
            return found, probability
        order = found.by_weight()
        # From here on this order is as good as the other: of a large link one of them is half a gigabyte.
        ordered = self.__dict__["judged_pairs"] = found.take(order), probability[order]
        self._judging = None
        return ordered

    @cached_property
    def judged_pairs(self) -> JudgedPairs:
        """Pairs with their probability given the other records; pairs that only a cluster shows are added."""
        return self._judged() if (judging := self._judging) is None else judging.result()

    def _judged(self) -> JudgedPairs:
        r = self.resolution
        if r.assigned is not None:
            return r.pairs, r.assigned
        if r.records.n_left:
            return r.pairs, match_probability(r.pairs.weight)
        groups = self._groups(fixed_weight(self.threshold_match_probability))
        return judged(r, groups, self.threshold_match_probability)

    def _groups(self, threshold: int) -> Grouped:
        """The clusters of the records that have a pair, from this weight on."""
        if threshold not in self._grouped:
            self._grouped[threshold] = grouped(self.resolution, threshold)
        return self._grouped[threshold]

    @property
    def model(self) -> Model:
        """The model that was given, or trained."""
        return self.resolution.model

    def cluster_labels(self, threshold_match_probability: float | None = None) -> npt.NDArray[np.uint32]:
        """Cluster of each row; uint32[n_records], the cluster's smallest row."""
        r = self.resolution
        if threshold_match_probability is not None:
            check_threshold(threshold_match_probability)
        probability = threshold_match_probability or self.threshold_match_probability
        threshold = fixed_weight(probability)
        if threshold not in self._labels:
            if r.assigned is not None:
                self._labels[threshold] = self._connected(probability)
            else:
                self._labels[threshold] = self._groups(threshold).of_all(r.records.n_records)
        return self._labels[threshold]

    def _connected(self, threshold_match_probability: float) -> npt.NDArray[np.uint32]:
        """The clusters of a link of one partner: what its pairs at the threshold connect."""
        pairs, probability = self.judged_pairs
        holds = probability >= threshold_match_probability
        labels: npt.NDArray[np.uint32] = connected_components(
            self.resolution.records.n_records, pairs.left[holds], pairs.right[holds]
        )
        return labels

    def clusters(self, threshold_match_probability: float | None = None) -> pa.Table:
        """record_id, cluster_id of every record; the cluster is named by its first record.

        Parameters
        ----------
        threshold_match_probability : float or None
            Pairs join from this probability on; by default the threshold of the run. All pairs inside a
            group decide together (correlation clustering), so one false pair does not merge two people.
            Of a link in which records have one partner, pairs whose match_probability reaches it are the
            clusters: each is one, or several of one partner are.

        Returns
        -------
        pa.Table
            A row a record, in the table's order; both columns of the record ids' type. Of a link: first the
            left table's records, then the right one's, with source_dataset (``left``, ``right``), record_id
            (string) and cluster_id (uint32).

        Raises
        ------
        InputError
            The threshold is no probability between 0 and 1.
        """
        return self.cluster_batches(threshold_match_probability).read_all().combine_chunks()

    def cluster_batches(self, threshold_match_probability: float | None = None) -> pa.RecordBatchReader:
        """As `clusters`, a million records at a time: of a large table all would take much memory."""
        r = self.resolution
        labels = self.cluster_labels(threshold_match_probability)
        if r.records.n_left:
            return self._linked_batches(labels)
        ids = r.records.record_ids[0]
        kind = ids.array.type
        schema = pa.schema([("record_id", kind), ("cluster_id", kind)])

        def batches() -> Iterator[pa.RecordBatch]:
            for at in range(0, len(ids), RECORDS_AT_ONCE):
                own = ids.array.slice(at, RECORDS_AT_ONCE)
                named = ids.take(labels[at : at + RECORDS_AT_ONCE])
                yield pa.record_batch([own, named], schema=schema)

        return pa.RecordBatchReader.from_batches(schema, batches())

    def record_batches(self) -> pa.RecordBatchReader:
        """The rows that a dedupe has read, in their order, each with its ``cluster_id`` as in `clusters`.

        Texts are plain, no dictionaries. A column of the rows that is named ``cluster_id`` itself stays, and
        the clusters' is then ``cluster_id 2``.
        """
        source, clusters = self.resolution.sources[0], self.cluster_batches()
        name = "cluster_id 2" if "cluster_id" in source.columns else "cluster_id"
        rows = source.batches(source.columns)
        nothing = pa.record_batch([pa.array([], pa.string())] * len(source.columns), names=source.columns)
        first = _plain(next(rows, nothing))
        schema = first.schema.append(pa.field(name, clusters.schema.field("cluster_id").type))

        def batches() -> Iterator[pa.RecordBatch]:
            at, part = 0, pa.RecordBatch.from_pylist([], clusters.schema)
            for batch in chain([first], map(_plain, rows)):
                begin = 0
                while begin < len(batch):
                    if at == len(part):
                        at, part = 0, clusters.read_next_batch()
                    n = min(len(batch) - begin, len(part) - at)
                    own = [*batch.slice(begin, n).columns, part.column("cluster_id").slice(at, n)]
                    try:
                        yield pa.record_batch(own, schema=schema)
                    except (pa.ArrowInvalid, pa.ArrowTypeError):
                        raise InputError(f"{source.name}: its parts hold values of other types") from None
                    begin, at = begin + n, at + n

        return pa.RecordBatchReader.from_batches(schema, batches())

    def _linked_batches(self, labels: npt.NDArray[np.uint32]) -> pa.RecordBatchReader:
        """The clusters of two tables, the left one's records first; clusters are numbered."""
        records = self.resolution.records
        sides = zip((0, records.n_left), ("left", "right"), records.record_ids, strict=True)
        schema = pa.schema(
            [("source_dataset", pa.string()), ("record_id", pa.string()), ("cluster_id", pa.uint32())]
        )

        def batches() -> Iterator[pa.RecordBatch]:
            for begin, name, ids in sides:
                for at in range(0, len(ids), RECORDS_AT_ONCE):
                    own = ids.array.slice(at, RECORDS_AT_ONCE).cast(pa.string())
                    of_part = labels[begin + at : begin + at + len(own)]
                    side = pa.repeat(pa.scalar(name, pa.string()), len(own))
                    yield pa.record_batch([side, own, as_arrow(of_part)], schema=schema)
                    ids.let_go()

        return pa.RecordBatchReader.from_batches(schema, batches())


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch whose texts are no dictionaries: of these each batch has its own."""
    columns = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
