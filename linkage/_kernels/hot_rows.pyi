"""Stubs of `ext/hot_rows.pyx`: rows of a segment that are told by their hot rows alone."""

import numpy as np
from numpy.typing import NDArray

def rows_that_pass(
    categories: NDArray[np.uint8], passes: NDArray[np.uint8], begin: int, end: int
) -> NDArray[np.uint32]: ...
def rows_with_words(
    hot_words: NDArray[np.uint16], wanted: NDArray[np.uint8], bits: NDArray[np.uint8]
) -> None: ...
