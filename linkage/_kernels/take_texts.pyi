"""Texts taken by row."""

import numpy as np
from numpy.typing import NDArray

def take_texts(
    offsets: NDArray[np.int32], data: NDArray[np.uint8], rows: NDArray[np.uint32]
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]: ...
