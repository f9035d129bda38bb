"""Edges between records -> the component of every record."""

import numpy as np
from numpy.typing import NDArray

from linkage._kernels import clusters as kernel
from linkage.errors import InputError


def connected_components(
    n_records: int, left: NDArray[np.uint32], right: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Label every record with the smallest record of its component.

    Parameters
    ----------
    n_records : int
        Number of records, at most 2**32 - 1.
    left, right : uint32[n_edges]
        The two records of each edge, in any order; repeats and self-edges do no harm.

    Returns
    -------
    uint32[n_records]
        The smallest record of the component; a record without edges is its own.

    Raises
    ------
    InputError
        The edges are not two uint32 arrays of one length with values below n_records.

    Examples
    --------
    >>> import numpy as np
    >>> connected_components(4, np.array([3], np.uint32), np.array([1], np.uint32)).tolist()
    [0, 1, 2, 1]
    """
    check_edges(n_records, left, right)
    label = np.empty(n_records, np.uint32)
    kernel.connected_components(np.ascontiguousarray(left), np.ascontiguousarray(right), label)
    return label


def group_sizes(label: NDArray[np.uint32], n_groups: int = 0) -> NDArray[np.uint32]:
    """How many records each label has; uint32[n_groups], or as many as the largest label asks for.

    As `np.bincount`, which would take 16 bytes a record more.
    """
    sizes = np.zeros(max(n_groups, int(label.max()) + 1 if len(label) else 0), np.uint32)
    kernel.group_sizes(np.ascontiguousarray(label), sizes)
    return sizes


def check_edges(n_records: int, left: NDArray[np.uint32], right: NDArray[np.uint32]) -> None:
    """Raise InputError unless the edges fit; the kernels index with them unchecked."""
    for name, ids in (("left", left), ("right", right)):
        if ids.dtype != np.uint32 or ids.ndim != 1:
            raise InputError(f"{name}: expected uint32[n_edges], got {ids.dtype}{list(ids.shape)}")
        if len(ids) and int(ids.max()) >= n_records:
            raise InputError(f"{name}: record {ids.max()} does not exist among {n_records}")
    if len(left) != len(right):
        raise InputError(f"expected as many left as right, got {len(left)} and {len(right)}")
