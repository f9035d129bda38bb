"""Naive twin of ext/normalise.pxd: character by character, straight from the Unicode database."""

import re
import unicodedata

from linkage._kernels.normalise import is_family_name
from tests.reference.place_words import Word, shorten

TONES = "\u0301\u0300\u0309\u0303\u0323"
PAGES = (0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x1E, 0x1F, 0x20, 0x30, 0xFF)
KEYBOARDS = str.maketrans("یکہەς", "يكههσ")
CARELESS = str.maketrans("ٱةى", "اهي")
CYRILLIC = str.maketrans("ёѐєэїіґѓғќқҡңөұүўӯәһҳҗҷӣҙҫ", "ееееиигггкккноууууаххжчизс")
APOSTROPHES = "'`´‘’‛ʹʻʼ′＇｀"
HANGUL = re.compile("(?:[\u1100-\u1112][\u1161-\u1175]|[\uac00-\ud7a3])[\u11a8-\u11c2]?")
TITLES = ("bs", "ths", "ts", "pgs", "gs", "mr", "mrs", "ms", "dr")
COMMON = ["nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui"]
COMMON += ["do", "ho", "ngo", "duong"]
SPECIAL = {"ß": "ss", "þ": "th", "ŋ": "ng", "đ": "d"}


def is_mark(char):
    return 0x300 <= ord(char) < 0x370


def is_character(char):
    ranges = ((0x3400, 0xA000), (0xAC00, 0xD7A4), (0xF900, 0xFB00), (0x20000, 0x32000))
    return any(first <= ord(char) < end for first, end in ranges)


def kind_of(char):
    code, category = ord(char), unicodedata.category(char)
    if category == "Nd":
        return "letter"
    if code >> 8 not in PAGES:
        if 0xDC80 <= code < 0xDD00 or 0x2100 <= code < 0x2C00 or 0xE000 <= code < 0xF900:
            return "lost"
        if 0x3000 <= code < 0x3040 or 0x1F000 <= code < 0x20000:
            return "space"
        return "ignored" if 0xFE00 <= code < 0xFE10 or code >= 0xE0000 else "letter"
    if char in APOSTROPHES:
        return "apostrophe"
    if char in ".．":
        return "dot"
    symbol = char in "?^~\ufffd†‡…‰€ˆ˜×÷" or (0xA1 <= code < 0xC0 and char not in "·ªº")
    if symbol or 0x80 <= code < 0xA0 or code == 0xAD:
        return "lost"
    if category in ("Cf", "Mn") or char in "ـ\uff9e\uff9f":
        return "ignored"
    return "letter" if category[0] == "L" else "space"


def read_letter(char, marks):
    """Letter and the marks behind it -> (exact, folded, tone, is Latin, is often written otherwise)."""
    if unicodedata.category(char) == "Nd":
        char = str(unicodedata.digit(char))
    if ord(char) >> 8 not in PAGES:
        return char, char, 0, False, False
    char = char.translate(KEYBOARDS)
    if char in "ÐðƉɖ":
        char = "đ"
    if ord(char) >= 0xFF00:
        char = unicodedata.normalize("NFKC", char)
    base, *own = unicodedata.normalize("NFD", char.lower()).replace("ɖ", "đ")
    tones, rest = (
        [TONES.index(m) + 1 for m in own if m in TONES],
        [m for m in own if m not in TONES],
    )
    n_read = 0
    for mark in marks:
        parts = unicodedata.normalize("NFD", mark)
        tones += [TONES.index(m) + 1 for m in parts if m in TONES]
        kept = [m for m in parts if m not in TONES and unicodedata.combining(m)]
        if n_read < 4 and kept:
            rest += kept
            n_read += 1
    exact = unicodedata.normalize("NFC", base + "".join(rest))
    name = unicodedata.name(base, "")
    found = re.match(r"LATIN SMALL (LETTER|LIGATURE) (DOTLESS |LONG )?([A-Z]{1,2})( WITH .*)?$", name)
    folded = SPECIAL.get(base) or (base if base.isascii() else found[3].lower() if found else exact)
    own_exact = unicodedata.normalize("NFC", base + "".join(m for m in own if m not in TONES))
    versions = [own_exact, exact] if len(exact) == 1 else [own_exact]
    is_careless = folded == exact and any(careless(v) != v for v in versions)
    if folded == exact and (len(exact) == 1 or not n_read):
        folded = careless(folded)
    latin = base.isascii() or bool(found) or base in SPECIAL
    return exact, folded, tones[0] if tones else 0, latin, is_careless and not latin


