import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.population.texts import Texts, strings


@settings(max_examples=50, deadline=None)
@given(st.lists(st.none() | st.text("abc019", max_size=9), max_size=70))
def test_strings_equal_the_naive_list(values):
    letters = np.zeros((len(values), 9), dtype=np.uint8)
    length = np.full(len(values), -1, dtype=np.int32)
    for row, value in enumerate(values):
        if value is not None:
            letters[row, : len(value)] = list(value.encode())
            length[row] = len(value)
    assert strings(letters, length).to_pylist() == values


def test_changes_by_row():
    text = Texts(4, 6)
    text.write(slice(None), np.frombuffer(b"1234" * 4, dtype=np.uint8).reshape(4, 4))
    text.insert(np.array([0]), 1, "ab")
    text.drop(np.array([1]), 0)
    text.blank(np.array([2]))
    assert text.to_arrow().to_pylist() == ["1ab234", "234", None, "1234"]
