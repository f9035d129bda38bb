"""The two passes of building postings; between them the packed keys are sorted."""

import numpy as np
from numpy.typing import NDArray

def pack_keys(chunks: list[NDArray[np.uint32]], ranks: NDArray[np.uint32]) -> NDArray[np.uint64]: ...
def unpack_keys(
    packed: NDArray[np.uint64], row_bits: int, n_buckets: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]: ...
def keys_of_spellings(tokens: NDArray[np.uint8]) -> NDArray[np.uint64]: ...
