"""Naive twin of ext/identifiers.pxd, on ASCII text: the kept text, None when it is missing."""

import re

from linkage.vietnam.identifiers import PROVINCE_PREFIXES, tax_check_digit
from tests.reference.levels import osa

OK, MISSING, REPAIRED, OLD_NUMBER, MALFORMED, UNRECOVERABLE = range(6)
PLAIN = {"NULL", "NONE", "NAN", "UNDEFINED"}
WORDS = PLAIN | {"NA", "NIL", "UNKNOWN", "KHONG", "KHNG", "KHONGCO", "KHNGC", "CHUACO"}
MOBILE = {"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"}
MOBILE |= {
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "186": "56",
    "188": "58",
}
MOBILE |= {f"16{i}": f"3{i}" for i in range(2, 10)} | {"199": "59"}


def code_of(text):
    """The code of kept text that needs no hash."""
    if text.isdigit():
        return sum((int(digit) + 1) << 4 * i for i, digit in enumerate(reversed(text)))
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return 1 << 60 | sum((alphabet.index(c) + 1) << 6 * i for i, c in enumerate(reversed(text)))


def is_grouped(text):
    """16 to 18 digits; an X may be the last of 18."""
    return 16 <= len(text) <= 18 and (
        text.isdigit() or (len(text) == 18 and text[:17].isdigit() and text[17] == "X")
    )


def pieces_of(text):
    """11 to 18 letters and digits in pieces of nearly the same length."""
    k = 4 if len(text) <= 16 else 3
    return [text[len(text) * i // k : len(text) * (i + 1) // k] for i in range(k)]


def slips(a, b):
    """Of two texts of the same alphabet: 0, 1 of any sort, 2 characters that differ, 3 for more."""
    width = max(len(a), len(b))
    differing = sum(x != y for x, y in zip(a.rjust(width), b.rjust(width), strict=True))
    return osa(a, b) if osa(a, b) < 2 else 2 if differing == 2 else 3


def long_level(a, b):
    """Of two long identifiers that no piece's hash takes for the same: 4 equal, 3 one slip, 2 two, 1 else."""
    if is_grouped(a) or is_grouped(b):
        return 4 - slips(a, b) if all(t.isdigit() or is_grouped(t) for t in (a, b)) else 1
    if len(a) != len(b):
        return 1
    apart = [
        slips(p, q) if p.isdigit() and q.isdigit() else 1
        for p, q in zip(pieces_of(a), pieces_of(b), strict=True)
        if p != q
    ]
    return 4 - min(sum(apart), 3)


def has_prefix(text):
    return text[:3] in PROVINCE_PREFIXES or 101 <= int(text[:3]) <= 295


def as_personal(text):
    zeros = 12 - len(text)
    fixed = text.zfill(12)
    if not text.isdigit() or not 0 <= zeros <= 2 or not has_prefix(fixed):
        return None
    return None if zeros and fixed[3] > "3" else fixed


def unmisread(text):
    fixed = text.replace("O", "0").replace("I", "1").replace("L", "1")
    n_letters = sum(not c.isdigit() for c in text)
    return fixed if len(text) in (9, 12) and n_letters <= 2 and fixed.isdigit() else text


def is_tax(text):
    return text.isdigit() and tax_check_digit(text) == int(text[9])


def check(text, kind, plus):
    """Cleaned text -> (text, fits, is old number); None for what does not fit."""
    digits = text.isdigit()
    if kind == "personal":
        text = unmisread(text)
        if fixed := as_personal(text):
            return fixed, OK
        text = "0" + text if text.isdigit() and len(text) == 8 else text
        return text, OLD_NUMBER if text.isdigit() and len(text) == 9 else MALFORMED
    if kind == "old":
        text = unmisread(text)
        if len(text) >= 11 and (fixed := as_personal(text)):
            return fixed, OK
        text = "0" + text if text.isdigit() and len(text) == 8 else text
        return text, OK if re.fullmatch(r"(0[1-9]|[12]\d|3[0-8])\d{7}", text) else MALFORMED
    if kind == "health":
        if re.fullmatch(r"[A-Z]{2}\d{13}", text) or (digits and len(text) == 13):
            return text[-10:], OK
        if digits and len(text) in (9, 10):
            return text.zfill(10), OK
        fixed = as_personal(text) if len(text) >= 11 else None
        return fixed or text, OK if fixed else MALFORMED
    if kind == "tax":
        if not digits:
            return text, MALFORMED
        if (len(text) == 11 or (len(text) == 12 and text[0] == "0")) and (fixed := as_personal(text)):
            return fixed, OK
        if len(text) in (9, 12) and is_tax("0" + text):
            return "0" + text, OK
        if len(text) == 12 and (fixed := as_personal(text)):
            return fixed, OK
        return text, OK if len(text) in (10, 13) and is_tax(text) else MALFORMED
    return check_phone(text, plus) if kind == "phone" else (text, OK)


COUNTRY_CODE = "1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|..."


def check_phone(text, plus):
    zero = False
    if text.startswith("00") and len(text) > 2:
        text, plus = text[2:], True
    if text.startswith("84") and len(text) >= 11:
        text, zero = text[2:], True
    elif plus and 7 <= len(text) <= 15:
        text = text[len(re.match(COUNTRY_CODE, text)[0]) :]
    elif re.fullmatch(r"[78]9\d{9}", text):
        text = text[1:]
    if text.startswith("0") and len(text) > 1:
        text, zero = text[1:], True
    if len(text) == 10 and text[:3] in MOBILE:
        text = MOBILE[text[:3]] + text[3:]
        return "0" + text, REPAIRED
    if re.fullmatch(r"[35789]\d{8}|2\d{8,9}", text):
        return "0" + text, OK if zero or plus else REPAIRED
    return text, OK if plus and len(text) >= 4 else MALFORMED


def pack(text, kind):
    """ASCII text of at most 64 characters -> (kept text or None, status)."""
    if kind == "phone":
        clean = first_number(text)
    else:
        dropped = "[\x00-\x20./'\"`-]" if kind == "generic" else "[^0-9A-Z]"
        clean = re.sub(dropped, "", text.upper())
    sheet = text.strip("".join(map(chr, range(33))))
    spread = False
    if science := re.fullmatch(r"(\d)[.,](\d*)[eE]\+?(\d{1,3})|(\d+)[eE]\+(\d{1,3})", sheet):
        mantissa = science[4] or science[1] + science[2]
        if len(mantissa) != int(science[5] or science[3]) + 1:
            return None, UNRECOVERABLE
        clean, spread = mantissa, True
    elif re.fullmatch(r"\d+\.00?", sheet):
        clean, spread = sheet[: sheet.index(".")], True
    if not clean or clean in (PLAIN if kind == "generic" else WORDS):
        return None, MISSING
    same = clean.isdigit() and len(set(clean)) == 1
    if same and (clean[0] == "0" or len(clean) >= (6 if kind == "generic" else 4)):
        return None, MISSING
    kept, status = check(clean, kind, kind == "phone" and re.match(r"[^0-9]*\+", text) is not None)
    if status != OK:
        return kept, status
    changed = spread
    if kind != "phone":
        changed |= len(kept) > len(clean) or (kind == "health" and len(clean) == 13)
        changed |= kind in ("personal", "old") and unmisread(clean) != clean
    return kept, REPAIRED if changed else OK


def first_number(text):
    """Digits up to a separator that stands behind at least nine of them."""
    digits = ""
    for char in text:
        if char in "/,;|" and len(digits) >= 9:
            break
        digits += char if char.isdigit() else ""
    return digits
