"""Vietnamese syllables -> the keystrokes and legacy bytes that they are made of."""

import unicodedata

from linkage.vietnam.legacy import _VNI_PAIRS, _VNI_SINGLE

MARKS = "\u0301\u0300\u0309\u0303\u0323"
TELEX = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI = {"â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7", "đ": "d9"}
VIQR = {"â": "a^", "ê": "e^", "ô": "o^", "ă": "a(", "ơ": "o+", "ư": "u+", "đ": "dd"}
VNI_WIN = {"â": "aâ", "ê": "eâ", "ô": "oâ", "ă": "aê", "ơ": "ô", "ư": "ö", "đ": "ñ"}
VNI_WIN_TONED = {"â": "áàåãä", "ê": "áàåãä", "ô": "áàåãä", "ă": "éèúüë"}


def take_tone(syllable):
    letters = unicodedata.normalize("NFD", syllable.lower())
    tone = next((MARKS.index(char) + 1 for char in letters if char in MARKS), 0)
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in MARKS)), tone


def to_telex(syllable):
    letters, tone = take_tone(syllable)
    return "".join(TELEX.get(c, c) for c in letters) + " sfrxj"[tone].strip()


def to_vni(syllable):
    letters, tone = take_tone(syllable)
    return "".join(VNI.get(c, c) for c in letters) + (str(tone) if tone else "")


def to_viqr(syllable):
    out = ""
    for char in unicodedata.normalize("NFC", syllable.lower()):
        letter, tone = take_tone(char)
        out += VIQR.get(letter, letter) + " '`?~."[tone].strip()
    return out


def to_vni_win(syllable):
    out = ""
    for char in unicodedata.normalize("NFC", syllable.lower()):
        letter, tone = take_tone(char)
        if not tone:
            out += VNI_WIN.get(letter, letter)
        elif letter in VNI_WIN_TONED:
            out += VNI_WIN[letter][0] + VNI_WIN_TONED[letter][tone - 1]
        elif letter == "i":
            out += "íìæóò"[tone - 1]
        elif letter == "y" and tone == 5:
            out += "î"
        else:
            out += VNI_WIN.get(letter, letter) + "ùøûõï"[tone - 1]
    return out


def read_vni_win(text):
    marks = {(base, sign): mark for (bases, sign), mark in _VNI_PAIRS.items() for base in bases}
    chars = unicodedata.normalize("NFC", text)
    out, i = "", 0
    while i < len(chars):
        base, sign = chars[i], chars[i + 1 : i + 2].lower()
        single = _VNI_SINGLE.get(base.lower(), base)
        mark = marks.get((base.lower(), sign), "")
        out += (single.upper() if base.isupper() else single) + mark
        i += 2 if mark else 1
    return unicodedata.normalize("NFC", out)
