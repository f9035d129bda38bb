"""Stubs of `ext/forms.pyx`: many forms, each scored against given records."""

import numpy as np
import numpy.typing as npt

from linkage._kernels.lookup import Searcher

def score_forms(
    searcher: Searcher,
    columns: list[tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8], npt.NDArray[np.uint8] | None] | None],
    words: list[npt.NDArray[np.uint32] | None],
    forms: npt.NDArray[np.uint32],
    rows: npt.NDArray[np.uint32],
    begin: int,
    end: int,
    weights: npt.NDArray[np.int32],
    gammas: npt.NDArray[np.uint64],
    says: npt.NDArray[np.uint64],
    mended: npt.NDArray[np.uint64],
    asking: npt.NDArray[np.uint8],
    *,
    asks: bool = True,
) -> None: ...
