"""Patterns cut into runs: every pattern's entries are those of its runs' contents, in order."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.comparison.program import comparisons_of
from linkage.model import patterns
from linkage.model.patterns import MOVED, Maximiser, cut_into_runs, who_moved
from linkage.schema import Field, Schema


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


def test_who_moved_is_expected_to_differ_in_the_next_part_too():
    moved = who_moved(np.array([0.1, 0.3, 0.6]))
    np.testing.assert_allclose(moved, [MOVED, 0.4 / 3, 0.8 / 3])
    np.testing.assert_allclose(who_moved(np.array([0.95, 0.05])), [0.95, 0.05])


def test_parts_of_an_address_lean_on_a_move_and_others_do_not():
    fields = (Field("town", "text", shared=True), Field("street", "text", shared=True), Field("job", "text"))
    comparisons = comparisons_of(Schema(fields, ()))
    shape = Maximiser(comparisons, [-1, 0, 0])
    priors = [np.array(c.operation.prior) for c in comparisons]
    m = shape.probabilities(np.zeros(shape.size), priors, 8.0)
    street, job = shape.table(m, 1), shape.table(m, 2)
    assert street[1, 1] == pytest.approx(MOVED)
    assert street[-1, 1] == pytest.approx(priors[1][0] / priors[1].sum())
    assert (job[:, 1] == job[-1, 1]).all()


def test_what_matches_never_hold_is_as_rare_as_half_a_match_of_those_seen():
    # A floor of .001 gave twins of one household, whose number no two records of one person hold, one match
    # in a thousand of a million records'.
    comparisons = comparisons_of(Schema((Field("household", "identifier", missing="unpaired"),), ()))
    shape = Maximiser(comparisons, [-1])
    counts = np.zeros(shape.size)
    shape.table(counts, 0)[0, 0] = 100_000
    m = shape.table(shape.probabilities(counts, [np.array(comparisons[0].operation.prior)], 8.0), 0)
    assert m[0, 1:].sum() == pytest.approx(0.5 / 100_000)
    assert m[0, 0] == 1
    shape.table(counts, 0)[0, -1] = 300_000
    m = shape.table(shape.probabilities(counts, [np.array(comparisons[0].operation.prior)], 8.0), 0)
    assert m[0, 1:].sum() == pytest.approx(0.75)
