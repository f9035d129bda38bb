"""One syllable -> the ways it gets misspelt: tones, i and y, dialect, keys, old fonts, typing."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

from linkage.population.name_tables import DOUBLETS

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_TELEX_TONE: Final = dict(zip(_TONES, "fsxrj", strict=True))
_VNI_TONE: Final = dict(zip(_TONES, "21435", strict=True))
_TELEX_MARK: Final = {"\u0302": None, "\u0306": "w", "\u031b": "w"}
_VNI_MARK: Final = {"\u0302": "6", "\u0306": "8", "\u031b": "7"}
_NEIGHBOURS: Final = {
    "a": "sqw", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et",
    "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x", "đ": "d",
}  # fmt: skip
_LETTERS: Final = ("aăâ", "eê", "oôơ", "uư", "dđ")
_REGIONAL_ONSETS: Final = (
    ("l", "n"), ("n", "l"), ("tr", "ch"), ("ch", "tr"), ("s", "x"), ("x", "s"), ("r", "d"), ("d",
    "gi"), ("gi", "d"),
    ("v", "d"), ("d", "v"),
)  # fmt: skip
_REGIONAL_RHYMES: Final = (
    ("iêu", "iu"), ("ươu", "ưu"), ("uôi", "ui"), ("inh", "ân"), ("n", "ng"), ("ng", "n"), ("t",
    "c"), ("c", "t"),
)  # fmt: skip
_OCR: Final = (
    ("đ", "d"), ("m", "rn"), ("ê", "é"), ("ư", "u"), ("ă", "â"), ("â", "ă"), ("l", "1"), ("i",
    "1"), ("o", "0"),
    ("ơ", "o"), ("n", "ri"), ("h", "b"), ("u", "ii"), ("g", "q"), ("c", "e"), ("t", "l"),
)  # fmt: skip
_ONSET: Final = re.compile(r"^(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?(.*)$")

_TCVN3_TO: Final = "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ"
_TCVN3_FROM: Final = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
_TCVN3: Final = str.maketrans(_TCVN3_FROM, _TCVN3_TO)


def fold(text: str) -> str:
    """Drop every diacritic: `Đặng` -> `Dang`."""
    text = text.replace("đ", "d").replace("Đ", "D")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _split_tone(syllable: str) -> tuple[str, str]:
    """`hoàng` -> (`hoang` with its vowel marks, the tone mark or '')."""
    parts = unicodedata.normalize("NFD", syllable)
    tone = next((c for c in parts if c in _TONES), "")
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)), tone


def _with_tone(syllable: str, position: int, tone: str) -> str:
    marked = unicodedata.normalize("NFC", syllable[position] + tone)
    return syllable[:position] + marked + syllable[position + 1 :]


def move_tone(syllable: str) -> str | None:
    """`hòa` <-> `hoà`; None where the placement is not in dispute."""
    plain, tone = _split_tone(syllable)
    found = re.search(r"(oa|oe|uy)$", plain)
    if not tone or not found or plain.startswith("qu"):
        return None
    first = found.start()
    early, late = _with_tone(plain, first, tone), _with_tone(plain, first + 1, tone)
    return late if syllable == early else early


def swap_i_y(syllable: str) -> str | None:
    """`mỹ` <-> `mĩ` after h k l m s t v qu th; None elsewhere and for `thị`."""
    plain, tone = _split_tone(syllable)
    if syllable == "thị":
        return None
    found = re.fullmatch(r"(h|k|l|m|s|t|v|qu|th)([iy])", plain)
    if not found:
        return None
    return unicodedata.normalize("NFC", found[1] + ("y" if found[2] == "i" else "i") + tone)


def key_sequence(syllable: str, tone_keys: dict[str, str], mark_keys: dict[str, str | None], d: str) -> str:
    """The keys as pressed, unconverted: `nguyễn` -> `nguyeenx` (Telex) or `nguye6n4` (VNI)."""
    out: list[str] = []
    tail = ""
    for c in unicodedata.normalize("NFD", syllable):
        if c in tone_keys:
            tail = tone_keys[c]
        elif c in mark_keys:
            out.append(mark_keys[c] or out[-1])
        else:
            out.append(d if c == "đ" else c)
    return "".join(out) + tail


def telex(syllable: str) -> str:
    """Unconverted Telex keys."""
    return key_sequence(syllable, _TELEX_TONE, dict(_TELEX_MARK), "dd")


def vni(syllable: str) -> str:
    """Unconverted VNI keys."""
    return key_sequence(syllable, _VNI_TONE, dict(_VNI_MARK), "d9")


def wrong_marks(syllable: str) -> list[str]:
    """Every syllable that differs in one tone or one letter's mark."""
    plain, tone = _split_tone(syllable)
    out = []
    if tone:
        at = next(
            i
            for i, (a, b) in enumerate(zip(plain, unicodedata.normalize("NFC", syllable), strict=True))
            if a != b
        )
        out += [_with_tone(plain, at, other) for other in ("", *_TONES) if other != tone]
        if tone in "\u0303\u0309":  # hỏi and ngã are what people confuse
            out += [_with_tone(plain, at, "\u0309" if tone == "\u0303" else "\u0303")] * 3
    else:
        at = next((i for i, c in enumerate(plain) if fold(c) in "aeiouy"), -1)
        if at >= 0:
            out += [_with_tone(plain, at, other) for other in "\u0300\u0301\u0323"]
    for i, c in enumerate(plain):
        for family in _LETTERS:
            if c in family:
                for other in family.replace(c, ""):
                    changed = plain[:i] + other + plain[i + 1 :]
                    out.append(_retone(changed, syllable, tone))
    return out


