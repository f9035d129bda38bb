"""Large pieces of memory as arrays, and their pages used twice."""

import numpy as np
from numpy.typing import NDArray

class UsedPages:
    @property
    def n_bytes(self) -> int: ...
    def array(self, n: int) -> NDArray[np.uint8]: ...

def touch_pages(memory: NDArray[np.uint8], ended: NDArray[np.uint8]) -> None: ...
