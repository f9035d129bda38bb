"""A folded word -> the word by whose sound it is classed: the twin of `ext/short_names.pxd`."""

import json
from pathlib import Path

from linkage.vietnam.phonetics import phonetic_key

_HELD = json.loads((Path(__file__).parents[2] / "ext" / "short_names.json").read_text("utf-8"))
LINES = [line.split() for part in _HELD.values() if isinstance(part, list) for line in part]


def could_be_vietnamese(word):
    return not phonetic_key(word).startswith("~")


def class_word(word):
    """Of the words in one line the one that could be a Vietnamese syllable, else the first."""
    for line in LINES:
        if word in line:
            return next(filter(could_be_vietnamese, line), line[0])
    return word
