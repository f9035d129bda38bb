"""Forms and the records of their numbers -> weights and levels, and which fields of a form say anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkage._kernels.forms import score_forms
from linkage.errors import SegmentError
from linkage.search.find import Part
from linkage.search.holders import Holders
from linkage.search.queries import Columns, Queries
from linkage.segment.segment import Segment

Indices = npt.NDArray[np.intp]


class Scores(NamedTuple):
    """Weights and levels of pairs; and per form, a bit a field that says anything, or was mended."""

    weights: npt.NDArray[np.int32]
    gammas: npt.NDArray[np.uint64]
    says: npt.NDArray[np.uint64]
    mended: npt.NDArray[np.uint64]

    def take(self, order: Indices) -> Scores:
        """The pairs in another order."""
        return self._replace(weights=self.weights[order], gammas=self.gammas[order])


def score_holders(parts: Sequence[Part], forms: Queries, held: Holders) -> tuple[Holders, Scores]:
    """Weigh each form against its holders."""
    if len(parts) > 1 or bool(np.any(np.diff(held.form) < 0)):  # holders of one number come by form
        held = held.take(np.lexsort((held.row, held.form, held.part)))
    m = len(held.form)
    scores = Scores(
        np.zeros(m, np.int32),
        np.zeros(m, np.uint64),
        np.zeros(forms.n, np.uint64),
        np.zeros(forms.n, np.uint64),
    )
    for k, part in enumerate(parts):
        begin, end = np.searchsorted(held.part, [k, k + 1]).tolist()
        if begin < end:
            _score_part(part.segment, forms, held, begin, end, scores)
    return held, scores


def _score_part(
    segment: Segment, forms: Queries, held: Holders, begin: int, end: int, scores: Scores
) -> None:
    asking = np.zeros(forms.n, np.uint8)
    pairs = (held.form[begin:end].astype(np.uint32), held.row[begin:end].astype(np.uint32))
    found = scores._replace(weights=scores.weights[begin:end], gammas=scores.gammas[begin:end])
    _run(segment, forms.columns(segment), pairs, found, asking, asks=True)
    asked = np.flatnonzero(asking)
    if not len(asked):
        return
    # Mistyped or wrongly decoded names, as they were meant; those pairs alone, over the forms that have them.
    meant, changed = forms.repaired(segment, asked)
    here = np.flatnonzero(asking[pairs[0]])
    places = np.zeros(forms.n, np.uint32)
    places[asked] = np.arange(len(asked))
    again = Scores(
        np.zeros(len(here), np.int32), np.zeros(len(here), np.uint64),
        np.zeros(len(asked), np.uint64), np.zeros(len(asked), np.uint64),
    )  # fmt: skip
    _run(
        segment,
        meant.columns(segment),
        (places[pairs[0][here]], pairs[1][here]),
        again,
        asking[asked],
        asks=False,
    )
    found.weights[here], found.gammas[here] = again.weights, again.gammas
    scores.says[asked] = again.says
    scores.mended[asked] = again.mended | changed


def _run(
    segment: Segment,
    columns: Columns,
    pairs: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]],
    scores: Scores,
    asking: npt.NDArray[np.uint8],
    *,
    asks: bool,
) -> None:
    searcher = segment.borrow()
    try:
        score_forms(
            searcher,
            *columns,
            *pairs,
            0,
            len(pairs[0]),
            scores.weights,
            scores.gammas,
            scores.says,
            scores.mended,
            asking,
            asks=asks,
        )
    except ValueError as error:
        raise SegmentError(f"{segment.container.name}, section 'blobs': {error}") from None
    finally:
        segment.give_back(searcher)
