"""Distinct words of texts with their counts; content hashes of texts."""

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.uint32]
Texts = NDArray[np.uint8]

def hash_texts(
    offsets: NDArray[np.int32], data: NDArray[np.uint8], valid: NDArray[np.uint8] | None
) -> NDArray[np.uint64]: ...

class WordCounter:
    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def add_words(
        self, offsets: NDArray[np.int32], data: NDArray[np.uint8], valid: NDArray[np.uint8] | None
    ) -> None: ...
    def most_frequent(self, most: int, least: int) -> tuple[Offsets, Texts]: ...
