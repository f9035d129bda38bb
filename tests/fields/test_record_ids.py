"""Record ids in files against the same ids in memory."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.fields import record_ids
from linkage.fields.record_ids import IdStore

TEXTS = st.lists(st.text(max_size=4), unique=True)
NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), unique=True)
KINDS = {str: (pa.string(), pa.large_string()), int: (pa.int64(),)}


def stored(values, kind, size, folder):
    store = IdStore(folder)
    array = pa.array(values, kind)
    for at in range(0, len(array), size):
        store.add(array.slice(at, size))
    return store.finish(kind)


@given(st.one_of(TEXTS, NUMBERS), st.integers(1, 4), st.data())
def test_ids_in_files_are_those_in_memory(tmp_path_factory, values, size, data):
    kind = data.draw(st.sampled_from(KINDS[type(values[0]) if values else str]))
    folder = tmp_path_factory.getbasetemp()
    held, filed = (stored(values, kind, size, f) for f in (None, folder))
    assert held.array.to_pylist() == filed.array.to_pylist() == values
    assert held.array.type == filed.array.type == kind
    rows = np.array(data.draw(st.lists(st.integers(0, len(values) - 1))) if values else [], np.uint32)
    assert filed.take(rows).to_pylist() == [values[row] for row in rows]
    assert held.moved(folder).array.equals(held.array)
    held.check("here")
    filed.check("here")


def test_files_take_no_memory_and_leave_no_name(tmp_path):
    values = [f"r{i}" for i in range(20_000)]
    filed = stored(values, pa.string(), 1_000, tmp_path)
    assert filed.held_bytes == 0
    assert stored(values, pa.string(), 1_000, None).held_bytes > 20_000
    assert list(tmp_path.iterdir()) == []
    assert filed.take(np.arange(20_000, dtype=np.uint32)).to_pylist() == values
    assert filed.moved(tmp_path) is filed


def test_more_text_than_32_bits_reach_has_wider_offsets(tmp_path, monkeypatch):
    monkeypatch.setattr(record_ids, "MOST_SHORT", 10)
    for folder in (None, tmp_path):
        ids = stored(["abcd", "efgh", "ijkl"], pa.string(), 2, folder)
        assert ids.array.type == pa.large_string()
        assert ids.array.to_pylist() == ["abcd", "efgh", "ijkl"]


@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_repeated_id_is_found_across_pieces(tmp_path, monkeypatch, size):
    monkeypatch.setattr(record_ids, "AT_ONCE", size)
    values = ["d", "b", "e", "a", "c", "b"]
    stored(values[:-1], pa.string(), 2, tmp_path).check("here")
    with pytest.raises(InputError, match=r"here, row 6: expected an id of its own, got that of row 2"):
        stored(values, pa.string(), 2, tmp_path).check("here")


def test_ids_that_do_not_fit_a_file_stay_in_order(tmp_path):
    store = IdStore(tmp_path)
    for part in (pa.array(["a", "b"]), pa.array(["c", None]), pa.array(["d"])):
        store.add(part)
    assert store.finish().array.to_pylist() == ["a", "b", "c", None, "d"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot write a temporary file in .*nowhere"):
        IdStore(tmp_path / "nowhere").add(pa.array(["a"]))
