"""Where people live: provinces with their weights, and made-up districts, communes and streets.

Provinces are facts (63 names, about their population of 2024); every district, commune and street
below is invented from common place syllables: no official table is copied here.
"""

from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.population.draws import quantised
from linkage.population.peoples import PEOPLES

Floats = npt.NDArray[np.float64]
Table = npt.NDArray[np.uint16]

N_COMMUNES: Final = 10_000
COMMUNE_BITS: Final = 12

# code | name | people in 10,000 | region: 0 north, 1 centre, 2 south | migrants % |
# first digits of old cards | peoples %
_PROVINCES: Final = """
001|Hà Nội|859|0|20|010 011 012 013 014 015 016 017 018 111|Mường 1 Tày 0.3
002|Hà Giang|90|0|3|073|Hmông 34 Tày 22 Dao 15 Nùng 10 Hoa 1
004|Cao Bằng|55|0|3|085|Tày 41 Nùng 30 Hmông 11 Dao 10
006|Bắc Kạn|33|0|3|095|Tày 53 Dao 18 Nùng 9 Hmông 7
008|Tuyên Quang|81|0|4|070|Tày 26 Dao 14 Hmông 2 Nùng 2
010|Lào Cai|78|0|6|063|Hmông 26 Tày 15 Dao 14 Thái 1 Nùng 4
011|Điện Biên|64|0|5|040|Hmông 38 Thái 36 Dao 1
012|Lai Châu|49|0|5|045|Thái 32 Hmông 24 Dao 13
014|Sơn La|132|0|4|050 051|Thái 54 Hmông 16 Mường 7 Dao 2
015|Yên Bái|86|0|4|060 061|Tày 18 Hmông 13 Dao 10 Thái 7 Mường 2
017|Hòa Bình|88|0|4|113|Mường 64 Thái 4 Tày 3 Dao 2 Hmông 1
019|Thái Nguyên|136|0|12|090 091 092|Tày 11 Nùng 7 Dao 3
020|Lạng Sơn|81|0|4|081 082|Nùng 42 Tày 36 Dao 4
022|Quảng Ninh|138|0|14|100 101|Dao 5 Tày 3 Hoa 1
024|Bắc Giang|194|0|6|121 122|Nùng 5 Tày 3 Hoa 1 Dao 1
025|Phú Thọ|153|0|4|131 132|Mường 15 Dao 1
026|Vĩnh Phúc|121|0|7|135|Dao 1
027|Bắc Ninh|154|0|18|125|Tày 0.5
030|Hải Dương|197|0|5|141 142|Tày 0.2
031|Hải Phòng|213|0|10|030 031|Hoa 0.2
033|Hưng Yên|131|0|6|145|Tày 0.1
034|Thái Bình|189|0|2|150 151 152|Tày 0.1
035|Hà Nam|90|0|4|168|Tày 0.1
036|Nam Định|189|0|2|162 163|Tày 0.1
037|Ninh Bình|102|0|5|164|Mường 3
038|Thanh Hóa|376|0|2|171 172 173 174|Mường 10 Thái 6 Hmông 0.5
040|Nghệ An|347|0|2|186 187|Thái 10 Hmông 1
042|Hà Tĩnh|133|0|2|183 184|Thái 0.1
044|Quảng Bình|92|1|3|194|Bru-Vân_Kiều 2
045|Quảng Trị|65|1|4|197|Bru-Vân_Kiều 12
046|Thừa Thiên Huế|117|1|4|191 192|Bru-Vân_Kiều 4
048|Đà Nẵng|126|1|25|201|Hoa 0.2
049|Quảng Nam|153|1|3|205 206|Xơ_Đăng 3 Bru-Vân_Kiều 5
051|Quảng Ngãi|125|1|2|212|Hrê 11 Xơ_Đăng 1
052|Bình Định|151|1|3|211 215|Ba_Na 1.5 Chăm 0.5
054|Phú Yên|88|1|3|221|Ê_Đê 3 Chăm 2
056|Khánh Hòa|126|1|8|225|Ê_Đê 1 Hoa 0.3 Mnông 4
058|Ninh Thuận|60|1|4|264|Chăm 12 Mnông 11
060|Bình Thuận|126|1|6|260 261|Chăm 3 Hoa 1 Mnông 3
062|Kon Tum|59|1|14|233|Xơ_Đăng 24 Ba_Na 13 Gia_Rai 8 Thái 1
064|Gia Lai|161|1|12|230 231|Gia_Rai 31 Ba_Na 13 Tày 1 Nùng 1
066|Đắk Lắk|194|1|15|240 241|Ê_Đê 19 Nùng 4 Tày 3 Mnông 3 Mường 1 Gia_Rai 1
067|Đắk Nông|68|1|28|245|Mnông 9 Hmông 6 Nùng 5 Tày 4 Thái 2 Dao 3
068|Lâm Đồng|135|1|16|250 251|Mnông 16 Hoa 1 Tày 2 Nùng 2
070|Bình Phước|104|2|22|285|Xtiêng 10 Nùng 2 Tày 2 Khmer 2
072|Tây Ninh|119|2|6|290 291|Khmer 1 Chăm 0.3
074|Bình Dương|282|2|50|280 281|Khmer 2 Hoa 1
075|Đồng Nai|331|2|30|270 271 272|Hoa 3 Nùng 1 Tày 1 Xtiêng 1
077|Bà Rịa - Vũng Tàu|118|2|20|273|Hoa 1
079|TP Hồ Chí Minh|946|2|33|020 021 022 023 024 025 026 027 028 029|Hoa 5 Khmer 0.6 Chăm 0.1
080|Long An|174|2|12|300 301|Khmer 0.3
082|Tiền Giang|179|2|3|310 311 312|Hoa 0.2
083|Bến Tre|130|2|2|320 321|Hoa 0.2
084|Trà Vinh|102|2|2|334|Khmer 31 Hoa 0.5
086|Vĩnh Long|103|2|3|331|Khmer 2 Hoa 0.5
087|Đồng Tháp|160|2|2|340 341|Hoa 0.1
089|An Giang|191|2|2|350 351 352|Khmer 4 Chăm 0.7 Hoa 0.4
091|Kiên Giang|176|2|3|370 371|Khmer 13 Hoa 1.5
092|Cần Thơ|126|2|9|361 362|Khmer 1.7 Hoa 1
093|Hậu Giang|73|2|3|363 364|Khmer 3 Hoa 1
094|Sóc Trăng|120|2|2|365 366|Khmer 30 Hoa 5
095|Bạc Liêu|92|2|2|385|Khmer 7 Hoa 2
096|Cà Mau|121|2|2|381|Khmer 2 Hoa 1
"""

