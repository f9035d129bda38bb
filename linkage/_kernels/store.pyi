"""Blobs of a segment -> raw texts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.uint32]
Texts = NDArray[np.uint8]

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
    def columns(
        self, rows: NDArray[np.uint32], fields: list[int]
    ) -> list[tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint32]]]: ...
