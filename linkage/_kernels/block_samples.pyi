"""Sorted packed keys -> sampled pairs."""

import numpy as np
from numpy.typing import NDArray

def sample_blocks(
    packed: NDArray[np.uint64], rule: int, split: int, limit: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]: ...
def keep_unequal(keys: NDArray[np.uint32], left: NDArray[np.uint32], right: NDArray[np.uint32]) -> int: ...
