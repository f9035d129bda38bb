"""Identity numbers -> what their structure says, and where it contradicts the record."""

from __future__ import annotations

from typing import NamedTuple

from linkage.vietnam.provinces import PROVINCES

PROVINCE_PREFIXES = {province.code: province.name for province in PROVINCES}
"""Three-digit prefix of a personal number -> province of birth registration (of the 63)."""

CMND_PREFIXES: dict[str, tuple[int, ...]] = {
    "01": (1,), "02": (79,), "03": (31,), "040": (11,), "045": (12,), "05": (14,), "060": (15,),
    "061": (15,), "063": (10,), "070": (8,), "073": (2,), "081": (20,), "082": (20,),
    "085": (4,), "090": (19,), "091": (19,), "092": (19,), "095": (6,), "10": (22,),
    "111": (1,), "113": (17,), "121": (24,), "122": (24,), "125": (27,), "131": (25,),
    "132": (25,), "135": (26,), "141": (30,), "142": (30,), "145": (33,), "15": (34,),
    "162": (36,), "163": (36,), "164": (37,), "168": (35,), "17": (38,), "183": (42,),
    "184": (42,), "186": (40,), "187": (40,), "191": (46,), "192": (46,), "194": (44,),
    "197": (45,), "201": (48,), "205": (49,), "206": (49,), "211": (52,), "212": (51,),
    "215": (52,), "221": (54,), "225": (56,), "230": (64,), "231": (64,), "233": (62,),
    "240": (66,), "241": (66,), "245": (67,), "250": (68,), "251": (68,), "260": (60,),
    "261": (60,), "264": (58,), "270": (75,), "271": (75, 77), "272": (75,), "273": (77,),
    "280": (74,), "281": (74,), "285": (70,), "29": (72,), "30": (80,), "31": (82,),
    "32": (83,), "331": (86,), "334": (84,), "34": (87,), "35": (89,), "361": (92,),
    "362": (92,), "363": (93,), "364": (93,), "365": (94,), "366": (94,), "37": (91,),
    "381": (96,), "385": (95,),
}  # fmt: skip
"""First two or three digits of an old 9-digit number -> provinces (of the 63) that issued it.

271450001-271500000 was issued by both Đồng Nai and Bà Rịa-Vũng Tàu. Weak evidence only.
"""

_LAST_BIRTH_YEAR = 2026
_MAX_AGE = 120


class Finding(NamedTuple):
    """One thing that is wrong ("error") or odd ("warning") about a number."""

    level: str
    code: str
    message: str


class PersonalNumber(NamedTuple):
    """What the digits of a 12-digit personal number say."""

    prefix: str
    sex: str
    birth_year: int


def read_personal_number(text: str) -> PersonalNumber | None:
    """Prefix, sex ("M" or "F") and birth year; None if `text` is not 12 ASCII digits.

    Examples
    --------
    >>> read_personal_number("079203001234")
    PersonalNumber(prefix='079', sex='M', birth_year=2003)
    """
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        return None
    digit = int(text[3])
    sex = "F" if digit % 2 else "M"
    return PersonalNumber(text[:3], sex, 1900 + 100 * (digit // 2) + int(text[4:6]))


def validate_personal_number(
    text: str,
    *,
    sex: str | None = None,
    birth_year: int | None = None,
    province: int | None = None,
) -> list[Finding]:
    """Check a personal number's structure, and against what else is known of the person.

    Disagreement is a warning: true numbers exist whose digits contradict the record.

    Parameters
    ----------
    text : str
        The number as it should be: 12 digits.
    sex : {"M", "F"}, optional
        Recorded sex.
    birth_year : int, optional
        Recorded year of birth.
    province : int, optional
        Province of birth registration, code among the 63.

    Returns
    -------
    list of Finding
        Errors first; empty when nothing is wrong.

    Examples
    --------
    >>> [f.code for f in validate_personal_number("079203001234", sex="F", birth_year=2003)]
    ['sex']
    """
    number = read_personal_number(text)
    if number is None:
        return [Finding("error", "format", f"expected 12 digits, got {len(text)} characters")]
    if len(set(text)) == 1:
        return [Finding("error", "placeholder", "all digits are the same")]
    findings = []
    if number.prefix not in PROVINCE_PREFIXES and not 101 <= int(number.prefix) <= 295:
        message = f"prefix {number.prefix} names neither a province nor a country"
        findings.append(Finding("error", "prefix", message))
    if sex is not None and sex != number.sex:
        findings.append(Finding("warning", "sex", "the number's sex is not the recorded one"))
    if birth_year is not None and birth_year != number.birth_year:
        findings.append(Finding("warning", "birth_year", "the number's year is not the recorded one"))
    if not _LAST_BIRTH_YEAR - _MAX_AGE <= number.birth_year <= _LAST_BIRTH_YEAR:
        message = f"birth year {number.birth_year} is not plausible"
        findings.append(Finding("warning", "implausible_year", message))
    if province is not None and int(number.prefix) != province:
        message = "the number's province is not that of birth registration"
        findings.append(Finding("warning", "province", message))
    tail = text[6:]
    if len(set(tail)) == 1 or tail in ("123456", "000001") or tail in "01234567890":
        findings.append(Finding("warning", "tail", "the last six digits are no random number"))
    return findings


def tax_check_digit(text: str) -> int | None:
    """Check digit of a tax code's first nine digits (circular 105/2020/TT-BTC).

    10 - (31 d1 + 29 d2 + 23 d3 + 19 d4 + 17 d5 + 13 d6 + 7 d7 + 5 d8 + 3 d9) mod 11.

    Returns
    -------
    int or None
        None for a number that is never assigned (the sum is a multiple of 11).

    Raises
    ------
    ValueError
        If `text` does not start with nine ASCII digits.

    Examples
    --------
    >>> tax_check_digit("010010910")
    6
    """
    if len(text) < 9 or not (text[:9].isascii() and text[:9].isdigit()):
        raise ValueError(f"expected at least nine digits, got {len(text)} characters")
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    rest = sum(weight * int(digit) for weight, digit in zip(weights, text[:9], strict=True)) % 11
    return 10 - rest if rest else None


def find_cmnd_provinces(text: str) -> tuple[int, ...]:
    """Provinces (codes of the 63) that issued old numbers like this one; () when unknown.

    Examples
    --------
    >>> find_cmnd_provinces("273456789"), find_cmnd_provinces("990000000")
    ((77,), ())
    """
    return CMND_PREFIXES.get(text[:3]) or CMND_PREFIXES.get(text[:2], ())
