"""Scored pairs, clusters and the true entities -> precision, recall, F1, B-cubed, calibration."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linkage.errors import InputError

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

PROBABILITIES = (0.5, 0.95, 0.99)
DENSE = 4
"""Times as many as there are records: whole numbers below that are codes as they are."""


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
    n_pairs: Codes
    n_true: Codes
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


def evaluate(
    pairs: pa.Table,
    truth: pa.Table,
    *,
    truth_right: pa.Table | None = None,
    clusters: pa.Table | None = None,
    n_candidate_pairs: int | None = None,
    n_true_candidate_pairs: int | None = None,
) -> Evaluation:
    """Measure scored pairs, and clusters, against the entities the records truly belong to.

    A true pair that is not among `pairs` is a miss at every threshold, whether blocking, pruning
    or a weight below the floor left it out. Costs one sort of the pairs; no Python per pair.

    Parameters
    ----------
    pairs : pa.Table
        `record_id_l`, `record_id_r` (string or integer), `match_weight` (bits) and, when there is
        one, `match_probability`; without it the probability follows from the weight. A pair given
        more than once, in either direction, counts once with its highest weight.
    truth : pa.Table
        `record_id` (unique) and `entity`, one entry per record. For a link, the left register.
    truth_right : pa.Table, optional
        The right register of a link: only pairs across the two count, and `record_id_l` is looked
        up in `truth`, `record_id_r` here.
    clusters : pa.Table, optional
        `record_id`, `cluster_id`; records that it leaves out stand alone. For a link the record
        ids of the two registers must differ, or a column `source_dataset` says "left" or "right".
    n_candidate_pairs, n_true_candidate_pairs : int, optional
        What blocking made, and the true pairs among them, if it is known; else pairs completeness
        is that of the pairs given, which is lower.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        A column is absent or has a missing value; a record id is unknown, or twice in `truth`; a
        pair joins a record with itself.

    Examples
    --------
    >>> import pyarrow as pa
    >>> truth = pa.table({"record_id": ["a", "b", "c"], "entity": [1, 1, 2]})
    >>> pairs = pa.table({"record_id_l": ["a", "b"], "record_id_r": ["b", "c"],
    ...                   "match_weight": [9.0, 1.0]})
    >>> evaluate(pairs, truth).best.f1
    1.0
    """
    left_entity, right_entity = _entities(truth, truth_right)
    if truth_right is None:
        left, right = _positions([(pairs, "record_id_l"), (pairs, "record_id_r")], truth)
    else:
        (left,) = _positions([(pairs, "record_id_l")], truth)
        (right,) = _positions([(pairs, "record_id_r")], truth_right)
    weight = _floats(pairs, "match_weight")
    if "match_probability" in pairs.column_names:
        probability = _floats(pairs, "match_probability")
    else:
        probability = 1.0 / (1.0 + np.exp2(-np.clip(weight, -1000, 1000)))
    kept = _each_pair_once(left, right, weight, len(left_entity), truth_right is None)
    if kept is not None:
        left, right, weight, probability = left[kept], right[kept], weight[kept], probability[kept]
    return evaluate_rows(
        left,
        right,
        weight,
        probability,
        left_entity,
        right_entity,
        None if clusters is None else _cluster_codes(clusters, truth, truth_right),
        n_candidate_pairs=n_candidate_pairs,
        n_true_candidate_pairs=n_true_candidate_pairs,
    )


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
    left_entity, right_entity : int64[n_records], or None for one table
        From 0; the same number for the same entity in both tables.
    clusters : integer[n_records] or None
        From 0; of all records, the left ones first.
    """
    n_true_pairs = _count_true_pairs(left_entity, right_entity)
    is_true = left_entity[left] == (left_entity if right_entity is None else right_entity)[right]
    curve = _curve(weight, is_true, n_true_pairs)
    n_found = int(is_true.sum())
    completeness = n_found if n_true_candidate_pairs is None else n_true_candidate_pairs
    everyone = left_entity if right_entity is None else np.concatenate([left_entity, right_entity])
    return Evaluation(
        n_records=len(everyone),
        n_entities=int(np.count_nonzero(np.bincount(everyone))) if len(everyone) else 0,
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
        clusters=None if clusters is None else score_clusters(clusters, everyone),
    )


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
    cluster_size = np.bincount(cluster) if n_records else np.zeros(0, np.int64)
    entity_size = np.bincount(entity) if n_records else np.zeros(0, np.int64)
    # Whoever is alone in both, nearly everybody, counts as 1 and needs no sorting.
    alone = (cluster_size == 1)[cluster] & (entity_size == 1)[entity]
    n_alone = int(np.count_nonzero(alone))
    cluster, entity = cluster[~alone].astype(np.int64), entity[~alone]
    joint, shared = np.unique(cluster * max(len(entity_size), 1) + entity, return_counts=True)
    of_cluster, of_entity = np.divmod(joint, max(len(entity_size), 1))
    # B-cubed averages over records: each of the n_ij records of a cell has n_ij companions.
    precision = float((shared * (shared / cluster_size[of_cluster])).sum() + n_alone) / max(n_records, 1)
    recall = float((shared * (shared / entity_size[of_entity])).sum() + n_alone) / max(n_records, 1)
    if not n_records:
        precision = recall = 1.0
    pairs_shared = _pairs_within(shared)
    pair = pair_score(0.0, _pairs_within(cluster_size), pairs_shared, _pairs_within(entity_size))
    return ClusterScore(
        n_clusters=int((cluster_size > 0).sum()),
        n_mixed_clusters=int((np.bincount(of_cluster) > 1).sum()) if n_records else 0,
        n_split_entities=int((np.bincount(of_entity) > 1).sum()) if n_records else 0,
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f1=2 * precision * recall / (precision + recall),
        pairwise_precision=pair.precision,
        pairwise_recall=pair.recall,
        pairwise_f1=pair.f1,
    )


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


