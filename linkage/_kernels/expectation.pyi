"""The expectation step of EM over agreement patterns, all classes of pairs at once."""

import numpy as np
from numpy.typing import NDArray

def run_sums(
    offsets: NDArray[np.int32], members: NDArray[np.int16], rows: NDArray[np.float64]
) -> NDArray[np.float64]: ...
def expectation(
    contents: NDArray[np.int16],
    begins: NDArray[np.int64],
    counts: NDArray[np.float64],
    rarity: NDArray[np.float64],
    rarity_shared: NDArray[np.float64],
    bits: NDArray[np.float64],
    offsets: NDArray[np.int32],
    members: NDArray[np.int16],
    prior: NDArray[np.float64],
    any_rarity: NDArray[np.uint8],
    expected: NDArray[np.float64],
    posterior: NDArray[np.float64],
    best: NDArray[np.float64],
    doubt: float = 0,
) -> NDArray[np.float64]: ...
