"""Relatives are not all those matches that one kind of damage befell."""

from dataclasses import replace

import numpy as np
import pytest

from linkage.comparison.program import comparisons_of
from linkage.model.one_damage import bound_damage
from linkage.model.patterns import Maximiser
from linkage.model.relatives import relatives_of
from linkage.schema import Field, Schema
from tests.model.families import known_of

GIVEN, FAMILY = Field("given", "person_name", part="given"), Field("family", "person_name", part="family")
ADDRESS, BORN = Field("address", "address"), Field("born", "date")
NEAR, EQUAL = 5, 7
OF_MATCHES, OF_STRANGERS = {NEAR: 0.57, EQUAL: 0.43}, {NEAR: 0.003, EQUAL: 0.0007}


def siblings_alike(*fields, near, equal, own="given", **changed):
    """How often siblings have names a slip apart, and equal ones, of a class that does so this often."""
    comparisons = comparisons_of(Schema(fields, ()))
    shape = Maximiser(comparisons, [-1] * len(comparisons))
    kinds = relatives_of(comparisons, np.ones((100, len(comparisons)), np.uint8))
    k = next((k for k, kind in enumerate(kinds) if kind.name == "siblings"), 0)
    i = [c.name for c in comparisons].index(own)
    kinds[k] = replace(kinds[k], **changed)

    def tables(shares):
        flat = np.full(shape.size, 1e-6)
        table = shape.table(flat, i)
        for code, share in shares.items():
            table[:, code] = share
        table[:, 1] = max(1 - table[0, 2:].sum(), 1e-6)
        return flat

    known = known_of(comparisons, kinds)
    family = np.stack([tables({NEAR: near, EQUAL: equal}) for _ in kinds])
    bound_damage(family, known, shape, tables(OF_MATCHES), tables(OF_STRANGERS))
    found = shape.table(family[k], i)[0]
    assert found[1:].sum() == pytest.approx(1, abs=1e-4)
    return found[NEAR], found[EQUAL]


def test_those_whose_second_name_is_missing_are_no_relatives():
    near, equal = siblings_alike(GIVEN, FAMILY, ADDRESS, near=0.0256, equal=0.0001)
    assert 0.003 < near < 0.004  # as strangers do: of equal names relatives have no more than chance gives
    assert equal == pytest.approx(0.0001)


def test_where_relatives_are_equal_oftener_by_chance_they_are_alike_oftener_as_well():
    near, equal = siblings_alike(GIVEN, FAMILY, ADDRESS, near=0.0256, equal=0.0014)
    assert 0.006 < near < 0.007 and equal == pytest.approx(0.0014)
    near, equal = siblings_alike(GIVEN, FAMILY, ADDRESS, near=0.0256, equal=0.0021)
    assert 0.009 < near < 0.01 and equal == pytest.approx(0.0021)


def test_relatives_of_one_name_may_have_it_damaged_too():
    assert siblings_alike(GIVEN, FAMILY, ADDRESS, near=0.0256, equal=0.02) == pytest.approx((0.0256, 0.02))


def test_damage_may_befall_three_times_as_many_of_them():
    near, equal = siblings_alike(GIVEN, FAMILY, ADDRESS, near=0.2, equal=0.02)
    assert 0.06 < near < 0.1 and equal == pytest.approx(0.02)


def test_whole_names_and_classes_that_agree_by_nature_are_left_alone():
    whole = siblings_alike(Field("name", "person_name"), ADDRESS, near=0.0256, equal=0.0001, own="name")
    free = siblings_alike(GIVEN, FAMILY, ADDRESS, near=0.0256, equal=0.0001, free=frozenset(range(3)))
    rare = siblings_alike(GIVEN, FAMILY, ADDRESS, near=0.0256, equal=0.0001, any_rarity=True)
    assert whole == free == rare == pytest.approx((0.0256, 0.0001))


def test_births_tell_relatives_whatever_their_names():
    assert siblings_alike(GIVEN, FAMILY, ADDRESS, BORN, near=0.0256, equal=0.0001)[0] == 0.0256
