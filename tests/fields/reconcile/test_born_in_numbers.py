"""Births are read off the numbers that hold them, where the other table has births and no such number."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.fields.reconcile.born_in_numbers import birth_in, births_of
from linkage.fields.source import BORN
from linkage.tables.opening import open_source

RANDOM = np.random.default_rng(8)
DAYS = [date(1940, 1, 1) + timedelta(int(k)) for k in RANDOM.integers(0, 27_000, 500)]
TAILS = [f"{k:07d}" for k in RANDOM.permutation(10_000_000)[:500]]


def numbers(form):
    """Numbers of a country by their form, one for each day."""
    return {
        "yymmdd": [f"{d:%y%m%d}{t}" for d, t in zip(DAYS, TAILS, strict=True)],
        "dashed": [f"{d:%y%m%d}-{t}" for d, t in zip(DAYS, TAILS, strict=True)],
        "women's days": [
            f"340407{d.day + 40 * (k % 2):02d}{d:%m%y}{t[:4]}"
            for k, (d, t) in enumerate(zip(DAYS, TAILS, strict=True))
        ],
        "women's months": [
            f"{d:%y}{d.month + 50 * (k % 2):02d}{d:%d}/{t[:4]}"
            for k, (d, t) in enumerate(zip(DAYS, TAILS, strict=True))
        ],
        "whole years": [f"430104{d:%Y%m%d}{t[:3]}X" for d, t in zip(DAYS, TAILS, strict=True)],
        "masked": [f"{d:%y%m%d}-{1 + k % 2}******" for k, d in enumerate(DAYS)],
        "vietnam": [
            f"0400{d:%y}{t[:6]}" if d.year < 2000 else f"0402{d:%y}{t[:6]}"
            for d, t in zip(DAYS, TAILS, strict=True)
        ],
        "random": [f"{t}{t[::-1]}" for t in TAILS],
        "one prefix": [f"010203{t}" for t in TAILS],
    }[form]


@pytest.mark.parametrize(
    "form", ["yymmdd", "dashed", "women's days", "women's months", "whole years", "masked", "vietnam"]
)
def test_the_births_of_a_country(form):
    table = pa.table({"no": numbers(form)})
    read = birth_in(open_source(table), "no")
    assert BORN in read
    found = births_of(table["no"].combine_chunks(), read.partition(BORN)[2]).to_pylist()
    expected = {"whole years": "%d/%m/%Y", "vietnam": "%Y"}.get(form, "%d/%m/%y")
    assert found == [f"{d:{expected}}" for d in DAYS]


@pytest.mark.parametrize("form", ["random", "one prefix"])
def test_numbers_without_births(form):
    assert birth_in(open_source(pa.table({"no": numbers(form)})), "no") == ""


@given(st.lists(st.text(st.sampled_from("0123456789-*X ٣é"), max_size=16) | st.none(), max_size=9))
def test_anything_is_a_birth_or_nothing(texts):
    for form in ("yymmdd at 0", "ddmmyyyy at 3", "vietnam"):
        births = births_of(pa.array(texts, pa.string()), form).to_pylist()
        assert [b is None for b in births] == [t is None for t in texts]


@pytest.mark.parametrize("numbers_first", [True, False])
def test_numbers_of_one_table_meet_births_of_the_other(numbers_first):
    given_names = ["Anna", "Berta", "Clara", "Dora", "Elsa"]
    names = [f"{given_names[k % 5]} {'abcdefgh'[k % 8]}mit{'xyz'[k % 3]}" for k in range(500)]
    ids = [f"r{k}" for k in range(500)]
    one = pa.table({"record_id": ids, "full name": names, "identity number": numbers("yymmdd")})
    other = pa.table(
        {"record_id": ids, "full name": names, "birth date": [f"{d:%d.%m.%Y}" for d in DAYS], "town": names}
    )
    result = linkage.link(*((one, other) if numbers_first else (other, one)))
    sure = result.pairs.filter(pa.compute.greater(result.pairs["match_probability"], 0.9))
    assert sure.num_rows >= 450
    same = pa.compute.equal(sure["record_id_l"], sure["record_id_r"])
    assert pa.compute.sum(same).as_py() >= 0.99 * sure.num_rows
