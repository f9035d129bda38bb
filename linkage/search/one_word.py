"""A query whose name is one word -> the records that bear it among others, by all else that the query says.

Of a person's name often one word alone is known. Compared as a whole name it differs from every name that has
more words, and would speak against all of them. So it is read both ways, and the likelier one answers: as a
whole name, as in any comparison, or as part of a name, where who bears the word is as likely as the word is
rare: ``log2(n / bearers)`` bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from linkage._kernels.hot_rows import rows_with_words
from linkage._kernels.normalise import normalise_one
from linkage.search.find import Bits, Hit, Part, Query, find, least_bits, prepare, repaired, score_row
from linkage.search.matches import FIXED, OneWord
from linkage.search.naming import under_field_names
from linkage.search.readable import silent_fields
from linkage.segment.segment import Segment

N_WORDS = 1 << 16
MOST_REMEMBERED = 8
"""Words of a segment whose bearers are remembered: a bit a record each."""
TELLING = ("date", "identifier", "phone", "email")
"""Kinds of fields that tell people apart best, in the order in which they are mostly known."""
MOST_NAMED = 3
"""Fields that are named as what would narrow an answer."""
_WRITTEN: WeakKeyDictionary[Segment, dict[bytes, list[tuple[int, bytes]]]] = WeakKeyDictionary()
_BEARERS: WeakKeyDictionary[Segment, dict[bytes, Bits]] = WeakKeyDictionary()


class Word(NamedTuple):
    """A name of one word: its field, its bearers part by part, how many, and what it says (1/256 bit)."""

    field: str
    bearers: list[Bits]
    n_bearers: int
    rarity: int


def reread(
    parts: Sequence[Part],
    query: Query,
    hits: list[Hit],
    *,
    limit: int,
    allowed: Sequence[Bits | None] | None = None,
    exhaustive: bool = False,
) -> tuple[list[Hit], bool, OneWord] | None:
    """The best records for a name of one word as part of a name, where that is the likelier reading.

    Parameters
    ----------
    hits : list of Hit
        What `find` has found by the name as a whole.
    limit, allowed, exhaustive
        As of `find`.

    Returns
    -------
    tuple or None
        Hits and whether the search was cut short, as of `find`; what is to be said of the word. None where
        the name has several words, is whole, or is borne by nobody.

    Notes
    -----
    A pass over the hot rows for each word that is not remembered: some 2 ms a million records.
    """
    if not parts:
        return None
    value = query.get(parts[0].segment.whole_name)
    # Told at once: most names have several words.
    if isinstance(value, str) and " " in value.strip():
        return None
    field = name_of_one_word(parts[0].segment, query)[0]
    if not field or (hits and _is_whole(parts[hits[0][1]].segment, hits[0][3], field)):
        return None
    word = read_word(parts, query)
    if word is None:
        return None
    found, truncated = _find_bearers(parts, query, word, limit, allowed, exhaustive)
    if hits and (not found or found[0][0] >= hits[0][0]):
        return None
    return found, truncated, OneWord(field, word.n_bearers, _narrowed_by(parts[0].segment, query))


def name_of_one_word(segment: Segment, query: Query) -> tuple[str, bytes]:
    """The field of whole names and the word in small letters; nothing where the name is not one word."""
    if not segment.whole_name:
        return "", b""
    at = segment.positions[segment.whole_name]
    text = prepare(segment, query)[0][at]
    if not text:
        return "", b""
    one: list[bytes | None] = [None] * len(segment.fields)
    one[at] = text
    _, written, _, n_tokens, _ = normalise_one(repaired(segment, one)[at] or text)
    return (segment.whole_name, written) if n_tokens == 1 else ("", b"")


def read_word(parts: Sequence[Part], query: Query) -> Word | None:
    """What a name of one word says as part of a name; None of other names, or where nobody bears it."""
    field, word = name_of_one_word(parts[0].segment, query)
    if not field:
        return None
    bearers = [_living_bearers(part, word) for part in parts]
    n_bearers = sum(int.from_bytes(bits.tobytes(), "little").bit_count() for bits in bearers)
    if not n_bearers:
        return None
    n = sum(part.segment.n_records for part in parts)
    return Word(field, bearers, n_bearers, round(math.log2(n / n_bearers) * FIXED))


def without_name(segment: Segment, query: Query, field: str) -> dict[str, Any]:
    """All else that a query says, under the fields' own names."""
    own = query if all(name in segment.positions for name in query) else under_field_names(segment, query)
    return {name: value for name, value in own.items() if name != field}


