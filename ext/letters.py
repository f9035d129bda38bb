"""The Unicode database -> `letters_table.h`: what each code point is in a name, as `letters.pxd` reads it.

Run by setup.py. No list of letters is kept here; the lists below are what Unicode does not know: look-alikes,
apostrophes, and what only appears in text that was decoded wrongly.
"""

import re
import unicodedata
from pathlib import Path

KINDS = ("LETTER", "DIGIT", "SPACE", "APOSTROPHE", "DOT", "IGNORED", "LOST", "BRACKET")
FLAGS = ("ACCENTED", "FOREIGN", "NONLATIN", "CAPITAL", "VOWEL", "LOWER", "TELEX")
PAGES = (0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x1E, 0x1F, 0x20, 0x30, 0xFF)
"""High bytes of the code points that are in the table."""
TONES = "\u0301\u0300\u0309\u0303\u0323"
N_MARKS = 112
SAME = {"\u03c2": "\u03c3", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647", "\u06d5": "\u0647"}
"""One letter in two codes: Persian and Urdu keyboards have their own of these Arabic letters; a sigma at the
end of a word is one in the middle in capitals."""
SPECIAL = {"ß": "ss", "þ": "th", "ŋ": "ng"}
LATIN = re.compile(r"LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS |LONG )?([A-Z]{1,2})(?: WITH .*)?$")

Description = tuple[str, int, set[str], str, str]
"""Kind, tone, flags, and the letter without its tone (`exact`) and without all that it carries (`folded`)."""


def base_of(exact: str) -> str:
    """What is left of a letter that is not Latin where people write it carelessly."""
    first = unicodedata.normalize("NFD", exact)[0]
    if "\u3041" <= exact < "\u3100":  # hiragana as katakana, neither with its sound mark
        return chr(ord(first) + 0x60) if first <= "\u3096" else first
    if "\u0600" <= exact < "\u0700":  # hamza on its carriers, ة as ه, alef for yeh
        return {"\u0671": "\u0627", "\u0629": "\u0647", "\u0649": "\u064a"}.get(first, first)
    if "\u0370" <= first < "\u0400":  # Greek without dialytika
        return first
    # Cyrillic: Russian letters for those that Russian keyboards lack, and e for yo.
    return exact.translate(str.maketrans("ёѐєэїіґѓғќқҡңөұүўӯәһҳҗҷӣҙҫ", "ееееиигггкккноууууаххжчизс"))


def decomposed(letter: str) -> tuple[str, int, str]:
    """A letter in lower case -> its base, its tone, its other marks."""
    if letter in "ÐðƉ":  # eth and African d stand for đ in many Vietnamese files
        return "đ", 0, ""
    wide = unicodedata.normalize("NFKC", letter) if letter >= "\uff00" else letter
    base, *signs = list(unicodedata.normalize("NFD", wide.lower()).replace("\u0256", "đ"))
    tone = next((1 + TONES.index(sign) for sign in signs if sign in TONES), 0)
    return base, tone, "".join(sign for sign in signs if sign not in TONES)


def describe_letter(letter: str) -> Description:
    """A letter -> what it is."""
    code, flags = ord(letter), set()
    letter = SAME.get(letter, letter)
    base, tone, marks = decomposed(letter)
    exact = unicodedata.normalize("NFC", base + marks)
    latin = LATIN.match(unicodedata.name(base, ""))
    if base.isascii():
        folded = base
    elif base in SPECIAL:
        folded = SPECIAL[base]
    elif latin:
        folded = latin[1].lower()
    else:
        folded = base_of(exact)
        flags |= {"NONLATIN"} | ({"ACCENTED"} if folded != exact else set())
    if tone or (not exact.isascii() and "NONLATIN" not in flags):
        flags.add("ACCENTED")
    if 0xC0 <= code < 0x100 and letter not in "Ðð":
        flags |= {"FOREIGN"} if letter.lower() not in "àáâãèéêìíòóôõùúý" else set()
        flags |= {"CAPITAL"} if letter.isupper() else set()
    if folded[0] in "aeiouy":
        flags.add("VOWEL")
    if code < 0x80:
        flags |= {"LOWER"} if letter.islower() else set()
        flags |= {"TELEX"} if letter in "FJRSWXZfjrswxz" else set()
    return "LETTER", tone, flags, exact, folded


def describe(char: str) -> Description:
    """A character -> what it is."""
    code, category = ord(char), unicodedata.category(char)
    kind = "SPACE"
    if char in "'`´‘’‛ʹʻʼ′＇｀":
        kind = "APOSTROPHE"
    elif char in ".．":
        kind = "DOT"
    elif char in "()[]{}<>+*（）‹›":
        kind = "BRACKET"
    elif category == "Nd":
        digit = str(unicodedata.digit(char))
        return "DIGIT", 0, set(), digit, digit
    elif char in "?^~×÷\ufffd†‡…‰€ˆ˜" or category == "Co" or (0x80 <= code < 0xC0 and char not in "\xa0·ªº"):
        kind = "LOST"
    elif category in ("Cf", "Mn") or char in "\u0640\uff9e\uff9f":
        kind = "IGNORED"  # vowel points, and what only stretches a word
    elif category[0] == "L":
        return describe_letter(char)
    return kind, 0, set(), "", ""


def canonical_pairs() -> list[tuple[int, int, int]]:
    """Composed letter, its first part, its mark: all that composing knows of, in the order of the table."""
    found = []
    for code in (high << 8 | low for high in PAGES for low in range(256)):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, mark = (int(part, 16) for part in parts)
            if unicodedata.normalize("NFC", chr(first) + chr(mark)) == chr(code):
                found.append((code, first, mark))
    return found


def _char(char: str) -> str:
    """One entry of the table in C."""
    kind, tone, flags, exact, folded = describe(char)
    bits = sum(1 << FLAGS.index(flag) for flag in flags)
    forms = [form.encode()[:4] for form in (exact, folded)]
    # Braces around each part: with -Wall a compiler takes minutes to say where it misses them.
    texts = ["{" + ", ".join(map(str, form.ljust(4, b"\0"))) + "}" for form in forms]
    return (
        f"{{{KINDS.index(kind)}, {tone}, {bits}, {len(forms[0])}, {texts[0]}, {texts[1]}, {len(forms[1])}}}"
    )


def _marks() -> list[tuple[int, int, int]]:
    """Of each combining mark its canonical code point (0 = ignored), its tone and its class."""
    found = []
    for code in range(0x300, 0x300 + N_MARKS):
        mark = unicodedata.normalize("NFD", chr(code))
        of_class = unicodedata.combining(mark[0])
        found.append((ord(mark[0]) if of_class else 0, TONES.find(mark[-1]) + 1, of_class))
    return found


def _array(name: str, values: list[str]) -> str:
    return f"static const {name}[{len(values)}] = {{\n" + ",\n".join(values) + "\n};\n"


def table_in_c() -> str:
    """The header: types and constant tables, each under a name that begins with `linkage_`."""
    pages = ["255"] * 256
    for number, high in enumerate(PAGES):
        pages[high] = str(number)
    chars = [_char(chr(high << 8 | low)) for high in PAGES for low in range(256)]
    pairs = canonical_pairs()
    marks = list(zip(*_marks(), strict=True))
    return "".join(
        (
            f"/* Made by ext/letters.py of Unicode {unicodedata.unidata_version}. */\n#include <stdint.h>\n",
            "typedef struct { uint8_t kind, tone, flags, n_exact, exact[4], folded[4], n_folded, unused[3]; }"
            " linkage_char;\n",
            "typedef struct { uint16_t composed, first, mark; } linkage_pair;\n",
            _array("linkage_char linkage_chars", chars),
            _array("uint8_t linkage_page_of", pages),
            _array("linkage_pair linkage_pairs", [f"{{{a}, {b}, {c}}}" for a, b, c in pairs]),
            f"enum {{ linkage_n_pairs = {len(pairs)} }};\n",
            _array("uint16_t linkage_mark_code", list(map(str, marks[0]))),
            _array("uint8_t linkage_mark_tone", list(map(str, marks[1]))),
            _array("uint8_t linkage_mark_class", list(map(str, marks[2]))),
        )
    )


def write_table(path: Path) -> None:
    """Write the header of letters."""
    write_text(path, table_in_c())


def write_text(path: Path, text: str) -> None:
    """Write a header, if it is not there as it should be: what is newer would be compiled again."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
