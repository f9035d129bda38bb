"""Encoded rows -> 32-bit blocking keys of any rules; distinct values -> what a rule compares of them."""

import numpy as np
from numpy.typing import NDArray

KeyPart = tuple[int, int, int, int, NDArray[np.uint64] | None]

def value_keys(
    values_bytes: NDArray[np.uint8],
    tokens_bytes: NDArray[np.uint8],
    texts: NDArray[np.uint8],
    part: str,
) -> NDArray[np.uint64]: ...
def encode_keys(
    rows: NDArray[np.uint32],
    parts: list[KeyPart],
    rules: list[tuple[int, list[int]]],
    out: NDArray[np.uint32],
    begin: int = 0,
    end: int | None = None,
    entries: NDArray[np.uint64] | None = None,
    rows_file: int = 0,
) -> None: ...