def careless(exact):
    """Hiragana as katakana, without sound marks; Arabic without hamza and the dots of final letters; Greek
    without dialytika; Cyrillic in the letters that Russian keyboards have."""
    if "\u3041" <= exact < "\u3100":
        plain = unicodedata.normalize("NFD", exact)[0]
        return chr(ord(plain) + 0x60) if plain <= "\u3096" else plain
    if "\u0370" <= unicodedata.normalize("NFD", exact)[0] < "\u0400":
        return unicodedata.normalize("NFD", exact)[0]
    if not "\u0600" <= exact < "\u0700":
        return exact.translate(CYRILLIC)
    return unicodedata.normalize("NFD", exact)[0].translate(CARELESS)


def unify(token, n_letters):
    """y -> i where it is the same sound; the token carries its tone digits."""
    if n_letters == 1:
        return token.replace("y", "i")
    return re.sub(r"(?<=[hklmstv])y|(?<=qu)y", "i", token)


def count_titles(tokens, accented):
    i = 0
    while i < 3 and len(tokens) - i >= 2:
        exact, _, folded, dotted = tokens[i]
        left = len(tokens) - i - 1
        if not (left >= 2 or dotted):
            return i
        if folded not in TITLES:
            forms = {"ong": "ông", "ba": "ba2", "cu": "cu5"}
            if folded not in forms or (accented and exact != forms[folded]):
                return i
            following = tokens[i + 1][2]
            if not is_family_name(following.encode()):
                return i
            if left < 3 and following not in COMMON and not dotted:
                return i
        i += 1
    return i


def normalise(data, kind):
    """UTF-8 -> (exact, spelling, folded, number of tokens, accented, not Latin)."""
    text = HANGUL.sub(
        lambda found: unicodedata.normalize("NFC", found[0]), data.decode("utf-8", "surrogateescape")
    )
    if kind == "name":
        text = text.rstrip("0123456789 .,-_/#")
    tokens, exact, folded, tones, length, accented, foreign = [], "", "", "", 0, False, False
    dotted, parts = set(), {0}

    def end():
        nonlocal exact, folded, tones, length
        if length:
            spelled = exact + tones[:4]
            tokens.append((spelled, unify(spelled, length), folded, len(tokens) in dotted))
        exact = folded = tones = ""
        length = 0

    i = 0
    while i < len(text):
        char, marks = text[i], ""
        i += 1
        if is_mark(char):
            continue
        what = kind_of(char)
        if what == "letter":
            while i < len(text) and is_mark(text[i]):
                marks += text[i]
                i += 1
            one = kind == "name" and is_character(char)
            if one:
                end()
            letter, ascii_letter, tone, latin, often = read_letter(char, marks)
            exact, folded, length = exact + letter, folded + ascii_letter, length + 1
            tones += str(tone) if tone else ""
            accented |= bool(tone) or often or (latin and not letter.isascii())
            foreign |= not latin
            if one:
                end()
        elif what == "apostrophe":
            if kind == "name" and length == 1 and folded in ("h", "y", "k"):
                end()
        elif what == "lost":
            if kind != "name":
                end()
        elif what != "ignored":
            if what == "dot" and length:
                dotted.add(len(tokens))
            end()
            if char in ",;\n|" or (char == "-" and text[i - 2 : i - 1] == " "):
                parts.add(len(tokens))
    end()
    if kind == "name":
        tokens = tokens[count_titles(tokens, accented) :]
    if kind == "place" and tokens:
        words = [Word(*token[:3], token[3], n in parts) for n, token in enumerate(tokens)]
        short = shorten(words)
        if short:
            return (*(form.encode() for form in short[0]), short[1], accented, foreign)
    forms = (" ".join(token[j] for token in tokens).encode() for j in range(3))
    return (*forms, len(tokens), accented, foreign)
