"""Sketches of rows: never below the weight, and no pair is lost by them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.sketches import begin_sketches, sketch_rows, upper_bound
from linkage.predict import sketch
from linkage.schema import Field
from tests.kernels.made_up_model import drawn_scorer
from tests.kernels.scoring import encode, scorer_of

LOWEST = -(2**31)
seeds = st.integers(0, 2**32)


def found(answer):
    left, right, weight, gamma = (part.tolist() for part in answer[:4])
    return dict(zip(zip(left, right, strict=True), zip(weight, gamma, strict=True), strict=True))


@given(seeds, st.sampled_from([0, 9]))
def test_no_pair_weighs_more_than_its_sketches_allow(seed, n_left):
    *_, scorer = drawn_scorer(seed, 25, n_left=n_left)
    sketch(scorer, 25, threads=1)
    everything = found(scorer.score_all(0, n_left or 25, n_left, LOWEST))
    for (i, j), (weight, _) in everything.items():
        assert upper_bound(scorer, i, j) >= weight
        assert upper_bound(scorer, j, i) == upper_bound(scorer, i, j)


@given(seeds, st.integers(-8000, 8000), st.sampled_from([0, 9]), st.booleans())
def test_sketches_lose_no_pair_above_the_floor(seed, floor, n_left, store):
    *_, scorer = drawn_scorer(seed, 30, n_left=n_left)
    n = n_left or 30
    packed = np.arange(30, dtype=np.uint64) | np.uint64(7 << 32)
    without = scorer.score_blocks(packed, n_left, floor)
    everything = scorer.score_all(0, n, n_left, LOWEST)
    sketch(scorer, 30, threads=2, store=store)
    again = scorer.score_blocks(packed, n_left, floor)
    assert found(again) == found(without)
    assert again[4:] == without[4:]
    assert found(scorer.score_all(0, n, n_left, floor)) == found(without)
    assert found(scorer.score_all(0, n, n_left, LOWEST)) == found(everything)


@given(seeds, st.integers(-4000, 4000))
def test_comparisons_beyond_those_that_sketches_hold_count_in_full(seed, floor):
    """Sixteen fields have room in a sketch; of the others texts are compared once a pair is left."""
    random = np.random.default_rng(seed)
    texts = ["An Binh", "Hoa Binh", "An Bin", ""]
    fields = [Field(f"c{k}", "category") for k in range(14)] + [Field(f"t{k}", "text") for k in range(5)]
    pools = {"category": ["a", "b"], "text": texts}
    columns = {f.name: random.choice(pools[f.kind], 20).tolist() for f in fields}
    scorer, comparisons = scorer_of(encode(columns, fields))
    n_codes = [c.operation.n_codes for c in comparisons]
    weights = random.integers(-900, 600, (sum(n_codes), 8)).astype(np.int32)
    begins = np.cumsum(n_codes) - n_codes
    weights[begins] = 0
    most = np.maximum(np.maximum.reduceat(weights, begins), 0)
    scorer.set_weights(
        random.integers(-500, 500, 3).astype(np.int32), weights, most, np.zeros_like(most, np.uint8)
    )
    expected = scorer.score_all(0, 20, 0, LOWEST)
    sketch(scorer, 20, threads=1)
    above = {pair: both for pair, both in found(expected).items() if both[0] >= floor}
    assert found(scorer.score_all(0, 20, 0, floor)) == above


def categories_scorer(columns, weights, parents):
    """A scorer of categories, each with its parent; weights [comparison][code of parent][code]."""
    fields = [Field(name, "category") for name in columns]
    scorer, _ = scorer_of(encode(columns, fields), parents=parents)
    table = np.repeat(np.concatenate([np.ravel(w) for w in weights])[:, None], 8, axis=1).astype(np.int32)
    most = np.array([[max(np.max(w), 0)] * 8 for w in weights], np.int32)
    scorer.set_weights(np.zeros(1, np.int32), table, most, np.zeros((len(fields), 8), np.uint8))
    n = len(columns[fields[0].name])
    sketch(scorer, n, threads=1)
    return scorer, n


def test_a_bound_counts_what_a_field_says_where_its_parent_is_as_it_is():
    """A province and a district: that both agree says less than that districts of two provinces do."""
    parent, child = np.array([0, -512, 0, 768]), np.zeros((4, 4))
    child[1], child[3] = (0, 0, 9999, 2560), (0, -256, 9999, 128)
    columns = {"a": ["x", "x", "y"], "b": ["p", "p", "p"]}
    scorer, _ = categories_scorer(columns, [parent, child], [-1, 0])
    assert upper_bound(scorer, 0, 1) == 768 + 128
    assert upper_bound(scorer, 0, 2) == -512 + 2560


@given(seeds, st.sampled_from([3, 90, 400]))
def test_categories_of_any_number_weigh_no_more_than_their_bound(seed, n_values):
    random = np.random.default_rng(seed)
    columns = {k: [f"v{x}" for x in random.integers(0, n_values, 40)] for k in "abc"}
    weights = [random.integers(-900, 900, shape) for shape in ((1, 4), (4, 4), (4, 4))]
    scorer, n = categories_scorer(columns, weights, [-1, 0, 1])
    for (i, j), (weight, _) in found(scorer.score_all(0, n, 0, LOWEST)).items():
        assert upper_bound(scorer, i, j) >= weight


@pytest.mark.parametrize("sizes", [(600,), (255, 2, 343), (3, 257, 256, 84), (300, 300)])
def test_sketches_made_for_some_blocks_at_a_time_find_what_stored_ones_do(sizes):
    *_, scorer = drawn_scorer(5, 600)
    keys = np.repeat(np.arange(1, len(sizes) + 1, dtype=np.uint64), sizes)
    packed = keys << np.uint64(32) | np.random.default_rng(1).permutation(600).astype(np.uint64)
    packed.sort()
    answers = []
    for store in (True, False):
        sketch(scorer, 600, threads=1, store=store)
        answers.append(scorer.score_blocks(packed, 0, -2000))
    assert found(answers[0]) and found(answers[0]) == found(answers[1])
    assert answers[0][4:] == answers[1][4:]


def numbers_scorer(numbers):
    """A scorer of identifiers alone: nothing in common -10, two edits 5, near 8, equal 20 bits."""
    scorer, comparisons = scorer_of(encode({"number": numbers}, [Field("number", "identifier")]))
    weights = np.zeros((comparisons[0].operation.n_codes, 8), np.int32)
    weights[1:] = 256 * np.array([-10, 5, 8, 20], np.int32)[:, None]
    scorer.set_weights(
        np.zeros(1, np.int32), weights, np.full((1, 8), 5120, np.int32), np.zeros((1, 8), np.uint8)
    )
    sketch(scorer, len(numbers), threads=1)
    return scorer


def edited(number, kind, at, digit):
    at %= len(number)
    if kind == "change":
        return number[:at] + digit + number[at + 1 :]
    if kind == "insert":
        return number[:at] + digit + number[at:]
    if kind == "swap":
        return number[:at] + number[at : at + 2][::-1] + number[at + 2 :]
    return number[:at] + number[at + 1 :]


edits = st.tuples(
    st.sampled_from(["change", "insert", "remove", "swap"]),
    st.integers(0, 17),
    st.sampled_from("0123456789A"),
)


@given(st.text("0123456789", min_size=8, max_size=16), st.lists(edits, max_size=3))
def test_numbers_a_few_edits_apart_are_allowed_what_they_weigh(number, changes):
    numbers = [number]
    for change in changes:
        numbers.append(edited(numbers[-1], *change))
    numbers.append("1" * len(number))
    scorer = numbers_scorer(numbers)
    n = len(numbers)
    for (i, j), (weight, _) in found(scorer.score_all(0, n, 0, LOWEST)).items():
        assert upper_bound(scorer, i, j) >= weight


def test_numbers_of_one_province_and_year_are_told_apart():
    ends = np.random.default_rng(1).integers(0, 10**6, 200)
    scorer = numbers_scorer([f"079190{end:06d}" for end in ends])
    bounds = np.array([upper_bound(scorer, i, j) for i in range(200) for j in range(i)])
    assert np.mean(bounds < 0) > 0.9


def test_rows_without_sketches_have_no_bound():
    *_, scorer = drawn_scorer(0, 4)
    with pytest.raises(ValueError, match="no sketches"):
        upper_bound(scorer, 0, 1)
    begin_sketches(scorer)
    with pytest.raises(ValueError, match="leave the table"):
        sketch_rows(scorer, 0, 5)


@pytest.mark.parametrize("n_bytes", [0, 6 * 128 + 63, 6 * 128 + 64, 10_000])
def test_sketches_lie_in_the_memory_they_are_given_if_it_is_enough(n_bytes):
    *_, scorer = drawn_scorer(3, 6)
    sketch(scorer, 6, threads=1)
    expected = [upper_bound(scorer, i, j) for i in range(6) for j in range(6)]
    room = np.full(n_bytes, 7, np.uint8)
    sketch(scorer, 6, threads=1, room=room)
    assert [upper_bound(scorer, i, j) for i in range(6) for j in range(6)] == expected
    assert bool((room != 7).any()) == (n_bytes >= 6 * 128 + 64)
