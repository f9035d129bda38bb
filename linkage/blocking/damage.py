"""Keys and how often they are filled -> imagined pairs of one person's records, and which keys agree.

No labels and no matches are needed: two records of a person are imagined as people damage them, lightly,
more, and badly, and every key tells whether it would still find the pair. Rules are chosen to cover these.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from linkage.schema import Field

DAMAGES = (0.12, 0.3, 0.5, 0.7)
"""Chance that a field of a pair is damaged: of careful records, of usual ones, of bad and worse ones."""
MOVED = 0.5
"""Share of the damage to shared fields that befalls all of them at once: another address."""

Flags = npt.NDArray[np.bool_]
Kinds = dict[str, tuple[float, dict[str, float]]]
"""What befalls a value: its share of all damage, and how likely each part still agrees."""

_NAME: Kinds = {
    "typing": (0.45, {"phonetic": 0.3, "given_phonetic": 0.6, "given": 0.5, "family": 0.7, "prefix": 0.55}),
    "words": (0.25, {"tokens": 0.3, "given": 0.5, "given_phonetic": 0.5, "family": 0.7, "prefix": 0.5}),
    "another": (0.3, {"family": 0.3}),  # a pet name
}
_PART_OF_NAME: Kinds = {
    "typing": (0.5, {"phonetic": 0.3, "given_phonetic": 0.3, "prefix": 0.5}),
    "words": (0.15, {"family": 0.7, "prefix": 0.7}),
    "another": (0.35, {}),
}
_DATE: Kinds = {
    "day": (0.3, {"year": 1, "year_month": 1, "decade": 1}),
    "month": (0.25, {"year": 1, "decade": 1}),
    "year": (0.25, {"month_day": 1, "decade": 0.6}),
    "another": (0.2, {}),
}
_TEXT: Kinds = {
    "typing": (0.5, {"phonetic": 0.3, "prefix": 0.5}),
    "words": (0.2, {"prefix": 0.5, "family": 0.5, "given": 0.5, "tokens": 0.3}),
    "another": (0.3, {}),
}
_EMAIL: Kinds = {"provider": (0.3, {"local": 1}), "another": (0.7, {})}
_WHOLE: Kinds = {"another": (1.0, {})}
_OF_KIND = {"date": _DATE, "email": _EMAIL, "text": _TEXT, "address": _TEXT}


def imagine(keys: Mapping[str, tuple[Field, str]], filled: Mapping[str, Flags], n: int) -> dict[str, Flags]:
    """For each key which of n imagined pairs agree on it; the same in every run.

    Parameters
    ----------
    keys : mapping of str to (Field, str)
        Blocking key -> the field and its part.
    filled : dict of bool[rows]
        For each key, which records of a sample hold it: absences go together as they do there.
    n : int
    """
    random = np.random.default_rng(0)
    level = np.repeat(DAMAGES, -(-n // len(DAMAGES)))[:n]
    rows = len(next(iter(filled.values()))) if filled else 0
    left, right = random.integers(0, max(rows, 1), (2, n))
    moved = random.random(n) < level * MOVED
    agree: dict[str, Flags] = {}
    for item in dict.fromkeys(item for item, _ in keys.values()):
        chance = level if item.kind != "category" else level / 3
        damaged = random.random(n) < chance * (1 - MOVED if item.is_shared else 1)
        kinds = _kinds_of(item)
        which = random.choice(len(kinds), n, p=[share for share, _ in kinds.values()])
        luck = random.random(n)
        gone = moved if item.is_shared and item.kind in ("address", "text", "phone") else np.zeros(n, bool)
        for key in (k for k, (field, _) in keys.items() if field == item):
            part = keys[key][1]
            still = np.array([parts.get(part, 0.0) for _, parts in kinds.values()])[which]
            held = filled[key][left] & filled[key][right]
            agree[key] = held & ~gone & (~damaged | (luck < still))
    return agree


def _kinds_of(item: Field) -> Kinds:
    if item.kind == "person_name":
        return _NAME if item.part == "full" else _PART_OF_NAME
    return _OF_KIND.get(item.kind, _WHOLE)
