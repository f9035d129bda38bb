"""What the M-step allows a class of relatives to agree on."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]

def bound_tables(
    own: Floats,
    expected: Floats,
    together: Floats | None,
    m: Floats,
    u: Floats,
    base: Codes,
    parent: Codes,
    n_codes: Codes,
    personal: Codes,
    alike: Codes,
    leans: npt.NDArray[np.uint8],
    most: Floats,
    *,
    u_strength: float,
    strength: float,
    alike_strength: float,
    chance: float,
    most_chance: float,
) -> None: ...
