"""A register -> pairs of names, of one person or of two; scores of pairs -> how well they tell them apart."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

REPEATS = 3
SIDE = 2000
"""Names of each of two lists of which all pairs are scored, 4 million."""
FALSE_RATE = 1e-3
"""Share of strangers that a threshold may let through where recall is compared."""


def draw_pairs(register: Path, *, strangers: int, seed: int = 1) -> pa.Table:
    """Rows left and right of pairs: every record with the next of its person, and random strangers."""
    entities = pq.read_table(register, columns=["entity"])["entity"].to_numpy()
    order = np.argsort(entities, kind="stable")
    same = np.flatnonzero(entities[order][1:] == entities[order][:-1])
    left, right = order[same], order[same + 1]
    random = np.random.default_rng(seed)
    others = random.integers(0, len(entities), (2, strangers))
    others = others[:, entities[others[0]] != entities[others[1]]]
    return pa.table(
        {
            "left": np.concatenate([left, others[0]]).astype(np.uint32),
            "right": np.concatenate([right, others[1]]).astype(np.uint32),
            "is_match": np.concatenate([np.ones(len(left), np.bool_), np.zeros(others.shape[1], np.bool_)]),
        }
    )


def separation(scores: npt.NDArray[np.float64], is_match: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Share of pairs of one person above the score that FALSE_RATE of the strangers reach.

    Scores that tie with the threshold are not above it: a scale of few steps gains nothing by that.
    """
    strangers = np.sort(scores[~is_match])[::-1]
    threshold = strangers[int(FALSE_RATE * len(strangers))] if len(strangers) else -np.inf
    return {
        "n_pairs": len(scores),
        "n_matches": int(is_match.sum()),
        "recall_at_false_rate": float((scores[is_match] > threshold).mean()),
        "false_rate": float((scores[~is_match] > threshold).mean()),
    }
