"""Pairs that people decided, by record ids -> by rows, and what they say about m."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.score import Scorer
from linkage.comparison.program import Comparison, unpack_codes
from linkage.errors import InputError
from linkage.fields import compute as pc
from linkage.fields.batch import EncodedRecords
from linkage.model.patterns import M_STRENGTH
from linkage.training.samples import Sample

Array = npt.NDArray[np.float64]


@dataclass
class Labels:
    """Pairs of rows that people decided.

    Attributes
    ----------
    left, right : uint32[n]
    score : float64[n]
        Clerical match score, 0 to 1.
    """

    left: npt.NDArray[np.uint32]
    right: npt.NDArray[np.uint32]
    score: Array


def read_labels(labels: Any, records: EncodedRecords) -> Labels:
    """Labels by record ids -> by rows.

    Raises
    ------
    InputError
        A column is missing, or a label names a record that the table does not hold.
    """
    table = pa.table(labels)
    needed = ("record_id_l", "record_id_r", "clerical_match_score")
    missing = [c for c in needed if c not in table.column_names]
    if missing:
        raise InputError(f"labels: expected columns {', '.join(needed)}, missing {', '.join(missing)}")
    ids = records.record_ids[0].array.cast(pa.string())
    rows: list[npt.NDArray[np.uint32]] = []
    for column in needed[:2]:
        found = pc.index_in(table.column(column).cast(pa.string()).combine_chunks(), value_set=ids)
        if found.null_count:
            row = int(np.flatnonzero(found.is_null().to_numpy(zero_copy_only=False))[0])
            raise InputError(f"labels, column {column!r}, row {row + 1}: no such record id in the table")
        rows.append(found.to_numpy(zero_copy_only=False).astype(np.uint32))
    score = table.column(needed[2]).cast(pa.float64()).to_numpy()
    if not np.all((score >= 0) & (score <= 1)):
        row = int(np.flatnonzero(~((score >= 0) & (score <= 1)))[0])
        raise InputError(f"labels, column {needed[2]!r}, row {row + 1}: expected 0 to 1")
    return Labels(rows[0], rows[1], score)


def decided_pairs(scorer: Scorer, labels: Labels) -> Sample:
    """Labelled pairs with their levels, each counting by its score."""
    weight, gamma = np.empty(len(labels.left), np.int32), np.empty(len(labels.left), np.uint64)
    scorer.score_pairs(labels.left, labels.right, weight, gamma)
    return Sample(labels.left, labels.right, gamma, labels.score)


def labelled_m(decided: Sample, comparisons: Sequence[Comparison], prior: list[Array]) -> list[Array]:
    """Prior expectation of m with each label's levels added: labels count as what was expected.

    The result stays a share per level; its sum grows with the labels, and with it its say against EM.
    """
    codes = unpack_codes(decided.gamma, comparisons)
    result = []
    for i, expected in enumerate(prior):
        counts = np.bincount(codes[:, i], decided.counts, minlength=len(expected) + 1)[1:]
        result.append(expected + counts / M_STRENGTH)
    return result