def _find_bearers(
    parts: Sequence[Part],
    query: Query,
    word: Word,
    limit: int,
    allowed: Sequence[Bits | None] | None,
    exhaustive: bool,
) -> tuple[list[Hit], bool]:
    """Those who bear the word, by all else that the query says; the first of them if it says nothing."""
    bearers = word.bearers
    if allowed is not None:
        bearers = [b if a is None else b & a for a, b in zip(allowed, bearers, strict=True)]
    rest = without_name(parts[0].segment, query, word.field)
    if len(silent_fields(parts, rest)) == len(rest):
        prior, truncated = round(parts[0].segment.prior), False
        rows = [(k, row) for k, bits in enumerate(bearers) for row in _first(bits, limit)][:limit]
        found = [(-prior, k, row, 0) for k, row in rows]
    else:
        floor = least_bits(parts) - word.rarity / FIXED
        found, truncated = find(parts, rest, limit=limit, floor=floor, allowed=bearers, exhaustive=exhaustive)
    # The levels are those of the whole query: the name's says what of it agrees.
    return [
        (w - word.rarity, k, row, score_row(parts[k].segment, query, row)[1]) for w, k, row, _ in found
    ], truncated


def _narrowed_by(segment: Segment, query: Query) -> tuple[str, ...]:
    """Fields that a query lacks, the first of each kind, by how well the kind tells people apart."""
    given = without_name(segment, query, "")
    first: dict[str, str] = {}
    for field in segment.fields:
        if field["name"] not in given and field["name"] != segment.whole_name:
            first.setdefault(str(field["kind"]), str(field["name"]))
    kinds = [*(kind for kind in TELLING if kind in first), *(kind for kind in first if kind not in TELLING)]
    return tuple(first[kind] for kind in kinds[:MOST_NAMED])


def _is_whole(segment: Segment, gamma: int, field: str) -> bool:
    """Whether the best answer bears the word as its whole name."""
    for comparison in segment.scorer:
        if comparison["name"] == field:
            code = gamma >> comparison["shift"] & ((1 << comparison["bits"]) - 1)
            return code > 0 and str(comparison["levels"][code - 1]).startswith("equal")
    return False


def _first(bits: Bits, limit: int) -> list[int]:
    """The first rows whose bits are set."""
    rows: list[int] = []
    for byte in np.flatnonzero(bits)[:limit].tolist():
        rows += [byte * 8 + bit for bit in range(8) if bits[byte] >> bit & 1]
    return rows[:limit]


def _living_bearers(part: Part, word: bytes) -> Bits:
    bits = _bearers(part.segment, word)
    return bits if part.dead is None else bits & ~part.dead


def _bearers(segment: Segment, word: bytes) -> Bits:
    """A bit a record: who bears a word as it is written, or without diacritics where nobody writes it so."""
    remembered = _BEARERS.setdefault(segment, {})
    bits = remembered.get(word)
    if bits is None:
        plain = normalise_one(word)[2]
        alike = _written(segment).get(plain, [])
        as_asked = [number for number, written in alike if written == word != plain]
        wanted = np.zeros(N_WORDS, np.uint8)
        wanted[as_asked or [number for number, written in alike if plain in (word, written)]] = 1
        bits = np.zeros((segment.n_records + 7) // 8, np.uint8)
        rows_with_words(segment.array("hot_words"), wanted, bits)
        while len(remembered) >= MOST_REMEMBERED:
            remembered.pop(next(iter(remembered)), None)
        remembered[word] = bits
    return bits


def _written(segment: Segment) -> dict[bytes, list[tuple[int, bytes]]]:
    """The vocabulary's words by their letters without diacritics: numbers, and small letters as written."""
    found = _WRITTEN.get(segment)
    if found is None:
        found = {}
        texts, offsets = segment.array("word_texts").tobytes(), segment.array("word_offsets").tolist()
        for number, (begin, end) in enumerate(pairwise(offsets)):
            _, written, plain, n_tokens, _ = normalise_one(texts[begin:end])
            if n_tokens == 1 and number < N_WORDS:
                found.setdefault(plain, []).append((number, written))
        _WRITTEN[segment] = found
    return found