MERGED_NAMES: Final = {
    "002": "Tuyên Quang", "015": "Lào Cai", "006": "Thái Nguyên", "024": "Bắc Ninh",
    "017": "Phú Thọ",
    "026": "Phú Thọ", "030": "Hải Phòng", "034": "Hưng Yên", "035": "Ninh Bình", "036": "Ninh Bình",
    "044": "Quảng Trị", "046": "Huế", "049": "Đà Nẵng", "062": "Quảng Ngãi", "052": "Gia Lai",
    "058": "Khánh Hòa",
    "054": "Đắk Lắk", "060": "Lâm Đồng", "067": "Lâm Đồng", "070": "Đồng Nai",
    "074": "TP Hồ Chí Minh",
    "077": "TP Hồ Chí Minh", "080": "Tây Ninh", "082": "Đồng Tháp", "083": "Vĩnh Long",
    "084": "Vĩnh Long",
    "089": "An Giang", "091": "An Giang", "093": "Cần Thơ", "094": "Cần Thơ", "095": "Cà Mau",
}  # fmt: skip
"""Name since 1 July 2025 of the provinces whose name changed; the others kept theirs."""

_FIRST_WORDS = """
    Tân An Bình Phú Long Hòa Mỹ Vĩnh Thạnh Đông Nam Xuân Quảng Hưng Phước Thanh Minh Yên Đại
    Vạn Trung Thượng Hạ Kim Hải Sơn Tam Nghĩa Lộc Cẩm Hồng Ngọc Quang Liên Diên Ninh Hoằng
    Triệu Gia Ea Cư Đăk Mường Nậm Bản Tà Pa Chiềng Lũng Thới Nhơn
"""
_SECOND_WORDS = """
    Lập Khánh Hòa Thành Phong Thịnh Lợi Phú An Bình Sơn Thuận Hưng Lộc Long Trung Đức Hiệp
    Thạnh Mỹ Hải Giang Tiến Quang Xuân Thắng Dương Lâm Điền Châu Phước Ninh Lạc Trạch Tường
    Hà Lĩnh Thủy Nghĩa Tân Khê Động Mai Cường Thái Hội Bắc Tây
"""
_FIRST: Final = _FIRST_WORDS.split()
_SECOND: Final = _SECOND_WORDS.split()
N_HAMLETS: Final = 600
_HAMLETS: Final = (
    ("Thôn", "Xóm", "Bản", "Tổ dân phố"),
    ("Thôn", "Buôn", "Tổ dân phố", "Xóm"),
    ("Ấp", "Khóm", "Khu phố", "Tổ"),
)
_HIGHLAND = {"Ea", "Cư", "Đăk", "Mường", "Nậm", "Bản", "Tà", "Pa", "Chiềng", "Lũng"}
_STREET_NAMES = """
        Lê_Lợi Trần_Hưng_Đạo Nguyễn_Huệ Hai_Bà_Trưng Lý_Thường_Kiệt Quang_Trung Ngô_Quyền
        Phan_Chu_Trinh Phan_Bội_Châu Lê_Hồng_Phong Nguyễn_Trãi Hùng_Vương Lê_Duẩn Điện_Biên_Phủ
        Cách_Mạng_Tháng_Tám Nguyễn_Văn_Cừ Hoàng_Hoa_Thám Võ_Thị_Sáu Nguyễn_Thị_Minh_Khai
        Trần_Phú Lạc_Long_Quân Âu_Cơ Hoàng_Diệu Phạm_Ngũ_Lão Bà_Triệu Đinh_Tiên_Hoàng
        Lê_Thánh_Tôn Nguyễn_Du Nguyễn_Đình_Chiểu Tô_Hiến_Thành Yết_Kiêu Chu_Văn_An
        Lương_Thế_Vinh Mạc_Đĩnh_Chi Bạch_Đằng Chi_Lăng Thống_Nhất Giải_Phóng 30_Tháng_4
        2_Tháng_9 19_Tháng_5 Nguyễn_Công_Trứ Cao_Thắng Tôn_Đức_Thắng
"""
_STREETS: Final = [name.replace("_", " ") for name in _STREET_NAMES.split()]


