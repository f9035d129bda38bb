"""Sorted packed keys -> blocks: runs of equal keys with at least one pair."""

import numpy as np
from numpy.typing import NDArray

def keep_blocks(
    packed: NDArray[np.uint64], split: int
) -> tuple[int, NDArray[np.uint32], NDArray[np.uint32]]: ...
def part_blocks(
    packed: NDArray[np.uint64], lengths: NDArray[np.uint32], cap: int, room: NDArray[np.uint64] | None = None
) -> NDArray[np.uint64]: ...
def cut_blocks(packed: NDArray[np.uint64], n_tasks: int) -> list[int]: ...
