"""Arrays that come in pieces and lie in files meanwhile: the same numbers, and nothing left on the disk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.segment import spill
from linkage.segment.build import build_segment
from linkage.segment.spill import Spill
from linkage.tables.opening import open_source
from tests.segment.registers import generated, trained


@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=9), max_size=9), st.booleans())
def test_what_comes_out_is_what_went_in(tmp_path_factory, pieces, in_memory):
    folder = None if in_memory else tmp_path_factory.mktemp("spill")
    held = Spill(folder, np.uint32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spill, "LEAST_SPILLED", 16)
        for piece in pieces:
            held.add(np.array(piece, np.uint32))
        expected = [number for piece in pieces for number in piece]
        assert len(held) == len(expected)
        assert folder is None or not list(folder.iterdir())
        assert held.take().tolist() == expected
        assert len(held) == 0 and held.take().tolist() == []


def test_wrong_numbers_and_folders_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(spill, "LEAST_SPILLED", 1)
    with pytest.raises(TypeError, match="expected uint32"):
        Spill(tmp_path, np.uint32).add(np.zeros(3, np.uint64))
    with pytest.raises(InputError, match="temporary file"):
        Spill(tmp_path / "absent", np.uint32).add(np.zeros(3, np.uint32))


def test_a_segment_whose_keys_and_counts_went_to_files(tmp_path, monkeypatch):
    model, table = trained(), generated()[0]
    monkeypatch.setattr("linkage.segment.frequencies.MOST_HELD", 100)
    monkeypatch.setattr(spill, "LEAST_SPILLED", 64)
    monkeypatch.setattr("linkage.segment.chunks.CHUNK", 500)
    target = tmp_path / "made.segment"
    build_segment(open_source(table), model, target)
    assert target.read_bytes() == bytes(build_segment(open_source(table), model, None))
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_progress_goes_from_records_read_to_all_that_is_written():
    calls = []
    build_segment(open_source(generated()[0]), trained(), None, progress=lambda *call: calls.append(call))
    steps = list(dict.fromkeys(step for step, _, _ in calls))
    assert steps == ["encode", "sort", "write"]
    written = [(done, total) for step, done, total in calls if step == "write"]
    assert [done for done, _ in written] == sorted(done for done, _ in written)
    assert written[-1][0] == written[-1][1] and len({total for _, total in written}) == 1
