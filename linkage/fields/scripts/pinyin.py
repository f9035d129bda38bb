"""Chinese names in characters -> family name and given name as passports spell them, without tones.

The readings (`linkage/fields/scripts/pinyin.json`: syllable -> characters) are Unihan's as pypinyin (MIT
licence) has them, of the characters of GB 2312 and the common ones of Big5; characters that names read in
their own way (曾 Zeng, 单 Shan, 晟 sheng) have that reading.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

HAN = re.compile(r"[\u3400-\u9fff]+")
_OF_TWO = re.compile(
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|司徒|皇甫|尉迟|尉遲|公孙|公孫|夏侯|慕容|令狐|东方|東方|宇文|长孙|長孫"
    "|端木|独孤|南宫|呼延"
)
"""Family names of two characters."""


@cache
def _readings() -> dict[str, str]:
    syllables = json.loads(Path(__file__).with_name("pinyin.json").read_text("utf-8"))
    return {ch: syllable for syllable, characters in syllables.items() for ch in characters}


def in_pinyin(text: str) -> str:
    """A text with its Chinese name, if it holds one, in Latin letters: 李小明 is "li xiaoming".

    Examples
    --------
    >>> in_pinyin("李小明"), in_pinyin("欧阳 娜娜"), in_pinyin("Li Na")
    ('li xiaoming', 'ouyang nana', 'Li Na')
    """
    name = "".join(HAN.findall(text))
    if not name:
        return text
    n = 2 if len(name) > 2 and _OF_TWO.match(name) else 1
    readings = _readings()
    family, given = ("".join(readings.get(ch, ch) for ch in part) for part in (name[:n], name[n:]))
    return f"{family} {given}".strip()
