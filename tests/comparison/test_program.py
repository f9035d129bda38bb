"""A schema -> comparisons in order, packed patterns, levels as the kernels number them."""

import numpy as np
import pytest

from linkage.comparison.levels import operation_of
from linkage.comparison.program import (
    comparisons_of,
    fits_pattern,
    other_names_of,
    partner_of,
    unpack_codes,
    within_pattern,
)
from linkage.errors import SchemaError
from linkage.schema import KINDS, Field, Schema, citizen_schema
from tests.kernels.scoring import level_of


def test_cheap_comparisons_come_first_and_codes_do_not_overlap():
    comparisons = comparisons_of(citizen_schema())
    kinds = [c.field.kind for c in comparisons]
    assert kinds.index("identifier") < kinds.index("date") < kinds.index("person_name")
    used = 0
    for item in comparisons:
        bits = ((1 << item.operation.bits) - 1) << item.shift
        assert not used & bits
        used |= bits
    assert used < 2**64


def test_codes_come_out_of_a_pattern_as_they_went_in():
    comparisons = comparisons_of(citizen_schema())
    random = np.random.default_rng(0)
    codes = np.array([random.integers(0, c.operation.n_codes, 50) for c in comparisons], np.uint64).T
    gamma = np.zeros(50, np.uint64)
    for i, item in enumerate(comparisons):
        gamma |= codes[:, i] << np.uint64(item.shift)
    assert unpack_codes(gamma, comparisons).tolist() == codes.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_levels_that_fit_together(kind):
    for part in ("full", "given") if kind == "person_name" else ("full",):
        operation = operation_of(Field("x", kind, part=part))
        assert len(operation.levels) == len(operation.tf_parts) == len(operation.prior)
        assert sum(operation.prior) == pytest.approx(1)
        assert min(operation.prior) > 0
        assert operation.n_codes <= 16


VALUES = {
    "person_name": "Nguyễn Văn An",
    "date": "01/02/1990",
    "identifier": "079203001234",
    "category": "x",
    "text": "Xã An Bình",
    "address": "12 Lê Lợi",
    "phone": "0912345678",
    "email": "an@x.vn",
    "number": "12.5",
}


@pytest.mark.parametrize("kind", KINDS)
def test_equal_values_reach_the_highest_level_and_missing_ones_none(kind):
    field = Field("x", kind)
    value = VALUES[kind]
    assert level_of({"x": [value, value]}, [field]) == {"x": operation_of(field).n_codes - 1}
    assert level_of({"x": [value, None]}, [field]) == {"x": 0}
    assert level_of({"x": ["", value]}, [field]) == {"x": 0}


def test_too_many_comparisons_are_refused_with_a_way_out():
    with pytest.raises(SchemaError, match="compare=False"):
        comparisons_of(Schema(tuple(Field(f"x{i}", "person_name") for i in range(20))))
    with pytest.raises(SchemaError, match="at least one field to compare"):
        comparisons_of(Schema((Field("x", "text", compare=False),)))


def test_of_too_many_fields_those_stay_that_tell_most_about_most_pairs():
    own = [Field("name", "person_name"), Field("street", "address", shared=True), Field("sex", "category")]
    child = [Field(f"child {k}", "person_name", shared=True) for k in range(20)]
    schema = Schema((*child, *own), ())
    assert not fits_pattern(schema)
    held = {f.name: 1.0 for f in own} | {f.name: 0.5**k for k, f in enumerate(child)}
    kept = within_pattern(schema, held)
    assert fits_pattern(kept)
    assert {f.name for f in own} <= {f.name for f in kept.fields}
    assert {"child 0", "child 1"} <= {f.name for f in kept.fields}
    assert "child 19" not in {f.name for f in kept.fields}


GIVEN, FAMILY = (Field(f"{part}_name", "person_name", part=part) for part in ("given", "family"))
SECOND = Field("segundo apellido", "person_name", shared=True)


