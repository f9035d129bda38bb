"""Identifiers of 11 to 18 characters: found exactly, and with one slip; as written before version 4, too."""

import random

import pyarrow as pa
import pytest

import linkage
from linkage._kernels.identifiers import HASHED
from linkage.fields.columns import COLUMNS, IdentifierColumn
from linkage.search.get import get
from linkage.search.lookup import lookup
from linkage.segment import segment as segments
from linkage.segment.build import build_segment
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source
from tests.segment.registers import Part, generated, segment_bytes


def numbers(n, form):
    made = random.Random(5)
    return [form(made) for _ in range(n)]


def chinese(made):
    return "".join(made.choices("0123456789", k=17)) + made.choice("0123456789X")


def italian(made):
    letters = "ABCDEFGHLMPRST"
    return "".join(made.choice(letters if c == "L" else "0123456789") for c in "LLLLLLDDLDDLDDDL")


@pytest.fixture(scope="module", params=[chinese, italian])
def people(request):
    """Named and dated people, each entity with a long number of its own."""
    table = generated()[0]
    entities = table["entity"].to_pylist()
    of_entity = dict(zip(sorted(set(entities)), numbers(len(set(entities)), request.param), strict=True))
    columns = {name: table[name] for name in ("record_id", "full_name", "date_of_birth")}
    return pa.table(columns | {"national_id": pa.array([of_entity[e] for e in entities])})


@pytest.fixture(scope="module")
def model(people):
    return linkage.train(people, seed=1)


def test_a_number_is_found_exactly_and_with_one_digit_changed(people, model):
    parts = [Part(Segment.from_bytes(segment_bytes(people, model)))]
    for record in people.slice(0, 40).to_pylist():
        number = record["national_id"]
        assert record["record_id"] in [r.record_id for r in get(parts, "national_id", number)]
        at = next(i for i in range(9, 15) if number[i].isdigit())
        slipped = number[:at] + str((int(number[at]) + 3) % 10) + number[at + 1 :]
        query = {"national_id": slipped, "full_name": record["full_name"]}
        matches = lookup(parts, query, limit=5)
        assert record["record_id"] in [m.record_id for m in matches]
        if number[:16].isdigit():
            matches = lookup(parts, {"national_id": slipped}, limit=5)
            assert record["record_id"] in [m.record_id for m in matches]


class HashedColumn(IdentifierColumn):
    """Identifiers as they were encoded before version 4."""

    def __init__(self, item):
        super().__init__(item)
        self.kind |= HASHED


def test_segments_from_before_are_read_and_updated_as_they_were_written(people, model, monkeypatch):
    with monkeypatch.context() as before:
        before.setitem(COLUMNS, "identifier", HashedColumn)
        data = segment_bytes(people.slice(0, 500), model)
    with monkeypatch.context() as before:
        before.setattr(segments, "LONG_CODES", segments.VERSIONS[-1] + 1)
        base = Segment.from_bytes(data)
    assert [f["identifier"] for f in base.fields if "identifier" in f] == [HASHED]
    small = bytes(build_segment(open_source(people.slice(500, 20)), model, None, like=base))
    parts = [Part(base), Part(Segment.from_bytes(small, like=base))]
    for record in people.slice(490, 30).to_pylist():
        found = get(parts, "national_id", record["national_id"])
        assert record["record_id"] in [r.record_id for r in found]
        matches = lookup(parts, {"national_id": record["national_id"]}, limit=5)
        assert record["record_id"] in [m.record_id for m in matches]
