"""A syllable -> whether Vietnamese has it, its onset and rime, its dialect class.

The syllables are generated from onsets, vowel groups and finals; nothing here is a word list.
"""

from __future__ import annotations

import unicodedata
from functools import cache

TONE_MARKS = "\u0301\u0300\u0309\u0303\u0323"
"""Combining marks of the tones 1 to 5: sắc, huyền, hỏi, ngã, nặng."""

ONSETS = (
    *(
        "ngh",
        "ng",
        "nh",
        "n",
        "gh",
        "gi",
        "g",
        "kh",
        "k",
        "ch",
        "c",
        "ph",
        "p",
        "qu",
        "th",
        "tr",
        "t",
    ),
    *("b", "d", "đ", "h", "l", "m", "r", "s", "v", "x", ""),
)
"""Longest first, so that the first that fits is the onset; "" last."""

FINALS = {
    "a": " m n ng nh p t c ch i y o u",
    "ă": "m n ng p t c",
    "â": "m n ng p t c y u",
    "e": " m n ng p t c o",
    "ê": " m n ng nh p t ch u",
    "i": " m n nh p t ch u",
    "y": " n nh p t ch u",
    "o": " m n ng p t c i",
    "oo": "ng c",
    "ô": " m n ng p t c i",
    "ơ": " m n p t i",
    "u": " m n ng p t c i",
    "ư": " m n ng t c i u",
    "iê": "m n ng p t c u",
    "ia": " ",
    "yê": "m n ng t u",
    "uô": "m n ng t c i",
    "ua": " ",
    "ươ": "m n ng p t c i u",
    "ưa": " ",
    "oa": " m n ng nh p t c ch i y o",
    "oă": "m n ng t c",
    "oe": " n ng t o",
    "uâ": "n ng t y",
    "uê": " n nh ch",
    "uơ": " ",
    "uy": " n nh p t ch u a",
    "uyê": "n t",
}
"""Vowel group -> the finals it takes; a leading space means that it also stands open."""

_FRONT = frozenset("eêiy")
_STOPPED = ("p", "t", "c", "ch")

DOUBLETS = (
    *(("hoàng", "huỳnh"), ("vũ", "võ"), ("phan", "phạm"), ("đặng", "đăng"), ("trương", "trường")),
    *(("đoàn", "doãn"), ("chu", "châu"), ("phúc", "phước"), ("vinh", "vĩnh"), ("cảnh", "kiểng")),
    *(("hồng", "hường"), ("sinh", "sanh"), ("chính", "chánh"), ("nhân", "nhơn"), ("thái", "thới")),
    *(("tùng", "tòng"), ("an", "yên"), ("bảo", "bửu"), ("nguyên", "ngươn"), ("cương", "cang")),
    *(("trường", "tràng"), ("dũng", "dõng"), ("lĩnh", "lãnh"), ("tính", "tánh")),
)
"""Pairs of syllables that stand for one another: taboo and dialect doublets, confused surnames."""


def _generate_rimes() -> dict[str, tuple[str, str]]:
    rimes = {}
    for vowels, finals in FINALS.items():
        for final in finals.split():
            rimes[vowels + final] = (vowels, final)
        if finals.startswith(" "):
            rimes[vowels] = (vowels, "")
    return rimes


RIMES = _generate_rimes()
"""Rime without tone -> (vowel group, final)."""


def split_tone(syllable: str) -> tuple[str, int]:
    """Move the tone out of a syllable.

    Parameters
    ----------
    syllable : str
        Any Unicode form, any case.

    Returns
    -------
    tuple of (str, int)
        Lower-case composed letters without the tone, and the tone: 0 none, 1 sắc, 2 huyền, 3 hỏi,
        4 ngã, 5 nặng, -1 more than one.

    Examples
    --------
    >>> split_tone("Nguyễn")
    ('nguyên', 4)
    """
    letters, tone = [], 0
    for char in unicodedata.normalize("NFD", syllable.lower()):
        found = TONE_MARKS.find(char) + 1
        if found:
            tone = found if tone == 0 else -1
        else:
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters)), tone


def _fits(onset: str, rime: str) -> bool:
    front = rime[0] in _FRONT
    if onset in ("k", "gh", "ngh"):
        return front
    if onset in ("c", "ng"):
        return not front
    if onset == "g":
        return not front or rime in ("i", "in")
    if onset == "gi":
        return rime[0] not in "iy"
    if onset == "qu":
        return rime[0] in "aăâeêiyôơo" and not rime.startswith(("oa", "oe", "oă"))
    if rime[0] == "y" and len(rime) > 1:
        return onset == ""
    if rime == "y":
        return onset in ("", "h", "k", "l", "m", "s", "t", "v", "th", "ch", "tr")
    return True


@cache
def split_syllable(toneless: str) -> tuple[str, str] | None:
    """Onset and rime of a syllable without tone; None if Vietnamese spelling has no such syllable.

    Examples
    --------
    >>> split_syllable("nguyên"), split_syllable("gin"), split_syllable("lee")
    (('ng', 'uyên'), ('g', 'in'), None)
    """
    for onset in ONSETS:
        if toneless.startswith(onset):
            rime = toneless[len(onset) :]
            if rime in RIMES and _fits(onset, rime):
                return onset, rime
            if onset == "gi" and rime in ("êng", "êt", "êm", "êu", "êc"):
                return onset, rime
    return None


def is_syllable(syllable: str) -> bool:
    """Whether Vietnamese has this syllable with this tone; unaccented ones count as written.

    Examples
    --------
    >>> is_syllable("Quý"), is_syllable("Harris"), is_syllable("học"), is_syllable("hòc")
    (True, False, True, False)
    """
    toneless, tone = split_tone(syllable)
    return is_toned_syllable(toneless, tone)


def is_toned_syllable(toneless: str, tone: int) -> bool:
    """As `is_syllable`, for a syllable that is already split; stopped rimes take sắc or nặng.

    An unaccented stopped syllable ("phuc") counts, for registers drop diacritics.
    """
    parts = split_syllable(toneless)
    if parts is None or tone < 0:
        return False
    return RIMES.get(parts[1], ("", ""))[1] not in _STOPPED or tone in (0, 1, 5)


def add_tone(toneless: str, tone: int) -> str:
    """Put a tone on a syllable: on its last marked vowel, else where the older spelling has it.

    Examples
    --------
    >>> add_tone("nguyên", 4), add_tone("hoa", 2), add_tone("toan", 2), add_tone("quy", 1)
    ('nguyễn', 'hòa', 'toàn', 'quý')
    """
    if not tone:
        return toneless
    parts = split_syllable(toneless)
    onset = len(parts[0]) if parts else 0
    vowels = [i for i in range(onset, len(toneless)) if toneless[i] in "aăâeêioôơuưy"]
    marked = [i for i in vowels if toneless[i] in "ăâêôơư"]
    if marked:
        place = marked[-1]
    elif not vowels:
        return toneless
    elif vowels[-1] != len(toneless) - 1:
        place = vowels[-1]
    else:
        place = vowels[max(len(vowels) - 2, 0)]
    return unicodedata.normalize("NFC", toneless[: place + 1] + TONE_MARKS[tone - 1] + toneless[place + 1 :])
