"""Names in Arabic letters, or such names in Latin ones -> their consonants, which both have.

Arabic writes no short vowels, and every country writes its sounds in Latin letters in its own way: محمد is
Mohamed, Muhammad and Mehmet, عبد الرحمن is Abdelrahman and Abd al-Rahman. What all of them hold is m-h-m-d.
"""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa

from linkage.fields.text import rewritten

_ARABIC = dict(zip("بتثجحخدذرزسشصضطظغفقكلمنهويىپچژگ", "btsghhdzrzsssdtzgfkklmnhwyybszg", strict=True)) | {
    **dict.fromkeys("اأإآعٱ", "a"),
    **dict.fromkeys("ءئؤّـ", ""),
    **{"ک": "k", "ی": "y", "ہ": "h", "ھ": "h", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n", "ے": "y", "ة": ""},
}
_LATIN = tuple(
    (re.compile(pattern), by)
    for pattern, by in {
        **{r"\b(abd|abdu)[\s-]*([aeiu]l)[\s-]*": "abdl", r"\b([ae]l)[\s-]+": r"\1"},
        **{"sh|sch|ch": "s", "kh": "h", "gh": "g", "dh": "z", "th": "t", "ph": "f", "ou": "u", "ck": "k"},
        **{"[cq]": "k", "x": "ks", "v": "w", "p": "b", "j": "g"},
    }.items()
)
_ARTICLE = re.compile("^al(?=..)")


def in_consonants(names: pa.Array) -> pa.Array:
    """Names by their consonants, to be compared with each other."""
    return rewritten(names, _consonants)


def _consonants(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub("['‘’ʿʾʻʼ`]", "", text)
    text = re.sub(r"(?<=\bعبد)\s+(?=ال)", "", text)
    text = "".join(ch for ch in unicodedata.normalize("NFD", text) if not unicodedata.combining(ch))
    for pattern, by in _LATIN:
        text = pattern.sub(by, text)
    text = "".join(_ARABIC.get(ch, ch) for ch in text)  # last: two of its sounds are no Latin "kh"
    return " ".join(filter(None, map(_word, re.findall(r"\w+", text))))


def _word(word: str) -> str:
    """The first sound, be it a vowel, and the consonants behind it; h at the end is a vowel's.

    The article goes: al-Hassani is Hassani as well, and who writes it, writes it apart or not.
    """
    first = "a" if word[0] in "aeiou" else word[0]
    sounds = re.sub(r"(.)\1+", r"\1", first + re.sub("[aeiouyw]|h$", "", word[1:]))
    return _ARTICLE.sub("", sounds)
