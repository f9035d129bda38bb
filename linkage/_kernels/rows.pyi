"""Columns without a dictionary -> row words, and row words -> blocking keys."""

import numpy as np
from numpy.typing import NDArray

KeyPart = tuple[int, int, int, int, NDArray[np.uint64] | None]

def encode_identifiers(
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    valid: NDArray[np.uint8] | None,
    kind: int,
    out: NDArray[np.uint32],
    status: NDArray[np.uint8],
) -> int: ...
def encode_dates(
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    valid: NDArray[np.uint8] | None,
    order: int,
    out: NDArray[np.uint32],
    status: NDArray[np.uint8],
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
def assemble_rows(columns: list[NDArray[np.uint32]], rows: NDArray[np.uint32]) -> None: ...
def value_keys(
    values_bytes: NDArray[np.uint8],
    tokens_bytes: NDArray[np.uint8],
    texts: NDArray[np.uint8],
    part: str,
) -> NDArray[np.uint64]: ...
def encode_keys(
    rows: NDArray[np.uint32], parts: list[KeyPart], salt: int, out: NDArray[np.uint32]
) -> None: ...
