"""Naive twin of blocking keys: the plain value that a key stands for; None = missing."""

from linkage._kernels.normalise import normalise_one, phonetic_one
from tests.reference.levels import compact


def text_part(raw, part, kind):
    _, spelling, folded, *_ = normalise_one((raw or "").encode(), kind)
    tokens = folded.split()[:8]
    if not tokens:
        return None
    return {
        "folded": folded,
        "spelling": spelling,
        "given": tokens[-1],
        "family": tokens[0],
        "phonetic": tuple(phonetic_one(t) for t in tokens),
        "given_phonetic": phonetic_one(tokens[-1]),
        "tokens": sorted(tokens),
        "prefix": compact(folded)[:4],
    }[part]


def date_part(date, part):
    """Of (year, month, day), unknown parts 0."""
    year, month, day = date
    return {
        "full": (year, month, day) if day else None,
        "year": year or None,
        "year_month": (year, month) if month else None,
        "month_day": (month, day) if day else None,
        "decade": year // 10 if year else None,
    }[part]


def key_of(parts):
    """Of a rule's parts: all of them, or none as soon as one is missing."""
    return None if any(p is None for p in parts) else tuple(map(str, parts))
