"""Stubs of `ext/judging.pyx`: weights of given records against a query, and whose records the answers are."""

import numpy as np
from numpy.typing import NDArray

from linkage._kernels.lookup import Searcher

def score_rows(
    searcher: Searcher, texts: list[bytes | None], words: list[int], rows: list[int]
) -> list[tuple[int, int, list[int], list[int]] | None]: ...
def name_people_of(
    searcher: Searcher,
    rows: NDArray[np.uint32],
    counts: NDArray[np.uint32],
    order: NDArray[np.uint32],
    least: int,
    people: NDArray[np.uint32],
) -> None: ...
