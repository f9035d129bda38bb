"""Group totals of value counts, and the expectation step of EM over agreement patterns."""

import numpy as np
from numpy.typing import NDArray

def group_totals(keys: NDArray[np.uint64], counts: NDArray[np.int64]) -> NDArray[np.int64]: ...
def table_entries(
    codes: NDArray[np.uint8],
    base: NDArray[np.int32],
    parent: NDArray[np.int32],
    n_codes: NDArray[np.int32],
) -> NDArray[np.int16]: ...
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
    doubt: float = 0,
) -> NDArray[np.float64]: ...
def match_bits(
    entries: NDArray[np.int16],
    rarity: NDArray[np.float64],
    bits: NDArray[np.float64],
    prior: float,
) -> NDArray[np.float64]: ...
def joint_counts(codes: NDArray[np.uint8], counts: NDArray[np.float64]) -> NDArray[np.float64]: ...