@dataclass(frozen=True)
class Places:
    """All places as parallel tables; commune number -> its district, province and names."""

    codes: npt.NDArray[np.int64]  # int64[63] three-digit codes
    provinces: list[str]
    new_provinces: list[str]
    region: npt.NDArray[np.int8]
    migrants: npt.NDArray[np.float64]
    cmnd_prefixes: list[list[int]]
    weights: npt.NDArray[np.float64]
    province_table: npt.NDArray[np.uint16]  # uint16[65536] draws a province by population
    people_table: npt.NDArray[np.uint16]  # uint16[63, 4096] draws a people
    commune_table: npt.NDArray[np.uint16]  # uint16[63, 4096] draws a commune
    commune_names: list[str]  # without type
    commune_types: list[str]
    commune_district: npt.NDArray[np.int32]
    commune_province: npt.NDArray[np.int8]
    commune_urban: npt.NDArray[np.bool_]
    new_communes: list[str]  # name since July 2025, with type
    district_names: list[str]
    district_types: list[str]
    streets: list[str]
    hamlets: list[str]  # N_HAMLETS for each region
    house_numbers: list[str]


@dataclass
class _Made:
    """Communes and districts as they are made up, province by province."""

    names: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    district_of: list[int] = field(default_factory=list)
    province_of: list[int] = field(default_factory=list)
    new_names: list[str] = field(default_factory=list)
    district_names: list[str] = field(default_factory=list)
    district_types: list[str] = field(default_factory=list)

    def add_district(self, choice: Random, name: str, kind: str, province: int, highland: bool) -> None:
        """A district with its communes."""
        within: set[str] = set()
        for position in range(choice.randint(9, 19)):
            urban = kind in ("Quận", "Thành phố") or (kind == "Thị xã" and position < 6)
            if kind == "Quận" and choice.random() < 0.25:
                commune = str(position + 1)
            else:
                commune = _place_name(choice, within, highland)
            within.add(commune)
            self.types.append("Phường" if urban else "Thị trấn" if position == 0 else "Xã")
            self.names.append(commune)
            self.district_of.append(len(self.district_names))
            self.province_of.append(province)
            if position % 3 == 0:  # three old communes become one new one
                head = commune if not commune.isdigit() else name
                self.new_names.append(("Phường " if urban else "Xã ") + head)
            else:
                self.new_names.append(self.new_names[-1])
        self.district_names.append(name)
        self.district_types.append(kind)


def _district_kind(choice: Random, province: str, is_first: bool) -> str:
    if is_first:
        return "Thành phố"
    if province in ("Hà Nội", "TP Hồ Chí Minh", "Đà Nẵng", "Hải Phòng", "Cần Thơ"):
        return choice.choice(("Quận", "Quận", "Huyện"))
    return "Thị xã" if choice.random() < 0.12 else "Huyện"


