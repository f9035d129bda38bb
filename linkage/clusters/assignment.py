"""Weighted pairs of two registers -> at most one partner for every record."""

import numpy as np
from numpy.typing import NDArray

from linkage.clusters.components import connected_components
from linkage.errors import InputError

Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]
Records = NDArray[np.uint32]


def one_to_one(
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    weight: NDArray[np.int32],
    *,
    threshold: int = 0,
    max_cells: int = 250_000,
) -> Flags:
    """Choose pairs so that no record is in two of them and the total gain is largest.

    The gain of a pair is its weight above the threshold. Where every record's best pair can be
    had at once that is the optimum; the other components are solved as a linear assignment (Jaro
    1989, section 4), or greedily by weight when they have more than `max_cells` possible pairs.

    Parameters
    ----------
    left, right : uint32[n_pairs]
        Records of the left and of the right register; each pair at most once.
    weight : int32[n_pairs]
        Match weights in 1/256 bit.
    threshold : int
        Pairs below it are never chosen, 1/256 bit.
    max_cells : int
        Left records times right records of the largest component that is solved exactly.

    Returns
    -------
    bool[n_pairs]
        Whether the pair is chosen. Ties go to the smallest left, then right record; the order of
        the pairs never matters.

    Raises
    ------
    InputError
        Arrays of different length or type, or a pair given twice.

    Examples
    --------
    Taking the best pair first (10) would leave two records alone.

    >>> import numpy as np
    >>> left, right = np.array([[0, 0, 1], [5, 6, 5]], np.uint32)
    >>> one_to_one(left, right, np.array([10, 9, 9], np.int32)).tolist()
    [False, True, True]
    """
    _check(left, right, weight)
    chosen = np.zeros(len(left), np.bool_)
    # In order of records, so that "the first of ties" means the same for every order of input.
    pair = left.astype(np.uint64) << np.uint64(32) | right
    order = np.argsort(pair)
    ordered = pair[order]
    if (ordered[1:] == ordered[:-1]).any():
        raise InputError("a pair is given twice")
    del pair, ordered
    order = order[weight[order] >= threshold]
    if not len(order):
        return chosen
    a, b = left[order], right[order]
    gain = weight[order].astype(np.int64) - threshold + 1  # +1: at the threshold counts as a link
    n_left = int(a.max()) + 1
    n_nodes = n_left + int(b.max()) + 1
    component = connected_components(n_nodes, a, b + np.uint32(n_left))[a]

    taken = np.zeros(len(order), np.bool_)
    solved = np.zeros(n_nodes, np.bool_)
    for mine, other in ((a, b), (b, a)):
        best = _best_of_each(mine, gain)
        clash = _is_repeated(other[best])
        free = np.ones(len(solved), np.bool_)
        free[component[best[clash]]] = False
        best = best[(free & ~solved)[component[best]]]
        taken[best] = True
        solved |= free
    _solve_rest(a, b, gain, component, solved, taken, max_cells)
    chosen[order[taken]] = True
    return chosen


def _solve_rest(
    a: Records,
    b: Records,
    gain: Codes,
    component: Records,
    solved: Flags,
    taken: Flags,
    max_cells: int,
) -> None:
    """Fill `taken` for the components in which somebody must give way: few, so one by one."""
    # Importing it takes 0.4 s, which only one-to-one linking should pay.
    from scipy.optimize import linear_sum_assignment

    rest = np.flatnonzero(~solved[component])
    rest = rest[np.argsort(component[rest], kind="stable")]
    begins = np.flatnonzero(_are_first(component[rest]))
    for pairs in np.split(rest, begins[1:]) if len(rest) else []:
        lefts, i = np.unique(a[pairs], return_inverse=True)
        rights, j = np.unique(b[pairs], return_inverse=True)
        if len(lefts) * len(rights) > max_cells:
            taken[pairs[_greedy(i, j, gain[pairs])]] = True
            continue
        table = np.zeros((len(lefts), len(rights)), np.int64)
        table[i, j] = gain[pairs]
        row, column = linear_sum_assignment(table, maximize=True)
        partner = np.full(len(lefts), -1, np.int64)
        partner[row] = column
        taken[pairs[partner[i] == j]] = True


def _greedy(a: Codes, b: Codes, gain: Codes) -> Codes:
    """Pairs by falling gain, each record once, in rounds of pairs that are best for both ends."""
    left = np.arange(len(a))
    found = []
    while len(left):
        best_a, best_b = _best_of_each(a[left], gain[left]), _best_of_each(b[left], gain[left])
        both = np.intersect1d(best_a, best_b)
        found.append(left[both])
        gone = np.isin(a[left], a[left[both]]) | np.isin(b[left], b[left[both]])
        left = left[~gone]
    return np.sort(np.concatenate(found))


def _best_of_each(group: Records | Codes, gain: Codes) -> Codes:
    """Position of the entry of largest gain of every group, the first of ties."""
    # Gains are below 2**33 and groups below 2**30 records; a stable sort keeps the order of ties.
    key = group.astype(np.int64)
    key <<= 33
    key -= gain
    order = np.argsort(key, kind="stable")
    del key
    best: Codes = order[_are_first(group[order])]
    return best


def _are_first(values: Records | Codes) -> Flags:
    """Whether each value differs from the one before it."""
    first = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def _is_repeated(values: Records | Codes) -> Flags:
    repeated: Flags = np.bincount(values)[values] > 1
    return repeated


def _check(left: NDArray[np.uint32], right: NDArray[np.uint32], weight: NDArray[np.int32]) -> None:
    if left.dtype != np.uint32 or right.dtype != np.uint32 or weight.dtype != np.int32:
        raise InputError(
            "expected left and right as uint32, weight as int32, "
            f"got {left.dtype}, {right.dtype}, {weight.dtype}"
        )
    if not left.shape == right.shape == weight.shape or left.ndim != 1:
        raise InputError(f"expected one length, got {left.shape}, {right.shape}, {weight.shape}")
