"""People and their damage -> the columns street, commune, district, province and birth_province."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.population import spelling
from linkage.population.damage import Damage
from linkage.population.draws import I64, mix
from linkage.population.naming import Ints
from linkage.population.places import COMMUNE_BITS, N_HAMLETS, Places
from linkage.population.population import Persons
from linkage.population.vocabulary import FOLDED, LOWER, MOJIBAKE, UPPER, Codes, Vocabulary

_CASES: Final = 6  # title, upper, lower, and the same without diacritics
FULL, BARE, SHORT, NEW = range(4)
_SHORT_COMMUNE: Final = {"Phường": "P.", "Xã": "X.", "Thị trấn": "TT."}
_SHORT_DISTRICT: Final = {"Quận": "Q.", "Huyện": "H.", "Thị xã": "TX.", "Thành phố": "TP."}
_SHORT_PROVINCE: Final = {
    "TP Hồ Chí Minh": "TPHCM", "Bà Rịa - Vũng Tàu": "BRVT", "Thừa Thiên Huế": "TT Huế",
    "Hà Nội": "HN",
    "Đà Nẵng": "ĐN", "Đồng Nai": "ĐN", "Hải Phòng": "HP", "Cần Thơ": "CT",
}  # fmt: skip


class Addresses:
    """Writes places as texts.

    Parameters
    ----------
    places : the tables.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        n_communes, n_districts = len(places.commune_names), len(places.district_names)
        self._communes = Vocabulary(n_communes * 4 * _CASES, self._spell_commune)
        self._districts = Vocabulary(n_districts * 4 * _CASES, self._spell_district)
        self._provinces = Vocabulary(len(places.provinces) * 4 * _CASES, self._spell_province)
        self._lines = places.house_numbers + places.streets + places.hamlets
        self._street = Vocabulary(len(self._lines) * _CASES, self._spell_line)

    def _spell_commune(self, number: int) -> str:
        commune, style, case = _split(number)
        kind, name = self.places.commune_types[commune], self.places.commune_names[commune]
        if style == NEW:
            return _cased(self.places.new_communes[commune], case)
        text = {FULL: f"{kind} {name}", BARE: name, SHORT: f"{_SHORT_COMMUNE[kind]} {name}"}[style]
        return _cased(f"P{name}" if style == SHORT and name.isdigit() else text, case)

    def _spell_district(self, number: int) -> str:
        district, style, case = _split(number)
        kind, name = self.places.district_types[district], self.places.district_names[district]
        text = {FULL: f"{kind} {name}", BARE: name, SHORT: f"{_SHORT_DISTRICT[kind]} {name}"}
        return _cased(text[style], case)

    def _spell_province(self, number: int) -> str:
        province, style, case = _split(number)
        name = self.places.provinces[province]
        if style == NEW:
            return _cased(self.places.new_provinces[province], case)
        text = {FULL: name, BARE: f"Tỉnh {name}" if not name.startswith("TP") else name}
        return _cased(text.get(style) or _SHORT_PROVINCE.get(name, name), case)

    def _spell_line(self, number: int) -> str:
        return _cased(self._lines[number // _CASES], number % _CASES)

    def write(self, p: Persons, forms: npt.NDArray[np.int8], damage: Damage) -> dict[str, pa.Array]:
        """The five columns; letters and diacritics follow the record's form of names."""
        n = len(p.number)
        case = np.where(forms >= MOJIBAKE, 0, forms % 3 + 3 * ((forms >= FOLDED) & (forms < FOLDED + 3)))
        case = case.astype(np.int32)
        commune, line_key = self._where(p, damage)
        province = self.places.commune_province[commune].astype(np.int32)
        style = np.full(n, FULL, dtype=np.int32)
        rows = damage.hit_by_habit("address abbreviated")
        style[rows] = np.array([BARE, BARE, SHORT])[damage.below("abbreviated how", rows, 3)]
        new = damage.hit_plainly("address new")
        province_style = np.where(style == SHORT, SHORT, FULL)
        bare = damage.hit_plainly("address abbreviated", 0.15)
        province_style[bare] = BARE
        province_style[new] = NEW
        style[new] = NEW
        district = self.places.commune_district[commune]
        commune_token = (commune * 4 + style) * _CASES + case
        district_token = (district * 4 + np.where(style == NEW, FULL, style)) * _CASES + case
        district_token[new] = -1
        lost = damage.hit_by_habit("address level missing")
        level = damage.below("level missing", lost, 10)
        commune_token[lost[level < 5]] = -1
        district_token[lost[(level >= 5) & (level < 8)]] = -1
        street = self._streets(commune, line_key, case)
        street = pc.if_else(_without(n, lost[level >= 4]), street, pa.scalar(None, pa.string()))
        birth = (p.birth_province.astype(np.int32) * 4 + FULL) * _CASES + case
        birth[damage.hit_plainly("birth place missing")] = -1
        return {
            "street": street,
            "commune": self._communes.take(commune_token.astype(np.int32)),
            "district": self._districts.take(district_token.astype(np.int32)),
            "province": self._provinces.take(
                ((province * 4 + province_style) * _CASES + case).astype(np.int32)
            ),
            "birth_province": self._provinces.take(birth.astype(np.int32)),
        }

    def _where(self, p: Persons, damage: Damage) -> tuple[Ints, I64]:
        """The commune written down, and the key of the house: another one for those who moved."""
        commune = p.commune.copy()
        house = p.household.copy()
        table, draws = self.places.commune_table, damage.draws
        rows = damage.hit_plainly("address stale")
        # whoever moved lived in the province of birth or another commune of the same province
        key = mix(p.number[rows].view(np.uint64) + draws.key("former home"))
        bits = (key >> np.uint64(64 - COMMUNE_BITS)).astype(np.int64)
        commune[rows] = table[p.birth_province[rows], bits]
        house[rows] = (key >> np.uint64(8)).view(np.int64)
        rows = damage.hit("address commune")
        bits = damage.below("wrong commune", rows, 1 << COMMUNE_BITS)
        commune[rows] = table[p.province[rows], bits]
        return commune, house

    def _streets(self, commune: Ints, house: I64, case: Codes) -> pa.Array:
        """House number and street in town; a hamlet in the country, some with a number."""
        places = self.places
        bits = mix(house.view(np.uint64) + np.uint64(0x5EED))
        n_numbers, n_streets = len(places.house_numbers), len(places.streets)
        number = ((bits & 0xFFFF) % n_numbers).astype(np.int32)
        # a commune has about forty streets and twenty hamlets of its own
        street = (commune.astype(np.int64) * 37 + ((bits >> 16) & 0xFFFF).astype(np.int64) % 40) % n_streets
        hamlet = (commune.astype(np.int64) * 53 + ((bits >> 32) & 0xFFFF).astype(np.int64) % 20) % N_HAMLETS
        hamlet += places.region[places.commune_province[commune]].astype(np.int64) * N_HAMLETS
        town = places.commune_urban[commune] | ((bits >> 48) % 16 == 0)
        line = np.where(town, n_numbers + street, n_numbers + n_streets + hamlet).astype(np.int32)
        numbered = town | ((bits >> 52) % 8 == 0)
        first = self._street.take(np.where(numbered, number * _CASES + case, -1).astype(np.int32))
        second = self._street.take((line * _CASES + case).astype(np.int32))
        return pc.binary_join_element_wise(
            first.cast(pa.string()), second.cast(pa.string()), " ", null_handling="skip"
        )


def _split(number: int) -> tuple[int, int, int]:
    rest, case = divmod(number, _CASES)
    place, style = divmod(rest, 4)
    return place, style, case


def _cased(text: str, case: int) -> str:
    text = text.upper() if case % 3 == UPPER else text.lower() if case % 3 == LOWER else text
    return spelling.fold(text) if case >= 3 else text


def _without(n: int, rows: I64) -> pa.Array:
    keep = np.ones(n, dtype=np.bool_)
    keep[rows] = False
    return pa.array(keep)
