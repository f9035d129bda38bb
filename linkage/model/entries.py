"""What JSON holds under a key -> the value expected there, or an error that says where and what came."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.errors import ModelError

_KINDS = {str: "a text", float: "a number", list: "a list", dict: "an object", type(None): "null"}


def read_entry(data: Any, key: str, *kinds: type, where: str = "") -> Any:
    """The value under a key.

    Parameters
    ----------
    data : any JSON value
        Which should be an object.
    key : str
    kinds : types
        One of which the value must have; float stands for any number.
    where : str
        The path of `data`, for the error: "comparisons[3]".

    Raises
    ------
    ModelError
        There is no such entry, or its value is of another kind.
    """
    path = f"{where}.{key}" if where else key
    if not isinstance(data, dict):
        raise ModelError(f"model, {where or 'all of it'}: expected an object, got {_kind(data)}")
    if key not in data:
        raise ModelError(f"model: expected {path}, found no such entry")
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, tuple(kinds) + ((int,) if float in kinds else ())):
        expected = " or ".join(_KINDS[kind] for kind in kinds)
        raise ModelError(f"model, {path}: expected {expected}, got {_kind(value)}")
    return value


def read_number(data: Any, key: str, where: str = "") -> float:
    """The number under a key, as a double."""
    value = read_entry(data, key, float, where=where)
    try:
        return float(value)
    except OverflowError:
        raise ModelError(f"model, {where}.{key}: expected a number below 1.8e308") from None


def read_table(data: Any, key: str, where: str) -> npt.NDArray[np.float64]:
    """The numbers under a key, in lists of one length within each other."""
    value = read_entry(data, key, list, where=where)
    try:
        found = np.asarray(value)
    except (ValueError, OverflowError):  # lists of several lengths
        found = np.empty(0, object)
    if found.dtype.kind not in "iuf":
        raise ModelError(f"model, {where}.{key}: expected numbers, in lists of one length")
    return found.astype(np.float64)


def _kind(value: Any) -> str:
    """What JSON calls it, never the value itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _KINDS.get(float if isinstance(value, int) else type(value), type(value).__name__)
