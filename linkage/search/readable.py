"""A query -> the fields whose values say nothing that can be read; and one text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linkage._kernels.dates import parse_one
from linkage._kernels.identifiers import HASHED, KINDS, pack_one
from linkage._kernels.normalise import normalise_one
from linkage.search.find import Part, prepare
from linkage.search.naming import under_field_names
from linkage.segment.segment import Segment

KIND_NAMES = {number | flag: name for name, number in KINDS.items() for flag in (0, HASHED)}
"""Names of kinds of identifiers by their numbers in a segment."""


def silent_fields(parts: Sequence[Part], query: Mapping[str, Any]) -> list[str]:
    """The fields of a query whose values say nothing that can be read; a search goes without them."""
    if not parts:
        return []
    segment: Segment = parts[0].segment
    query = under_field_names(segment, query)
    texts, words = prepare(segment, query)
    places = [segment.positions[name] for name in query]
    return [segment.field_names[i] for i in places if not says(segment, i, texts[i] or b"", words[i])]


def says(segment: Segment, field: int, text: bytes, word: int) -> bool:
    """Whether a form's text says anything, as encoding takes it."""
    meta = segment.fields[field]
    if "identifier" in meta:
        return pack_one(text, KIND_NAMES[int(meta["identifier"])])[0] != 0
    if meta["kind"] == "date":
        return parse_one(text, int(meta["order"])) != 0
    if meta["kind"] == "category":
        return word != 0
    if "text" in meta:
        return bool(normalise_one(text, "name" if meta["text"] == "name" else "text")[2])
    return True
