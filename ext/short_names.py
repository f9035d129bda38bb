"""`short_names.json` -> `short_names_table.h`: short forms of given names, as `short_names.pxd` reads them.

Run by setup.py. A word's class is that of its line's first word. Where a word of the line could be a
Vietnamese syllable (dan, tim, sam) it is that one's: no name of Vietnam sounds like others than before.
"""

import json
import runpy
from pathlib import Path
from textwrap import fill

HERE = Path(__file__).parent
SLOTS = 4096


def lines() -> list[list[str]]:
    """The classes of words, each word in one of them."""
    held = json.loads((HERE / "short_names.json").read_text("utf-8"))
    found = [line.split() for part in held.values() if isinstance(part, list) for line in part]
    words = [word for line in found for word in line]
    if twice := sorted({word for word in words if words.count(word) > 1}):
        raise ValueError(f"short_names.json: in two lines: {twice}")
    return found


def class_words() -> dict[str, str]:
    """Each word -> the one by whose sound it is classed."""
    phonetic_key = runpy.run_path(str(HERE.parent / "linkage" / "vietnam" / "phonetics.py"))["phonetic_key"]
    found = {}
    for line in lines():
        syllables = {phonetic_key(word): word for word in line if phonetic_key(word)[0] != "~"}
        if len(syllables) > 1:
            raise ValueError(f"short_names.json: two Vietnamese syllables: {sorted(syllables.values())}")
        found.update(dict.fromkeys(line, next(iter(syllables.values()), line[0])))
    return found


def place_of(word: bytes) -> int:
    """Where a word is looked for first: its hash of 32 bits (FNV-1a), folded once."""
    h = 0x811C9DC5
    for byte in word:
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return (h ^ h >> 16) % SLOTS


def table_in_c() -> str:
    """The header: all words side by side, where each begins, its class, and their numbers by hash."""
    classed = class_words()
    words = {word: number for number, word in enumerate(classed, 1)}
    slots = [0] * SLOTS
    for word, number in words.items():
        at = place_of(word.encode())
        while slots[at]:
            at = (at + 1) % SLOTS
        slots[at] = number
    texts = [word.encode() for word in words]
    begins = [sum(map(len, texts[:k])) for k in range(len(texts) + 1)]
    arrays = {
        "uint8_t linkage_given_text": b"".join(texts),
        "uint16_t linkage_given_begin": [0, *begins],
        "uint16_t linkage_given_class": [0, *(words[word] for word in classed.values())],
        "uint16_t linkage_given_slots": slots,
    }
    held = "".join(
        f"static const {name}[{len(values)}] = {{\n{fill(', '.join(map(str, values)), 110)}\n}};\n"
        for name, values in arrays.items()
    )
    sizes = f"enum {{ linkage_given_n_slots = {SLOTS}, linkage_given_longest = {max(map(len, texts))} }};\n"
    return f"/* Made by ext/short_names.py. */\n#include <stdint.h>\n{sizes}{held}"
