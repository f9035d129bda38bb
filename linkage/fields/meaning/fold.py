"""A header -> its words without case, diacritics and punctuation, by which headers are compared."""

from __future__ import annotations

import re

from linkage._kernels.normalise import normalise_one

_FOLDED = re.compile(r"[a-z]{1,99}(?: [a-z]{1,99}){0,3}")
"""What folding leaves as it is: so are most of the lexicons' headers, thousands that are folded at import."""

_SIGNS = str.maketrans({"〒": " 郵便番号 ", "☎": " tel ", "☏": " tel ", "✉": " email "})
"""Signs that head a column by themselves; folding drops all others."""


def fold_header(text: str) -> str:
    """A header without case, diacritics and punctuation: ``"Họ và tên"`` -> ``"ho va ten"``."""
    if _FOLDED.fullmatch(text):
        return text
    text = text.replace("_", " ").translate(_SIGNS)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])", " ", text)
    return normalise_one(spaced.encode(), "text")[2].decode("utf-8", "replace")
