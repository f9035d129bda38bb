"""All pairs of small tables, field by field: what their values say is known, and only to be added up."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage._kernels.score import Scorer

class EveryPair:
    def __init__(self, scorer: Scorer, fields: list[dict[str, Any]]) -> None: ...
    def possible(
        self,
        begin: int,
        end: int,
        one_table: bool,
        floor: int,
        first: NDArray[np.int64],
        others: NDArray[np.uint32],
        gains: NDArray[np.int32],
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]: ...
