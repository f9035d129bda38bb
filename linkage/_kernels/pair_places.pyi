"""Places of pairs, by their two rows."""

import numpy as np
from numpy.typing import NDArray

class PairPlaces:
    n_pairs: int
    def __init__(self, left: NDArray[np.uint32], right: NDArray[np.uint32]) -> None: ...
    def find(self, left: NDArray[np.uint32], right: NDArray[np.uint32]) -> NDArray[np.int64]: ...
