"""Which pairs contradict each other, and what the others say of clusters."""

import numpy as np
import pytest

from linkage.clusters import contradicting
from linkage.clusters.contradicting import contradicts
from linkage.comparison.program import comparisons_of
from linkage.model.model import ComparisonParameters, Model
from linkage.schema import Field, Schema

SCHEMA = Schema(
    (
        Field("full_name", "person_name"),
        Field("date_of_birth", "date"),
        Field("street", "address"),
        Field("household_id", "identifier", shared=True, missing="unpaired"),
    ),
    (),
)


def packed(codes):
    comparisons = comparisons_of(SCHEMA)
    shifts = np.array([c.shift for c in comparisons], np.uint64)
    return (codes.astype(np.uint64) << shifts).sum(axis=1, dtype=np.uint64)


def model(of_matches=1e-4, year_alone=(0.0004, 0.009)):
    """All levels alike but those of the year alone, and of holding the household."""
    parameters = []
    for item in comparisons_of(SCHEMA):
        n = item.operation.n_codes
        m = np.full((1, n), 1 / (n - 1))
        u = m.copy()
        m[0, 0] = u[0, 0] = 1.0
        if item.name == "date_of_birth":
            m[0, 3], u[0, 3] = year_alone
        if item.name == "household_id":
            m[0, 1:] *= of_matches
            u[0, 1:] *= 0.8
        parameters.append(ComparisonParameters(item.name, None, m, u, np.empty((0, 1, n)), np.zeros(n)))
    return Model(SCHEMA, parameters, 1e-6)


def found(given, **options):
    """Of a pair with these codes; fields that are not named are missing."""
    comparisons = comparisons_of(SCHEMA)
    codes = np.array([[given.get(c.name, 0) for c in comparisons]], np.uint8)
    return bool(contradicts(packed(codes), comparisons, model(**options))[0])


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param({}, False, id="nothing held"),
        pytest.param({"street": 1}, False, id="moved"),
        pytest.param({"full_name": 10}, False, id="a name alone"),
        pytest.param({"full_name": 1}, True, id="names differ"),
        pytest.param({"full_name": 10, "date_of_birth": 1}, True, id="dates differ"),
        pytest.param({"full_name": 10, "date_of_birth": 8}, False, id="a damaged date"),
        pytest.param({"full_name": 10, "household_id": 4}, True, id="both hold what none of one person does"),
    ],
)
def test_who_contradicts(codes, expected):
    assert found(codes) is expected


def test_what_is_rarer_among_matches_than_among_strangers_contradicts():
    assert found({"date_of_birth": 3})
    assert not found({"date_of_birth": 3}, year_alone=(0.004, 0.009))


def test_what_matches_hold_half_as_often_contradicts_nothing():
    assert not found({"household_id": 4}, of_matches=0.4)


def test_in_parts_as_whole(monkeypatch):
    comparisons = comparisons_of(SCHEMA)
    random = np.random.default_rng(0)
    codes = np.stack([random.integers(0, c.operation.n_codes, 50) for c in comparisons], 1).astype(np.uint8)
    gamma = packed(codes)
    whole = contradicts(gamma, comparisons, model())
    monkeypatch.setattr(contradicting, "AT_ONCE", 7)
    np.testing.assert_array_equal(contradicts(gamma, comparisons, model()), whole)
    assert 0 < whole.sum() < 50
