"""Person numbers -> who they are: family, sex, birth, people, place, from the number alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.population.ages import FIRST_YEAR, LAST_YEAR, years_alone
from linkage.population.draws import I64, U64, Draws, Mask, mix
from linkage.population.homes import Homes, Years, find_homes, own_lineage
from linkage.population.households import (
    CHILD,
    GRANDFATHER,
    GRANDMOTHER,
    HEAD,
    SINGLE,
    WIFE,
    read_patterns,
)
from linkage.population.peoples import KINH
from linkage.population.places import COMMUNE_BITS, Places, read_places

Bytes = npt.NDArray[np.int8]

MALE: Final = 0
FEMALE: Final = 1

# births by month, January first: fewest in early spring, most in autumn
_MONTHS: Final = np.cumsum([8.2, 7.3, 7.7, 7.4, 7.8, 7.8, 8.4, 8.8, 9.0, 9.3, 9.2, 9.1]) / 100
_DAYS: Final = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)
UNKNOWN_UNTIL: Final = np.array([1945, 1955, 1965, 1975, 1985])
UNKNOWN_SHARE: Final = np.array([0.30, 0.18, 0.09, 0.04, 0.015, 0.003])
"""Share of people born before each of UNKNOWN_UNTIL, and later, who do not know their birthday."""
TWIN_SHARE: Final = 0.0155
"""Of second and fourth children: twin of the one before (1.2 % of all children are twins)."""


@dataclass
class Relatives:
    """One kind of relative of each person: a key to draw the name from, and what fashions it.

    The key is the relative's person number where that one is in the population. `year` 0 = none.
    """

    key: U64
    year: Years
    lineage: U64


@dataclass
class Persons:
    """Parallel arrays of the facts about people."""

    number: I64
    household: I64
    head: I64  # person number of the household's head, or wife, or the one alone
    role: Bytes
    sex: Bytes
    year: Years
    month: Years
    day: Years
    birth_unknown: Mask
    twin: Mask  # born with the sibling before
    people: Bytes
    home_people: Bytes  # of the household's head
    region: Bytes
    commune: npt.NDArray[np.int32]
    province: Bytes
    birth_province: Bytes
    lineage: U64
    father: Relatives
    mother: Relatives
    spouse: Relatives
    siblings: U64  # key shared by siblings of one sex, for middle names they share
    eldest: U64  # the eldest sibling's key


class Population:
    """Everybody there is, drawn on demand.

    Parameters
    ----------
    draws : the data set's random fields.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.places: Places = read_places()

    def persons(self, number: I64) -> Persons:
        """The people of these numbers (int64[n], any order, repeats allowed)."""
        draws = self.draws
        key = number.view(np.uint64)
        homes = find_homes(draws, number)
        role = read_patterns().role[homes.pattern, homes.place]
        year, month, day, twin = self._births(key, role, homes)
        sex = self._sexes(key, role, year)
        lineage = self._lineages(key, role, homes)
        commune, province = self._residence(homes)
        birth_province = self._birth_provinces(number, role, province, homes)
        home_people = self.places.people_table[
            province, draws.bits("people", homes.number.view(np.uint64)) >> np.uint64(52)
        ].astype(np.int8)
        wives = (role == WIFE) | (role == GRANDMOTHER)
        people = np.where(wives, peoples_of_women(lineage, home_people), home_people)
        return Persons(
            number=number,
            household=homes.number,
            head=np.where(role == SINGLE, number, np.where(homes.head >= 0, homes.head, homes.wife)),
            role=role,
            sex=sex,
            year=year,
            month=month,
            day=day,
            birth_unknown=self._unknown(key, year, people),
            twin=twin,
            people=people,
            home_people=home_people,
            region=self.places.region[province],
            commune=commune,
            province=province,
            birth_province=birth_province,
            lineage=lineage,
            father=self._fathers(role, year, lineage, homes),
            mother=self._mothers(role, year, lineage, homes),
            spouse=self._spouses(key, role, sex, year, homes),
            siblings=siblings_key(draws, np.where(role == CHILD, homes.number, number).view(np.uint64), sex),
            eldest=np.where(role == CHILD, homes.first_child, number).view(np.uint64),
        )

    def _births(self, key: U64, role: Bytes, homes: Homes) -> tuple[Years, Years, Years, Mask]:
        """Year, month and day of birth, and who was born together with the sibling before."""
        draws = self.draws
        order = read_patterns().order[homes.pattern, homes.place].astype(np.int32)
        twin = (role == CHILD) & (order % 2 == 1) & (draws.uniform("twin", key) < TWIN_SHARE)
        bits = draws.bits("birth", key - twin)
        order = order - twin
        child_year = homes.first_birth + 3 * order + ((bits & 3) % 3).astype(np.int32) - (order > 0)
        year = np.select(
            [role == kind for kind in (HEAD, WIFE, CHILD, GRANDFATHER, GRANDMOTHER)],
            [
                homes.head_year,
                homes.wife_year,
                np.minimum(child_year, LAST_YEAR),
                homes.grandfather_year,
                homes.grandmother_year,
            ],
            years_alone(draws, key),
        )
        month = np.searchsorted(_MONTHS, (bits >> np.uint64(40)) * 2.0**-24).astype(np.int32) + 1
        np.minimum(month, 12, out=month)
        part = ((bits >> np.uint64(8)) & np.uint64(0xFFFF)).astype(np.int32)
        day = part * _DAYS[month - 1] // 65536 + 1
        return np.maximum(year, FIRST_YEAR).astype(np.int32), month, day, twin

    def _sexes(self, key: U64, role: Bytes, year: Years) -> Bytes:
        """Sex by role; more boys than girls, and more since they can be chosen; old women alone."""
        sex = np.where((role == HEAD) | (role == GRANDFATHER), MALE, FEMALE).astype(np.int8)
        alone = np.where(year < 1970, 0.36, 0.56)
        boys = np.where(role == SINGLE, alone, np.where(year >= 2005, 0.527, 0.52))
        drawn = (role == CHILD) | (role == SINGLE)
        sex[drawn & (self.draws.uniform("sex", key) < boys)] = MALE
        return sex

    def _lineages(self, key: U64, role: Bytes, homes: Homes) -> U64:
        """Whose family name each bears: the father's if known; women keep theirs."""
        of_father = (role == HEAD) | (role == GRANDFATHER)
        known = (homes.head >= 0) | ~homes.fatherless
        child = np.where(known, homes.lineage, homes.wife_lineage)
        own = own_lineage(self.draws, key)
        return np.where(of_father, homes.lineage, np.where(role == CHILD, child, own))

    def _fathers(self, role: Bytes, year: Years, lineage: U64, homes: Homes) -> Relatives:
        """The head of a child's house, the grandfather of a head's; else one per lineage."""
        chief, child = role == HEAD, role == CHILD
        apart = (lineage & np.uint64(15)).astype(np.int32)
        out = Relatives(mix(lineage + self.draws.key("father")), year - 21 - apart, lineage)
        brothers = chief & (homes.grandfather < 0)
        out.year[brothers] = (homes.kin_year - 24 - apart % 8)[brothers]
        strangers = child & (homes.head < 0)
        out.year[strangers] = np.where(homes.fatherless, 0, homes.wife_year - 3)[strangers]
        _settle(out, child, homes.head, homes.head_year)
        _settle(out, chief, homes.grandfather, homes.grandfather_year)
        return out

    def _mothers(self, role: Bytes, year: Years, lineage: U64, homes: Homes) -> Relatives:
        """The wife of a child's house, the grandmother of a head's; else one per lineage."""
        draws = self.draws
        chief, child = role == HEAD, role == CHILD
        apart = (lineage & np.uint64(15)).astype(np.int32)
        family = mix(lineage + draws.key("mother's lineage"))
        out = Relatives(mix(lineage + draws.key("mother")), year - 18 - apart, family)
        brothers = chief & (homes.grandmother < 0)
        out.year[brothers] = (homes.kin_year - 21 - apart % 8)[brothers]
        for rows, member, when in (
            (child, homes.wife, homes.wife_year),
            (chief, homes.grandmother, homes.grandmother_year),
        ):
            here = _settle(out, rows, member, when)
            out.lineage[here] = own_lineage(draws, out.key[here])
        return out

    def _spouses(self, key: U64, role: Bytes, sex: Bytes, year: Years, homes: Homes) -> Relatives:
        """Couples in one house are married; of the others some, to people elsewhere."""
        draws = self.draws
        out = Relatives(
            mix(key + draws.key("spouse")),
            np.where(sex == MALE, year + 3, year - 3).astype(np.int32),
            mix(key + draws.key("spouse's lineage")),
        )
        u = draws.uniform("married", key)
        age = LAST_YEAR - year
        share = np.select(
            [role == CHILD, role == SINGLE, role == WIFE],
            [np.where(age > 27, 0.25, 0), np.select([age > 50, age > 27], [0.75, 0.3], 0), 0.5],
            1.0,
        )
        out.year[u >= share] = 0
        for rows, member, when in (
            (role == HEAD, homes.wife, homes.wife_year),
            (role == GRANDFATHER, homes.grandmother, homes.grandmother_year),
        ):
            here = _settle(out, rows, member, when)
            out.lineage[here] = own_lineage(draws, out.key[here])
        for rows, member, when in (
            (role == WIFE, homes.head, homes.head_year),
            (role == GRANDMOTHER, homes.grandfather, homes.grandfather_year),
        ):
            here = _settle(out, rows, member, when)
            out.lineage[here] = homes.lineage[here]
        return out

    def _residence(self, homes: Homes) -> tuple[npt.NDArray[np.int32], Bytes]:
        """Commune and province; brothers live in one province, six in ten in one commune."""
        draws, home = self.draws, homes.number.view(np.uint64)
        province = self.places.province_table[draws.bits("province", homes.kin) >> np.uint64(48)]
        key = np.where(draws.uniform("near", home) < 0.6, homes.kin, home)
        bits = draws.bits("commune", key) >> np.uint64(64 - COMMUNE_BITS)
        commune = self.places.commune_table[province, bits]
        return commune.astype(np.int32), province.astype(np.int8)

    def _birth_provinces(self, number: I64, role: Bytes, province: Bytes, homes: Homes) -> Bytes:
        """Where the birth was registered; children of one house all came or were all born here."""
        grown = role != CHILD
        rate = self.places.migrants[province] * np.where(grown, 1.6, 0.6)
        key = np.where(grown, number, homes.number + (1 << 40)).view(np.uint64)
        moved = self.draws.uniform("moved", key) < rate
        origin = self.places.province_table[self.draws.bits("origin", key) >> np.uint64(48)]
        return np.where(moved, origin, province).astype(np.int8)

    def _unknown(self, key: U64, year: Years, people: Bytes) -> Mask:
        """Who does not know the day of birth."""
        share = UNKNOWN_SHARE[np.searchsorted(UNKNOWN_UNTIL, year, side="right")]
        share = share * np.where(people != KINH, 2.5, 1.0)
        return self.draws.uniform("birth unknown", key) < share


def _settle(out: Relatives, rows: Mask, member: I64, year: Years) -> Mask:
    """Put a member of the household in place of the invented relative; who got one."""
    here = rows & (member >= 0)
    out.key[here] = member[here].view(np.uint64)
    out.year[here] = np.maximum(year[here], FIRST_YEAR)
    return here


def siblings_key(draws: Draws, key: U64, sex: Bytes) -> U64:
    """What the middle names of siblings of one sex are drawn from."""
    return mix(key * np.uint64(2) + sex.view(np.uint8) + draws.key("siblings"))


def peoples_of_women(lineage: U64, home: Bytes) -> Bytes:
    """The peoples of wives: their households', one in ten a Kinh from outside."""
    return np.where((lineage & np.uint64(1023)) < 100, np.int8(KINH), home).astype(np.int8)
