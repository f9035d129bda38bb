"""Pages of Parquet: levels, texts and places as a slow twin reads them; no bytes lead out of them."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.parquet import copied_texts, entry_places, new_entries, page_header, text_places
from linkage.fields.page_texts import PageTexts
from tests.reference.pages import numbers, runs, texts

packings = st.lists(st.booleans(), min_size=1, max_size=5)


def as_array(data):
    return np.frombuffer(data, np.uint8)


def page_of(values):
    return b"".join(len(v).to_bytes(4, "little") + v for v in values if v is not None)


@given(st.lists(st.one_of(st.none(), st.binary(max_size=9)), max_size=60), packings)
def test_texts_lie_where_the_twin_finds_them(values, packed):
    levels, page = [int(v is not None) for v in values], page_of(values)
    written = runs(levels, 1, packed)
    assert numbers(written, 1, len(levels)) == levels
    assert texts(levels, page) == values
    places = text_places(as_array(written), as_array(page), len(values))
    found = PageTexts(places, as_array(page), 4)
    found_texts = [page[b : e - 4] if e - 4 >= b else None for b, e in pairwise(places.tolist())]
    assert found_texts == values
    offsets, data, valid = copied_texts(places, as_array(page), 4, None)
    assert data.tobytes() == b"".join(v or b"" for v in values)
    assert offsets[-1] == len(data) and (valid is None) == (None not in values)
    if None not in values:
        assert np.array_equal(text_places(None, as_array(page), len(values)), places)
    rows = np.arange(len(values), dtype=np.int32)[::-2].copy()
    assert found.arrow(rows).cast(pa.binary()).to_pylist() == values[::-1][::2]


@given(st.integers(0, 32), st.data(), packings, packings)
def test_places_in_a_dictionary(width, data, packed, packed_levels):
    entries = st.integers(0, (1 << width) - 1)
    values = data.draw(st.lists(st.one_of(st.none(), entries), max_size=60))
    held = [v for v in values if v is not None]
    page = bytes([width]) + runs(held, width, packed)
    levels = runs([int(v is not None) for v in values], 1, packed_levels)
    most = max(held, default=0)
    if most >= 2**31:
        return
    assert numbers(page[1:], width, len(held)) == held
    found = entry_places(as_array(levels), as_array(page), len(values), most + 1)
    assert found.tolist() == [-1 if v is None else v for v in values]
    if held:
        with pytest.raises(ValueError, match="does not hold"):
            entry_places(as_array(levels), as_array(page), len(values), most)


@given(st.binary(max_size=40), st.binary(max_size=80), st.integers(0, 40))
def test_any_bytes_are_a_page_or_refused(levels, values, n):
    for of in (None, as_array(levels)):
        for read, *more in ((text_places,), (entry_places, 5)):
            try:
                found = read(of, as_array(values), n, *more)
            except ValueError:
                continue
            assert found.min(initial=0) >= -1 and found.max(initial=0) <= len(values) + 4


@given(st.binary(max_size=60))
def test_any_bytes_are_a_header_or_refused(data):
    try:
        header = page_header(as_array(data))
    except ValueError:
        return
    assert header is None or 0 < header[0] <= len(data)


def test_a_header_is_not_there_before_its_last_byte():
    # kind 0, 100 bytes unpacked, 50 as they are, data: 7 values, PLAIN, levels RLE and RLE
    data = bytes([0x15, 0, 0x15, 200, 1, 0x15, 100, 0x2C, 0x15, 14, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0])
    for n in range(len(data)):
        assert page_header(as_array(data[:n])) is None
    assert page_header(as_array(data + b"rest")) == (len(data), 0, 100, 50, 7, 0, 3, 0, 0, True)
    with pytest.raises(ValueError, match="header"):
        page_header(as_array(b"\x1c" * 40 + b"\0" * 60))


def test_new_entries_are_told_once_in_order_of_appearance():
    seen = np.zeros(5, np.uint8)
    assert new_entries(np.array([3, -1, 1, 3], np.int32), seen).tolist() == [3, 1]
    assert new_entries(np.array([1, 0, 7, 3], np.int32), seen).tolist() == [0]
    assert seen.tolist() == [1, 1, 0, 1, 0]


def test_rows_and_offsets_that_leave_the_texts():
    data, offsets = as_array(b"\1\0\0\0a"), np.array([4, 9], np.int32)
    assert copied_texts(offsets, data, 4, None)[1].tobytes() == b"a"
    for bad in ([4, 10], [-1, 9]):
        with pytest.raises(ValueError, match="leave the data"):
            copied_texts(np.array(bad, np.int32), data, 4, None)
    with pytest.raises(ValueError, match="leave the data"):
        copied_texts(offsets, data, 4, np.array([1], np.int32))
