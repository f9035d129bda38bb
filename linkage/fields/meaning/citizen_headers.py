"""A Vietnamese header -> the field of the citizen preset, or the kind of field, that it names.

The lexicon is data (`citizen_headers.json`), to be added to. A header belongs to the longest phrase that it
begins with; a phrase of one word must be all of it, but for a remark: "Ngày sinh (dd/mm/yyyy)" is a birth,
"Tình trạng" no province ("tỉnh").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from linkage.fields.meaning.fold import fold_header
from linkage.fields.source import JOINED_NAME

_WORDS: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
_REMARKS = frozenset(["dd", "mm", "yyyy", "yy", "nam", "nu", "neu", "co", "bat", "buoc"])
"""Words that say how a column is to be filled in, not what it holds."""
_OTHERS_PEOPLE = frozenset(["cha", "bo", "me", "vo", "chong", "con", "phu", "huynh", "giam", "than", "chu"])
"""Words behind a phrase that make it another person's: "Số điện thoại phụ huynh"."""


class Meaning(NamedTuple):
    """What a header says: a field of the preset, a kind of field with its settings, or nothing of use."""

    preset: str | None
    field: tuple[str, dict[str, Any]] | None


NOTHING = Meaning(None, None)
"""Of a form, an office, a visit: it tells nobody apart, whatever its values look like."""


def _meanings() -> dict[tuple[str, ...], Meaning]:
    found: dict[tuple[str, ...], Meaning] = {}

    def add(phrases: list[str], meaning: Meaning) -> None:
        for phrase in phrases:
            found.setdefault(tuple(fold_header(phrase).split()), meaning)

    for name, phrases in _WORDS["preset"].items():
        add(phrases, Meaning(name, None))
    for entry in _WORDS["others"]:
        settings = dict(entry["field"])
        add(entry["headers"], Meaning(None, (settings.pop("kind"), settings)))
    add(_WORDS["nothing"], NOTHING)
    return found


_MEANINGS = _meanings()
_LONGEST = max(map(len, _MEANINGS))
_JOINED = {
    "".join(words): meaning
    for words, meaning in _MEANINGS.items()
    if len(words) > 1 and len("".join(words)) >= 5
}
"""Headers as exports write them, without spaces: HOTEN, NAMSINH, SOCCCD; shorter ones may be of any
language."""


def meaning_of(column: str) -> Meaning | None:
    """What a Vietnamese header means; None for headers of other languages.

    Examples
    --------
    >>> meaning_of("Ngày sinh (dd/mm/yyyy)")
    Meaning(preset='date_of_birth', field=None)
    >>> meaning_of("NAMSINH").preset, meaning_of("Ngay_Sinh").preset
    ('date_of_birth', 'date_of_birth')
    >>> meaning_of("Số CMND/CCCD").preset, meaning_of("Ngày cấp").preset, meaning_of("surname")
    ('id_number', None, None)
    """
    words = fold_header(column).split()
    bare = [w for w in words if not w.isdigit()]
    while len(bare) > 1 and bare[-1] in _REMARKS:
        bare.pop()
    for version in (words, bare):
        if tuple(version) in _MEANINGS:
            return _MEANINGS[tuple(version)]
    for n in range(len(bare), 0, -1):
        # HOTEN_KH, SO_GIAYTO: a phrase of which not all spaces are written.
        meaning = _JOINED.get("".join(bare[:n]))
        if meaning is not None and (n in (1, len(bare)) or len(bare[n - 1]) > 2):
            return None if meaning.preset and _OTHERS_PEOPLE.intersection(bare[n:]) else meaning
    for n in range(min(len(bare) - 1, _LONGEST), 0, -1):
        meaning = _MEANINGS.get(tuple(bare[:n]))
        if meaning is not None and (n > 1 or bare[0] == "ngay"):
            return None if meaning.preset and _OTHERS_PEOPLE.intersection(bare[n:]) else meaning
    return None


def is_joined(folded: str) -> bool:
    """Whether one word is a phrase of several, written without spaces."""
    return folded in _JOINED


def name_in_parts(columns: Sequence[str]) -> str:
    """Columns of a name's parts, joined in the order of the name; empty where family or given name lacks.

    Examples
    --------
    >>> name_in_parts(["Tên", "Họ đệm", "Ngày sinh"])
    'Họ đệm ~ Tên'
    """
    parts: dict[str, str] = {}
    for column in columns:
        meaning = meaning_of(column)
        kind, settings = (meaning and meaning.field) or ("", {})
        if kind == "person_name" and not settings.get("shared"):
            parts.setdefault(settings.get("part", "middle"), column)
    if not {"family", "given"} <= set(parts):
        return ""
    return JOINED_NAME.join(parts[p] for p in ("family", "middle", "given") if p in parts)
