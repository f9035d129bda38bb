"""Column chunks of a Parquet file, as its footer tells of them."""

import numpy as np
from numpy.typing import NDArray

def column_chunks(footer: NDArray[np.uint8], n_groups: int, n_columns: int) -> NDArray[np.int64]: ...
