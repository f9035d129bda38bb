"""Text that was decoded with the wrong table -> candidates for what it was.

TCVN3 (ABC), VNI for Windows and VISCII bytes that were read as Windows-1252, and UTF-8 that was
read as Windows-1252, Latin-1 or Windows-1258. The tables are the published encodings, checked
against glibc's iconv.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

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


def _code(char: str, encoding: str) -> int | None:
    """The byte that was read as this character; C1 controls stand for themselves."""
    try:
        return char.encode(encoding)[0]
    except UnicodeEncodeError:
        return ord(char) if ord(char) < 256 else None


def _translate(text: str, table: dict[int, str]) -> str:
    out = []
    for char in text:
        code = _code(char, "cp1252") if char > "\x7f" or char < " " else None
        out.append(char if code is None else table.get(code, char))
    return "".join(out)


def decode_tcvn3(text: str) -> str:
    """Read text as TCVN3 that was taken for Windows-1252; the case of accented capitals is lost.

    Examples
    --------
    >>> decode_tcvn3("NguyÔn V¨n")
    'Nguyễn Văn'
    """
    return _translate(text, _TCVN3)


def decode_viscii(text: str) -> str:
    """Read text as VISCII that was taken for Windows-1252."""
    return _translate(text, _VISCII_TABLE)


def decode_vni_win(text: str) -> str:
    """Read text as VNI for Windows, where a second character carries the diacritics of a vowel.

    Examples
    --------
    >>> decode_vni_win("Nguyeãn Vaên"), decode_vni_win("Ñoã Thò Höông")
    ('Nguyễn Văn', 'Đỗ Thị Hương')
    """
    out: list[str] = []
    chars = unicodedata.normalize("NFC", text)
    i = 0
    while i < len(chars):
        base, sign = chars[i], chars[i + 1 : i + 2].lower()
        marks = next((m for (bases, s), m in _VNI_PAIRS.items() if s == sign and base.lower() in bases), "")
        single = _VNI_SINGLE.get(base.lower())
        if single:
            base = single.upper() if base.isupper() else single
        out.append(base + marks)
        i += 2 if marks else 1
    return unicodedata.normalize("NFC", "".join(out))


def decode_mojibake(text: str) -> Iterator[str]:
    """Readings of text as UTF-8 that was taken for a one-byte encoding, once or twice.

    Examples
    --------
    >>> list(decode_mojibake("Nguyá»…n"))[0]
    'Nguyễn'
    """
    for encoding in ("cp1252", "cp1258"):
        current = text
        for _ in range(2):
            codes = [_code(char, encoding) for char in current]
            if all(code is not None and code < 128 for code in codes):
                break
            try:
                current = bytes(code if code is not None else 256 for code in codes).decode("utf-8")
            except ValueError:
                break
            yield current
