"""Text that was decoded with the wrong table -> candidates for what it was.

TCVN3 (ABC), VNI for Windows and VISCII bytes that were read as Windows-1252, and UTF-8 that was
read as Windows-1252, Latin-1 or Windows-1258. The tables are the published encodings, checked
against glibc's iconv.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress

_TCVN3_RUNS = (
    *((0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"), (0xB5, "àảãáạ"), (0xBB, "ằẳẵắ"), (0xC6, "ặầẩẫấậè")),
    *((0xCE, "ẻẽéẹềểễếệìỉ"), (0xDC, "ĩíịò"), (0xE1, "ỏõóọồổỗốộờởỡớợù"), (0xF1, "ủũúụừửữứựỳỷỹýỵ")),
)
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_PAIRS = {
    **{
        ("aeo", sign): "\u0302" + tone
        for sign, tone in zip("âáàåãä", ("", *_VNI_TONES.values()), strict=True)
    },
    **{("a", sign): "\u0306" + tone for sign, tone in zip("êéèúüë", ("", *_VNI_TONES.values()), strict=True)},
    **{("aeouyôö", sign): tone for sign, tone in _VNI_TONES.items()},
}
_VNI_SINGLE = {"ñ": "đ", "ö": "ư", "ô": "ơ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _tcvn3_table() -> dict[int, str]:
    return {begin + i: char for begin, chars in _TCVN3_RUNS for i, char in enumerate(chars)}


_TCVN3 = _tcvn3_table()
_VISCII_TABLE = {0x80 + i: char for i, char in enumerate(_VISCII)} | {
    0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ",
}  # fmt: skip


def _bytes_read_as(encoding: str) -> dict[str, int]:
    """Character -> the byte that was read as it; bytes without a character stand for themselves."""
    characters = {chr(code): code for code in range(256)}
    for code in range(256):
        with suppress(UnicodeDecodeError):
            characters[bytes([code]).decode(encoding)] = code
    for char in [c for c in characters if not _is_encodable(c, encoding)]:
        characters[char] = ord(char)
    return characters


def _is_encodable(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


_BYTES = {encoding: _bytes_read_as(encoding) for encoding in ("cp1252", "cp1258")}
_SECOND = sorted({char for codes in _BYTES.values() for char, code in codes.items() if 0x80 <= code < 0xC0})
_BEHIND = re.compile(f"[{re.escape(''.join(_SECOND))}]")
"""What the second byte of a letter in UTF-8 is read as: names that were read rightly hold none."""


def _translation(table: dict[int, str]) -> dict[int, str]:
    """A table by byte -> one by character for `str.translate`, for what is not plain ASCII."""
    return {
        ord(char): table[code]
        for char, code in _BYTES["cp1252"].items()
        if (char > "\x7f" or char < " ") and code in table
    }


_FROM_TCVN3, _FROM_VISCII = _translation(_TCVN3), _translation(_VISCII_TABLE)


def _vni_forms() -> dict[str, str]:
    """A letter, or a vowel with the character behind it, in either case -> the letter that was meant."""
    found: dict[str, str] = {}
    for plain, single in _VNI_SINGLE.items():
        found |= {plain: single, plain.upper(): single.upper()}
    for (bases, sign), marks in _VNI_PAIRS.items():
        for base in bases + bases.upper():
            found |= {base + of_case: found.get(base, base) + marks for of_case in (sign, sign.upper())}
    return found


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    """A pattern of these texts of one or two characters, the longer ones first."""
    seconds: dict[str, str] = {}
    for form in sorted(forms):
        seconds[form[0]] = seconds.get(form[0], "") + form[1:]
    firsts: dict[str, str] = {}
    for first, behind in seconds.items():
        firsts[behind] = firsts.get(behind, "") + first
    pairs = [f"[{first}][{behind}]" for behind, first in firsts.items() if behind]
    return re.compile("|".join([*pairs, f"[{''.join(f for f in forms if len(f) == 1)}]"]))


_VNI_FORMS = _vni_forms()
_VNI_FORM = _any_of(_VNI_FORMS)


def decode_tcvn3(text: str) -> str:
    """Read text as TCVN3 that was taken for Windows-1252; the case of accented capitals is lost.

    Examples
    --------
    >>> decode_tcvn3("NguyÔn V¨n")
    'Nguyễn Văn'
    """
    return text.translate(_FROM_TCVN3)


def decode_viscii(text: str) -> str:
    """Read text as VISCII that was taken for Windows-1252."""
    return text.translate(_FROM_VISCII)


def decode_vni_win(text: str) -> str:
    """Read text as VNI for Windows, where a second character carries the diacritics of a vowel.

    Examples
    --------
    >>> decode_vni_win("Nguyeãn Vaên"), decode_vni_win("Ñoã Thò Höông")
    ('Nguyễn Văn', 'Đỗ Thị Hương')
    """
    read = _VNI_FORM.sub(lambda found: _VNI_FORMS[found[0]], unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", read)


def decode_mojibake(text: str) -> Iterator[str]:
    """Readings of text as UTF-8 that was taken for a one-byte encoding, once or twice.

    Examples
    --------
    >>> list(decode_mojibake("Nguyá»…n"))[0]
    'Nguyễn'
    """
    for codes in _BYTES.values():
        current = text
        for _ in range(2):
            if _BEHIND.search(current) is None:
                break
            try:
                current = bytes([codes[char] for char in current]).decode("utf-8")
            except (KeyError, UnicodeDecodeError):
                break
            yield current
