"""Bytes that a fuzzer draws -> a damaged record of a small index, looked up in three ways: one answer.

The ways are those of the kernels: by keys and days, by distinct values held open (`ext/by_values.pxd`), and
by weighing every record. What a quick search has marked as cut short may differ, and what docs/lookup.md
says that keys do not lead to: two wrong characters in a long number that holds letters, words of which all
are damaged, and a name with its spaces elsewhere, but for one space less.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

import linkage
from linkage.search.find import find
from linkage.segment.segment import Segment
from tests.search.queries import ODD
from tests.segment.registers import Part, generated, segment_bytes, trained

N = 60
LETTERS = "aeinhtguođư'.- XO0159"


class Drawing(Protocol):
    """What draws numbers from bytes."""

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""

    def choice(self, options: Any) -> Any:
        """One of several."""


class NeverHeld(Segment):
    """A segment whose values are not held open, however often it is asked."""

    def hold_values(self) -> None:
        """Leave them."""


class Ways(NamedTuple):
    """The same records, to be searched by keys and by values; their texts."""

    by_keys: Segment
    by_values: Segment
    records: list[dict[str, str | None]]


@cache
def citizens() -> Ways:
    """Names, dates, numbers and places as they come."""
    return ways(segment_bytes(generated(600)[0].slice(0, N), trained(600)))


@cache
def long_numbers() -> Ways:
    """Names, dates, numbers of 11 to 18 characters, of digits or letters too; every tenth name is odd."""
    return ways(long_numbered())


@cache
def long_numbered() -> bytes:
    """Their segment."""
    made = []
    for i, row in enumerate(generated(600)[0].to_pylist()):
        digits = f"{row['entity'] * 7919 % 10**9:09d}"
        number = (digits * 2 + digits)[: 16 + i % 3] if i % 2 else f"RSSMRA{digits[:2]}T{digits[2:8]}Z"
        name = ODD[i % len(ODD)].encode("utf-8", "replace").decode() if i % 10 == 0 else row["full_name"]
        made.append({"record_id": str(i), "full_name": name, "date_of_birth": row["date_of_birth"],
                     "national_id": number})  # fmt: skip
    table = pa.Table.from_pylist(made)
    return segment_bytes(table.slice(0, N), linkage.train(table, seed=1))


@cache
def by_words() -> Ways:
    """Names in two columns and places, no dates: every word has postings."""
    made = []
    for i, row in enumerate(generated(600)[0].to_pylist()):
        surname, _, given = (row["full_name"] or "").partition(" ")
        email = f"{given.replace(' ', '.').lower()}{i % 9}@mail.vn" if i % 3 else None
        made.append({"record_id": str(i), "surname": surname or None, "given_name": given or None,
                     "town": row["commune"], "address": row["street"], "email": email})  # fmt: skip
    table = pa.Table.from_pylist(made)
    return ways(segment_bytes(table.slice(0, N), linkage.train(table, seed=1)))


def ways(data: bytes) -> Ways:
    """A segment's bytes, opened twice."""
    held = Segment.from_bytes(data)
    held.hold_values()
    records = held.records(np.arange(len(held), dtype=np.uint32))
    return Ways(NeverHeld.from_bytes(data), held, [{f: r.get(f) for f in held.field_names} for r in records])


def answers(draws: Drawing) -> None:
    """A record's texts, some of them left out, exchanged or edited -> the same answer in every way."""
    tried = draws.choice((citizens, long_numbers, by_words))()
    record = tried.records[draws.below(len(tried.records))]
    query = {}
    for name, text in record.items():
        way = draws.below(6)
        if way == 0:
            query[name] = draws.choice(ODD)
        elif way == 1:
            other = tried.records[draws.below(len(tried.records))]
            query[name] = draws.choice((other, record))[draws.choice((*record, name))] or ""
        elif text and way < 5:
            query[name] = edited_text(text, draws) if way == 2 else text
    limit = draws.choice((1, 3, N))
    assert_one_answer(tried, {name: text for name, text in query.items() if text}, limit)


def assert_one_answer(tried: Ways, query: dict[str, str], limit: int) -> None:
    """Quick searches find what the search of every record finds, unless they say that they were cut short."""
    every, cut = find([Part(tried.by_keys)], query, limit=limit, exhaustive=True)
    assert not cut
    hits, cut = find([Part(tried.by_values)], query, limit=limit)
    assert cut or hits == every, f"{hits} by values, not {every}"
    number, name = query.get("national_id", ""), query.get("full_name")
    if "full_name" not in tried.by_keys.field_names or any(letter.isalpha() for letter in number):
        return
    if not any(is_respaced(name, record["full_name"]) for record in tried.records):
        hits, cut = find([Part(tried.by_keys)], query, limit=limit)
        assert cut or hits == every, f"{hits} by keys, not {every}"


def is_respaced(name: str | None, other: str | None) -> bool:
    """Whether two names have the same letters and other spaces, but for one space less in the second."""
    words, others = words_of(name), words_of(other)
    if "".join(words) != "".join(others):
        return False
    cuts, other_cuts = ({len("".join(w[:i])) for i in range(len(w))} for w in (words, others))
    return not (other_cuts <= cuts and len(cuts) - len(other_cuts) <= 1)


def words_of(name: str | None) -> list[str]:
    """The words of a name, without diacritics."""
    plain = unicodedata.normalize("NFD", (name or "").casefold()).replace("đ", "d")
    words = ("".join(letter for letter in word if letter.isalnum()) for word in plain.split())
    return [word for word in words if word]


def edited_text(text: str, draws: Drawing) -> str:
    """One to three letters lost, doubled, replaced or exchanged, or words turned round."""
    for _ in range(1 + draws.below(3)):
        at, way = draws.below(len(text)) if text else 0, draws.below(6)
        letter = draws.choice(LETTERS)
        if way == 0:
            text = text[:at] + text[at + 1 :]
        elif way == 1:
            text = text[:at] + letter + text[at:]
        elif way == 2:
            text = text[:at] + letter + text[at + 1 :]
        elif way == 3:
            text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
        elif way == 4:
            text = " ".join(text.split()[::-1])
        else:
            text = text[:at].strip()
    return text
