"""Patterns cut into runs: every pattern's entries are those of its runs' contents, in order."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.model import patterns
from linkage.model.patterns import cut_into_runs


@pytest.fixture(scope="module")
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


@given(seed=st.integers(0, 2**32), most=st.sampled_from([4, 9, 1024]))
def test_runs_hold_the_entries_of_each_pattern(pool, seed, most):
    random = np.random.default_rng(seed)
    n, n_comparisons = int(random.integers(0, 50)), int(random.integers(1, 7))
    entries = random.integers(0, 4, (n, n_comparisons)) + 4 * np.arange(n_comparisons)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patterns, "CONTENTS_OF_A_RUN", most)
        runs = cut_into_runs(np.asfortranarray(entries.astype(np.int16)), pool)
    found = [
        [m for k in contents for m in runs.members[runs.offsets[k] : runs.offsets[k + 1]]]
        for contents in runs.of_patterns
    ]
    assert found == entries.tolist()
    if n:
        assert runs.of_patterns.max() == len(runs.offsets) - 2
