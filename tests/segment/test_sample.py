"""A sample of records: all of a small table, the same ones of a large table however it is cut."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from linkage.segment.sample import RecordSample


def drawn(n, most, size):
    sample = RecordSample(most)
    for first in range(0, n, size):
        rows = range(first, min(first + size, n))
        plain = pa.array([str(i) for i in rows])
        coded = pa.array([f"{i % 3}" for i in rows]).dictionary_encode()
        sample.add({"row": plain, "rest": coded}, first, len(rows))
    table = sample.table(["row", "rest"])
    rows = [int(i) for i in table["row"].to_pylist()]
    assert table["rest"].to_pylist() == [str(i % 3) for i in rows]
    return rows


@given(st.integers(1, 400), st.integers(1, 100), st.integers(1, 400))
def test_the_choice_does_not_depend_on_the_chunks(n, most, size):
    rows = drawn(n, most, size)
    assert rows == sorted(set(rows)) and len(rows) <= most
    assert rows == drawn(n, most, n)
    if n <= most:
        assert rows == list(range(n))


def test_about_half_to_all_of_what_may_be_drawn():
    rows = drawn(50_000, 1000, 777)
    assert 350 < len(rows) <= 1000
    assert 15_000 < sum(rows) / len(rows) < 35_000