def _retone(plain: str, model: str, tone: str) -> str:
    if not tone:
        return plain
    bare, _ = _split_tone(model)
    for i, (a, b) in enumerate(zip(bare, unicodedata.normalize("NFC", model), strict=True)):
        if a != b and i < len(plain):
            return _with_tone(plain, i, tone)
    return plain


def regional(syllable: str) -> list[str]:
    """Every syllable it sounds like in some dialect."""
    plain, tone = _split_tone(syllable)
    found = _ONSET.match(plain)
    if not found or not found[2]:
        return []
    onset, rhyme = found[1] or "", found[2]
    changed = [new + rhyme for old, new in _REGIONAL_ONSETS if onset == old]
    for old, new in _REGIONAL_RHYMES:
        if rhyme.endswith(old) and (len(rhyme) > len(old) or len(old) == 3):
            changed.append(onset + rhyme[: len(rhyme) - len(old)] + new)
    out = [_tone_on_vowel(word, tone) for word in changed]
    if tone in ("\u0303", "\u0309"):
        out.append(_tone_on_vowel(plain, "\u0309" if tone == "\u0303" else "\u0303"))
    return [word for word in out if word != syllable]


def _tone_on_vowel(plain: str, tone: str) -> str:
    """Put a tone where the rules put it: on a marked vowel, else on the one before the last."""
    if not tone:
        return plain
    start = 2 if re.match(r"(qu|gi)[aăâeêoôơuưy]", plain) else 0
    vowels = [i for i, c in enumerate(plain) if fold(c) in "aeiouy" and i >= start]
    if not vowels:
        return plain
    marked = [i for i in vowels if plain[i] in "ăâêôơư"]
    if marked:
        at = marked[-1]
    elif vowels[-1] < len(plain) - 1:
        at = vowels[-1]
    else:
        at = vowels[max(0, len(vowels) - 2)]
    return _with_tone(plain, at, tone)


