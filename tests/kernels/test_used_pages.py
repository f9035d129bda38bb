"""Memory that a dictionary leaves behind: the same tables, and arrays that can be used in full."""

import numpy as np
import pytest

from linkage._kernels.dictionary import ValueDictionary
from linkage._kernels.used_pages import UsedPages, touch_pages


def filled(n):
    texts = [f"text {k}".encode() for k in range(n)]
    offsets = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    dictionary = ValueDictionary("text")
    codes = np.empty(n, np.uint32)
    dictionary.encode(offsets, np.frombuffer(b"".join(texts), np.uint8), None, codes)
    return dictionary


@pytest.mark.parametrize("n", [10, 250_000])
def test_tables_are_the_same_whoever_has_the_memory(n):
    used = UsedPages()
    for a, b in zip(filled(n).take(), filled(n).take(used), strict=True):
        assert a.tobytes() == b.tobytes()
    assert (used.n_bytes >= 2 * 16 * n) == (n > 10), (
        "a slot of 16 bytes a text, twice; small tables are freed"
    )


@pytest.mark.parametrize("n_bytes", [0, 100, 5 << 20, (16 << 20) + 64, (40 << 20) + 1])
def test_an_array_holds_what_is_written(n_bytes):
    used = UsedPages()
    for _ in range(2):
        filled(250_000).take(used)
    array = used.array(n_bytes)
    assert array.shape == (n_bytes,) and array.dtype == np.uint8
    assert used.n_bytes == 0, "what does not fit is freed"
    expected = np.arange(n_bytes, dtype=np.uint32).astype(np.uint8)
    array[:] = expected
    part = array[n_bytes // 2 :]
    del array, used
    assert (part == expected[n_bytes // 2 :]).all()


def test_pages_are_left_once():
    used = UsedPages()
    assert used.array(8 << 20).shape == (8 << 20,)
    filled(250_000).take(used)
    first, second = used.array(20 << 20), used.array(20 << 20)
    first[:], second[:] = 1, 2
    assert first.max() == 1 and second.min() == 2


@pytest.mark.parametrize("n", [0, 1, 4095, 4096, 4097, 10_000])
def test_every_page_is_written_to_until_somebody_says_to_end(n):
    memory = np.ones(n, np.uint8)
    touch_pages(memory, np.ones(1, np.uint8))
    assert memory.all()
    touch_pages(memory, np.zeros(1, np.uint8))
    assert all((memory[at : at + 4096] == 0).any() for at in range(0, n, 4096))
    assert (memory == 0).sum() <= n // 4096 + 2
    with pytest.raises(ValueError, match="expected one byte, got 2"):
        touch_pages(memory, np.zeros(2, np.uint8))
