"""Names in a script of India -> the same in Latin letters, as they are read.

The nine scripts from Devanagari to Malayalam lie in Unicode in one order, each in a block of 128 signs (The
Unicode Standard, chapter 12): one table reads them all. A consonant carries an a unless a sign says another
vowel or none; at the end of a word that a is not spoken.
"""

from __future__ import annotations

import re

FIRST, LAST, BLOCK = 0x0900, 0x0D7F, 0x80
_SOUNDS = """\
k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h
a a i i u u ri li e e e ai o o o au
a i i u u ri ri e e e ai o o o au
k kh g z r rh f y"""
_BASIC, _INDEPENDENT, _DEPENDENT, _DOTTED = map(str.split, _SOUNDS.splitlines())
_CONSONANTS = dict(zip(range(0x15, 0x3A), _BASIC, strict=True)) | dict(
    zip(range(0x58, 0x60), _DOTTED, strict=True)
)
_VOWELS = dict(zip(range(0x05, 0x15), _INDEPENDENT, strict=True))
_SIGNS = dict(zip(range(0x3E, 0x4D), _DEPENDENT, strict=True))
_NASAL, _VIRAMA, _NUKTA = (0x01, 0x02), 0x4D, 0x3C
_WORD = re.compile(f"[{chr(FIRST)}-{chr(LAST)}\\u200c\\u200d]+")


def of_indic(text: str) -> str:
    """A text with its words of these scripts in Latin letters."""
    return _WORD.sub(lambda found: _read(found[0]), text)


def _read(word: str) -> str:
    said: list[str] = []
    carries = False
    for sign in word:
        place = ord(sign) % BLOCK
        if sign in "\u200c\u200d" or place == _NUKTA:
            continue
        if place in _CONSONANTS:
            said += ["a"] * carries + [_CONSONANTS[place]]
            carries = True
            continue
        vowel = _SIGNS.get(place) or _VOWELS.get(place) or ("n" if place in _NASAL else "")
        if place in _NASAL or place in _VOWELS:
            said += ["a"] * carries
        said.append(vowel)
        carries = False
    return "".join(said)
