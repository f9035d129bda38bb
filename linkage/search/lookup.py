"""One query and the parts of an index -> the records that fit it, with their probabilities."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from linkage._kernels.lookup import DAMAGED, SUSPECT, TRUNCATED
from linkage._kernels.normalise import normalise_one
from linkage.errors import InputError, SegmentError
from linkage.search.matches import FIXED, Match, Matches
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
RIVAL = math.log2(20)
"""A second person within these bits of the best one makes the answer ambiguous."""
SAME = round(RIVAL * FIXED)
"""Two records are one person's where that is twenty times likelier than not (1/256 bit): twins of one name
may be a little likelier one person than two, and yet each of them fits."""
NOBODY = 3.0
"""Odds, before any evidence, that the person asked for is in no record: a careful guess. With even odds 18 of
10,000 strangers were taken for somebody with probability .99 at 1.1 million records."""
MOST_BITS = 500.0
"""Evidence beyond this is certainty; and the power of two of what a damaged file says may be no number."""
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
        scored = searcher.score_rows(repaired(segment, texts), words, [row])[0]
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


def lookup(
    parts: Sequence[Part],
    query: Query,
    *,
    limit: int = 5,
    allowed: Sequence[Bits | None] | None = None,
    exhaustive: bool = False,
) -> Matches:
    """The records that fit a query best.

    Parameters
    ----------
    parts : sequence of Part
    query : mapping
        Field names to raw values; what is missing is no evidence.
    limit : int
    allowed : sequence of uint8 arrays or None
        Per part, a bit a record that may be found.
    exhaustive : bool
        Decode and score every record, by no bound: the oracle, about half a second a million.

    Notes
    -----
    A query without a value, or whose values say nothing, has no answer.
    """
    check_query(query)
    expect_limit("lookup", limit)
    # One more than asked for: a rival beyond the limit still makes the answer ambiguous.
    hits, truncated = find(parts, query, limit=max(limit + 1, 2), allowed=allowed, exhaustive=exhaustive)
    if not hits:
        return Matches((), math.inf, False, truncated)
    people, shares, gap = judge(parts, hits)
    answers = [
        Match(parts[k].segment, row, -w / FIXED, shares[person], person, gamma)
        for person, (w, k, row, gamma) in zip(people[:limit], hits, strict=False)
    ]
    return Matches(tuple(answers), gap, gap < RIVAL, truncated)


def judge(parts: Sequence[Part], hits: list[Hit]) -> tuple[list[int], dict[int, float], float]:
    """Each hit's person, each person's probability, and the bits between the best two persons."""
    if len(hits) == 1:
        return [0], _shares(parts, {0: -hits[0][0] / FIXED}), math.inf
    people = _people(parts, hits)
    best: dict[int, float] = {}
    for person, hit in zip(people, hits, strict=True):
        best[person] = max(best.get(person, -math.inf), -hit[0] / FIXED)
    others = sorted(best.values(), reverse=True)
    return people, _shares(parts, best), others[0] - others[1] if len(others) > 1 else math.inf


def _shares(parts: Sequence[Part], best: dict[int, float]) -> dict[int, float]:
    """Each person's probability: its odds against the others' and against being in no record.

    A person is expected to be in the index with probability one quarter, and to be any of its records alike.
    """
    shift = prior_bits(parts)
    odds = {person: 2.0 ** min(bits + shift, MOST_BITS) for person, bits in best.items()}
    total = NOBODY + sum(odds.values())
    return {person: value / total for person, value in odds.items()}


def least_bits(parts: Sequence[Part]) -> float:
    """Bits below which an answer of these parts is none."""
    return FLOOR if sum([part.segment.n_records for part in parts]) <= MANY else FLOOR_OF_MANY


def prior_bits(parts: Sequence[Part]) -> float:
    """Bits from a match weight to the odds of one of n records, where the model's prior is that of two."""
    n = sum([part.segment.n_records for part in parts])
    return float(-math.log2(n) - parts[0].segment.prior / FIXED)


def _people(parts: Sequence[Part], hits: list[Hit]) -> list[int]:
    """Which answers are records of one person: those that match the first of an earlier one."""
    if all(hit[1] == hits[0][1] for hit in hits):
        return name_people(parts[hits[0][1]].segment, [hit[2] for hit in hits])
    people = [0]
    firsts = [0]
    for i in range(1, len(hits)):
        same = next((p for p, at in enumerate(firsts) if _same_person(parts, hits[at], hits[i])), None)
        people.append(len(firsts) if same is None else same)
        if same is None:
            firsts.append(i)
    return people


def name_people(segment: Segment, rows: list[int]) -> list[int]:
    """A number from 0 for each record of a segment; records of one person have the same."""
    people = np.empty((1, len(rows)), np.uint32)
    searcher = segment.borrow()
    try:
        counts = np.array([len(rows)], np.uint32)
        searcher.name_people_of(np.array([rows], np.uint32), counts, np.zeros(1, np.uint32), SAME, people)
    except ValueError as error:
        raise SegmentError(f"{segment.container.name}, section 'blobs': {error}") from None
    finally:
        segment.give_back(searcher)
    found: list[int] = people[0].tolist()
    return found


def _same_person(parts: Sequence[Part], a: Hit, b: Hit) -> bool:
    """Whether two records match each other."""
    segment, other = parts[a[1]].segment, parts[b[1]].segment
    if segment is other:
        return name_people(segment, [a[2], b[2]]) == [0, 0]
    record = segment.records(np.array([a[2]], np.uint32))[0]
    texts, words = prepare(other, {k: v for k, v in record.items() if k in other.positions})
    searcher = other.borrow()
    try:
        scored = searcher.score_rows(repaired(other, texts), words, [b[2]])[0]
    finally:
        other.give_back(searcher)
    return scored is not None and scored[0] >= SAME
