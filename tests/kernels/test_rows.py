"""Columns -> words: the usual forms read eight bytes at a time, coded columns, rows put together."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.dates import parse_one
from linkage._kernels.identifiers import pack_one
from linkage._kernels.rows import (
    assemble_rows,
    count_held,
    encode_coded,
    encode_dates,
    encode_identifiers,
    entries_in_order,
)
from linkage.fields.text import index_buffers, text_buffers
from tests.reference.dates import parse
from tests.reference.identifiers import code_of, pack

KINDS = ["generic", "personal", "old", "health", "tax", "phone"]
digits = st.text("0123456789", min_size=7, max_size=16)
numbers = st.one_of(
    digits,
    st.from_regex(r"0[0-9]{9}", fullmatch=True),
    st.from_regex(r"0[0-9]{11}", fullmatch=True),
    st.from_regex(r"[0-3][0-9]{8}", fullmatch=True),
    st.from_regex(r"[0-9]{4}[/:0-9][0-9]{4}", fullmatch=True),
    st.from_regex(r"(1{9,12}|1{8}[0-9]{1,4})", fullmatch=True),
    st.from_regex(r"[A-Z][A-Z0-9]{6,10}", fullmatch=True),
)
dates = st.one_of(
    st.from_regex(r"[0-3][0-9]([-/. ])[0-1][0-9]\1[0-2][0-9]{3}", fullmatch=True),
    st.from_regex(r"[0-2][0-9]{3}([-/.])[0-1][0-9]\1[0-3][0-9]", fullmatch=True),
    st.from_regex(r"[0-9]{2}[-/.:0-9][0-9]{2}[-/.:0-9][0-9]{4}", fullmatch=True),
    st.from_regex(r"[0-9]{4}[-/.:0-9][0-9]{2}[-/.:0-9][0-9]{2}", fullmatch=True),
)


@given(numbers, st.sampled_from(KINDS))
def test_usual_identifiers_are_packed_as_any(text, kind):
    code, status = pack_one(text.encode(), kind)
    kept, expected = pack(text, kind)
    assert status == expected
    if kept is not None and kept.isalnum() and len(kept) <= (15 if kept.isdigit() else 10):
        assert code == code_of(kept)
    else:
        assert (code == 0) == (kept is None)


@given(dates, st.booleans())
def test_usual_dates_are_parsed_as_any(text, month_first):
    assert parse_one(text.encode(), int(month_first)) == parse(text, month_first)


@given(st.lists(st.one_of(st.none(), numbers), max_size=20), st.integers(0, 5))
def test_identifier_columns(batch, kind):
    out, status = np.full((len(batch), 2), 9, np.uint32), np.empty(len(batch), np.uint8)
    n_missing = encode_identifiers(*text_buffers(pa.array(batch, pa.string())), kind, out, status)
    expected = [pack_one((text or "").encode(), KINDS[kind]) for text in batch]
    assert (out[:, 0] + out[:, 1].astype(np.uint64) * 2**32).tolist() == [code for code, _ in expected]
    assert status.tolist() == [found for _, found in expected]
    assert n_missing == sum(code == 0 for code, _ in expected)


@given(st.lists(st.one_of(st.none(), dates), max_size=20))
def test_date_columns(batch):
    out, status = np.full(len(batch), 9, np.uint32), np.empty(len(batch), np.uint8)
    n_missing = encode_dates(*text_buffers(pa.array(batch, pa.string())), 0, out, status)
    packed = [parse_one((text or "").encode(), 0) for text in batch]
    shown = [f"{p >> 9 & 0x3FFF:04}{p >> 5 & 15:02}{p & 31:02}" for p in packed]
    assert [f"{word:08x}" for word in out.tolist()] == shown
    assert n_missing == shown.count("00000000")


@given(st.lists(st.one_of(st.none(), st.sampled_from("abc")), max_size=30), st.integers(0, 9))
def test_coded_columns_take_the_words_of_their_dictionary(batch, skipped):
    array = pa.array([*"cb" * 5, *batch], pa.string()).dictionary_encode()[skipped:]
    words = np.array([{"a": 0, "b": 5, "c": 7}[t] for t in array.dictionary.to_pylist()], np.uint32)
    out = np.full(len(array), 9, np.uint32)
    n_missing = encode_coded(*index_buffers(array), words, out)
    expected = [{"a": 0, "b": 5, "c": 7, None: 0}[t] for t in array.to_pylist()]
    assert out.tolist() == expected
    assert n_missing == expected.count(0)


@given(st.lists(st.one_of(st.none(), st.sampled_from("abcd")), max_size=30), st.integers(0, 9))
def test_entries_come_in_order_of_first_appearance(batch, skipped):
    array = pa.array([*"dcb" * 3, *batch], pa.string()).dictionary_encode()[skipped:]
    order = entries_in_order(*index_buffers(array), len(array.dictionary))
    expected = dict.fromkeys(t for t in array.to_pylist() if t is not None)
    assert array.dictionary.take(pa.array(order)).to_pylist() == list(expected)


def test_an_index_beyond_the_dictionary_is_missing():
    out = np.full(3, 9, np.uint32)
    words = np.array([4, 5], np.uint32)
    assert encode_coded(np.array([1, 2, -1], np.int32), None, words, out) == 2
    assert out.tolist() == [5, 0, 0]


@given(st.lists(st.integers(1, 3), min_size=1, max_size=6), st.integers(0, 300))
def test_rows_are_their_columns_side_by_side(widths, n):
    draw = np.random.default_rng(n)
    columns = [draw.integers(0, 2**32, (n, width), np.uint32) for width in widths]
    rows = np.zeros((n, sum(widths)), np.uint32)
    assemble_rows(columns, rows)
    assert (rows == np.concatenate(columns, axis=1)).all()


def test_columns_that_do_not_fill_the_rows_are_refused():
    with pytest.raises(ValueError, match="expected 3 words"):
        assemble_rows([np.zeros((2, 2), np.uint32)], np.zeros((2, 3), np.uint32))
    with pytest.raises(ValueError, match="expected 2 rows"):
        assemble_rows([np.zeros((1, 3), np.uint32)], np.zeros((2, 3), np.uint32))


@given(st.integers(0, 40), st.integers(1, 5), st.integers(0, 9))
def test_what_words_hold_is_counted_as_numpy_does(n, width, seed):
    rows = np.random.default_rng(seed).integers(0, 3, (n, width)).astype(np.uint32)
    assert count_held(rows).tolist() == np.count_nonzero(rows, axis=0).tolist()
