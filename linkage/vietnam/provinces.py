"""A province's name or code -> which provinces it can mean, before and after 1 July 2025."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from linkage._kernels.normalise import normalise_one

BEFORE = date(2008, 8, 1)
"""The 63 provinces are valid from here (Hà Tây joined Hà Nội)."""
MERGER = date(2025, 7, 1)
"""The 34 provinces are valid from here (resolution 202/2025/QH15)."""


class Province(NamedTuple):
    """One province of one era; the key is (code, valid_from), for seven codes changed meaning."""

    code: str
    name: str
    valid_from: date


_NAMES = {
    1: "Hà Nội", 2: "Hà Giang", 4: "Cao Bằng", 6: "Bắc Kạn", 8: "Tuyên Quang", 10: "Lào Cai",
    11: "Điện Biên", 12: "Lai Châu", 14: "Sơn La", 15: "Yên Bái", 17: "Hòa Bình",
    19: "Thái Nguyên", 20: "Lạng Sơn", 22: "Quảng Ninh", 24: "Bắc Giang", 25: "Phú Thọ",
    26: "Vĩnh Phúc", 27: "Bắc Ninh", 30: "Hải Dương", 31: "Hải Phòng", 33: "Hưng Yên",
    34: "Thái Bình", 35: "Hà Nam", 36: "Nam Định", 37: "Ninh Bình", 38: "Thanh Hóa",
    40: "Nghệ An", 42: "Hà Tĩnh", 44: "Quảng Bình", 45: "Quảng Trị", 46: "Thừa Thiên Huế",
    48: "Đà Nẵng", 49: "Quảng Nam", 51: "Quảng Ngãi", 52: "Bình Định", 54: "Phú Yên",
    56: "Khánh Hòa", 58: "Ninh Thuận", 60: "Bình Thuận", 62: "Kon Tum", 64: "Gia Lai",
    66: "Đắk Lắk", 67: "Đắk Nông", 68: "Lâm Đồng", 70: "Bình Phước", 72: "Tây Ninh",
    74: "Bình Dương", 75: "Đồng Nai", 77: "Bà Rịa Vũng Tàu", 79: "Hồ Chí Minh", 80: "Long An",
    82: "Tiền Giang", 83: "Bến Tre", 84: "Trà Vinh", 86: "Vĩnh Long", 87: "Đồng Tháp",
    89: "An Giang", 91: "Kiên Giang", 92: "Cần Thơ", 93: "Hậu Giang", 94: "Sóc Trăng",
    95: "Bạc Liêu", 96: "Cà Mau",
}  # fmt: skip

_MERGERS = {
    8: (2, 8), 15: (10, 15), 19: (6, 19), 24: (24, 27), 25: (17, 25, 26), 31: (30, 31),
    33: (33, 34), 37: (35, 36, 37), 44: (44, 45), 48: (48, 49), 51: (51, 62), 52: (52, 64),
    56: (56, 58), 66: (54, 66), 68: (60, 67, 68), 75: (70, 75), 79: (74, 77, 79), 80: (72, 80),
    82: (82, 87), 86: (83, 84, 86), 91: (89, 91), 92: (92, 93, 94), 96: (95, 96),
}  # fmt: skip

_RENAMED = {
    15: "Lào Cai", 24: "Bắc Ninh", 44: "Quảng Trị", 46: "Huế", 52: "Gia Lai", 80: "Tây Ninh",
    82: "Đồng Tháp", 91: "An Giang",
}  # fmt: skip

MERGED_INTO: dict[int, int] = {code: code for code in _NAMES} | {
    old: new for new, olds in _MERGERS.items() for old in olds
}
"""Two-digit code before the merger -> two-digit code after it."""

PROVINCES = tuple(Province(f"{code:03d}", name, BEFORE) for code, name in _NAMES.items())
"""The 63 provinces of 2008 to June 2025, by code."""

NEW_PROVINCES = tuple(
    Province(f"{code:03d}", _RENAMED.get(code, _NAMES[code]), MERGER)
    for code in sorted(set(MERGED_INTO.values()))
)
"""The 34 provinces since July 2025, by code."""

REUSED_CODES = frozenset(_RENAMED) - {46}
"""Codes that name another province since the merger."""

_HISTORIC = {
    "ha tay": (1,), "ha son binh": (1, 17), "ha nam ninh": (35, 36, 37), "nam ha": (35, 36),
    "hai hung": (30, 33), "ha bac": (24, 27), "vinh phu": (25, 26), "bac thai": (6, 19),
    "ha tuyen": (2, 8), "hoang lien son": (10, 15), "cao lang": (4, 20), "nghe tinh": (40, 42),
    "binh tri thien": (44, 45, 46), "quang nam da nang": (48, 49), "nghia binh": (51, 52),
    "phu khanh": (54, 56), "thuan hai": (58, 60), "gia lai kon tum": (62, 64),
    "song be": (70, 74), "cuu long": (84, 86), "minh hai": (95, 96),
}  # fmt: skip
"""Provinces that were split before 2008; older people's papers name them."""

_ALIASES = {
    "hcm": (79,), "hcmc": (79,), "sg": (79,), "sai gon": (79,), "saigon": (79,),
    "gia dinh": (79,), "hochiminh": (79,), "ho chi minh city": (79,), "hn": (1,), "hanoi": (1,),
    "hp": (31,), "haiphong": (31,), "dn": (48, 75), "danang": (48,), "ct": (92,), "hue": (46,),
    "thua thien": (46,), "vung tau": (77,), "ba ria": (77,), "vt": (77,), "br vt": (77,),
    "tt hue": (46,), "t t hue": (46,), "dac lac": (66,), "dak lak": (66,), "daklak": (66,),
    "dac lak": (66,), "dak lac": (66,), "daclac": (66,), "dac nong": (67,), "daknong": (67,),
    "kontum": (62,), "kom tum": (62,), "bac can": (6,), "backan": (6,), "gialai": (64,),
    "dongnai": (75,),
}  # fmt: skip

