"""Edges between records -> components; weighted pairs of small components -> clusters."""

import numpy as np
from numpy.typing import NDArray

def connected_components(
    left: NDArray[np.uint32], right: NDArray[np.uint32], label: NDArray[np.uint32]
) -> None: ...
def group_sizes(label: NDArray[np.uint32], sizes: NDArray[np.uint32]) -> None: ...
def correlate(
    node_begin: NDArray[np.int64],
    pair_begin: NDArray[np.int64],
    gain: NDArray[np.int32],
    table: NDArray[np.int64],
    scratch: NDArray[np.int64],
    label: NDArray[np.uint32],
) -> None: ...