@pytest.mark.parametrize(
    ("fields", "partners"),
    [
        ((GIVEN, FAMILY), ["family_name", "given_name"]),
        ((GIVEN, FAMILY, SECOND), ["family_name", "segundo apellido", None]),
        ((FAMILY, SECOND), ["segundo apellido", None]),
        ((GIVEN, SECOND), [None, None]),
        ((FAMILY, Field("mother", "person_name", shared=True)), [None, None]),
    ],
)
def test_of_two_family_names_either_may_be_first(fields, partners):
    assert [partner_of(item, Schema(fields, ())) for item in fields] == partners


def test_exchanged_family_names_are_told_from_others():
    def level(*names):
        texts = {"segundo apellido": [n[1] for n in names], "family_name": [n[0] for n in names]}
        return level_of(texts, [FAMILY, SECOND])["family_name"]

    swapped = operation_of(FAMILY).levels.index("swapped with another part of the name") + 1
    assert level(("García", "Moreno"), ("Moreno", "Garcia")) == swapped
    assert level(("García", "Moreno"), ("Moreno", "")) == swapped
    assert level(("García", "Moreno"), ("Moreno", "Torres")) < swapped


MIDDLE, MAIDEN = Field("middle_name", "person_name", part="given"), Field("Geburtsname", "person_name")


@pytest.mark.parametrize(
    ("item", "others"),
    [
        (FAMILY, ["middle_name", "Geburtsname"]),
        (GIVEN, ["middle_name"]),
        (MIDDLE, ["given_name"]),
        (SECOND, []),
        (Field("family_name", "person_name", part="family", comparator="x"), []),
    ],
)
def test_a_name_may_stand_among_a_persons_other_names(item, others):
    parents = Field("mother maiden name", "person_name", shared=True)
    fields = (GIVEN, item if item.name == "family_name" else FAMILY, MIDDLE, SECOND, parents, MAIDEN)
    assert other_names_of(item, Schema(fields, ())) == others


def test_a_family_name_that_has_become_the_maiden_or_middle_name_is_told_from_others():
    def level(family, middle, maiden):
        columns = {"family_name": family, "middle_name": middle, "Geburtsname": maiden}
        return level_of(columns, [FAMILY, MIDDLE, MAIDEN])["family_name"]

    former = operation_of(FAMILY).levels.index("swapped with another part of the name") + 1
    assert level(["Reyes", "Cruz"], ["Santos", "Reyes"], ["", ""]) == former
    assert level(["Schmidt", "Müller"], ["", ""], ["Mueller", ""]) < former
    assert level(["Schmidt", "Müller"], ["", ""], ["Müller", ""]) == former
    assert level(["Smith", "Jones"], ["Ann", "Ann Smith"], ["", ""]) == former
    assert level(["Smith", "Jones"], ["Ann", "Ann"], ["Weber", ""]) < former
    assert level(["Smith", "Smith"], ["Smith", "Ann"], ["", ""]) == operation_of(FAMILY).n_codes - 1


def test_who_goes_by_a_middle_name_is_told_from_others():
    def level(*names):
        texts = {"given_name": [n[0] for n in names], "middle_name": [n[1] for n in names]}
        return level_of({**texts, "family_name": ["Lee"] * 2}, [GIVEN, MIDDLE, FAMILY])

    moved = operation_of(GIVEN).levels.index("swapped with another part of the name") + 1
    assert level(("Karen", "Joyce"), ("Joyce", "Karen")) | {"family_name": 0} == {
        "given_name": moved, "middle_name": moved, "family_name": 0,
    }  # fmt: skip
    assert level(("Alison", "I"), ("Ivy", "Alison"))["given_name"] == moved
    assert level(("Ivy", ""), ("Alison", "Rose Ivy"))["given_name"] == moved
    assert level(("Ivy", "Rose"), ("Alison", "May"))["given_name"] < moved
