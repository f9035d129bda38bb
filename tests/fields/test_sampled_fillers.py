"""The values that a sample of records holds are counted as NumPy counts distinct rows."""

import numpy as np
import pytest

from linkage.fields.fillers import _counted


@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("n", [0, 1, 5, 20_000])
def test_sampled_values_are_those_of_distinct_rows(n: int, width: int) -> None:
    words = np.random.default_rng(n).integers(0, 40, (n, width), dtype=np.uint32) * np.uint32(107_374_181)
    values, counts = np.unique(words[(words != 0).any(axis=1)], axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    found, of_each = _counted(words)
    assert np.array_equal(found, values[order])
    assert np.array_equal(of_each, counts[order])
