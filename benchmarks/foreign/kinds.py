"""What is said of a kind of table: its country, its columns, what befalls them; and damages that many share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.foreign.people import Person

Row = dict[str, Any]
CAREFUL = 0.25
"""The first record of a person is damaged so much more rarely than its copies."""


@dataclass(frozen=True)
class Table:
    """How one kind of table comes about.

    Attributes
    ----------
    country : str
    row : callable
        Person -> columns; dates as (year, month, day).
    damage : dict[str, str]
        Column -> what befalls it in a copy, as `damage` reads it.
    dates : dict[str, str]
        Column -> how its dates are written; the last of several after "|" is the right table's.
    copies : tuple of float
        Shares of people with one, two, three ... records.
    moves : float
        Share of copies with another address.
    swaps : tuple of (column, column, share)
        Columns written in each other's place.
    missing : dict[str, float]
        Shares of values that were never there, for all records of a person.
    alone : dict[str, float]
        Shares of records without the value, whoever it is.
    link : float
        0 = one table; else the share of the left table's people who are in the right one.
    right : callable or None
        The right table's columns where they differ.
    without : tuple of str
        Columns that are left out.
    one_error : bool
        Every copy differs from the first record in exactly one column.
    """

    country: str
    row: Callable[[Person, np.random.Generator], Row]
    damage: dict[str, str]
    dates: dict[str, str] = field(default_factory=dict)
    copies: tuple[float, ...] = (0.6, 0.3, 0.1)
    moves: float = 0.1
    swaps: tuple[tuple[str, str, float], ...] = ()
    missing: dict[str, float] = field(default_factory=dict)
    alone: dict[str, float] = field(default_factory=dict)
    link: float = 0.0
    without: tuple[str, ...] = ()
    one_error: bool = False
    careful: float = CAREFUL
    records: int = 5000
    oldest: int = 1930


NAME = "typo:.12 sound:.05 ocr:.03 missing:.02"
DATE = "digit:.05 swapped:.02 year:.03 missing:.03"
PLACE = "typo:.08 missing:.05 other:.02"