def entity_codes(*columns: pa.ChunkedArray) -> list[Codes]:
    """Codes from 0 of the true entities in one or two tables: the same code for the same entity.

    Numbers that are small beside the records stand for themselves.
    """
    n, kind = sum(map(len, columns)), _common_type([column.type for column in columns])
    if all(pa.types.is_integer(column.type) and len(column) for column in columns):
        ends = [pc.min_max(column).as_py() for column in columns]
        if all(end["min"] >= 0 and end["max"] < DENSE * n for end in ends):
            return [column.to_numpy().astype(np.int64, copy=False) for column in columns]
    both = _codes(pa.chunked_array([c for column in columns for c in column.cast(kind).chunks], type=kind))
    return list(np.split(both, np.cumsum([len(column) for column in columns])[:-1]))


def _entities(truth: pa.Table, truth_right: pa.Table | None) -> tuple[Codes, Codes | None]:
    """Entity codes from 0, the same code for the same entity in both tables."""
    if truth_right is None:
        return entity_codes(_column(truth, "entity"))[0], None
    left, right = entity_codes(_column(truth, "entity"), _column(truth_right, "entity"))
    return left, right


def _count_true_pairs(left: Codes, right: Codes | None) -> int:
    if right is None:
        return _pairs_within(np.bincount(left)) if len(left) else 0
    n_entities = int(max(left.max(initial=-1), right.max(initial=-1))) + 1
    return int(np.bincount(left, minlength=n_entities) @ np.bincount(right, minlength=n_entities))


