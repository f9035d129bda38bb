"""Raw text of a category -> one word: group in the upper half, value id in the lower."""

from __future__ import annotations

from linkage._kernels.normalise import normalise_one
from linkage.fields.meaning.headers import WORDS
from linkage.vietnam.provinces import province_class


def fold_category(text: str) -> str:
    """A category's text without case, diacritics and punctuation."""
    return normalise_one(text.encode(), "text")[2].decode("utf-8", "replace")


SEXES = {fold_category(word): number for number, sex in ((1, "male"), (2, "female")) for word in WORDS[sex]}
"""Folded words for the two sexes; 1 and 0 as Vietnamese forms write Nam and Nữ, 1 and 2 as ISO 5218.

Letters that mean one sex here and the other there (H, V, K) stand for themselves."""
MISSING = {"", "null", "none", "nan", "na", "n a", "unknown", "khong ro", "khong"}


def category_word(text: str, format: str | None, ids: dict[object, int]) -> int:
    """The word of one raw text; int below 2**32, 0 = missing.

    Parameters
    ----------
    text : str
    format : {"province", "sex"} or None
    ids : dict
        Value ids given so far, filled on the way; ids count from 1 in order of appearance.
    """
    folded = fold_category(text)
    if folded in MISSING:
        return 0
    if format == "sex" and folded in SEXES:
        folded = "sex" + str(SEXES[folded])
    if format == "province":
        before, after = province_class(text)
        if after:
            # A province known only by its name after the merger agrees with each of its parts.
            return after << 16 | _value_id(ids, ("before", before)) if before else after << 16
    value = _value_id(ids, folded)
    return (value + 1000 if format == "province" else value) % 65_536 << 16 | value


def _value_id(ids: dict[object, int], key: object) -> int:
    if key not in ids:
        # Beyond 65,535 distinct values a category is no category; later ones share the last id.
        ids[key] = min(len(ids) + 1, 65_535)
    return ids[key]
