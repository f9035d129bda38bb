"""Pages of a mapped file are in the page table before they are touched; nothing is read that need not be."""

from __future__ import annotations

import resource
import sys
import threading

import numpy as np
import pytest

from linkage.segment import residence
from linkage.segment.container import Container
from linkage.segment.container_writer import ContainerWriter
from linkage.segment.residence import LEAST_BYTES, available_bytes, map_in_background, map_pages
from linkage.segment.segment import Segment
from tests.segment.registers import segment_of_people

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="page tables are Linux's"),
]
N_BYTES = 16 << 20


@pytest.fixture
def array(tmp_path):
    path = tmp_path / "numbers.seg"
    with ContainerWriter(path) as writer:
        writer.add("numbers", np.arange(N_BYTES // 8, dtype=np.uint64))
        writer.finish({})
    return Container.open(path).array("numbers")


def faults_of_reading(array):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert int(array[::512].max()) == len(array) - 512
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_mapped_pages_cost_no_fault(array):
    if not map_pages([array], only_held=True):
        pytest.skip("this system cannot map pages ahead")
    assert faults_of_reading(array) < 16


def test_all_bytes_are_mapped_once(array):
    done = map_pages([array, array[:0]], only_held=False)
    assert done in (0, array.nbytes, array.nbytes + array.ctypes.data % 4096)


def test_parts_of_an_array(array):
    assert map_pages([array[100:101]], only_held=False) in (0, 8 + array[100:101].ctypes.data % 4096)


def test_free_memory_is_told():
    assert available_bytes() > 1 << 20


def test_a_small_segment_is_left_alone():
    assert map_in_background(segment_of_people()) is None


def test_an_asked_segment_is_mapped_once(tmp_path, monkeypatch):
    path = tmp_path / "people.seg"
    path.write_bytes(segment_of_people().container._bytes(0, segment_of_people().container.nbytes))
    monkeypatch.setattr(residence, "LEAST_BYTES", 1)
    assert path.stat().st_size < LEAST_BYTES
    segment = Segment.open(path)
    before = threading.active_count()
    thread = map_in_background(segment)
    thread.join()
    assert threading.active_count() == before
    asked = []
    monkeypatch.setattr("linkage.segment.lending.map_in_background", asked.append)
    for _ in range(3 * residence.ASKED):
        segment.give_back(segment.borrow())
    assert asked == [segment]
