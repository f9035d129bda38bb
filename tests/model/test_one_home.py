"""Relatives whom nothing but a family name tells are those who share a home, not strangers of that name."""

import numpy as np
import pytest

from linkage.comparison.program import comparisons_of
from linkage.model.estimate import Estimate
from linkage.model.m_step import maximise
from linkage.model.one_home import LEAST_AT_HOME
from linkage.model.patterns import Maximiser
from linkage.model.relatives import relatives_of
from linkage.schema import Field, Schema
from tests.model.families import known_of

GIVEN, FAMILY = Field("given", "person_name", part="given"), Field("family", "person_name", part="family")
HOME = (Field("phone", "phone"), Field("address", "address"))
MOTHER = Field("mother", "person_name", shared=True)
SHARE = {"given": (0.9, 0.01), "family": (0.9, 1.0), "phone": (0.6, 0.0), "address": (0.8, 0.02)}
"""Of matches and of strangers of one family name, how often they agree."""


def siblings_at_home(*fields, at_home=0.0):
    """How often siblings agree on an address after an M-step; `at_home` of them live together already."""
    comparisons = comparisons_of(Schema(fields, ()))
    shape = Maximiser(comparisons, [-1] * len(comparisons))
    kinds = relatives_of(comparisons, np.ones((100, len(comparisons)), np.uint8))
    k = [kind.name for kind in kinds].index("siblings")

    def tables(which, n=1.0):
        flat = np.ones(shape.size)
        for i, item in enumerate(comparisons):
            of_match, other = SHARE.get(item.name, (0.9, 0.01))
            share = (of_match, at_home * of_match + (1 - at_home) * other, 0.001)[which]
            table = shape.table(flat, i)
            table[:, 0], table[:, 1:-1], table[:, -1] = 0.0, 1e-6, share
            table[:, 1] = 1 - table[:, 2:].sum(axis=1)
        return n * flat

    names = range(len(kinds))
    e = Estimate(
        tables(0), tables(2), np.zeros(shape.size), np.stack([tables(1) for _ in names]),
        np.full(1 + len(kinds), 1e-3),
    )  # fmt: skip
    known = known_of(comparisons, kinds)
    expected = np.stack([tables(0, 4000.0), *(tables(1, 9000.0) for _ in names)])
    sums = np.array([4000.0, *(9000.0 for _ in names)])
    maximise(e, known, shape, expected, expected[0], sums, {}, {})
    address = next(i for i, c in enumerate(comparisons) if c.name == "address")
    return shape.table(e.family[k], address)[-1, -1]


def test_relatives_of_one_family_name_share_a_home():
    found = siblings_at_home(GIVEN, FAMILY, *HOME)
    assert found == pytest.approx(LEAST_AT_HOME * 0.8, abs=0.03)


def test_relatives_who_share_one_stay_as_they_are():
    assert siblings_at_home(GIVEN, FAMILY, *HOME, at_home=0.7) == pytest.approx(0.57, abs=0.03)


@pytest.mark.parametrize("other", [MOTHER, Field("born", "date")], ids=["parents", "births"])
def test_where_other_things_tell_relatives_nothing_is_said_of_homes(other):
    assert siblings_at_home(GIVEN, FAMILY, *HOME, other) == pytest.approx(0.02, abs=0.02)
