"""Arrow's functions on arrays; `pyarrow.compute` is imported where one is asked for that is not here.

It wraps some three hundred functions as it is imported, and arrays' own methods import it: a tenth of the
start of a run that needs the few here.
"""

from importlib import import_module
from typing import Any

import pyarrow as pa
from pyarrow._compute import CastOptions, call_function


def __getattr__(name: str) -> Any:
    return getattr(import_module("pyarrow.compute"), name)


def take(values: pa.Array, indices: pa.Array) -> pa.Array:
    """The values at these places."""
    return call_function("take", [values, indices])


def unique(values: pa.Array) -> pa.Array:
    """Distinct values in order of first appearance, null among them."""
    return call_function("unique", [values])


def drop_null(values: pa.Array) -> pa.Array:
    """The values that are not null."""
    return call_function("drop_null", [values])


def less(left: pa.Array, right: pa.Array) -> pa.BooleanArray:
    """Whether each value of the left is below the right's; null where one is."""
    return call_function("less", [left, right])


def dictionary_encode(values: pa.Array) -> pa.DictionaryArray:
    """The same values as places in a dictionary; null stays null."""
    return call_function("dictionary_encode", [values])


def cast(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """The same values in another type, if all fit."""
    return call_function("cast", [values], CastOptions.safe(kind))
