"""Person numbers -> the household of each: who lives in it, how old they are, its lineage."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.population.ages import mother_years, years_apart
from linkage.population.draws import I64, U64, Draws, Mask, mix
from linkage.population.households import GROUP, N_HOUSEHOLDS, N_PATTERNS, read_patterns

Years = npt.NDArray[np.int32]

_LIKE_AGE: Final = 14
"""Household heads of one group are brothers when born at most so many years apart."""


@dataclass(frozen=True)
class Homes:
    """One entry per person asked for; members are person numbers, -1 where there is none."""

    number: I64  # of the household
    place: I64  # the person's place in the group
    pattern: I64
    n_children: Years
    head: I64
    wife: I64
    grandfather: I64
    grandmother: I64
    first_child: I64
    wife_year: Years
    head_year: Years
    first_birth: Years  # year of the first child
    grandfather_year: Years
    grandmother_year: Years
    kin: U64  # household of the head's brother, or this one: brothers share lineage and province
    kin_year: Years  # birth year of that brother
    lineage: U64  # of the head, his father and his children
    wife_lineage: U64
    fatherless: Mask  # children without a head in the house do not know their father


def find_homes(draws: Draws, person: I64) -> Homes:
    """The households of people (int64[n], any order, repeats allowed)."""
    patterns = read_patterns()
    group = person // GROUP
    place = person - group * GROUP
    pattern = draws.below("pattern", group.view(np.uint64), N_PATTERNS)
    local = patterns.household[pattern, place].astype(np.int64)
    number = group * N_HOUSEHOLDS + local
    key = number.view(np.uint64)

    def member(slots: npt.NDArray[np.int8]) -> I64:
        slot = slots[pattern, local].astype(np.int64)
        return np.where(slot >= 0, group * GROUP + slot, -1)

    n_children = patterns.n_children[pattern, local].astype(np.int32)
    wife_year, first_birth = mother_years(draws, key, n_children)
    head_year = wife_year - years_apart(draws, key)
    elder = 20 + draws.below("elder", key, 17).astype(np.int32)
    kin = group * N_HOUSEHOLDS + patterns.kin[pattern, local]
    kin_children = patterns.n_children[pattern, patterns.kin[pattern, local]].astype(np.int32)
    kin_home, kin_year = _brothers(draws, number, kin, kin_children, head_year)
    wife = member(patterns.wife)
    return Homes(
        number=number,
        place=place,
        pattern=pattern,
        n_children=n_children,
        head=member(patterns.head),
        wife=wife,
        grandfather=member(patterns.grandfather),
        grandmother=member(patterns.grandmother),
        first_child=member(patterns.first_child),
        wife_year=wife_year,
        head_year=head_year,
        first_birth=first_birth,
        grandfather_year=head_year - elder - 2,
        grandmother_year=head_year - elder,
        kin=kin_home,
        kin_year=kin_year,
        lineage=mix(kin_home + draws.key("lineage")),
        wife_lineage=own_lineage(draws, wife.view(np.uint64)),
        fatherless=draws.uniform("father unknown", key) < 0.4,
    )


def own_lineage(draws: Draws, person: U64) -> U64:
    """The lineage of whoever did not get the household's: wives, grandmothers, people alone."""
    return mix(person + draws.key("own lineage"))


def _brothers(
    draws: Draws, number: I64, kin: I64, kin_children: Years, head_year: Years
) -> tuple[U64, Years]:
    """The household whose lineage counts and its head's birth year: a brother's of like age."""
    home = number.view(np.uint64).copy()
    year = head_year.copy()
    rows = np.flatnonzero(kin != number)
    other = kin[rows].view(np.uint64)
    other_year = mother_years(draws, other, kin_children[rows])[0] - years_apart(draws, other)
    close = np.abs(other_year - head_year[rows]) <= _LIKE_AGE
    home[rows[close]] = other[close]
    year[rows[close]] = other_year[close]
    return home, year
