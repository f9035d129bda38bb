"""Surprisal of values, counted by hand."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.comparison.program import comparisons_of
from linkage.model.term_frequencies import FIXED, N_FREQUENT, VALUES_OF_A_PIECE, _largest, term_frequencies
from linkage.schema import Field
from linkage.training.rarity import self_information
from tests.kernels.scoring import encode


def frequencies(values, field):
    records = encode({"x": values}, [field])
    return records, term_frequencies(records, comparisons_of(records.schema)).get("x")


def test_names_count_whole_folded_by_their_ends_and_by_their_last_token():
    names = ["Trần Văn An", "Tran Van An", "Trần Hà An", "Lê An", "Lê Bình", ""]
    records, table = frequencies(names, Field("x", "person_name"))
    shares = {"Trần Văn An": (1, 2, 3, 4), "Lê An": (1, 1, 1, 4), "Lê Bình": (1, 1, 1, 1)}
    for name, counts in shares.items():
        value = records.rows[names.index(name), 0]
        expected = [-math.log2(n / 5) * FIXED for n in counts]
        assert table[value].tolist() == pytest.approx(expected, abs=0.5)


def test_dates_count_by_day_and_only_when_whole():
    dates = ["01/01/1800", "31/12/2000", "31/12/2000", "1990", ""]
    _, table = frequencies(dates, Field("x", "date", date_order="day_first"))
    assert table[0] == 2 * FIXED
    assert table[(200 * 12 + 11) * 31 + 30] == FIXED
    assert (table != 0).sum() == 2


def test_days_of_other_centuries_share_an_entry_with_the_day_256_years_on():
    dates = ["01/01/1644", "01/01/1900", "31/12/1799", "02/02/2100"]
    _, table = frequencies(dates, Field("x", "date", date_order="day_first"))
    assert table[100 * 12 * 31] == FIXED
    assert table[256 * 12 * 31 - 1] == table[(44 * 12 + 1) * 31 + 1] == 2 * FIXED
    assert (table != 0).sum() == 3


def test_categories_count_by_value():
    records, table = frequencies(["a", "b", "a", "a", ""], Field("x", "category"))
    found = [table[word & 0xFFFF, 0] for word in records.rows[:2, 0]]
    assert found == pytest.approx([-math.log2(3 / 4) * FIXED, 2 * FIXED], abs=0.5)


def test_fields_that_ask_for_none_have_none():
    assert frequencies(["a"], Field("x", "text", term_frequencies=False))[1] is None
    assert frequencies(["1"], Field("x", "identifier"))[1] is None


@pytest.mark.parametrize("kind", ["person_name", "text", "date", "category"])
def test_nothing_but_missing_values(kind):
    for values in ([], [None, ""]):
        _, table = frequencies(values, Field("x", kind))
        assert not table.any()


def test_how_many_fields_are_counted_in_one_pass_changes_nothing(monkeypatch):
    names = ["Trần Văn An", "Tran Van An", "Lê Bình", "", "Lê Bình"]
    fields = [Field("x", "person_name"), Field("y", "text"), Field("z", "category"), Field("d", "date")]
    texts = {"x": names, "y": names[::-1], "z": ["a", "b", "a", "", "a"], "d": ["01/02/1990"] * 4 + [""]}
    records = encode(texts, fields)
    comparisons = comparisons_of(records.schema)
    usual = term_frequencies(records, comparisons, threads=2)
    assert list(usual) == [item.name for item in comparisons if item.name in usual]
    for values, n_fields in ((1, 64), (1 << 19, 2), (1 << 19, 64)):
        monkeypatch.setattr("linkage.model.term_frequencies.COUNTS_AT_ONCE", values)
        monkeypatch.setattr("linkage.model.term_frequencies.FIELDS_AT_ONCE", n_fields)
        found = term_frequencies(records, comparisons)
        assert list(found) == list(usual)
        assert all((found[name] == usual[name]).all() for name in usual)


def test_the_most_frequent_values_are_kept_with_their_counts():
    texts = [chr(97 + k % 15) * 3 for k in range(200)] + ["", None, "zzz"]
    records, _ = frequencies(texts, Field("x", "text"))
    counts = Counter(text for text in texts if text)
    first = {text: -texts.index(text) for text in counts}
    expected = sorted(counts, key=lambda text: (counts[text], first[text]), reverse=True)[:N_FREQUENT]
    text_of = records.columns["x"].text_of
    assert [(text_of(value), n) for value, n in records.frequent["x"]] == [(t, counts[t]) for t in expected]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=2000), st.integers(1, 20), st.integers(0, 1000))
def test_the_most_frequent_values_are_found_whatever_piece_they_are_in(counts, n, spread):
    counts = [x * (spread * i % 7) for i, x in enumerate(counts * (1 + spread * VALUES_OF_A_PIECE // 50_000))]
    expected = sorted(((i, x) for i, x in enumerate(counts) if x > 0), key=lambda pair: -pair[1])[:n]
    assert _largest(np.array(counts, np.int64), n) == expected


@given(st.lists(st.integers(0, 30), min_size=1, max_size=50))
def test_two_random_values_agree_as_often_as_their_shares_say(counts):
    total = max(sum(counts), 1)
    table = np.array([round(-math.log2(n / total) * FIXED) if n else 0 for n in counts], np.int16)
    alike = sum((2 ** (-bits / FIXED)) ** 2 for bits in table.tolist() if bits > 0)
    expected = -math.log2(min(max(alike, 1e-12), 1)) if (table > 0).any() else 0
    assert self_information(table) == pytest.approx(expected, abs=1e-9)
