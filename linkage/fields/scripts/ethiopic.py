"""Names in Ethiopian letters -> the same in Latin ones, as they are read.

A letter is a consonant with its vowel: in Unicode eight to a consonant, in the order of the vowels e, u, i,
a, e, none, o, wa (The Unicode Standard, chapter 19). Where two that carry none begin or end a word, an i is
spoken between them.
"""

from __future__ import annotations

import re

FIRST = 0x1200
_SOUNDS = """\
h l h m s r s sh k kw k kw b v t ch h hw n ny - k
kw h hw w - z zh y d d j g gw g t ch p ts ts f p"""
_CONSONANTS = _SOUNDS.split()
_VOWELS = ("e", "u", "i", "a", "e", "", "o", "wa")
_OPEN = frozenset("h-")
"""Consonants of the throat: their first vowel is an a, and some are not heard."""
_WORD = re.compile(f"[{chr(FIRST)}-{chr(FIRST + 8 * len(_CONSONANTS) - 1)}]+")


def of_ethiopic(text: str) -> str:
    """A text with its words of this script in Latin letters."""
    return _WORD.sub(lambda found: _read(found[0]), text)


def _read(word: str) -> str:
    said = [_letter(ord(sign) - FIRST) for sign in word]
    for at in {0, len(said) - 2} & set(range(len(said) - 1)):
        (consonant, vowel), (following, _) = said[at], said[at + 1]
        if not vowel and consonant and following and (at == 0 or not said[-1][1]):
            said[at] = consonant, "i"
    return "".join(consonant + vowel for consonant, vowel in said)


def _letter(place: int) -> tuple[str, str]:
    consonant, order = _CONSONANTS[place // 8], place % 8
    vowel = (
        "a"
        if consonant in _OPEN and order == 0
        else "o"
        if consonant == "w" and order == 0
        else _VOWELS[order]
    )
    return ("", vowel or "i") if consonant == "-" else (consonant, vowel)
