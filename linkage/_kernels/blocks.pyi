"""Sorted packed keys -> blocks: runs of equal keys with at least one pair."""

import numpy as np
from numpy.typing import NDArray

def pack_keys(keys: NDArray[np.uint32], packed: NDArray[np.uint64]) -> int: ...
def pack_repeated(keys: NDArray[np.uint32], packed: NDArray[np.uint64]) -> list[int]: ...
def keep_blocks(
    packed: NDArray[np.uint64], split: int
) -> tuple[int, NDArray[np.uint32], NDArray[np.uint32]]: ...
