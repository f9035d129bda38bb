"""Stubs of `ext/exact.pyx`: exact search by an identifier, phone, e-mail or record id."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.store import RecordStore

class ExactSearch:
    def __init__(
        self,
        store: RecordStore,
        kind: int,
        places: Sequence[tuple[int, int | None]],
        targets: Sequence[tuple[int, npt.NDArray[Any], npt.NDArray[Any]]],
        row_bits: int,
    ) -> None: ...
    def find(self, text: bytes, hidden: npt.NDArray[np.uint8] | None = None) -> list[int]: ...
    def find_many(
        self,
        offsets: npt.NDArray[np.int32],
        data: npt.NDArray[np.uint8],
        valid: npt.NDArray[np.uint8] | None,
        begin: int,
        end: int,
        hidden: npt.NDArray[np.uint8] | None = None,
    ) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]: ...

def category_numbers(store: RecordStore, field: int) -> npt.NDArray[np.uint32]: ...
