"""Korean names in Korean or in Latin letters -> one spelling that both come to, the family name first.

Syllables are composed of letters by their numbers (The Unicode Standard, chapter 3.12) and are read by the
Revised Romanization of 2000; what people write in Latin letters follows it, older systems or none, and what
these differ in is taken away. Families write their names as they please: 이 is Lee, Yi or Rhee.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, partial

import pyarrow as pa

from linkage.fields.text import rewritten

_SOUNDS = """\
g kk n d tt r m b pp s ss . j jj ch k t p h
a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i
. k k k n n n t l k m l l l p l m p p t t ng t t k t p t"""
_INITIALS, _VOWELS, _FINALS = map(str.split, _SOUNDS.splitlines())
NO_SOUND = "."
FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3
_LONG_FAMILIES = ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문")
_FAMILIES = {
    **dict.fromkeys(["lee", "yi", "rhee", "rhie", "ri", "li", "i", "leigh"], "i"),
    **dict.fromkeys(["park", "pak", "bak", "bahk", "pahk"], "bak"),
    **dict.fromkeys(["choi", "choe", "choy", "chey"], "choe"),
    **dict.fromkeys(["lim", "im", "rim", "yim"], "im"),
    **dict.fromkeys(["no", "noh", "roh", "rho", "ro"], "no"),
    **dict.fromkeys(["ryu", "yoo", "yu", "you", "lyu", "ryoo"], "yu"),
    **dict.fromkeys(["oh", "o"], "o"),
    **dict.fromkeys(["woo", "wu", "u"], "u"),
    **dict.fromkeys(["paik", "paek", "baek", "baik", "back"], "baek"),
    **dict.fromkeys(["ahn", "an"], "an"),
    **dict.fromkeys(["ryang", "yang", "liang"], "yang"),
    **dict.fromkeys(["yeo", "yuh", "yo"], "yeo"),
}
_FAMILIES_BY_NUMBER = """
gim i bak choe jeong gang jo yun jang im han o seo sin gwon hwang an song yu hong jeon go mun yang
son bae baek heo nam sim no ha gwak seong cha ju u gu min na eom ji chae won cheon bang gong hyeon
ham byeon yeom yeo chu do so seok pyo ma gil wi myeong gi ban wang ok yuk in maeng je mo tak guk
namgung hwangbo jegal seonu dokgo sagong"""
_BY_NUMBER = _FAMILIES_BY_NUMBER.split()
"""Families, those of most people first (census of Statistics Korea, 2015)."""
_RULES = tuple(
    (re.compile(pattern), by)
    for pattern, by in {
        **{"tch|ch|j|z": "j", "sh|x": "s", "ph|[pbfv]": "b", "[kgqc]": "g", "[td]": "d", "[rl]": "l"},
        **{"h(?![aeiouyw])": "", "y(?:eo|eu|ou|oo|u|o)": "yo", "o[eiy]|we|a[ei]|ey(?![aeo])": "e"},
        **{"ui|wi|ee|ie|y(?![aeo])": "i", "eo|eu|ou|oo|[ou]": "o", "w(?=o)": "", r"(.)\1+": r"\1"},
    }.items()
)
"""What the systems differ in: (k, g), (ch, j), (eo, u, o), (oo, u), (ee, i)."""


def in_korean_sounds(names: pa.Array, family_first: bool = False) -> pa.Array:
    """Names as both alphabets come to them, to be compared with each other.

    Parameters
    ----------
    family_first : bool
        Whether the first word is known to be the family name; else it is at the likelier end.
    """
    return rewritten(names, partial(_spelled, family_first=family_first))


def _spelled(text: str, family_first: bool = False) -> str:
    text = unicodedata.normalize("NFKC", text).lower()
    if any(chr(FIRST_SYLLABLE) <= ch <= chr(LAST_SYLLABLE) for ch in text):
        text = "".join(ch for ch in text if ch.isalpha())
        n = 2 if text.startswith(_LONG_FAMILIES) and len(text) > 3 else 1
        return f"{_plain(_read(text[:n]), True)} {_plain(_read(text[n:]), False)}".strip()
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=\w)['’-](?=\w)", "", text))
    if not words:
        return ""
    family = words.pop(0 if family_first else _family_at(words))
    return f"{_plain(family, True)} {_plain(''.join(words), False)}".strip()


def _family_at(words: list[str]) -> int:
    """Where the family name stands: at the end that more people's families are called by."""
    ranks = _ranks()
    first, last = (ranks.get(_plain(word, True), len(_BY_NUMBER)) for word in (words[0], words[-1]))
    return len(words) - 1 if last < first else 0


@cache
def _ranks() -> dict[str, int]:
    return {word: k for k, word in reversed(list(enumerate(_plain(word, True) for word in _BY_NUMBER)))}


def _read(text: str) -> str:
    return "".join(map(_syllable, text))


def _syllable(sign: str) -> str:
    place = ord(sign) - FIRST_SYLLABLE
    if not 0 <= place <= LAST_SYLLABLE - FIRST_SYLLABLE:
        return sign
    said = _INITIALS[place // 588] + _VOWELS[place // 28 % 21] + _FINALS[place % 28]
    return said.replace(NO_SOUND, "")


def _plain(word: str, is_family: bool) -> str:
    if is_family and word in _FAMILIES:
        return _FAMILIES[word]
    for pattern, by in _RULES:
        word = pattern.sub(by, word)
    return word
