"""Counts of a field's values, by content hash, for as many chunks as there are."""

import numpy as np
from numpy.typing import NDArray

class ValueCounts:
    total: int
    def __init__(self, n_forms: int) -> None: ...
    def add(
        self,
        values: NDArray[np.uint8],
        tokens: NDArray[np.uint8],
        exact: NDArray[np.uint64],
        words: NDArray[np.uint32],
    ) -> None: ...
    def repeated(self, k: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]: ...
    def n_held(self, k: int) -> int: ...
    def drain(self, k: int) -> NDArray[np.uint64]: ...
    def merged(
        self, k: int, drained: NDArray[np.uint64]
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]: ...
