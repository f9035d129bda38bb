import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.population.draws import Draws, affine, permute, quantised


@settings(max_examples=60, deadline=None)
@given(
    size=st.sampled_from([1, 2, 3, 63, 64, 65, 127, 128, 129, 1000, 4096, 4097]),
    key=st.integers(0, 2**64 - 1),
)
def test_permute_is_one_to_one(size, key):
    out = permute(np.arange(size), size, np.uint64(key))
    assert sorted(out.tolist()) == list(range(size))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_permute_with_a_key_each_is_that_keys_permutation(keys):
    positions = np.arange(len(keys)) % 50
    out = permute(positions, 50, np.array(keys, dtype=np.uint64))
    for position, key, got in zip(positions, keys, out, strict=True):
        assert got == permute(np.array([position]), 50, np.uint64(key))[0]


def test_a_draw_depends_on_seed_field_and_number_alone():
    numbers = np.arange(1000, dtype=np.uint64)
    whole = Draws(5).bits("name", numbers)
    assert (whole[::-1] == Draws(5).bits("name", numbers[::-1].copy())).all()
    for other in (Draws(6).bits("name", numbers), Draws(5).bits("birth", numbers)):
        assert not (whole == other).any()


def test_draws_are_uniform():
    numbers = np.arange(100_000, dtype=np.uint64)
    draws = Draws(0)
    assert np.bincount((draws.uniform("u", numbers) * 10).astype(int)) == pytest.approx(10_000, rel=0.05)
    below = draws.below("below", numbers, 7)
    assert below.min() == 0
    assert below.max() == 6
    assert np.bincount(below) == pytest.approx(100_000 / 7, rel=0.05)


def test_affine_is_one_to_one():
    assert sorted(affine(np.arange(1000), 1000, step=7, start=3)) == list(range(1000))


def test_quantised_gives_each_weight_its_share():
    table = quantised(np.array([1.0, 2.0, 5.0]), 10)
    assert np.bincount(table) == pytest.approx([128, 256, 640], abs=1)
