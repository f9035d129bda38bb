"""The E-step over some patterns: what it shares out adds up, on any number of threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.model.e_step import CLASSES, EStep
from linkage.model.patterns import Patterns, Runs
from linkage.model.relatives import Relatives

SIZE, KINDS = 5, 3
RELATIVES = [Relatives("family"), Relatives("namesakes", any_rarity=True)]


def drawn(seed):
    """Patterns of two runs with four contents each, their kinds, and what the contents say."""
    random = np.random.default_rng(seed)
    n = int(random.integers(0, 40))
    counts, rarity = random.uniform(0, 100, n), random.uniform(-3, 9, n)
    patterns = Patterns(np.zeros((n, 2), np.uint8, order="F"), counts, rarity, rarity / 2)
    contents = random.integers(0, 4, (n, 2)) + np.array((0, 4))
    runs = Runs(
        contents.astype(np.int16), np.arange(9, dtype=np.int32), (np.arange(8) % SIZE).astype(np.int16)
    )
    bits = np.zeros((8, CLASSES))
    bits[:, :3] = random.normal(0, 5, (8, 3))
    return patterns, runs, random.integers(-1, KINDS, n), bits, random.normal(-3, 2, 3)


@given(st.integers(0, 2**32))
def test_each_kind_is_counted_apart_and_those_left_out_nowhere(seed):
    patterns, runs, kinds, bits, prior = drawn(seed)
    with ThreadPoolExecutor(2) as pool:
        step = EStep(patterns, runs, kinds, KINDS, SIZE, pool)
        found = step.expect(bits, prior, RELATIVES)
        likely, best = step.likely(len(patterns))
        for kind in range(KINDS):
            alone = EStep(patterns, runs, np.where(kinds == kind, 0, -1), 1, SIZE, pool)
            of_kind = alone.expect(bits, prior, RELATIVES)
            np.testing.assert_allclose(found.by_kind[kind], of_kind.by_kind[0], atol=1e-9)
            some = alone.likely(len(patterns))[0]
            np.testing.assert_array_equal(some[kinds == kind], likely[kinds == kind])
    assert not likely[kinds < 0].any()
    assert np.isneginf(best[kinds < 0]).all()
    # Each pair of a pattern is added to its two entries.
    np.testing.assert_allclose(found.by_kind.sum(axis=(0, 2))[:3], 2 * found.of_classes, atol=1e-9)
    np.testing.assert_allclose(found.of_classes[0], likely @ patterns.counts, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_bits_on_any_number_of_threads(seed):
    patterns, runs, kinds, bits, prior = drawn(seed)
    found = []
    for threads in (1, 2, 3):
        with ThreadPoolExecutor(threads) as pool:
            step = EStep(patterns, runs, kinds, KINDS, SIZE, pool)
            found.append([*step.expect(bits, prior, RELATIVES, 0.2), *step.likely(len(patterns))])
    for others in found[1:]:
        for one, other in zip(found[0], others, strict=True):
            assert one.tobytes() == other.tobytes()
