"""Fourteen people at a time: which of them live together, and who is whose parent, spouse or twin.

People are numbered from 0; people 14g..14g+13 are four households. The composition of a group is
one of N_PATTERNS ready-made ones, so a person's whole family follows from the number alone.
"""

from functools import cache
from random import Random
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

GROUP: Final = 14
N_HOUSEHOLDS: Final = 4
N_PATTERNS: Final = 512

HEAD, WIFE, CHILD, GRANDFATHER, GRANDMOTHER, SINGLE = range(6)
_ROLES: Final = {"H": HEAD, "W": WIFE, "C": CHILD, "F": GRANDFATHER, "M": GRANDMOTHER, "S": SINGLE}

# composition: weight. H head, W his wife (or a mother alone), C children by age, F and M the
# head's father and mother, S somebody alone.
_COMPOSITIONS: Final = {
    "S": 12, "HW": 18, "WC": 3.5, "HWC": 18, "WCC": 2, "HWM": 1.5, "HWCC": 24, "HWCM": 3,
    "HWCCC": 8,
    "HWCCM": 4, "HWCCF": 3, "HWCCFM": 4, "HWCCCM": 1.5, "HWCCCC": 2, "HWCCCFM": 0.8, "HWCCCCM": 0.4,
}  # fmt: skip


class Patterns(NamedTuple):
    """Per pattern and place in the group (int8[N_PATTERNS, 14]) or household (4 instead of 14)."""

    role: npt.NDArray[np.int8]
    household: npt.NDArray[np.int8]
    order: npt.NDArray[np.int8]  # a child's birth order from 0
    head: npt.NDArray[np.int8]  # place of the household's head or -1
    wife: npt.NDArray[np.int8]
    grandfather: npt.NDArray[np.int8]
    grandmother: npt.NDArray[np.int8]
    first_child: npt.NDArray[np.int8]
    n_children: npt.NDArray[np.int8]
    kin: npt.NDArray[np.int8]  # household whose head is this head's brother; itself when none


@cache
def read_patterns() -> Patterns:
    """The ready-made groups, the same on every run; sizes average 3.5."""
    choice = Random("households")
    names, weights = list(_COMPOSITIONS), list(_COMPOSITIONS.values())
    shape, of_household = (N_PATTERNS, GROUP), (N_PATTERNS, N_HOUSEHOLDS)
    role, household, order = (np.zeros(shape, dtype=np.int8) for _ in range(3))
    head, wife, grandfather, grandmother, first_child = (
        np.full(of_household, -1, dtype=np.int8) for _ in range(5)
    )
    n_children = np.zeros(of_household, dtype=np.int8)
    kin = np.tile(np.arange(N_HOUSEHOLDS, dtype=np.int8), (N_PATTERNS, 1))
    slots = {HEAD: head, WIFE: wife, GRANDFATHER: grandfather, GRANDMOTHER: grandmother}
    for pattern in range(N_PATTERNS):
        while True:
            drawn = choice.choices(names, weights, k=N_HOUSEHOLDS)
            if sum(map(len, drawn)) == GROUP:
                break
        place = 0
        for number, composition in enumerate(drawn):
            for letter in composition:
                kind = _ROLES[letter]
                role[pattern, place], household[pattern, place] = kind, number
                if kind == CHILD:
                    order[pattern, place] = n_children[pattern, number]
                    if not n_children[pattern, number]:
                        first_child[pattern, number] = place
                    n_children[pattern, number] += 1
                elif kind in slots:
                    slots[kind][pattern, number] = place
                place += 1
        brothers = [n for n, c in enumerate(drawn) if "H" in c and "F" not in c and "M" not in c]
        if len(brothers) >= 2 and choice.random() < 0.5:
            kin[pattern, brothers[1]] = brothers[0]
    return Patterns(
        role, household, order, head, wife, grandfather, grandmother, first_child, n_children, kin
    )
