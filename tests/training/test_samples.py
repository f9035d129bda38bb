"""What training counts over all records: rarity of those who agree, pairs that agree on a date by chance."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.blocking.blocks import build_blocks
from linkage.comparison.program import comparisons_of
from linkage.model.term_frequencies import term_frequencies
from linkage.schema import Field, block_on
from linkage.training.agreeing import _least_by_chance
from linkage.training.rarity import pair_surprisal, quantile
from linkage.training.samples import candidate_pairs, random_pairs, rows_with_equal
from linkage.training.train import _level_scorer
from tests.kernels.scoring import encode


def frequencies(values, field):
    records = encode({"x": values}, [field])
    return records, term_frequencies(records, comparisons_of(records.schema))["x"]


def of_pairs(values, n):
    """log2 of the mean of n / count over all pairs of records with one value."""
    shares = [
        n / values.count(a) for i, a in enumerate(values) for b in values[:i] if a == b and a is not None
    ]
    return np.log2(np.mean(shares))


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("kind", ["person_name", "category", "date"])
def test_rarity_of_pairs_that_agree_is_that_of_pairs_and_not_of_records(kind, seed):
    random = np.random.default_rng(seed)
    numbers = np.minimum(random.geometric(0.1, 300), 26).tolist()
    values = [f"{day:02}/01/1990" if kind == "date" else f"ab{chr(96 + day)}" for day in numbers]
    _, table = frequencies(
        values, Field("x", kind, **({"date_order": "day_first"} if kind == "date" else {}))
    )
    assert pair_surprisal(table, 300, 1) == pytest.approx(of_pairs(values, 300), abs=0.02)


def test_rarity_of_values_that_nobody_shares_is_that_of_a_pair():
    _, table = frequencies([f"ab{chr(97 + k)}" for k in range(16)], Field("x", "category"))
    assert pair_surprisal(table, 16, 1) == pytest.approx(3.0)


@pytest.mark.parametrize("vague", [["1990"], ["02/1990"] * 40, ["1990"] * 40])
def test_strangers_agree_on_a_date_as_often_as_on_its_parts(vague):
    """Dates of which the day is unknown are never equal, however many there are."""
    random = np.random.default_rng(0)
    days, years = random.integers(1, 28, 500), random.integers(1950, 1960, 500)
    dates = [f"{d:02}/01/{y}" for d, y in zip(days, years, strict=True)]
    records, _ = frequencies([*dates, None, *vague], Field("x", "date", date_order="day_first"))
    (item,) = comparisons_of(records.schema)
    agree = sum(a == b for i, a in enumerate(dates) for b in dates[:i])
    assert _least_by_chance(records, item) == pytest.approx(agree, rel=0.15)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40), st.floats(0, 1))
def test_quantiles_are_numpys_to_the_last_bit(values, share):
    bits = np.array(values) / 256
    assert quantile(bits, share) == np.quantile(bits, share)


@pytest.mark.parametrize(
    ("values", "right", "pairs"),
    [
        (["A12345", "B12345", "A12345", None, "A12345", "B12345", None], None, [(0, 2), (1, 5)]),
        (["A12345", "A12345", "B12345"], ["B12345", "C12345", "A12345"], [(1, 5), (2, 3)]),
    ],
)
def test_each_number_that_several_hold_gives_one_pair(values, right, pairs):
    records = encode({"x": values}, [Field("x", "identifier")], right=right and {"x": right})
    found = zip(*(rows.tolist() for rows in rows_with_equal(records, "x")), strict=True)
    assert sorted(found) == pairs


@pytest.mark.parametrize(("large_table", "most"), [(10_000, 400_000), (3_000, 200_000)])
def test_half_the_random_pairs_do_for_a_large_table(monkeypatch, large_table, most):
    monkeypatch.setattr("linkage.training.samples.LARGE_TABLE", large_table)
    monkeypatch.setattr("linkage.training.samples.ENOUGH_PER_LEVEL", 10**9)
    records = encode({"x": [f"an {k}" for k in range(3_000)]}, [Field("x", "person_name")])
    comparisons = comparisons_of(records.schema)
    scorer = _level_scorer(records, comparisons, {})
    sample = random_pairs(records, scorer, comparisons, np.random.default_rng(0), 1)
    assert 0.99 * most < len(sample.left) <= most
    assert sample.counts.sum() == pytest.approx(records.n_total_pairs)


@pytest.mark.parametrize("large_table", [10_000, 1_000])
def test_of_a_large_tables_candidates_those_that_differ_in_most_fields_are_thinned(monkeypatch, large_table):
    monkeypatch.setattr("linkage.training.samples.LARGE_TABLE", large_table)
    names = ["an", "binh", "cuong", "dung", "giang", "hanh", "khanh", "linh"]
    people = [f"{a} {b} {k % 50}" for k, (a, b) in enumerate(product(names, names * 4))]
    n = len(people) * 8
    who = [k % 100 if k < 200 else k for k in range(n)]
    table = {"block": [str(k % 100) for k in range(n)]}
    table |= {f"name {m}": [people[k * m % len(people)] for k in who] for m in (1, 7, 11)}
    fields = [Field(name, "text") for name in table]
    records = encode(table, fields)
    comparisons = comparisons_of(records.schema)
    blocks = build_blocks(records, [block_on("block")], threads=2, sampled_a_rule=10**6)
    scorer = _level_scorer(records, comparisons, {})
    samples = [candidate_pairs(records, scorer, comparisons, blocks, threads) for threads in (1, 3)]
    for name in ("left", "right", "gamma", "counts"):
        assert (getattr(samples[0], name) == getattr(samples[1], name)).all()
    drawn = blocks.sampled[0]
    assert samples[0].counts.sum() == pytest.approx(len(drawn.left), rel=0.1)
    assert (len(samples[0].left) < 0.5 * len(drawn.left)) == (large_table == 1_000)
    assert set(samples[0].counts.tolist()) == ({1.0, 8.0} if large_table == 1_000 else {1.0})
