"""Distinct values of a comparison -> which of them are near, and at which level."""

import numpy as np
from numpy.typing import NDArray

from linkage._kernels.score import Scorer

def value_keys(
    scorer: Scorer, i: int, values: NDArray[np.uint64], asks: bool
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]: ...
def near_values(
    scorer: Scorer,
    i: int,
    left: NDArray[np.uint64],
    right: NDArray[np.uint64],
    first: NDArray[np.int64],
    spans: NDArray[np.int64],
    owners: NDArray[np.uint32],
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.int32]]: ...
