"""Households -> birth years of mothers, husbands and people alone, to fit the pyramid of 2024."""

from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.population.draws import U64, Draws

LAST_YEAR: Final = 2024
FIRST_YEAR: Final = 1925


def mother_years(
    d: Draws, home: U64, n_children: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """A mother's birth year and her first child's; all children fit in before LAST_YEAR."""
    bits = d.bits("wife's age", home)
    u, v = (
        (bits >> np.uint64(40)) * 2.0**-24,
        ((bits >> np.uint64(16)) & np.uint64(0xFFFFFF)) * 2.0**-24,
    )
    span = 3 * np.maximum(n_children - 1, 0) + 1
    # with children at home a hump about 40; else the newly wed and those whose children left
    hump = np.where((bits & np.uint64(1023)) < 400, u * 0.95, ((u + v) / 2) ** 1.3)
    left = np.where(u < 0.2, u, 0.52 + 0.48 * (np.maximum(u - 0.2, 0) / 0.8) ** 1.7)
    youngest = np.where(n_children > 0, 20 + span, 22)
    oldest = np.where(n_children > 0, 64, 88)
    age = (youngest + (oldest - youngest) * np.where(n_children > 0, hump, left)).astype(np.int32)
    first_birth = 19 + (d.below("first birth", home, 7) + d.below("second birth", home, 9)).astype(np.int32)
    first_birth = np.minimum(first_birth, age - span)
    wife_year = LAST_YEAR - age
    return wife_year, wife_year + first_birth


def years_apart(d: Draws, home: U64) -> npt.NDArray[np.int32]:
    """How many years a husband is older than his wife, -1 to 7."""
    bits = d.bits("years apart", home)
    return ((bits & 7) % 6 + ((bits >> 8) & 3)).astype(np.int32) - 1


def years_alone(d: Draws, key: U64) -> npt.NDArray[np.int32]:
    """Birth years of people who live alone: the young away from home, and the old."""
    u = d.uniform("alone", key)
    age = np.where(u < 0.5, 19 + 22 * (u / 0.5), 45 + 50 * ((u - 0.5) / 0.5))
    return (LAST_YEAR - age).astype(np.int32)
