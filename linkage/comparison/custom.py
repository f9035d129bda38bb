"""A user's function of two texts -> a native comparator that the scorer calls without the GIL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.comparison.levels import Operation
from linkage.errors import SchemaError


@dataclass(frozen=True)
class Comparator:
    """A registered comparator: its native address and the levels it returns."""

    operation: Operation
    address: int
    native: Any


_registry: dict[str, Comparator] = {}


def comparator(
    *, levels: Sequence[str], m_prior: Sequence[float] | None = None
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Register a function as a comparator; compiled by Numba to native code.

    The function receives ``(a, n_a, b, n_b)``: two texts as uint8 arrays (normalised, without
    diacritics) and their lengths, and returns a level from 0 (all others) to ``len(levels) - 2``. The
    last level, equal values, is found before the function is called.

    Parameters
    ----------
    levels : sequence of str
        Labels in ascending order; the last is for equal values.
    m_prior : sequence of float or None
        Expected share of each level among matches; by default .7 for the last, the rest spread evenly.

    Returns
    -------
    callable
        Of a function: the same function, registered under its name for a field's `comparator`.

    Raises
    ------
    SchemaError
        There are fewer than 2 levels or more than 15, or not a positive share for each.

    Examples
    --------
    >>> import linkage
    >>> @linkage.comparator(levels=["all others", "same first letter", "equal"])
    ... def first_letter(a, n_a, b, n_b):
    ...     return 1 if n_a > 0 and n_b > 0 and a[0] == b[0] else 0
    """
    n = len(levels)
    if not 2 <= n <= 15:
        raise SchemaError(f"comparator: expected 2 to 15 levels, got {n}")
    prior = tuple(m_prior) if m_prior else (*(0.3 / (n - 1) for _ in range(n - 1)), 0.7)
    if len(prior) != n or min(prior) <= 0:
        raise SchemaError(f"comparator: expected {n} positive entries of m_prior, got {len(prior)}")

    def register(function: Callable[..., int]) -> Callable[..., int]:
        import numba
        from numba import carray, cfunc, types

        compiled = numba.njit(function, nogil=True)
        text = types.CPointer(types.uint8)

        @cfunc(types.int32(text, types.int64, text, types.int64))  # type: ignore[untyped-decorator]
        def native(a: Any, n_a: int, b: Any, n_b: int) -> int:
            level: int = compiled(carray(a, n_a), n_a, carray(b, n_b), n_b)
            return level

        operation = Operation(
            "custom",
            tuple(levels),
            (*(0 for _ in range(n - 1)), 1),
            tuple(p / sum(prior) for p in prior),
            n,
        )
        _registry[function.__name__] = Comparator(operation, native.address, native)
        return function

    return register


def find_comparator(name: str) -> Comparator:
    """A registered comparator by its function's name."""
    if name not in _registry:
        known = ", ".join(sorted(_registry)) or "none"
        raise SchemaError(f"comparator {name!r} is not registered; registered: {known}")
    return _registry[name]
