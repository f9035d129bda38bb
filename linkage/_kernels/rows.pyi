"""Columns without a dictionary -> row words; columns of words -> rows."""

import numpy as np
from numpy.typing import NDArray

def encode_identifiers(
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    valid: NDArray[np.uint8] | None,
    kind: int,
    out: NDArray[np.uint32],
    status: NDArray[np.uint8],
    gap: int = 0,
) -> int: ...
def encode_dates(
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    valid: NDArray[np.uint8] | None,
    order: int,
    out: NDArray[np.uint32],
    status: NDArray[np.uint8],
    gap: int = 0,
) -> int: ...
def encode_coded(
    indices: NDArray[np.int32],
    valid: NDArray[np.uint8] | None,
    words: NDArray[np.uint32],
    out: NDArray[np.uint32],
) -> int: ...
def entries_in_order(
    indices: NDArray[np.int32], valid: NDArray[np.uint8] | None, n_entries: int
) -> NDArray[np.int32]: ...
def count_held(rows: NDArray[np.uint32]) -> NDArray[np.int64]: ...
def assemble_rows(columns: list[NDArray[np.uint32]], rows: NDArray[np.uint32]) -> None: ...
