"""Pairs of encoded rows -> comparison levels and match weights (fixed point, 1/256 bit)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

OPERATIONS: dict[str, int]

Found = tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int32], NDArray[np.uint64], int, int]

class Scorer:
    def __init__(self, specs: list[dict[str, Any]], rows: NDArray[np.uint32]) -> None: ...
    def read_from(self, handle: int) -> None: ...
    def set_weights(
        self,
        prior: NDArray[np.int32],
        weights: NDArray[np.int32],
        most: NDArray[np.int32],
        weighs_rarity: NDArray[np.uint8],
    ) -> None: ...
    sketch_bytes: NDArray[np.uint8] | None
    def most_gained(self, i: int) -> int: ...
    def drop_sketches(self) -> None: ...
    def score_pairs(
        self,
        left: NDArray[np.uint32],
        right: NDArray[np.uint32],
        weight: NDArray[np.int32],
        gamma: NDArray[np.uint64],
    ) -> None: ...
    def levels_of_pairs(
        self, left: NDArray[np.uint32], right: NDArray[np.uint32], gamma: NDArray[np.uint64]
    ) -> None: ...
    def term_frequency_bits(
        self,
        left: NDArray[np.uint32],
        right: NDArray[np.uint32],
        gamma: NDArray[np.uint64],
        total: NDArray[np.float64],
        shared: NDArray[np.float64],
    ) -> None: ...
    def score_blocks(
        self,
        packed: NDArray[np.uint64],
        split: int,
        floor: int,
    ) -> Found: ...
    def know(self, left: NDArray[np.uint32], right: NDArray[np.uint32]) -> None: ...
    def forget(self) -> None: ...
    def score_all(self, begin: int, end: int, split: int, floor: int) -> Found: ...
