"""One query's raw texts and one segment -> its best records, scored."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage._kernels.score import Scorer
from linkage._kernels.store import RecordStore

SUSPECT: int
TRUNCATED: int
DAMAGED: int
ASKS: int

class HeldValues:
    def __init__(self, searcher: Searcher) -> None: ...

class Searcher:
    n_seen: int
    n_scanned: int
    n_scored: int
    floor: int
    def __init__(
        self,
        store: RecordStore,
        scorer: Scorer,
        rows: NDArray[np.uint32],
        fields: list[dict[str, Any]],
        sections: dict[str, Any],
        meta: dict[str, Any],
    ) -> None: ...
    def hold(self, values: HeldValues) -> None: ...
    def search(
        self,
        texts: list[bytes | None],
        words: list[int],
        limit: int,
        floor: int,
        window: int,
        *,
        least: int = ...,
        hidden: NDArray[np.uint8] | None = None,
        allowed: NDArray[np.uint8] | None = None,
        exhaustive: bool = False,
        asks: bool = False,
        eases: bool = False,
    ) -> tuple[list[int], list[int], list[int], int, int]: ...
    def dates_of(
        self,
        columns: list[tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8] | None] | None],
        words: list[NDArray[np.uint32] | None],
        dates: NDArray[np.uint32],
    ) -> None: ...
    def search_many(
        self,
        columns: list[tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.uint8] | None] | None],
        words: list[NDArray[np.uint32] | None],
        order: NDArray[np.uint32],
        limit: int,
        floors: NDArray[np.int32],
        window: int,
        rows: NDArray[np.uint32],
        weights: NDArray[np.int32],
        gammas: NDArray[np.uint64],
        counts: NDArray[np.uint32],
        status: NDArray[np.uint8],
        *,
        floor: int = ...,
        hidden: NDArray[np.uint8] | None = None,
        allowed: NDArray[np.uint8] | None = None,
        asks: bool = True,
        eases: bool = False,
    ) -> None: ...
