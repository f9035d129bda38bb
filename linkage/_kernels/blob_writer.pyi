"""Raw texts of records -> compact blobs."""

from collections.abc import Iterator
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.uint32]
Texts = NDArray[np.uint8]

class Taken(TypedDict):
    n_bytes: int
    blobs: Iterator[NDArray[np.uint8]]
    groups: NDArray[np.uint64]
    lengths: NDArray[np.uint8]
    long_rows: NDArray[np.uint32]
    long_lengths: NDArray[np.uint32]
    shapes: NDArray[np.uint8]
    categories: list[tuple[Offsets, Texts] | None]

class StoreWriter:
    def __init__(
        self,
        codings: list[dict[str, Any]],
        word_offsets: Offsets,
        word_texts: Texts,
        hot_field: int,
        hot_categories: list[int],
        piece_bits: int = 19,
    ) -> None: ...
    def __len__(self) -> int: ...
    def mean(self, field: int, raw: bytes, meant: bytes) -> None: ...
    def add(self, columns: list[tuple[Any, ...] | None], n: int) -> None: ...
    def last_words(self) -> NDArray[np.uint16]: ...
    def words_used(self) -> NDArray[np.uint8]: ...
    def hot_words(self, order: NDArray[np.uint32]) -> NDArray[np.uint16]: ...
    def hot_categories(self, order: NDArray[np.uint32]) -> NDArray[np.uint8]: ...
    def free_hot(self) -> None: ...
    def take(self, order: NDArray[np.uint32], size: int = 4 << 20) -> Taken: ...
    def blobs_in(self, order: NDArray[np.uint32], size: int) -> Iterator[NDArray[np.uint8]]: ...