def _make_communes(choice: Random, rows: list[list[str]], share: Floats) -> tuple[_Made, Table]:
    """All communes, and those of each province by their share of its people."""
    made = _Made()
    table = np.empty((len(rows), 1 << COMMUNE_BITS), dtype=np.uint16)
    for province, row in enumerate(rows):
        begin = len(made.names)
        n_communes = max(30, int(N_COMMUNES * share[province]))
        highland = float(sum(float(part) for part in row[6].split()[1::2])) > 25
        used: set[str] = set()
        while len(made.names) - begin < n_communes:
            name = _place_name(choice, used, highland)
            kind = _district_kind(choice, row[1], len(made.names) == begin)
            made.add_district(choice, name, kind, province, highland)
        sizes = np.array([choice.lognormvariate(0, 0.6) for _ in range(begin, len(made.names))])
        sizes *= np.where([kind == "Phường" for kind in made.types[begin:]], 2.0, 1.0)
        table[province] = quantised(sizes, COMMUNE_BITS) + begin
    return made, table


def _people_table(rows: list[list[str]]) -> Table:
    """The peoples of each province, by their share."""
    peoples = {people.name.replace(" ", "_"): number for number, people in enumerate(PEOPLES)}
    table = np.empty((len(rows), 4096), dtype=np.uint16)
    for province, row in enumerate(rows):
        parts = row[6].split()
        mixture = np.zeros(len(PEOPLES))
        for people, per_cent in zip(parts[::2], parts[1::2], strict=True):
            mixture[peoples[people]] += float(per_cent)
        mixture *= min(1.19, 97 / max(mixture.sum(), 1))  # outsiders marry in: see Population._people
        mixture[0] = 100 - mixture.sum()
        table[province] = quantised(mixture, 12)
    return table


@cache
def read_places() -> Places:
    """Build the tables, the same on every run (they do not depend on the data set's seed)."""
    rows = [line.split("|") for line in _PROVINCES.strip().splitlines()]
    weights = np.array([float(row[2]) for row in rows])
    choice = Random("places")
    made, commune_table = _make_communes(choice, rows, weights**0.6 / np.sum(weights**0.6))
    return Places(
        codes=np.array([int(row[0]) for row in rows]),
        provinces=[row[1] for row in rows],
        new_provinces=[MERGED_NAMES.get(row[0], row[1]) for row in rows],
        region=np.array([int(row[3]) for row in rows], dtype=np.int8),
        migrants=np.array([float(row[4]) / 100 for row in rows]),
        cmnd_prefixes=[[int(prefix) for prefix in row[5].split()] for row in rows],
        weights=weights,
        province_table=quantised(weights, 16),
        people_table=_people_table(rows),
        commune_table=commune_table,
        commune_names=made.names,
        commune_types=made.types,
        commune_district=np.array(made.district_of, dtype=np.int32),
        commune_province=np.array(made.province_of, dtype=np.int8),
        commune_urban=np.array([kind == "Phường" for kind in made.types]),
        new_communes=made.new_names,
        district_names=made.district_names,
        district_types=made.district_types,
        streets=_STREETS + [f"{a} {b}" for a in _FIRST[:12] for b in _SECOND[:20] if a != b],
        hamlets=[hamlet for kinds in _HAMLETS for hamlet in _hamlets(kinds)],
        house_numbers=_house_numbers(choice),
    )


def _place_name(choice: Random, used: set[str], highland: bool) -> str:
    while True:
        first, second = choice.choice(_FIRST), choice.choice(_SECOND)
        if first == second or (first in _HIGHLAND) != (highland and choice.random() < 0.5):
            continue
        name = f"{first} {second}"
        if choice.random() < 0.08:
            name = f"{name} {choice.choice(('Đông', 'Tây', 'Nam', 'Bắc', 'A', 'B'))}"
        if name not in used:
            used.add(name)
            return name


def _hamlets(kinds: tuple[str, ...]) -> list[str]:
    """Numbered and named settlements below the commune, of the kinds a region has."""
    numbered = [f"{kind} {number}" for kind in kinds for number in range(1, 16)]
    named = [f"{kinds[0]} {a} {b}" for a in _FIRST[:30] for b in _SECOND[:16] if a != b]
    return (numbered * 4 + named)[:N_HAMLETS]


def _house_numbers(choice: Random) -> list[str]:
    plain = [str(number) for number in range(1, 300)]
    lanes = [f"{choice.randint(1, 400)}/{choice.randint(1, 60)}" for _ in range(250)]
    deep = [f"{choice.randint(1, 200)}/{choice.randint(1, 30)}/{choice.randint(1, 20)}" for _ in range(80)]
    lettered = [f"{choice.randint(1, 150)}{choice.choice('ABCD')}" for _ in range(80)]
    worded = [f"{choice.choice(('Số', 'Ngõ', 'Hẻm', 'Kiệt'))} {choice.randint(1, 200)}" for _ in range(120)]
    return plain + lanes + deep + lettered + worded
