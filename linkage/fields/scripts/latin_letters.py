"""Names in Cyrillic, Greek, Georgian, Japanese, Chinese, a script of India, or Latin -> one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pyarrow as pa

from linkage.fields import compute as pc
from linkage.fields.scripts.caucasian import of_caucasian
from linkage.fields.scripts.ethiopic import of_ethiopic
from linkage.fields.scripts.indic import of_indic
from linkage.fields.scripts.pinyin import in_pinyin
from linkage.fields.text import as_text, readable, rewritten

_CYRILLIC = dict(zip("абвгґдезийклмнопрстуфхыэієё", "abvggdeziiklmnoprstufhieiee", strict=True)) | {
    **dict.fromkeys("ъь", ""),
    **{"ж": "z", "ц": "c", "ч": "c", "ш": "s", "щ": "s", "ю": "u", "я": "a", "ї": "i", "ў": "u", "ј": "i"},
    **{"љ": "l", "њ": "n", "ђ": "d", "ћ": "c", "џ": "z", "ѓ": "g", "ќ": "k", "ѕ": "z", "қ": "k", "ғ": "g"},
    **{"ң": "n", "ө": "o", "ү": "u", "ұ": "u", "һ": "h", "ә": "a", "ə": "a", "ı": "i"},
}
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψωςϊϋ", "avgdezitiklmnxoprstifhposii", strict=True))
_GREEK_PAIRS = (
    *(("ου", "o"), ("αι", "e"), ("ει", "i"), ("οι", "i"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b")),
    *(("ντ", "d"), ("γκ", "g"), ("γγ", "g"), ("ψ", "ps")),
)
_KANA_ROWS = {
    **{
        "": "アイウエオ",
        "k": "カキクケコ",
        "s": "サシスセソ",
        "t": "タチツテト",
        "n": "ナニヌネノ",
        "h": "ハヒフヘホ",
    },
    **{
        "m": "マミムメモ",
        "y": "ヤ ユ ヨ",
        "r": "ラリルレロ",
        "g": "ガギグゲゴ",
        "z": "ザジズゼゾ",
        "d": "ダヂヅデド",
    },
    **{"b": "バビブベボ", "p": "パピプペポ", "w": "ワ   ヲ"},
}
_KANA = {
    kana: row + vowel for row, signs in _KANA_ROWS.items() for kana, vowel in zip(signs, "aiueo", strict=True)
}
_KANA |= {
    "ン": "n",
    "チ": "chi",
    "ツ": "tsu",
    "フ": "fu",
    "ジ": "ji",
    "ヂ": "ji",
    "ヅ": "zu",
    "ヲ": "o",
    "ヴ": "vu",
}
del _KANA[" "]
_SMALL = {"ャ": "a", "ュ": "u", "ョ": "o", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_RULES = tuple(
    (re.compile(pattern), by)
    for pattern, by in {
        **{"shch|sch|sh": "s", "zh|dj|dz": "z", "kh": "h", "tch|ch|ts|tz|tc": "c", "ph": "f", "th": "t"},
        **{"x": "ks", "w": "v", "q": "k", "[iyj]+u": "u", "[iyj]+a": "a", "[iyj]+e": "e", "[iyj]+o": "o"},
        **{"[yj]": "i", "o[uh](?![aeiou])|oo|ou": "o", "['’‘ʻʼ]": "", "h": "g", r"(.)\1+": r"\1"},
    }.items()
)
"""What standards of writing foreign names in Latin letters differ in: (ts, c), (yu, iu, ju), (ou, o)."""

_CHILD_OF = frozenset(["ogli", "ugli", "uli", "kizi", "oglu", "ulu"])
"""Son and daughter of, in Turkic languages, as the rules leave them: behind the father's name, or not."""


def in_latin_letters(names: pa.Array) -> pa.Array:
    """Names with what standards differ in taken away, as none writes them: to be compared with each other."""
    return rewritten(names, _spelled)


def letters_of(names: pa.Array) -> str:
    """The script of most letters: "LATIN", "CYRILLIC", "GREEK", "KATAKANA", "CJK" ...; "" without any."""
    text = unicodedata.normalize("NFKC", "".join(readable(pc.drop_null(as_text(names))).to_pylist()))
    counts = Counter(ch for ch in text if ch.isalpha())
    scripts = Counter[str]()
    for ch, n in counts.items():
        scripts[unicodedata.name(ch, "").split()[0].replace("HIRAGANA", "KATAKANA")] += n
    return scripts.most_common(1)[0][0] if scripts else ""


def _spelled(text: str) -> str:
    text = of_indic(in_pinyin(unicodedata.normalize("NFKC", text).lower()))
    text = of_caucasian(of_ethiopic(text))
    text = "".join(chr(ord(ch) + 96) if "\u3041" <= ch <= "\u3096" else ch for ch in text)
    text = "".join(map(_of_kana, text, [*text[1:], ""]))
    text = text.replace("ー", "")
    text = unicodedata.normalize("NFC", "".join(_CYRILLIC.get(ch, ch) for ch in text))
    plain = "".join(ch for ch in unicodedata.normalize("NFD", text) if not unicodedata.combining(ch))
    for pair, by in _GREEK_PAIRS:
        plain = plain.replace(pair, by)
    plain = "".join(_GREEK.get(ch, ch) for ch in plain)
    for pattern, by in _RULES:
        plain = pattern.sub(by, plain)
    words = re.sub(r"[^\w]+", " ", plain).split()
    return " ".join([word for word in words if word not in _CHILD_OF] or words)


def _of_kana(ch: str, following: str) -> str:
    if ch in _SMALL:
        return _SMALL[ch]
    said = _KANA.get(ch)
    if said is None:
        return "" if ch == "ッ" else ch
    return said[:-1] if following in _SMALL and following and said[-1] in "iue" and len(said) > 1 else said
