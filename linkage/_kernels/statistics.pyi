"""Group totals of value counts, and the expectation step of EM over agreement patterns."""

import numpy as np
from numpy.typing import NDArray

def count_words(rows: NDArray[np.uint32], word: int, mask: int, n: int) -> NDArray[np.int64]: ...
def group_totals(keys: NDArray[np.uint64], counts: NDArray[np.int64]) -> NDArray[np.int64]: ...
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
def number_distinct(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]: ...
def table_entries(
    codes: NDArray[np.uint8],
    base: NDArray[np.int32],
    parent: NDArray[np.int32],
    n_codes: NDArray[np.int32],
) -> NDArray[np.int16]: ...
def entry_counts(
    entries: NDArray[np.int16], counts: NDArray[np.float64], size: int
) -> NDArray[np.float64]: ...
def number_pairs(
    left: NDArray[np.int16],
    right: NDArray[np.int16],
    out: NDArray[np.int16],
    first: NDArray[np.int32],
) -> int: ...
def run_sums(
    offsets: NDArray[np.int32], members: NDArray[np.int16], rows: NDArray[np.float64]
) -> NDArray[np.float64]: ...
def spread_runs(
    offsets: NDArray[np.int32],
    members: NDArray[np.int16],
    rows: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
def expectation(
    entries: NDArray[np.int16],
    counts: NDArray[np.float64],
    rarity: NDArray[np.float64],
    rarity_shared: NDArray[np.float64],
    bits: NDArray[np.float64],
    prior: NDArray[np.float64],
    any_rarity: NDArray[np.uint8],
    expected: NDArray[np.float64],
    posterior: NDArray[np.float64],
    best: NDArray[np.float64],
    doubt: float = 0,
) -> NDArray[np.float64]: ...
def joint_counts(codes: NDArray[np.uint8], counts: NDArray[np.float64]) -> NDArray[np.float64]: ...
