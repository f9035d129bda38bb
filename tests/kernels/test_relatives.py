"""The M-step's bounds on classes of relatives against their naive twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.relatives import bound_tables
from tests.reference import em as naive

STRENGTHS = {
    "u_strength": 8.0,
    "strength": 300.0,
    "alike_strength": 1000.0,
    "chance": 2.0,
    "most_chance": 0.02,
}


def drawn(seed, n_pairs):
    """Codes, parents and places of tables; their contents; levels, flags and bounds of each comparison."""
    random = np.random.default_rng(seed)
    n_codes = random.integers(3, 9, int(random.integers(1, 6))).astype(np.int32)
    parent = np.array([random.integers(-1, i) for i in range(len(n_codes))], np.int32)
    shapes = [(n_codes[p] if p >= 0 else 1, n) for n, p in zip(n_codes, parent, strict=True)]
    size = sum(rows * n for rows, n in shapes)
    own, m, u = (np.concatenate([shares(random.random(shape)).ravel() for shape in shapes]) for _ in range(3))
    expected, together = (random.random(size) * n_pairs for _ in range(2))
    flat = own, expected, together if random.random() < 0.7 else None, m, u
    personal = random.integers(2, n_codes).astype(np.int32)
    alike = (random.integers(1, n_codes) * (random.random(len(n_codes)) < 0.5)).astype(np.int32)
    leans = random.integers(0, 2, len(n_codes)).astype(np.uint8)
    most = np.where(random.random(len(n_codes)) < 0.5, -1.0, random.random(len(n_codes)) * 0.1)
    return shapes, parent, n_codes, flat, (personal, alike, leans, most)


def shares(table):
    table[:, 1:] /= table[:, 1:].sum(axis=1, keepdims=True)
    return table


@given(st.integers(0, 2**32), st.sampled_from([1e-3, 10.0, 1e6]))
def test_bounds_as_the_naive_twin(seed, n_pairs):
    shapes, parent, n_codes, flat, settings = drawn(seed, n_pairs)
    base = np.concatenate([[0], np.cumsum([rows * n for rows, n in shapes])]).astype(np.int32)
    cut = [
        tuple(None if part is None else part[a : a + rows * n].reshape(rows, n) for part in flat)
        for a, (rows, n) in zip(base[:-1].tolist(), shapes, strict=True)
    ]
    twins = naive.bound_tables(cut, *settings, **STRENGTHS)
    own = flat[0].copy()
    bound_tables(own, *flat[1:], base[:-1].copy(), parent, n_codes, *settings, **STRENGTHS)
    np.testing.assert_allclose(own, np.concatenate([twin.ravel() for twin in twins]), rtol=1e-9)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"m": np.ones(3)}, "one size"),
        ({"together": np.ones(5)}, "one size"),
        ({"leans": np.ones(2, np.uint8)}, "a base, a parent"),
        ({"n_codes": np.array([17], np.int32)}, "2 to 16 codes"),
        ({"parent": np.array([1], np.int32)}, "parents that are there"),
        ({"personal": np.array([5], np.int32)}, "beyond the codes"),
        ({"personal": np.array([0], np.int32)}, "beyond the codes"),
        ({"alike": np.array([4], np.int32)}, "beyond the codes"),
        ({"base": np.array([1], np.int32)}, "leaves the tables"),
        ({"base": np.array([-1], np.int32)}, "leaves the tables"),
    ],
)
def test_what_does_not_fit_is_refused(changed, message):
    fits = {
        "own": np.ones(4), "expected": np.ones(4), "together": None, "m": np.ones(4), "u": np.ones(4),
        "base": np.array([0], np.int32), "parent": np.array([-1], np.int32),
        "n_codes": np.array([4], np.int32), "personal": np.array([2], np.int32),
        "alike": np.array([0], np.int32), "leans": np.ones(1, np.uint8), "most": np.ones(1),
    }  # fmt: skip
    bound_tables(*fits.values(), **STRENGTHS)
    with pytest.raises(ValueError, match=message):
        bound_tables(*(fits | changed).values(), **STRENGTHS)
