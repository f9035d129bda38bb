"""Levels of agreement patterns: unpacked, placed in tables, counted."""

import numpy as np
from numpy.typing import NDArray

def unpack_levels(
    gamma: NDArray[np.uint64],
    shift: NDArray[np.int32],
    n_bits: NDArray[np.int32],
    out: NDArray[np.uint8],
) -> None: ...
def count_levels(
    gamma: NDArray[np.uint64],
    shift: NDArray[np.int32],
    n_bits: NDArray[np.int32],
    out: NDArray[np.int64],
) -> None: ...
def table_entries(
    codes: NDArray[np.uint8],
    base: NDArray[np.int32],
    parent: NDArray[np.int32],
    n_codes: NDArray[np.int32],
) -> NDArray[np.int16]: ...
def number_pairs(
    left: NDArray[np.int16],
    right: NDArray[np.int16],
    out: NDArray[np.int16],
    first: NDArray[np.int32],
) -> int: ...
def entry_counts(
    entries: NDArray[np.int16], counts: NDArray[np.float64], size: int
) -> NDArray[np.float64]: ...
def joint_counts(codes: NDArray[np.uint8], counts: NDArray[np.float64]) -> NDArray[np.float64]: ...
def level_shares(
    counts: NDArray[np.float64],
    base: NDArray[np.int32],
    parent: NDArray[np.int32],
    n_codes: NDArray[np.int32],
    prior: NDArray[np.float64],
    moves: NDArray[np.uint8],
    spares: NDArray[np.uint8],
    informative: NDArray[np.uint8],
    strength: float,
    parent_strength: float,
    moved: float,
) -> NDArray[np.float64]: ...
