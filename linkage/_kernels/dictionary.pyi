"""Raw texts of one field -> value ids, and the tables of distinct values and tokens."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linkage._kernels.used_pages import UsedPages

VALUE_DTYPE: np.dtype[np.void]
TOKEN_DTYPE: np.dtype[np.void]

class ValueDictionary:
    def __init__(self, kind: Literal["name", "text", "email"] | str) -> None: ...
    def __len__(self) -> int: ...
    def begin(self) -> None: ...
    def encode(
        self,
        offsets: NDArray[np.int32],
        data: NDArray[np.uint8],
        valid: NDArray[np.uint8] | None,
        out: NDArray[np.uint32],
        repair: Callable[[str], str] | None = None,
        gap: int = 0,
    ) -> int: ...
    def exact_hashes(self) -> NDArray[np.uint64]: ...
    def take(self, used: UsedPages | None = None) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.uint8]]: ...
    @property
    def n_raw_texts(self) -> int: ...
    @property
    def values(self) -> NDArray[Any]: ...
    @property
    def tokens(self) -> NDArray[Any]: ...
    @property
    def texts(self) -> NDArray[np.uint8]: ...
