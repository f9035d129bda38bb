"""Stubs of `ext/own_addresses.pyx`: e-mail addresses that are made of their own record's name."""

import numpy as np
import numpy.typing as npt

def forms_of_addresses(
    rows: npt.NDArray[np.uint32],
    columns: list[tuple[int, npt.NDArray[np.uint8], npt.NDArray[np.uint8]]],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64]]: ...
