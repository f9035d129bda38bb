"""Person numbers -> who they are: family, sex, birth, people, place; every person drawn from the number alone."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.generate.draws import I64, U64, Draws, Mask, mix
from linkage.generate.households import (
    CHILD,
    GRANDFATHER,
    GRANDMOTHER,
    GROUP,
    HEAD,
    N_HOUSEHOLDS,
    N_PATTERNS,
    SINGLE,
    WIFE,
    read_patterns,
)
from linkage.generate.peoples import KINH
from linkage.generate.places import COMMUNE_BITS, Places, read_places

LAST_YEAR: Final = 2024
FIRST_YEAR: Final = 1925
MALE: Final = 0
FEMALE: Final = 1

# births by month, January first: fewest in early spring, most in autumn
_MONTHS: Final = np.cumsum([8.2, 7.3, 7.7, 7.4, 7.8, 7.8, 8.4, 8.8, 9.0, 9.3, 9.2, 9.1]) / 100
_DAYS: Final = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_UNKNOWN_UNTIL: Final = np.array([1945, 1955, 1965, 1975, 1985])
_UNKNOWN_SHARE: Final = np.array([0.30, 0.18, 0.09, 0.04, 0.015, 0.003])
TWIN_SHARE: Final = 0.0142
"""Of second and later children living at home: twin of the one before (1.2 % of all children are twins)."""


@dataclass
class Persons:
    """Parallel arrays of the facts about people; a relative is a key to draw a name from.

    `father`, `mother` and `spouse` are keys (uint64; a person number where the relative is in the
    population); their birth years decide their names' fashion. Years are 0 where there is no relative.
    """

    number: I64
    household: I64
    role: npt.NDArray[np.int8]
    sex: npt.NDArray[np.int8]
    year: npt.NDArray[np.int32]
    month: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]
    birth_unknown: Mask
    twin: Mask  # born with the sibling before
    people: npt.NDArray[np.int8]
    home_people: npt.NDArray[np.int8]  # of the household's head
    region: npt.NDArray[np.int8]
    commune: npt.NDArray[np.int32]
    province: npt.NDArray[np.int8]
    birth_province: npt.NDArray[np.int8]
    lineage: U64
    father: U64
    father_year: npt.NDArray[np.int32]
    mother: U64
    mother_year: npt.NDArray[np.int32]
    mother_lineage: U64
    spouse: U64
    spouse_year: npt.NDArray[np.int32]
    spouse_lineage: U64
    siblings: U64  # key shared by siblings of one sex, for middle names they share
    eldest: U64  # the eldest sibling's key
    head: I64  # person number of the household's head (or wife, or the one alone)

    def take(self, chosen: I64) -> "Persons":
        """The chosen people, in that order."""
        return Persons(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})


class Population:
    """Everybody there is, drawn on demand.

    Parameters
    ----------
    draws : the data set's random fields.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.places: Places = read_places()
        self._patterns = read_patterns()

    def persons(self, number: I64) -> Persons:
        """The people of these numbers (int64[n], any order, repeats allowed)."""
        d, pat = self.draws, self._patterns
        group = number // GROUP
        place = number - group * GROUP
        pattern = d.below("pattern", group.view(np.uint64), N_PATTERNS)
        role = pat.role[pattern, place]
        local = pat.household[pattern, place].astype(np.int64)
        household = group * N_HOUSEHOLDS + local
        first = group * GROUP
        n_children = pat.n_children[pattern, local].astype(np.int32)
        has_head = pat.head[pattern, local] >= 0
        key = number.astype(np.uint64)
        home = household.view(np.uint64)

        wife_year, child_base = self._mother_years(home, n_children)
        head_year = wife_year - self._gap(home)
        order = pat.order[pattern, place].astype(np.int32)
        twin = (role == CHILD) & (order > 0) & (d.uniform("twin", key) < TWIN_SHARE)
        birth_key = key - twin
        order = order - twin
        bits = d.bits("birth", birth_key)
        child_year = child_base + 3 * order + ((bits & 3) % 3).astype(np.int32) - (order > 0)
        elder = 20 + d.below("elder", home, 17).astype(np.int32)
        year = np.select(
            [role == HEAD, role == WIFE, role == CHILD, role == GRANDFATHER, role == GRANDMOTHER],
            [head_year, wife_year, np.minimum(child_year, LAST_YEAR), head_year - elder - 2, head_year - elder],
            self._alone_year(key),
        ).astype(np.int32)
        year = np.maximum(year, FIRST_YEAR)
        month = np.searchsorted(_MONTHS, (bits >> np.uint64(40)) * 2.0**-24).astype(np.int32) + 1
        np.minimum(month, 12, out=month)
        day = ((bits >> np.uint64(8)) & 0xFFFF).astype(np.int32) * _DAYS[month - 1].astype(np.int32) // 65536 + 1

        sex = np.where((role == HEAD) | (role == GRANDFATHER), MALE, FEMALE).astype(np.int8)
        drawn = (role == CHILD) | (role == SINGLE)
        boys = np.where(role == SINGLE, np.where(year < 1970, 0.33, 0.55), np.where(year >= 2005, 0.526, 0.515))
        sex[drawn & (d.uniform("sex", key) < boys)] = MALE

        rep = group * N_HOUSEHOLDS + pat.kin[pattern, local]
        kin_home, kin_year = self._brother(rep, household, pattern, pat.kin[pattern, local], head_year)
        home_lineage = mix(kin_home + d.key("lineage"))
        own = mix(key + d.key("own lineage"))
        of_home = (role == HEAD) | (role == GRANDFATHER) | ((role == CHILD) & has_head)
        wife = (first + pat.wife[pattern, local]).astype(np.uint64)
        wife_lineage = mix(wife + d.key("own lineage"))
        of_mother = (role == CHILD) & ~has_head
        absent_father = d.uniform("father unknown", home) < 0.4
        lineage = np.where(of_home, home_lineage, own)
        lineage = np.where(of_mother, np.where(absent_father, wife_lineage, home_lineage), lineage)

        commune, province = self._homes(kin_home, home)
        head = np.where(
            has_head, first + pat.head[pattern, local], np.where(role == SINGLE, number, wife.view(np.int64))
        )
        persons = Persons(
            number=number,
            household=household,
            role=role,
            sex=sex,
            year=year,
            month=month,
            day=day,
            birth_unknown=np.zeros(len(number), dtype=np.bool_),
            twin=twin,
            people=np.zeros(len(number), dtype=np.int8),
            home_people=np.zeros(len(number), dtype=np.int8),
            region=np.zeros(len(number), dtype=np.int8),
            commune=commune,
            province=province,
            birth_province=province,
            lineage=lineage,
            father=mix(lineage + d.key("father")),
            father_year=year - 21 - (lineage & 15).astype(np.int32),
            mother=mix(lineage + d.key("mother")),
            mother_year=year - 18 - (lineage & 15).astype(np.int32),
            mother_lineage=mix(lineage + d.key("mother's lineage")),
            spouse=mix(key + d.key("spouse")),
            spouse_year=np.where(sex == MALE, year + 3, year - 3).astype(np.int32),
            spouse_lineage=mix(key + d.key("spouse's lineage")),
            siblings=mix(np.where(role == CHILD, home, key) * 2 + sex.view(np.uint8) + d.key("siblings")),
            eldest=np.where(role == CHILD, first + pat.first_child[pattern, local], number).astype(np.uint64),
            head=head.astype(np.int64),
        )
        persons.birth_province = self._birth_province(persons)
        persons.people = self._people(persons, home, own)
        persons.region = self.places.region[province]
        persons.birth_unknown = self._unknown(persons)
        self._relatives(persons, pattern, local, first, head_year, wife_year, kin_year, wife_lineage, absent_father)
        return persons

    def _relatives(
        self, p: Persons, pattern: I64, local: I64, first: I64, head_year: npt.NDArray[np.int32],
        wife_year: npt.NDArray[np.int32], kin_year: npt.NDArray[np.int32], wife_lineage: U64, absent: Mask,
    ) -> None:  # fmt: skip
        """Replace the invented relatives by those who live in the household."""
        d, pat = self.draws, self._patterns
        head, wife = pat.head[pattern, local], pat.wife[pattern, local]
        grandfather, grandmother = pat.grandfather[pattern, local], pat.grandmother[pattern, local]
        child, chief = p.role == CHILD, p.role == HEAD
        elder = 20 + d.below("elder", p.household.view(np.uint64), 17).astype(np.int32)
        for rows, key, year, slot, slot_year in (
            (child, p.father, p.father_year, head, head_year),
            (child, p.mother, p.mother_year, wife, wife_year),
            (chief, p.father, p.father_year, grandfather, head_year - elder - 2),
            (chief, p.mother, p.mother_year, grandmother, head_year - elder),
            (chief, p.spouse, p.spouse_year, wife, wife_year),
            (p.role == WIFE, p.spouse, p.spouse_year, head, head_year),
            (p.role == GRANDFATHER, p.spouse, p.spouse_year, grandmother, head_year - elder),
            (p.role == GRANDMOTHER, p.spouse, p.spouse_year, grandfather, head_year - elder - 2),
        ):
            here = rows & (slot >= 0)
            key[here] = (first + slot)[here].astype(np.uint64)
            year[here] = np.maximum(slot_year, FIRST_YEAR)[here]
        brothers = chief & (grandfather < 0)
        p.father_year[brothers] = (kin_year - 24 - (p.lineage & 7).astype(np.int32))[brothers]
        p.mother_year[brothers] = (kin_year - 21 - (p.lineage & 7).astype(np.int32))[brothers]
        own = d.key("own lineage")
        p.mother_lineage = np.where(child, wife_lineage, p.mother_lineage)
        mothers = chief & (grandmother >= 0)
        p.mother_lineage[mothers] = mix(p.mother[mothers] + own)
        for rows, slot in ((chief, wife), (p.role == GRANDFATHER, grandmother)):
            here = rows & (slot >= 0)
            p.spouse_lineage[here] = mix(p.spouse[here] + own)
        of_home = mix(p.household.view(np.uint64) + d.key("lineage"))
        husband = ((p.role == WIFE) & (head >= 0)) | ((p.role == GRANDMOTHER) & (grandfather >= 0))
        p.spouse_lineage[husband] = of_home[husband]
        u = d.uniform("married", p.number.view(np.uint64))
        adult = LAST_YEAR - p.year
        alone = (p.role == SINGLE) & (u < np.where(adult > 50, 0.75, np.where(adult > 27, 0.3, 0.0)))
        widowed = np.isin(p.role, (GRANDFATHER, GRANDMOTHER)) | ((p.role == WIFE) & (head < 0) & (u < 0.5))
        wed = (child & (u < 0.25) & (adult > 27)) | alone | widowed | chief
        p.spouse_year[~(wed | ((p.role == WIFE) & (head >= 0)))] = 0
        p.father_year[child & (head < 0) & absent] = 0

    def _mother_years(
        self, home: U64, n_children: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """A mother's birth year and the year of her first child, who all fit in before LAST_YEAR."""
        d = self.draws
        u = d.uniform("wife's age", home)
        span = 3 * np.maximum(n_children - 1, 0) + 1
        youngest = np.where(n_children > 0, 20 + span, 22)
        # with children at home: 21 to 58, most about 38; without: the young before and the old after
        oldest = np.where(n_children > 0, 60, 84)
        shape = np.where(n_children > 0, u**1.0, np.where(u < 0.2, u * 0.6, 0.4 + 0.6 * (u - 0.2) / 0.8))
        age = (youngest + (oldest - youngest) * shape).astype(np.int32)
        first_birth = 19 + (d.below("first birth", home, 7) + d.below("second birth", home, 9)).astype(np.int32)
        first_birth = np.minimum(first_birth, age - span)
        wife_year = LAST_YEAR - age
        return wife_year, wife_year + first_birth

    def _gap(self, home: U64) -> npt.NDArray[np.int32]:
        d = self.draws.bits("years apart", home)
        return ((d & 7) % 6 + ((d >> 8) & 3)).astype(np.int32) - 1

    def _alone_year(self, key: U64) -> npt.NDArray[np.int32]:
        u = self.draws.uniform("alone", key)
        age = np.where(u < 0.5, 19 + 22 * (u / 0.5), 45 + 50 * ((u - 0.5) / 0.5))
        return (LAST_YEAR - age).astype(np.int32)

    def _brother(
        self, rep: I64, household: I64, pattern: I64, kin: npt.NDArray[np.int8], head_year: npt.NDArray[np.int32]
    ) -> tuple[U64, npt.NDArray[np.int32]]:
        """The household whose lineage counts and its head's birth year: the brother's if of like age."""
        home = household.view(np.uint64).copy()
        year = head_year.copy()
        rows = np.flatnonzero(rep != household)
        if rows.size:
            other = rep[rows].view(np.uint64)
            n_children = self._patterns.n_children[pattern[rows], kin[rows]].astype(np.int32)
            other_year = self._mother_years(other, n_children)[0] - self._gap(other)
            close = np.abs(other_year - head_year[rows]) <= 14
            home[rows[close]] = other[close]
            year[rows[close]] = other_year[close]
        return home, year

    def _homes(self, kin_home: U64, home: U64) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8]]:
        """Brothers live in one province, six times in ten in one commune."""
        d = self.draws
        province = self.places.province_table[d.bits("province", kin_home) >> np.uint64(48)]
        near = d.uniform("near", home) < 0.6
        bits = d.bits("commune", np.where(near, kin_home, home)) >> np.uint64(64 - COMMUNE_BITS)
        return self.places.commune_table[province, bits].astype(np.int32), province.astype(np.int8)

    def _birth_province(self, p: Persons) -> npt.NDArray[np.int8]:
        d = self.draws
        adult = p.role != CHILD
        rate = self.places.migrants[p.province] * np.where(adult, 1.25, 0.5)
        key = np.where(adult, p.number, p.household + (1 << 40)).view(np.uint64)
        moved = d.uniform("moved", key) < rate
        other = self.places.province_table[d.bits("origin", key) >> np.uint64(48)]
        return np.where(moved, other, p.province).astype(np.int8)

    def _people(self, p: Persons, home: U64, own: U64) -> npt.NDArray[np.int8]:
        d = self.draws
        people = self.places.people_table[p.province, d.bits("people", home) >> np.uint64(52)].astype(np.int8)
        outsider = ((p.role == WIFE) | (p.role == GRANDMOTHER)) & ((own & 1023) < 100)
        p.home_people = people.copy()
        people[outsider] = KINH
        return people

    def _unknown(self, p: Persons) -> Mask:
        share = _UNKNOWN_SHARE[np.searchsorted(_UNKNOWN_UNTIL, p.year, side="right")]
        share = share * np.where(p.people != KINH, 2.5, 1.0)
        return self.draws.uniform("birth unknown", p.number.view(np.uint64)) < share
