"""Contraction of large components in rounds against its naive twin."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters.contraction import contract_component
from tests.reference import clusters as naive


@st.composite
def sparse_components(draw):
    n = draw(st.integers(1, 9))
    pairs = list(combinations(range(n), 2))
    gains = st.dictionaries(st.sampled_from(pairs), st.integers(-5, 9)) if pairs else st.just({})
    return n, draw(gains), draw(st.integers(-3, 0))


def contract(n, gains, missing_gain):
    left, right = np.array(list(gains), np.int64).reshape(-1, 2).T
    gain = np.array(list(gains.values()), np.int32)
    return contract_component(n, left, right, gain, missing_gain=missing_gain).tolist()


@given(sparse_components())
def test_equals_the_naive_twin(component):
    assert contract(*component) == naive.contract_in_rounds(*component)


def test_of_a_repeated_pair_the_highest_gain_counts():
    found = contract_component(
        2, np.array([0, 1]), np.array([1, 0]), np.array([-5, 3], np.int32), missing_gain=0
    )
    assert found.tolist() == [0, 0]


def test_a_long_chain_breaks_into_short_pieces():
    n = 5000
    label = contract_component(
        n, np.arange(n - 1), np.arange(1, n), np.full(n - 1, 3072, np.int32), missing_gain=-512
    )
    assert np.bincount(label).max() <= 8
