"""Bytes that are no UTF-8 -> the code page in which they make words, of any letters or signs."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections import Counter

_WESTERN = "àáâãäåæçèéêëìíîïñòóôõöøœùúûüßÿ"
_LATIN = (
    ("cp1252", _WESTERN),
    ("cp1252", "áðéíóúýþæö"),
    ("cp1252", "äöåšž"),
    ("cp1258", "ăâđêôơưàáãèéíìòóùúý\u0300\u0301\u0303\u0309\u0323"),
    ("cp1254", "çğıöşüâîûi\u0307"),
    *((page, "ąćęłńóśźż") for page in ("cp1250", "iso8859_2")),
    *((page, "áčďéěíňóřšťúůýžäĺľôŕ") for page in ("cp1250", "iso8859_2")),
    *((page, "čćđšž") for page in ("cp1250", "iso8859_2")),
    *((page, "ăâîşţșț") for page in ("cp1250", "iso8859_2")),
    *((page, "áéíóöőúüű") for page in ("cp1250", "iso8859_2")),
    *(("cp1257", letters) for letters in ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž")),
)
"""Code pages with the letters that one language, or those of the West, write beyond ASCII."""
_OTHERS = (
    *((page, "оаеинтсрвлкі") for page in ("cp1251", "koi8_u", "cp866", "iso8859_5")),
    ("cp1253", "αοιετσνηυρςά"),
    ("cp1255", "יוהלארמתבשנד"),
    ("cp1256", "الميونرتبعحد"),
    ("cp874", "านรกอเงยลมส์ิวี"),
)
"""Code pages of other letters, with those that are most frequent."""
_SIGNS = ("cp949", "cp932", "euc_jp", "gb18030", "big5")
"""Code pages that write one sign in two bytes; Korean is also read as Chinese, so it stands before."""

ENOUGH = 1 << 16
"""Bytes of lines beyond ASCII that are read in every code page."""
SIGNS_RUN, WORDS_RUN, LONG_RUN = 1.3, 1.9, 2.5
"""Mean length of runs of bytes beyond ASCII from which signs may be made of them, words may, and are."""
MOST_BAD = 0.005
"""Share of letters that cannot be read, from which it is another code page."""
LEAST_LATIN, ALL_LATIN, LEAST_FREQUENT, LEAST_COMMON = 0.9, 0.98, 0.45, 0.8
"""Share of what is not ASCII that must be a language's letters (all, where words may be made of them), its
frequent letters, or common signs."""
LEAST_SIGNS = 6
"""Fewer signs may be letters of another code page by chance."""
_NEUTRAL = frozenset("°ºª«»–—‘’“”…€£§·´¨¡№\u00a0\ufffd")


def code_page_of(head: bytes) -> str | None:
    """The code page that the first bytes of a text were written in; None if none makes words of them."""
    head = b"\n".join(line for line in head.split(b"\n") if not line.isascii())[:ENOUGH]
    runs = re.findall(rb"[\x80-\xff]+", head)
    if not runs:
        return None
    length = sum(map(len, runs)) / len(runs)
    signs = max(_SIGNS, key=lambda page: _share_of_common_signs(head, page))
    if length >= SIGNS_RUN and _share_of_common_signs(head, signs) >= LEAST_COMMON:
        return signs
    page, letters = max(_LATIN, key=lambda entry: _share_of_letters(head, *entry))  # the first one of equals
    least = LEAST_LATIN if length < WORDS_RUN else ALL_LATIN
    if length < LONG_RUN and _share_of_letters(head, page, letters) >= least:
        return page
    page, letters = max(_OTHERS, key=lambda entry: _share_of_letters(head, *entry))
    return page if length >= WORDS_RUN and _share_of_letters(head, page, letters) >= LEAST_FREQUENT else None


def _counted(head: bytes, page: str) -> tuple[Counter[str], float]:
    """The letters and signs beyond ASCII, lower case, and the share of them that cannot be read."""
    text = getincrementaldecoder(page)("replace").decode(head)  # not final: may end inside a sign
    counts = Counter(ch for ch in text.lower() if ch >= "\x80")
    bad = counts.pop("\ufffd", 0)
    return counts, bad / max(bad + counts.total(), 1)


def _share_of_letters(head: bytes, page: str, letters: str) -> float:
    counts, bad = _counted(head, page)
    known = sum(counts[ch] for ch in {*letters, *_NEUTRAL})
    return (1.0 - bad) * known / max(counts.total(), 1)


def _share_of_common_signs(head: bytes, page: str) -> float:
    counts, bad = _counted(head, page)
    if bad > MOST_BAD or counts.total() < LEAST_SIGNS:
        return 0.0
    return sum(n * _is_common(ch, page) for ch, n in counts.items()) / max(counts.total(), 1)


def _is_common(ch: str, page: str) -> float:
    """Whether a sign is one of daily use where the code page is used; half, of kana that may be any bytes."""
    if page == "cp932" and "\uff61" <= ch <= "\uff9f":
        return 0.5
    if page == "cp949":
        return "\uac00" <= ch <= "\ud7a3" and _lead(ch, "euc_kr") > 0
    if page in ("cp932", "euc_jp"):
        return "\u3040" <= ch <= "\u30ff" or ch in "\u3000・ー" or 0xB0 <= _lead(ch, "euc_jp") <= 0xCF
    if page == "gb18030":
        return ch in "，。：；（）\u3000" or 0xB0 <= _lead(ch, "gb2312") <= 0xD7
    return 0xA4 <= _lead(ch, "big5") <= 0xC6


def _lead(ch: str, page: str) -> int:
    try:
        return ch.encode(page)[0]
    except UnicodeEncodeError:
        return 0
