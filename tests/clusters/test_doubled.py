"""Pairs in doubt become likelier where different people would be doubled and hardly one is; never less so."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters.doubled import TOLD, as_others_are_doubled, odds_of_doubt

N = 600


def world(share_doubled: float, share_matches: float, seed: int) -> tuple[np.ndarray, ...]:
    """Records in clusters of two, or alone, and pairs of them: some surely of two people, and doubtful ones.

    Doubtful pairs are of two people, each doubled as often as all, or of a damaged record, which is alone.
    """
    random = np.random.default_rng(seed)
    labels = np.arange(8 * N, dtype=np.uint32)
    labels[1 : 4 * N : 2] -= 1  # the first half are pairs, the second half alone
    doubled, alone = np.arange(0, 4 * N, 2), np.arange(4 * N, 8 * N)

    def draw(n: int, share: float) -> np.ndarray:
        return np.where(random.random(n) < share, random.choice(doubled, n), random.choice(alone, n))

    sure = draw(N, share_doubled), draw(N, share_doubled)
    matches = random.random(N) < share_matches
    left = draw(N, share_doubled)
    right = np.where(matches, random.choice(alone, N), draw(N, share_doubled))
    lefts = np.concatenate([sure[0], left]).astype(np.uint32)
    rights = np.concatenate([sure[1], right]).astype(np.uint32)
    probability = np.concatenate([np.full(N, 0.01), np.full(N, 0.2)])
    return labels, lefts, rights, probability, np.full(2 * N, 7)


def test_hardly_any_doubled_pair_in_doubt_means_hardly_any_other_person() -> None:
    raised = as_others_are_doubled(*world(0.7, 0.97, 1))[N:]
    assert np.median(raised) > 0.8


def test_families_keep_what_they_have() -> None:
    labels, left, right, probability, told = world(0.7, 0.2, 2)
    raised = as_others_are_doubled(labels, left, right, probability, told)
    np.testing.assert_array_equal(raised, probability)


def test_where_nobody_is_doubled_nothing_is_told() -> None:
    labels, left, right, probability, told = world(0.0, 0.97, 3)
    raised = as_others_are_doubled(labels, left, right, probability, told)
    np.testing.assert_array_equal(raised, probability)


def test_pairs_doubled_on_both_sides_and_sure_ones_stay() -> None:
    labels, left, right, probability, told = world(0.7, 0.9, 4)
    raised = as_others_are_doubled(labels, left, right, probability, told)
    sizes = np.bincount(labels, minlength=len(labels))
    both = (sizes[labels[left]] > 1) & (sizes[labels[right]] > 1)
    stay = both | (probability < 0.03)
    np.testing.assert_array_equal(raised[stay], probability[stay])
    assert (raised[~stay] > probability[~stay]).all()


def test_fuller_pairs_are_held_against_fuller_ones() -> None:
    """Pairs with few fields are doubled often; doubtful ones with many are told by those with many."""
    labels, left, right, probability, told = world(0.7, 0.97, 5)
    told[N:] = 9  # of which none is sure
    raised = as_others_are_doubled(labels, left, right, probability, told)
    np.testing.assert_array_equal(raised, probability)


@given(st.lists(st.floats(0.03, 0.95), min_size=1, max_size=40), st.floats(0, 0.9), st.integers(0, 40))
def test_the_odds_are_those_at_which_as_many_are_expected_as_seen(
    probability: list[float], often: float, n_seen: int
) -> None:
    p = np.array(probability)
    odds = odds_of_doubt(p, np.full(len(p), often), n_seen)
    assert odds >= 1

    def expected(times: float) -> float:
        others = [1 - q * times / (q * times + 1 - q) for q in probability]
        return sum(others) * often + TOLD * sum(others) / len(others)

    wanted = n_seen + TOLD * float(np.mean(1 - p))
    if expected(1.0) <= wanted:
        assert odds < 1 + 1e-6
    elif odds < 1000:
        np.testing.assert_allclose(expected(odds), wanted, rtol=1e-5)


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 1))
def test_no_pair_becomes_less_likely_and_order_does_not_matter(
    seed: int, doubled: float, match: float
) -> None:
    labels, left, right, probability, told = world(doubled, match, seed)
    raised = as_others_are_doubled(labels, left, right, probability, told)
    assert (raised >= probability).all()
    order = np.random.default_rng(seed).permutation(len(left))
    again = as_others_are_doubled(labels, right[order], left[order], probability[order], told[order])
    np.testing.assert_allclose(again, raised[order], rtol=1e-12)
