"""Numbers with letters (passports, permits, tax codes) and one slip: found by the number alone."""

from __future__ import annotations

import random
from functools import cache

import pyarrow as pa
import pytest

import linkage
from linkage.search.find import find
from linkage.segment.segment import Segment
from tests.segment.registers import Part, generated, segment_bytes

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHAPES = ("LDDDDDDD", "LDDDDDDDL", "LLLLLLDDLDDLDDDL", "LLDDDDDDDDDDDDDD", "LDLDLDLDLDLDLDLDLD")
"""A passport, a foreigner's number, tax codes and others of up to 18 characters."""
MOST_TOLD = 10
"""Characters of a number up to which one more or less shows in its code."""


class NeverHeld(Segment):
    """A segment whose values are not held open, however often it is asked."""

    def hold_values(self) -> None:
        """Leave them."""


@cache
def people(shape):
    """A segment of people with numbers of one shape, and these by record id."""
    made = random.Random(shape)
    table = generated()[0].slice(0, 1200)
    letter = {"L": SIGNS[10:], "D": SIGNS[:10]}
    of_entity = {e: "".join(made.choice(letter[c]) for c in shape) for e in table["entity"].to_pylist()}
    numbers = [of_entity[e] for e in table["entity"].to_pylist()]
    columns = {name: table[name] for name in ("record_id", "full_name", "date_of_birth")}
    table = pa.table(columns | {"permit": pa.array(numbers)})
    segment = NeverHeld.from_bytes(segment_bytes(table, linkage.train(table, seed=1)))
    return segment, dict(zip(table["record_id"].to_pylist(), numbers, strict=True))


def slips(number, made):
    """The number with a character that is wrong, missing or in excess, and with two exchanged."""
    at = made.randrange(len(number) - 1)
    other = made.choice(SIGNS.replace(number[at], ""))
    yield number[:at] + other + number[at + 1 :]
    if number[at] != number[at + 1]:
        yield number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if len(number) <= MOST_TOLD:
        yield number[:at] + number[at + 1 :]
    if len(number) < MOST_TOLD:
        yield number[:at] + other + number[at:]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_number_with_letters_is_found_by_itself_with_one_slip(shape):
    segment, numbers = people(shape)
    made = random.Random(1)
    for record_id, number in list(numbers.items())[:60]:
        for slipped in slips(number, made):
            if slipped.isdigit():  # a number without letters is another kind of number
                continue
            hits, _ = find([Part(segment)], {"permit": slipped}, limit=20)
            found = segment.record_ids([row for _, _, row, _ in hits])
            assert record_id in found, (number, slipped)


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_answers_are_those_of_a_full_scan(shape):
    segment, numbers = people(shape)
    made = random.Random(2)
    records = segment.records(range(40))
    for record in records:
        for slipped in slips(numbers[record["record_id"]], made):
            for query in ({"permit": slipped}, {"permit": slipped, "full_name": records[0]["full_name"]}):
                hits, cut = find([Part(segment)], query, limit=3)
                assert cut or hits == find([Part(segment)], query, limit=3, exhaustive=True)[0]
