"""Explanations add up to the weight of the look-up, to the last bit, in both languages."""

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from linkage.comparison import levels
from linkage.errors import InputError
from linkage.model.model import Model
from linkage.schema import Field, Schema
from linkage.search.explain import Explanation, explain
from linkage.search.lookup import lookup
from linkage.search.words import VIETNAMESE
from linkage.segment.build import build_segment
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source
from tests.kernels.made_up_model import drawn_model
from tests.search.drawn import drawn_register
from tests.search.register import MadePart, Register
from tests.segment.registers import segment_of


def total(explanation: Explanation) -> Fraction:
    bits = [explanation.prior, *(e.bits for e in explanation.evidence), explanation.remainder]
    return sum(map(Fraction, bits), Fraction(0))


def query_of(claim: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in claim.items() if k not in ("record_id", "entity")}


def test_bits_add_up_to_the_weight_of_the_look_up(register: Register) -> None:
    seen = 0
    for claim in register.claims[:150]:
        query = query_of(claim)
        for match in lookup(register.parts, query):
            found = explain(register.parts, query, match.record_id)
            assert found.match_weight == match.match_weight
            assert total(found) == Fraction(match.match_weight)
            assert {e.field: e.level for e in found.evidence} == match.levels
            assert found.remainder <= 0
            seen += 1
    assert seen > 100


def test_any_two_people_add_up(register: Register) -> None:
    records = register.live()
    for claim, record in zip(register.claims[:100], records[::30], strict=False):
        found = explain(register.parts, query_of(claim), record["record_id"])
        assert total(found) == Fraction(found.match_weight)


@pytest.mark.parametrize("seed", range(8))
def test_a_missing_value_that_weighs_is_a_line(seed: int) -> None:
    fields = (
        Field("full_name", "person_name"),
        Field("sex", "category", format="sex", missing="informative"),
        Field("id_number", "identifier", missing="informative"),
    )
    model: Model = drawn_model(np.random.default_rng(seed), Schema(fields))
    people = pa.table(
        {
            "record_id": ["a", "b"],
            "full_name": ["Nguyễn Văn An", "Trần Thị Bình"],
            "sex": ["Nam", None],
            "id_number": [None, "079203001234"],
        }
    )
    segment = Segment.from_bytes(build_segment(open_source(people), model, None))
    for record_id in ("a", "b"):
        for query in ({"full_name": "Nguyễn Văn An"}, {"sex": "Nữ"}, {"id_number": "079203001234"}):
            found = explain([MadePart(segment, None)], query, record_id)
            assert total(found) == Fraction(found.match_weight)


def test_a_family_name_that_has_become_the_maiden_name_is_told_in_both_languages() -> None:
    _, table, model = drawn_register(1, schema="family names that move")
    record = dict.fromkeys(table.column_names) | {
        "record_id": "a", "given_name": "Ana", "family_name": "Weber", "maiden name": "de la Cruz",
    }  # fmt: skip
    parts = [MadePart(segment_of([record], model), None)]
    found = explain(parts, {"given_name": "Ana", "family_name": "Cruz"}, "a")
    assert total(found) == Fraction(found.match_weight)
    assert "swapped with another part of the name" in found.text()
    assert "đảo với phần khác của họ tên" in found.text("vi")


def test_the_waterfall_has_a_line_for_all_that_counts(register: Register) -> None:
    record = register.live()[5]
    found = explain(register.parts, {"full_name": record["full_name"], "sex": "Nam"}, record["record_id"])
    english, vietnamese = str(found).splitlines(), found.text("vi").splitlines()
    assert len(english) == len(vietnamese) == len(found.evidence) + 3
    assert english[-1].split()[-1] == vietnamese[-1].split()[-1] == f"{found.match_weight:+.2f}"
    assert english[0].startswith("prior") and vietnamese[0].startswith("trước")
    assert record["full_name"] not in "\n".join(english + vietnamese)


def test_every_level_has_vietnamese_words(register: Register) -> None:
    operations = [x for x in vars(levels).values() if isinstance(x, levels.Operation)]
    words = {level for operation in operations for level in operation.levels}
    assert words | set(register.parts[0].segment.alternatives) <= set(VIETNAMESE)


def test_records_and_fields_that_are_not_there(register: Register) -> None:
    with pytest.raises(InputError, match="id of a record"):
        explain(register.parts, {"full_name": "x"}, "nobody")
    with pytest.raises(InputError, match="id of a record"):
        explain(register.parts, {"full_name": "x"}, next(iter(register.dead)))
    with pytest.raises(InputError, match="got 'nickname'"):
        explain(register.parts, {"nickname": "x"}, register.live()[0]["record_id"])
