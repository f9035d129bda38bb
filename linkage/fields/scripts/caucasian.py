"""Names in Georgian or Armenian letters -> the same in Latin ones, as passports spell them.

Each letter has its own spelling (Georgia's national system of 2002, Armenia's passports); what standards
differ in (kh, x; ts, c) is taken away afterwards, as of names in other scripts.
"""

from __future__ import annotations

import re

_GEORGIAN = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
_OF_GEORGIAN = "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h"
_ARMENIAN = "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև"
_OF_ARMENIAN = "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f ev"
_LATIN = str.maketrans(
    dict(zip(_GEORGIAN + _ARMENIAN, f"{_OF_GEORGIAN} {_OF_ARMENIAN}".split(), strict=True))
)
_IN_ONE = (("ու", "u"), (re.compile(r"\bո"), "vo"), (re.compile(r"\bե"), "ye"))
"""Armenian: two letters for one vowel; vowels that are spoken otherwise where a word begins."""


def of_caucasian(text: str) -> str:
    """A text in small letters with its words of these scripts in Latin letters."""
    if text.isascii():
        return text
    for written, by in _IN_ONE:
        text = text.replace(written, by) if isinstance(written, str) else written.sub(by, text)
    return text.translate(_LATIN)
