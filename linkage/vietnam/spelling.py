"""A suspect name -> the name as it was meant, or the text as it came.

Called once per distinct suspect value (the kernel's NAME_SUSPECT), never for a whole column. A
guess is only taken when every syllable of the result is Vietnamese and some token of the input is
not; keystrokes that could be a foreign name need more than that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from linkage._kernels.normalise import is_family_name, normalise_one
from linkage.vietnam.keyboard import decode_telex, decode_viqr, decode_vni, looks_like_viqr
from linkage.vietnam.legacy import decode_mojibake, decode_tcvn3, decode_viscii, decode_vni_win
from linkage.vietnam.syllables import is_syllable

_BRACKETS = re.compile(r"[(\[{<（][^)\]}>）]*[)\]}>）]?")
_ALIAS = re.compile(r"\s(?:tức|tuc là|tức là|hay còn gọi|bí danh|thường gọi)\b.*$", re.IGNORECASE)
_ADDED = re.compile(r"[(\[{<（]|\s(?:t[uứ]c|hay|bí|thường) ?", re.IGNORECASE)
"""What each of both begins with: most names hold neither."""
_COUNTER = re.compile(r"[\s._\-/,#]+\d*\s*$|(?<=[^\W\d_])\d+\s*$")
_STRAY_CAPITAL = re.compile(r"[a-z][ĂÂÊÔƠƯĐẠ-Ỵ](?<![ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ])")
_SPLIT = re.compile(r"[\s.,\-]+")
_NEVER_READ = re.compile("[\u1ea0-\u1ef9]")
"""Vietnamese letters as which no byte of another encoding is read as Windows-1252."""
_WELL_READ = re.compile("[\0-~ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]*")
"""A text with such a letter and none that is not Vietnamese was decoded rightly, however it is typed."""

_FOREIGN = frozenset(
    (
        *("alex", "bess", "boos", "doris", "felix", "hans", "hoof", "lars", "lee", "lois", "mars"),
        *("max", "moss", "nils", "rex", "ross", "tess", "thor"),
    )
)
"""Foreign names that Telex would turn into Vietnamese syllables: they are, beside clear keystrokes only."""

_KHMER = frozenset(("neáng", "néang"))
"""No Vietnamese syllables, but written with Vietnamese diacritics: in VNI for Windows they would be Nếng."""

_SURNAMES = frozenset(
    (
        *("nguyễn", "trần", "phạm", "hoàng", "huỳnh", "võ", "vũ", "đặng", "bùi", "đỗ", "hồ", "ngô"),
        *(
            "dương",
            "trương",
            "trịnh",
            "đinh",
            "đoàn",
            "lương",
            "đào",
            "lưu",
            "triệu",
            "phùng",
            "đàm",
        ),
    )
)
"""What a decoded first token must be, for a name of one or two tokens to be believed."""


@lru_cache(maxsize=1 << 12)
def repair_name(text: str) -> str:
    """Repair a name that was typed with the input method off, decoded wrongly, or carries an alias.

    Telex, VNI and VIQR keystrokes; TCVN3, VNI for Windows and VISCII bytes; UTF-8 read as a
    one-byte encoding; brackets and "tức …" are cut off. Conservative: what cannot be repaired with
    confidence comes back as it was.

    Parameters
    ----------
    text : str
        One raw name.

    Returns
    -------
    str
        The repaired name in title case, or `text` itself.

    Examples
    --------
    >>> repair_name("Nguyeenx Vawn Hungf"), repair_name("Tra62n Thi5 Hoa2")
    ('Nguyễn Văn Hùng', 'Trần Thị Hòa')
    >>> repair_name("NguyÔn V¨n A"), repair_name("Nguyá»…n"), repair_name("Lee Harris")
    ('Nguyễn Văn A', 'Nguyễn', 'Lee Harris')
    """
    composed = plain = unicodedata.normalize("NFC", text)
    for repair in (_repair_mojibake, _repair_viqr, _repair_alias):
        plain = repair(plain)
    if not _is_vietnamese(_tokens(plain)):
        for repair in (_repair_legacy, _repair_vni, _repair_telex):
            repaired = repair(plain)
            if repaired != plain:
                return repaired
    return plain if plain != composed else text


def _tokens(text: str) -> list[str]:
    return [token for token in _SPLIT.split(text.strip()) if token]


@lru_cache(maxsize=1 << 14)
def _is_known(token: str) -> bool:
    return is_syllable(token) or (len(token) == 1 and token.isalpha()) or token.lower() in _KHMER


def _without_counter(text: str) -> str:
    """Without the number or the punctuation that it ends with."""
    return text if text[-1:].isalpha() else _COUNTER.sub("", text)


def _is_vietnamese(tokens: list[str]) -> bool:
    return bool(tokens) and all(map(_is_known, tokens))


def _join(tokens: list[str]) -> str:
    return " ".join(token[:1].upper() + token[1:] for token in tokens)


@lru_cache(maxsize=1 << 12)
def _is_anchored(token: str) -> bool:
    folded: bytes = normalise_one(token.encode("utf-8", "replace"), "text")[2]
    return bool(is_family_name(folded))


def _repair_mojibake(text: str) -> str:
    if text.isascii():
        return text
    repaired = text
    for reading in decode_mojibake(text):
        if all(char.isprintable() and (ord(char) < 0xA1 or ord(char) > 0xBF) for char in reading):
            repaired = reading
    return unicodedata.normalize("NFC", repaired)


def _repair_alias(text: str) -> str:
    if _ADDED.search(text) is None:
        return text
    cut = _ALIAS.sub("", _BRACKETS.sub(" ", text)).strip()
    if cut == text.strip() or not any(char.isalpha() for char in cut):
        return text
    return " ".join(cut.split())


def _repair_viqr(text: str) -> str:
    if not looks_like_viqr(text) or not text.isascii():
        return text
    tokens = text.split()
    decoded = [decode_viqr(token) or (token if _is_known(token) else "") for token in tokens]
    if not all(decoded) or _is_vietnamese(tokens) or not _is_anchored(decoded[0]):
        return text
    return _join([token.lower() for token in decoded])


def _repair_legacy(text: str) -> str:
    """The one reading that is Vietnamese throughout; of several, one that starts with a surname."""
    if text.isascii() or (_NEVER_READ.search(text) and _WELL_READ.fullmatch(text)):
        return text
    decoders: tuple[Callable[[str], str], ...] = (decode_tcvn3, decode_vni_win, decode_viscii)
    readings: list[list[str]] = []
    for decoded in dict.fromkeys(decode(text) for decode in decoders):
        reading = _without_counter(decoded)
        tokens = _tokens(reading.lower())
        if _is_vietnamese(tokens) and not _STRAY_CAPITAL.search(reading) and tokens not in readings:
            readings.append(tokens)
    if len(readings) > 1:
        readings = [tokens for tokens in readings if _is_anchored(tokens[0])]
    if len(readings) != 1 or (len(readings[0]) == 1 and not _is_anchored(readings[0][0])):
        return text
    return _join(readings[0])


def _repair_vni(text: str) -> str:
    if not any(map(str.isdigit, text)):
        return text
    tokens = _tokens(text)
    if len(tokens) > 1 and tokens[-1].isdigit():
        tokens.pop()
    with_digits = [token for token in tokens if any(map(str.isdigit, token))]
    if not with_digits:
        return text
    last_only = len(with_digits) == 1 and tokens[-1] is with_digits[0]
    if last_only and tokens[-1].rstrip("0123456789").isalpha():
        return text  # "Hùng2" is a counter; the kernel drops it
    decoded = [token if _is_known(token) else decode_vni(token) or "" for token in tokens]
    return _join([token.lower() for token in decoded]) if all(decoded) else text


def _repair_telex(text: str) -> str:
    tokens = _tokens(_without_counter(text))
    decoded: list[str] = []
    evidence, is_foreign = 0, False
    for token in tokens:
        if _is_known(token):
            decoded.append(token.lower())
            continue
        found = decode_telex(token) if token.isascii() and token.isalpha() else None
        if found is None:
            return text
        decoded.append(found[0])
        if token.lower() in _FOREIGN:
            is_foreign = True
            continue
        is_closed = found[0][-1] not in "aăâeêioôơuưy"
        evidence = max(evidence, 3 if token.lower()[-1] in "fj" else 2 if found[1] else is_closed)
    if not decoded or not evidence or not _is_anchored(decoded[0]) or (is_foreign and evidence < 3):
        return text
    believed = evidence >= 3 or decoded[0] in _SURNAMES if len(tokens) < 3 else True
    return _join(decoded) if believed else text
