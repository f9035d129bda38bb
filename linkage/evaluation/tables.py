"""Tables of pairs, truth and clusters, by record id -> an Evaluation."""

from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.errors import InputError
from linkage.evaluation.entities import Codes, Entities, common_type, entity_codes
from linkage.evaluation.rows import evaluate_rows
from linkage.evaluation.scores import Evaluation, Floats
from linkage.fields import compute as pc

Positions = NDArray[np.int64]


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


def _entities(truth: pa.Table, truth_right: pa.Table | None) -> tuple[Codes, Codes | None]:
    """Entity codes from 0, the same code for the same entity in both tables."""
    columns = [_column(table, "entity") for table in (truth, truth_right) if table is not None]
    left, *right = entity_codes(*(Entities(len(c), partial(_chunks, c), "entity") for c in columns))
    return left, right[0] if right else None


def _chunks(column: pa.ChunkedArray) -> list[pa.Array]:
    return list(column.chunks)


def _each_pair_once(
    left: Positions, right: Positions, weight: Floats, n_left: int, symmetric: bool
) -> NDArray[np.int64] | None:
    """Positions of one entry per distinct pair, the one of highest weight; None when all are."""
    if symmetric:
        if (same := np.flatnonzero(left == right)).size:
            raise InputError(f"pairs: row {same[0] + 1} joins a record with itself")
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


def _cluster_codes(clusters: pa.Table, truth: pa.Table, truth_right: pa.Table | None) -> Positions:
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


def _positions(wanted: list[tuple[pa.Table, str]], truth: pa.Table) -> list[Positions]:
    """Where in truth each record id of the columns stands; one hash table for all of them."""
    columns = [_column(truth, "record_id"), *(_column(table, name) for table, name in wanted)]
    kind = common_type([column.type for column in columns])
    chunks = [chunk for column in columns for chunk in column.cast(kind).chunks]
    # Positions count first appearances, and truth comes first: a code is a position in truth.
    codes = _codes(pa.chunked_array(chunks, type=kind))
    n_records = truth.num_rows
    if (repeated := np.flatnonzero(codes[:n_records] != np.arange(n_records))).size:
        raise InputError(f"truth: record_id must be unique, row {repeated[0] + 1} repeats an earlier one")
    found = np.split(codes[n_records:], np.cumsum([table.num_rows for table, _ in wanted])[:-1])
    for (_, name), positions in zip(wanted, found, strict=True):
        if (unknown := np.flatnonzero(positions >= n_records)).size:
            raise InputError(f"{name}: the record id of row {unknown[0] + 1} is not in truth")
    return found


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if not isinstance(table, pa.Table):
        raise InputError(f"evaluate: expected Arrow tables, got {type(table).__name__}")
    if name not in table.column_names:
        raise InputError(f"expected a column {name}, found {', '.join(table.column_names)}")
    column = table[name]
    if column.null_count:
        row = int(np.flatnonzero(column.is_null().to_numpy())[0])
        raise InputError(f"{name}: row {row + 1} has no value")
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column


def _floats(table: pa.Table, name: str) -> Floats:
    try:
        values: Floats = _column(table, name).cast(pa.float64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # whose message shows a value
        raise InputError(f"{name}: expected numbers, got {table[name].type}") from None
    if np.isnan(values).any():
        raise InputError(f"{name}: row {int(np.flatnonzero(np.isnan(values))[0]) + 1} is not a number")
    return values


def _codes(values: pa.Array | pa.ChunkedArray) -> Positions:
    """Distinct values -> 0, 1, 2 ... in order of first appearance."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    codes: Positions = pc.dictionary_encode(values).indices.to_numpy().astype(np.int64)
    return codes
