"""Pairs of rows -> which of them are worth a closer look, and for how many each stands."""

import numpy as np
from numpy.typing import NDArray

def thin_unlike(
    rows: NDArray[np.uint32],
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    fields: list[tuple[int, int]],
    one_of: int,
    rows_file: int = 0,
) -> NDArray[np.uint8]: ...
