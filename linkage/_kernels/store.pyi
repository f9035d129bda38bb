"""Raw texts of records -> blobs and hot rows; blobs -> raw texts."""

from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.uint32]
Texts = NDArray[np.uint8]
Buffers = tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8] | None]

class Taken(TypedDict):
    n_bytes: int
    blobs: Iterator[NDArray[np.uint8]]
    groups: NDArray[np.uint64]
    lengths: NDArray[np.uint8]
    long_rows: NDArray[np.uint32]
    long_lengths: NDArray[np.uint32]
    shapes: NDArray[np.uint8]
    categories: list[tuple[Offsets, Texts] | None]

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

class StoreWriter:
    def __init__(
        self,
        codings: list[dict[str, Any]],
        word_offsets: Offsets,
        word_texts: Texts,
        hot_field: int,
        hot_categories: list[int],
    ) -> None: ...
    def __len__(self) -> int: ...
    def mean(self, field: int, raw: bytes, meant: bytes) -> None: ...
    def add(self, columns: list[Buffers | None], n: int) -> None: ...
    def hot(self) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]: ...
    def take(self, order: NDArray[np.uint32], size: int = 1 << 24) -> Taken: ...
    def pieces(self, order: NDArray[np.uint32], size: int) -> Iterator[NDArray[np.uint8]]: ...

class RecordStore:
    def __init__(
        self,
        codings: list[dict[str, Any]],
        sections: dict[str, NDArray[Any]],
        categories: Sequence[tuple[Offsets, Texts] | None],
        hot_field: int,
        hot_categories: list[int],
    ) -> None: ...
    def __len__(self) -> int: ...
    def texts(self, rows: NDArray[np.uint32], fields: list[int]) -> list[list[bytes | None]]: ...
