"""One query and the parts of an index -> the records that fit it best, by weight; one record's weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from linkage._kernels.judging import score_rows
from linkage._kernels.lookup import DAMAGED, SUSPECT, TRUNCATED
from linkage._kernels.normalise import normalise_one
from linkage.errors import InputError, SegmentError
from linkage.search.matches import FIXED
from linkage.search.naming import under_field_names
from linkage.segment.segment import Segment
from linkage.vietnam.spelling import repair_name

WINDOW = 8.0
"""Bits below the best answer at which another is left out: less than 1/250 as likely."""
FLOOR, FLOOR_OF_MANY, MANY = -16.0, -12.0, 1 << 25
"""Bits below which an answer is none: less than one in ten thousand; of more than `MANY` records, in a
thousand. But what agrees with all that a query says is an answer, and what is within `WINDOW` of that: a name
alone that many bear is answered by its bearers. (At -12, 6 of 10,000 claims on a million people lost the
right person; at -16, the slowest searches among 110 million take a fifth longer.)"""
_NOTHING = -(1 << 30)
MOST_HITS = 1 << 20
"""Hits that a search has room for."""
Query = Mapping[str, Any]
Bits = npt.NDArray[np.uint8]


class Part(Protocol):
    """A segment, and which of its records have ended."""

    @property
    def segment(self) -> Any:
        """The segment."""

    @property
    def dead(self) -> Bits | None:
        """A bit a record that has ended; None where none has."""


Hit = tuple[int, int, int, int]
"""Negated weight (1/256 bit), part, row, packed levels: sorts as answers do."""


def prepare(segment: Segment, query: Query) -> tuple[list[bytes | None], list[int]]:
    """A query's texts and the words of its categories, in the order of a segment's fields.

    Raises
    ------
    InputError
        A name that says no field of the index, or a value that is no text, number or date.
    """
    texts: list[bytes | None] = [None] * len(segment.fields)
    words = [0] * len(segment.fields)
    for name, value in query.items():
        at = segment.positions.get(name)
        if at is None:
            return prepare(segment, under_field_names(segment, query))
        if value is None or value == "":
            continue
        text = value if isinstance(value, str) else _written(value)
        texts[at] = text.encode("utf-8", "replace")
        if segment.fields[at]["kind"] == "category":
            words[at] = segment.categories.word(at, text)
    return texts, words


def check_query(query: Any) -> None:
    """InputError for what is no mapping."""
    if not isinstance(query, Mapping):
        raise InputError(f"query: expected a mapping from field to value, got {type(query).__name__}")


def _written(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat()[:10])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"query: expected text, a number or a date, got {type(value).__name__}")
    return str(int(value)) if float(value).is_integer() else str(value)


def repaired(segment: Segment, texts: list[bytes | None]) -> list[bytes | None]:
    """The texts with mistyped or wrongly decoded names as they were meant."""
    out = list(texts)
    for i, (meta, text) in enumerate(zip(segment.fields, texts, strict=True)):
        if meta["kind"] == "person_name" and text is not None and normalise_one(text)[4] & SUSPECT:
            out[i] = (repair_name(text.decode("utf-8", "replace")) or "").encode("utf-8", "replace") or text
    return out


def find(
    parts: Sequence[Part],
    query: Query,
    *,
    limit: int,
    floor: float | None = None,
    window: float = WINDOW,
    allowed: Sequence[Bits | None] | None = None,
    exhaustive: bool = False,
) -> tuple[list[Hit], bool]:
    """The best records of all parts; whether the search was cut short."""
    hits: list[Hit] = []
    truncated, asks = False, True
    lowest = round((least_bits(parts) if floor is None else floor) * FIXED)
    least, reach = _NOTHING, round(window * FIXED)
    reader: Segment | None = None
    for k, part in enumerate(parts):
        segment = part.segment
        if segment.read_by is not reader:
            reader, asks = segment.read_by, True
            texts, words = prepare(segment, query)
        searcher = segment.borrow()
        try:
            for _ in range(2):
                rows, weights, gammas, status, suspect = searcher.search(
                    texts, words, limit, lowest, reach, least=least, hidden=part.dead,
                    allowed=allowed[k] if allowed else None, exhaustive=exhaustive, asks=asks, eases=True,
                )  # fmt: skip
                if not suspect:
                    break
                texts, asks = repaired(segment, texts), False
        finally:
            segment.give_back(searcher)
        if status & DAMAGED:
            raise SegmentError(f"{segment.container.name}, section 'blobs': a record cannot be read")
        truncated = truncated or bool(status & TRUNCATED)
        if rows:
            hits += [(-w, k, r, g) for w, r, g in zip(weights, rows, gammas, strict=True)]
            least = max(least, weights[0] - reach)
    hits.sort()
    if len(hits) > 1:
        hits = [h for h in hits[:limit] if h[0] <= hits[0][0] + reach]
    return hits, truncated


def score_row(segment: Segment, query: Query, row: int) -> tuple[int, int, list[int], list[int]]:
    """One record's weight (1/256 bit), packed levels, lanes and rarity against a query.

    Raises
    ------
    SegmentError
        The record cannot be read.
    """
    texts, words = prepare(segment, query)
    searcher = segment.borrow()
    try:
        scored = score_rows(searcher, repaired(segment, texts), words, [row])[0]
    finally:
        segment.give_back(searcher)
    if scored is None:
        raise SegmentError(f"{segment.container.name}, section 'blobs': a record cannot be read")
    return scored


def expect_limit(name: str, limit: int) -> None:
    """Refuse a number of answers that no search has room for; one more is looked for, the rival beyond it.

    Raises
    ------
    InputError
    """
    if isinstance(limit, bool) or not isinstance(limit, Integral) or not 1 <= limit < MOST_HITS:
        raise InputError(f"{name}: expected a limit of 1 to {MOST_HITS - 1}, got {limit!r}")


def least_bits(parts: Sequence[Part]) -> float:
    """Bits below which an answer of these parts is none."""
    return FLOOR if sum([part.segment.n_records for part in parts]) <= MANY else FLOOR_OF_MANY