def _pairs_within(sizes: NDArray[np.integer[Any]]) -> int:
    wide = sizes.astype(np.int64)
    return int((wide * (wide - 1) // 2).sum())


def _each_pair_once(
    left: Codes, right: Codes, weight: Floats, n_left: int, symmetric: bool
) -> NDArray[np.int64] | None:
    """Positions of one entry per distinct pair, the one of highest weight; None when all are."""
    if symmetric:
        if (same := np.flatnonzero(left == right)).size:
            raise InputError(f"pairs: row {same[0]} joins a record with itself")
        left, right = np.minimum(left, right), np.maximum(left, right)
    key = right * n_left + left
    ordered = np.sort(key)
    if (ordered[1:] != ordered[:-1]).all():
        return None
    order = np.lexsort((-weight, key))
    ordered = key[order]
    first = np.append(True, ordered[1:] != ordered[:-1])
    kept: NDArray[np.int64] = np.sort(order[first])
    return kept


def _cluster_codes(clusters: pa.Table, truth: pa.Table, truth_right: pa.Table | None) -> Codes:
    """The cluster code of every record of truth, then truth_right; the left-out stand alone."""
    code = _codes(_column(clusters, "cluster_id"))
    n_left = truth.num_rows
    n_records = n_left + (truth_right.num_rows if truth_right is not None else 0)
    found = np.arange(n_records) + int(code.max(initial=-1)) + 1
    if truth_right is None:
        found[_positions([(clusters, "record_id")], truth)[0]] = code
    elif "source_dataset" in clusters.column_names:
        is_left = pc.equal(clusters["source_dataset"], "left")
        mask = is_left.to_numpy(zero_copy_only=False)
        (at,) = _positions([(clusters.filter(is_left), "record_id")], truth)
        found[at] = code[mask]
        (at,) = _positions([(clusters.filter(pc.invert(is_left)), "record_id")], truth_right)
        found[n_left + at] = code[~mask]
    else:
        ids = pa.concat_tables([truth.select(["record_id"]), truth_right.select(["record_id"])])
        found[_positions([(clusters, "record_id")], ids)[0]] = code
    return _codes(pa.array(found))


def _positions(wanted: list[tuple[pa.Table, str]], truth: pa.Table) -> list[Codes]:
    """Where in truth each record id of the columns stands; one hash table for all of them."""
    columns = [_column(truth, "record_id"), *(_column(table, name) for table, name in wanted)]
    kind = _common_type([column.type for column in columns])
    chunks = [chunk for column in columns for chunk in column.cast(kind).chunks]
    # Codes count first appearances, and truth comes first: a code is a position in truth.
    codes = _codes(pa.chunked_array(chunks, type=kind))
    n_records = truth.num_rows
    if (repeated := np.flatnonzero(codes[:n_records] != np.arange(n_records))).size:
        raise InputError(f"truth: record_id must be unique, row {repeated[0]} repeats an earlier one")
    found = np.split(codes[n_records:], np.cumsum([table.num_rows for table, _ in wanted])[:-1])
    for (_, name), positions in zip(wanted, found, strict=True):
        if (unknown := np.flatnonzero(positions >= n_records)).size:
            raise InputError(f"{name}: the record id of row {unknown[0]} is not in truth")
    return found


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise InputError(f"expected a column {name}, found {', '.join(table.column_names)}")
    column = table[name]
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0])
        raise InputError(f"{name}: row {row} has no value")
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column


def _floats(table: pa.Table, name: str) -> Floats:
    try:
        values: Floats = _column(table, name).cast(pa.float64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(f"{name}: expected numbers, got {table[name].type}") from error
    if np.isnan(values).any():
        raise InputError(f"{name}: row {int(np.flatnonzero(np.isnan(values))[0])} is not a number")
    return values


def _codes(values: pa.Array | pa.ChunkedArray) -> Codes:
    """Distinct values -> 0, 1, 2 ... in order of first appearance."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    codes: Codes = pc.dictionary_encode(values).indices.to_numpy().astype(np.int64)
    return codes


def _common_type(types: list[pa.DataType]) -> pa.DataType:
    """Integers with integers as int64; everything else as text."""
    if all(pa.types.is_integer(kind) for kind in types):
        return pa.int64()
    return pa.large_string()


def _plain(score: PairScore | ClusterScore | CalibrationTenth) -> dict[str, Any]:
    return dict(vars(score))
