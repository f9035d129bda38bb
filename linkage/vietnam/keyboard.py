"""Text whose input method was off (Telex, VNI, VIQR) -> what was meant, token by token."""

from __future__ import annotations

import re
from functools import lru_cache

from linkage.vietnam.syllables import add_tone, is_toned_syllable

_CIRCUMFLEX = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"a": "ă", "o": "ơ", "u": "ư"}
_TELEX_TONES = {"s": 1, "f": 2, "r": 3, "x": 4, "j": 5}
_VIQR_TONES = {"'": 1, "`": 2, "?": 3, "~": 4, ".": 5}
_VNI_MARKS = {"6": _CIRCUMFLEX, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}}
_VOWELS = frozenset("aăâeêioôơuưy")
_VIQR_SIGN = re.compile(r"[aeiouy][\^(+*~`?]|dd", re.IGNORECASE)


@lru_cache(maxsize=1 << 12)
def decode_telex(token: str) -> tuple[str, bool] | None:
    """Read one token as Telex keystrokes.

    Parameters
    ----------
    token : str
        Any case.

    Returns
    -------
    tuple of (str, bool) or None
        The syllable in lower case and whether the evidence is strong: keystrokes that other
        languages hardly write. None when the keystrokes give no Vietnamese syllable.

    Examples
    --------
    >>> decode_telex("Nguyeenx"), decode_telex("Ddawngj"), decode_telex("Lee")
    (('nguyễn', True), ('đặng', True), ('lê', False))
    >>> decode_telex("Harris") is None
    True
    """
    letters: list[str] = []
    tone, n_marks = 0, 0
    keys = token.lower()
    for i, key in enumerate(keys):
        has_vowel = any(letter in _VOWELS for letter in letters)
        if has_vowel and key in _TELEX_TONES:
            if tone:
                return None
            tone = _TELEX_TONES[key]
        elif key == "w":
            if not _add_horn(letters):
                return None
            n_marks += 1
        elif key in _CIRCUMFLEX and key in letters and _is_circumflex(letters, key, keys[i + 1 :]):
            letters[_last(letters, key)] = _CIRCUMFLEX[key]
            n_marks += 1
        elif key == "d" and letters == ["d"]:
            letters[0] = "đ"
            n_marks += 1
        else:
            letters.append(key)
    toneless = _settle_horn("".join(letters))
    if not (n_marks or tone) or not is_toned_syllable(toneless, tone):
        return None
    is_open = toneless[-1] in _VOWELS
    strong = (
        bool(n_marks and tone)
        or toneless[0] == "đ"
        or (tone in (2, 5) and keys[-1] in "fj")
        or ("w" in keys and not is_open)
    )
    return add_tone(toneless, tone), strong


def _last(letters: list[str], letter: str) -> int:
    return len(letters) - 1 - letters[::-1].index(letter)


def _is_circumflex(letters: list[str], key: str, rest: str) -> bool:
    """A second vowel key marks the first: right behind it, or at the end with a tone key."""
    place = _last(letters, key)
    if place == len(letters) - 1:
        return True
    between = letters[place + 1 :]
    return bool(rest) and rest in _TELEX_TONES and not any(letter in _VOWELS for letter in between)


def _add_horn(letters: list[str]) -> bool:
    """Apply w to the last of a, o, u; uo becomes ươ, oa oă, ua ưa (but qua quă)."""
    text = "".join(letters)
    for plain, marked in (("uo", "ươ"), ("oa", "oă"), ("ua", "ưa")):
        if plain in text:
            if plain[0] == "u" and text.startswith("qu"):
                marked = "u" + _HORN[plain[1]]
            letters[:] = text.replace(plain, marked)
            return True
    for i in range(len(letters) - 1, -1, -1):
        if letters[i] in _HORN:
            letters[i] = _HORN[letters[i]]
            return True
    return False


def _settle_horn(toneless: str) -> str:
    """One horn key is enough for ươ; open, it is uơ (thuở)."""
    if toneless.endswith("ươ"):
        return toneless[:-2] + "uơ"
    if toneless.startswith("qu") or toneless.endswith("uơ"):
        return toneless
    return toneless.replace("uơ", "ươ")


def decode_vni(token: str) -> str | None:
    """Read one token as VNI keystrokes: 1-5 tones, 6 circumflex, 7 horn, 8 breve, 9 đ.

    Examples
    --------
    >>> decode_vni("Nguye6n4"), decode_vni("Tra62n"), decode_vni("D9a85ng"), decode_vni("Hu8ng")
    ('nguyễn', 'trần', 'đặng', None)
    """
    letters: list[str] = []
    tone = 0
    for key in token.lower():
        if not key.isdigit():
            letters.append(key)
        elif "1" <= key <= "5" and not tone:
            tone = int(key)
        elif key == "9" and letters[:1] == ["d"]:
            letters[0] = "đ"
        elif key not in _VNI_MARKS or not _add_vni(letters, _VNI_MARKS[key]):
            return None
    toneless = _settle_horn("".join(letters))
    return add_tone(toneless, tone) if is_toned_syllable(toneless, tone) else None


def _add_vni(letters: list[str], marks: dict[str, str]) -> bool:
    for i in range(len(letters) - 1, -1, -1):
        if letters[i] in marks:
            letters[i] = marks[letters[i]]
            return True
    return False


def decode_viqr(token: str) -> str | None:
    """Read one token as VIQR: ^ ( + behind a vowel, dd, and the tones ' ` ? ~ .

    Examples
    --------
    >>> decode_viqr("Nguye^~n"), decode_viqr("DDa(.ng"), decode_viqr("Tra^`n")
    ('nguyễn', 'đặng', 'trần')
    """
    letters: list[str] = []
    tone = 0
    for key in token.lower():
        last = letters[-1] if letters else ""
        if key == "^" and last in _CIRCUMFLEX:
            letters[-1] = _CIRCUMFLEX[last]
        elif key == "(" and last == "a":
            letters[-1] = "ă"
        elif key in "+*" and last in ("o", "u"):
            letters[-1] = _HORN[last]
        elif key == "d" and letters == ["d"]:
            letters[0] = "đ"
        elif key in _VIQR_TONES and last in _VOWELS and not tone:
            tone = _VIQR_TONES[key]
        elif key.isalpha():
            letters.append(key)
        else:
            return None
    toneless = "".join(letters)
    return add_tone(toneless, tone) if is_toned_syllable(toneless, tone) else None


def looks_like_viqr(text: str) -> bool:
    """Whether a vowel is followed by one of VIQR's own signs."""
    return _VIQR_SIGN.search(text) is not None
