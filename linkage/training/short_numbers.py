"""Records that hold one short number -> whether as many people have it as chance gives one to.

The last four digits of a number are those of one in ten thousand people. In a table of some thousand, most
records that hold the same are two people's, as under a household's number. But members of a household live
together and are mostly of one name, and those whom chance gives one number have nothing else in common.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison

MOST_DIGITS = 6
"""Digits of a number that chance gives to several people of one table."""
MOSTLY = 0.8
"""Share of the numbers that must have the usual number of digits, and nothing else."""
TIMES = 2.0
"""How many times as many pairs of two people with one number may be there as chance gives."""
LEAST_IN_COMMON = 0.2
"""Share of such pairs that must agree, beyond chance, on one thing that families share: they are families."""
LOOKED_AT = 1 << 16
"""Records that tell how many pairs have one number, at even distances through the table."""


def is_as_by_chance(words: npt.NDArray[np.uint32], n_left: int, share_of_others: float) -> bool:
    """Whether as many pairs of two people hold one number as chance gives numbers of so few digits.

    Parameters
    ----------
    words : uint32[n, 2]
        Packed numbers of the records, 0 = missing; each digit is one more than itself, in four bits.
    n_left : int
        Records of the left table of a link, else 0.
    share_of_others : float
        Of pairs that hold one number, how many are of two people.
    """
    step = max(len(words) // LOOKED_AT, 1)
    tables = [words[:n_left:step], words[n_left::step]] if n_left else [words[::step]]
    held = [table[table.any(axis=1)] for table in tables]
    usual = _digits(np.concatenate(held))
    n = [float(len(table)) for table in held]
    values, at = np.unique(np.concatenate(held)[:, 0], return_inverse=True)
    counts = [np.bincount(ids, minlength=len(values)) for ids in np.split(at, [len(held[0])])]
    first = counts[0]
    n_equal, n_pairs = float(first @ (first - 1)) / 2, n[0] * (n[0] - 1) / 2
    if n_left:
        n_equal, n_pairs = float(first @ counts[1]), n[0] * n[1]
    return bool(usual and share_of_others * n_equal <= TIMES * n_pairs / 10**usual)


def _digits(words: npt.NDArray[np.uint32]) -> int:
    """How many digits most of these numbers have and nothing else; 0 where that differs, or they are many."""
    n_digits = np.count_nonzero(words[:, :1] >> np.arange(0, 32, 4, dtype=np.uint32) & 15, axis=1)
    n_digits[words[:, 1] != 0] = 0
    counts = np.bincount(n_digits, minlength=1)
    usual = int(counts.argmax())
    return usual if usual <= MOST_DIGITS and counts[usual] >= MOSTLY * len(words) else 0


def are_families(
    codes: npt.NDArray[np.uint8], by_chance: npt.NDArray[np.uint8], comparisons: Sequence[Comparison]
) -> bool:
    """Whether these pairs of two people agree on a family's name, address or telephone, as others do not.

    Parameters
    ----------
    codes, by_chance : uint8[n, comparisons]
        Pairs of two people with one number, and pairs of the same records put together by chance.
    """
    for i, item in enumerate(comparisons):
        is_name = item.field.kind == "person_name" and item.field.part in ("full", "family")
        if item.field.is_shared or is_name:
            alike, chance = (_alike(part[:, i]) for part in (codes, by_chance))
            if alike - chance > LEAST_IN_COMMON:
                return True
    return False


def _alike(codes: npt.NDArray[np.uint8]) -> float:
    """How many pairs that hold a field have anything in it in common."""
    held = codes[codes > 0]
    return float(np.mean(held > 1)) if len(held) else 0.0