def typos(syllable: str, number: int) -> list[str]:
    """`number` slips of the fingers: letters lost, doubled, swapped or from the next key."""
    choice = Random(f"typo {syllable}")
    out: list[str] = []
    while len(out) < number:
        at = choice.randrange(len(syllable))
        kind = choice.random()
        near = choice.choice(_NEIGHBOURS.get(fold(syllable[at]), "ae"))
        if kind < 0.3 and len(syllable) > 1:
            out.append(syllable[:at] + syllable[at + 1 :])
        elif kind < 0.5 and at + 1 < len(syllable) and syllable[at] != syllable[at + 1]:
            out.append(syllable[:at] + syllable[at + 1] + syllable[at] + syllable[at + 2 :])
        elif kind < 0.75:
            out.append(syllable[:at] + near + syllable[at + 1 :])
        else:
            out.append(syllable[:at] + choice.choice((syllable[at], near)) + syllable[at:])
    return out


def ocr(syllable: str) -> list[str]:
    """What a reader of scanned paper makes of it."""
    out = [syllable.replace(old, new, 1) for old, new in _OCR if old in syllable]
    plain, tone = _split_tone(syllable)
    if tone == "\u0323":
        out += [plain] * 2
    if tone in ("\u0303", "\u0309"):
        out.append(_tone_on_vowel(plain, "\u0309" if tone == "\u0303" else "\u0303"))
    return [word for word in out if word != syllable]


@cache
def doublets() -> dict[str, str]:
    """Lower-case name -> its other form."""
    words = DOUBLETS.lower().split()
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    return {**{b: a for a, b in pairs.items()}, **pairs}


def tcvn3(text: str) -> str:
    """The bytes of the TCVN3 (ABC) fonts read as Latin-1; capitals lose their case."""
    return "".join(
        c if c.isascii() else c.lower().translate(_TCVN3) for c in unicodedata.normalize("NFC", text)
    )


_VNI_WIN_TONE: Final = dict(zip(_TONES, "øùõûï", strict=True))
_VNI_WIN_CIRCUMFLEX: Final = dict(zip(_TONES, "àáãåä", strict=True))
_VNI_WIN_BREVE: Final = dict(zip(_TONES, "èéüúë", strict=True))
_VNI_WIN_SINGLE: Final = dict(zip("ìỉĩíịỵÌỈĨÍỊỴ", "ìæóíòîÌÆÓÍÒÎ", strict=True))


def vni_win(text: str) -> str:
    """The bytes of the VNI fonts read as Latin-1: `Nguyễn` -> `Nguyeãn`."""
    out = []
    for c in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", c)
        base, marks = parts[0], parts[1:]
        tone = next((m for m in marks if m in _TONES), "")
        if base in "đĐ":
            out.append("ñ" if base == "đ" else "Ñ")
        elif c in _VNI_WIN_SINGLE:
            out.append(_VNI_WIN_SINGLE[c])
        elif "\u0302" in marks:
            out.append(base + _VNI_WIN_CIRCUMFLEX.get(tone, "â"))
        elif "\u0306" in marks:
            out.append(base + _VNI_WIN_BREVE.get(tone, "ê"))
        else:
            if "\u031b" in marks:
                base = {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}.get(base, base)
            out.append(base + _VNI_WIN_TONE.get(tone, ""))
    return "".join(out)


def mojibake(text: str) -> str:
    """UTF-8 bytes read as Windows-1252, bytes without a meaning there as Latin-1."""
    return "".join(_cp1252(byte) for byte in text.encode())


def _cp1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def hybrid(text: str) -> str:
    """Letters composed, tones apart, as code page 1258 converts them: `ê` + U+0303."""
    out = []
    for c in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", c)
        tone = "".join(m for m in parts if m in _TONES)
        out.append(unicodedata.normalize("NFC", "".join(m for m in parts if m not in _TONES)) + tone)
    return "".join(out)


def nfd(text: str) -> str:
    """Every mark apart, as macOS writes file names."""
    return unicodedata.normalize("NFD", text)


Transform = Callable[[str], str]
