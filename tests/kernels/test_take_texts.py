from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.take_texts import take_texts
from linkage.fields.record_ids import MANY, RecordIds
from linkage.fields.text import text_buffers

texts = st.lists(st.text(max_size=40), min_size=1, max_size=30)


@given(texts, st.data())
def test_taken_texts_are_those_of_the_rows(texts, data):
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=60))
    begin = data.draw(st.integers(0, len(texts) - 1))
    array = pa.array([*texts[:begin], *texts], pa.string()).slice(begin)
    begins, held = take_texts(*text_buffers(array)[:2], np.array(rows, np.uint32))
    raw = held.tobytes()
    found = [raw[a:b].decode() for a, b in pairwise(begins)]
    assert found == [texts[row] for row in rows]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.int64()])
def test_many_ids_are_taken_as_arrow_takes_them(kind):
    random = np.random.default_rng(5)
    ids = pa.array(random.integers(0, 10 ** random.integers(1, 18, 5000))).cast(kind)
    rows = random.integers(0, len(ids), MANY + 7, dtype=np.uint32)
    found = RecordIds(ids).take(rows)
    found.validate(full=True)
    assert found.equals(ids.take(pa.array(rows)))


def test_rows_and_texts_that_lie_beyond_are_refused():
    offsets, data = np.array([0, 2, 3], np.int32), np.zeros(3, np.uint8)
    with pytest.raises(ValueError, match="beyond the 2 texts"):
        take_texts(offsets, data, np.array([0, 2], np.uint32))
    for broken in ([0, 2, 4], [0, -1, 3], [3, 2, 3]):
        with pytest.raises(ValueError, match="a text beyond"):
            take_texts(np.array(broken, np.int32), data, np.array([0, 1], np.uint32))


def test_more_bytes_than_offsets_tell_apart_are_refused():
    data = np.zeros(1 << 20, np.uint8)
    with pytest.raises(OverflowError, match="offsets of 32 bits"):
        take_texts(np.array([0, 1 << 20], np.int32), data, np.zeros(1 << 11, np.uint32))
