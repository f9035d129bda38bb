"""Rows of bytes of different lengths -> Arrow strings; the workbench for numbers and dates."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.population.draws import I64, Mask


class Texts:
    """Left-justified ASCII texts that can be changed row by row.

    Attributes
    ----------
    letters : uint8[n, width].
    length : int32[n], -1 = null.
    """

    def __init__(self, n: int, width: int) -> None:
        self.letters = np.zeros((n, width), dtype=np.uint8)
        self.length = np.full(n, -1, dtype=np.int32)

    def write(self, rows: I64 | slice, letters: npt.NDArray[np.uint8]) -> None:
        """Replace the texts of `rows` by uint8[len(rows), k], k at most the width."""
        self.letters[rows, : letters.shape[1]] = letters
        self.length[rows] = letters.shape[1]

    def insert(self, rows: I64, at: int, text: str) -> None:
        """Put the same text into every chosen row at one place; what leaves the width is lost."""
        new = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
        width = self.letters.shape[1]
        old = self.letters[rows]
        changed = np.concatenate(
            (old[:, :at], np.broadcast_to(new, (len(rows), len(new))), old[:, at:]), axis=1
        )
        self.letters[rows] = changed[:, :width]
        self.length[rows] = np.minimum(self.length[rows] + len(new), width)

    def drop(self, rows: I64, at: int) -> None:
        """Take one letter out of every chosen row."""
        self.letters[rows, at:-1] = self.letters[rows, at + 1 :]
        self.length[rows] -= 1

    def blank(self, rows: I64 | Mask) -> None:
        """Make the chosen rows null."""
        self.length[rows] = -1

    def to_arrow(self) -> pa.Array:
        """String array, null where the length is -1."""
        return strings(self.letters, self.length)


def strings(letters: npt.NDArray[np.uint8], length: npt.NDArray[np.int32]) -> pa.Array:
    """uint8[n, width] and lengths (-1 = null) -> Arrow string array."""
    n, width = letters.shape
    used = np.maximum(length, 0)
    offsets = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(used, out=offsets[1:])
    if offsets[-1] == n * width:
        data = letters.tobytes()
    else:
        data = letters[np.arange(width) < used[:, None]].tobytes()
    missing = length < 0
    validity = None
    if missing.any():
        validity = pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    buffers = [validity, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), n, buffers)