_PREFIX = re.compile(r"^(?:tinh|thanh pho|tp|t p|city of|province of)\s+(?=\S)")
_SUFFIX = re.compile(r"\s+(?:city|province|viet nam|vietnam|vn)$")

Key = tuple[str, date]


def _fold(text: str) -> str:
    folded: bytes = normalise_one(text.encode("utf-8", "replace"), "text")[2]
    return folded.decode()


def _build_lookup() -> dict[str, frozenset[Key]]:
    table: dict[str, set[Key]] = {}

    def add(name: str, keys: Iterable[Key]) -> None:
        table.setdefault(name, set()).update(keys)

    initials: dict[str, set[Key]] = {}
    for province in (*PROVINCES, *NEW_PROVINCES):
        folded = _fold(province.name)
        key = (province.code, province.valid_from)
        add(folded, [key])
        initials.setdefault("".join(word[0] for word in folded.split()), set()).add(key)
    full = {name: set(keys) for name, keys in table.items()}
    for name, codes in (*_HISTORIC.items(), *_ALIASES.items()):
        for code in codes:
            add(
                name,
                full[_fold(_NAMES[code])] if code != 46 else [("046", BEFORE), ("046", MERGER)],
            )
    add("thua thien hue", [("046", MERGER)])
    for name, keys in initials.items():
        if len(name) > 1 and name not in table:
            table[name] = keys
    return {name: frozenset(keys) for name, keys in table.items()}


_LOOKUP = _build_lookup()
_LONGEST = max(len(name.split()) for name in _LOOKUP)
_BY_CODE = {province.code: province for province in PROVINCES}
_BY_NEW_CODE = {province.code: province for province in NEW_PROVINCES}


def province_at(code: str | int, when: date) -> Province | None:
    """The province that a code names on a day.

    Parameters
    ----------
    code : str or int
        Two or three digits.
    when : date
        Days before 2008 are answered with the 63 provinces.

    Returns
    -------
    Province or None
        None when no province has the code on that day.

    Examples
    --------
    >>> province_at(15, date(2020, 1, 1)).name, province_at(15, date(2026, 1, 1)).name
    ('Yên Bái', 'Lào Cai')
    """
    table = _BY_CODE if when < MERGER else _BY_NEW_CODE
    return table.get(f"{int(code):03d}")


def find_province(text: str) -> frozenset[Key]:
    """Provinces that a text can mean.

    The text may be a name, an old name, an abbreviation, a code, or an address that ends in one.

    Parameters
    ----------
    text : str
        With or without diacritics, "tỉnh" and "thành phố".

    Returns
    -------
    frozenset of (str, date)
        Keys (three-digit code, valid from); empty when nothing is recognised.

    Examples
    --------
    >>> sorted(code for code, _ in find_province("TP.HCM"))
    ['079', '079']
    >>> sorted({code for code, _ in find_province("ĐN")})
    ['048', '075']
    """
    for part in reversed(re.split(r"[,;|\n]", text)):
        folded = _fold(part)
        while _SUFFIX.search(" " + folded):
            folded = _SUFFIX.sub("", " " + folded).strip()
        if folded in ("", "viet nam", "vietnam", "vn"):
            continue
        if folded.isdigit():
            return _find_code(folded)
        return _find_name(folded)
    return frozenset()


def _find_code(digits: str) -> frozenset[Key]:
    code = f"{int(digits):03d}"
    found = (table[code] for table in (_BY_CODE, _BY_NEW_CODE) if code in table)
    return frozenset((province.code, province.valid_from) for province in found)


def _find_name(folded: str) -> frozenset[Key]:
    for name in (folded, _PREFIX.sub("", folded), folded.removeprefix("tp")):
        if name in _LOOKUP:
            return _LOOKUP[name]
    words = folded.split()
    for n in range(min(_LONGEST, len(words) - 1), 0, -1):
        name = " ".join(words[-n:])
        # a bare abbreviation at the end of an address is too often something else
        if name in _LOOKUP and (n > 1 or words[-2] == "tp"):
            return _LOOKUP[name]
    if words[-1].removeprefix("tp") in ("hcm", "hn"):
        return _LOOKUP[words[-1].removeprefix("tp")]
    return frozenset()


@lru_cache(maxsize=1 << 16)
def province_class(text: str) -> tuple[int, int]:
    """Province before and after the merger of July 2025.

    Parameters
    ----------
    text : str
        See `find_province`.

    Returns
    -------
    tuple of (int, int)
        Code among the 63 (0 = not known or not one) and code among the 34 (0 likewise). A name
        that both eras use is taken for the older one, a code that changed its meaning leaves the
        first unknown.

    Examples
    --------
    >>> [province_class(text) for text in ("Bình Dương", "tp hcm", "15", "?")]
    [(74, 79), (79, 79), (0, 15), (0, 0)]
    """
    keys = find_province(text)
    old = {int(code) for code, since in keys if since == BEFORE}
    new = {int(code) for code, since in keys if since == MERGER} if not old else set()
    new |= {MERGED_INTO[code] for code in old}
    # both meanings of one code: the text was a code that changed its meaning
    old -= {code for code in old & REUSED_CODES if (f"{code:03d}", MERGER) in keys}
    return old.pop() if len(old) == 1 else 0, new.pop() if len(new) == 1 else 0
