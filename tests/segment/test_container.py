"""Container: what is written comes back, as views that nobody can write to."""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import linkage
from linkage.errors import InputError, SegmentError
from linkage.segment.container import Container, ContainerWriter
from linkage.segment.layout import BLOCK, DTYPES, PAGE
from linkage.segment.storage import LOCAL
from tests.segment.containers import META, all_dtypes, assert_consistent, written

GOLDEN = Path(__file__).with_name("golden") / "container-v1.segment"
LOADS = ["mmap", "ram"]

arrays = hnp.arrays(
    st.sampled_from(sorted(DTYPES)), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=9)
)
names = st.text("abcXYZ019_.:/-", min_size=1, max_size=12)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def assert_holds(container: Container, expected: dict[str, Any]) -> None:
    assert container.names == tuple(expected)
    for name, array in expected.items():
        found = container.array(name)
        assert found.dtype == array.dtype and found.shape == array.shape
        assert found.tobytes() == array.tobytes()


@given(st.dictionaries(names, arrays, max_size=12), st.dictionaries(st.text(max_size=5), plain, max_size=4))
@settings(max_examples=60)
def test_round_trip(expected: dict[str, Any], meta: dict[str, Any]) -> None:
    data = written(expected, meta)
    assert data == written(expected, meta)
    container = Container.from_buffer(data)
    assert_holds(container, expected)
    assert container.meta == meta and list(container.meta) == list(meta)
    assert container.nbytes == len(data)
    assert container.sizes() == {name: array.nbytes for name, array in expected.items()}
    container.check()
    assert_consistent(data)


@pytest.mark.parametrize("load", LOADS)
def test_files_hold_the_same_bytes(tmp_path: Path, load: Any) -> None:
    path = tmp_path / "a.segment"
    with ContainerWriter(path) as writer:
        for name, array in all_dtypes().items():
            writer.add(name, array)
        writer.finish(META)
    assert path.read_bytes() == written(all_dtypes())
    assert LOCAL.names(tmp_path) == [path.name]
    with Container.open(path, load) as container:
        assert_holds(container, all_dtypes())
        assert container.meta == META
        container.check()
        for name in container.names:
            container.check_section(name)
        assert_holds(pickle.loads(pickle.dumps(container)), all_dtypes())


def test_many_sections() -> None:
    expected = {f"s{k}": np.full(k % 5, k, np.uint16) for k in range(3_000)}
    container = Container.from_buffer(written(expected))
    container.check()
    assert_holds(container, expected)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 5])
@pytest.mark.parametrize("piece", [1000, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_pieces_and_blocks(size: int, piece: int) -> None:
    """Sizes around a block, pieces around a block, number of rows told or not: the same bytes."""
    data = np.random.default_rng(size).integers(0, 256, size, np.uint8)

    def pieces() -> Iterator[memoryview]:
        for begin in range(0, size, piece):
            yield data[begin : begin + piece].data

    found = set()
    for how in (data, data.tobytes(), pieces()):
        for shape in ((size,), (-1,)):
            with ContainerWriter(None) as writer:
                writer.add("before", b"x", "u1", (1,))
                writer.add("data", pieces() if how is not data else data, "u1", shape)
                writer.finish({})
            found.add(bytes(writer.getvalue()))
    (one,) = found
    container = Container.from_buffer(one)
    container.check()
    array = container.array("data")
    assert np.array_equal(array, data)
    offset = array.ctypes.data - np.frombuffer(container._opened(), np.uint8).ctypes.data
    assert offset == (PAGE if size >= BLOCK else 128)


def test_rows_of_unknown_number() -> None:
    with ContainerWriter(None) as writer:
        writer.add("rows", (np.full(3, k, np.uint32) for k in range(5)), "<u4", (-1, 3))
        writer.add("none", [], "<u4", (-1, 3))
        writer.finish({})
    container = Container.from_buffer(writer.getvalue())
    assert np.array_equal(container.array("rows"), np.repeat(np.arange(5), 3).reshape(5, 3))
    assert container.array("none").shape == (0, 3)


def test_views_are_read_only_and_not_copied(tmp_path: Path) -> None:
    data = np.arange(10, dtype=np.uint64)
    with ContainerWriter(None) as writer:
        writer.add("a", data)
        writer.finish({})
    value = writer.getvalue()
    path = tmp_path / "a"
    path.write_bytes(value)
    opened = [Container.from_buffer(value), *(Container.open(path, load) for load in ("mmap", "ram"))]
    for container in opened:
        array = container.array("a")
        assert np.shares_memory(array, container.array("a"))
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        opened[1].array("a").flags.writeable = True  # a write to the mapping would end the process
    assert np.shares_memory(opened[0].array("a"), np.frombuffer(value, np.uint8))


def test_buffers_at_odd_addresses_are_copied() -> None:
    data = written(all_dtypes())
    for shift in (0, 1, 8, 32, 63):
        moved = memoryview(bytes(shift) + data)[shift:]
        container = Container.from_buffer(moved)
        assert_holds(container, all_dtypes())
        assert all(container.array(name).ctypes.data % 64 == 0 for name in all_dtypes())
    with pytest.raises(InputError, match="contiguous"):
        Container.from_buffer(memoryview(bytes(1000))[::2])


def test_arrays_outlive_their_container(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(written(all_dtypes()))
    n_before = len(LOCAL.names(Path("/proc/self/fd"))) if Path("/proc/self/fd").exists() else 0
    for load in LOADS:
        container = Container.open(path, cast(Any, load))
        array = container.array("u4")
        container.close()
        container.close()
        assert np.array_equal(array, all_dtypes()["u4"])
        for use in (lambda c: c.array("u4"), Container.check, lambda c: c.check_section("u4")):
            with pytest.raises(InputError, match=f"{path}: is closed"):
                use(container)
        del array, container
    if n_before:
        assert len(LOCAL.names(Path("/proc/self/fd"))) == n_before


def test_pickle_of_a_buffer_and_repr() -> None:
    container = Container.from_buffer(written(all_dtypes()), "mine")
    again = pickle.loads(pickle.dumps(container))
    assert_holds(again, all_dtypes())
    assert again.name == "mine" and again.checksum == container.checksum
    assert repr(again) == f"Container('mine', {len(all_dtypes())} sections, {container.nbytes} bytes)"


def test_progress_counts_to_the_end() -> None:
    data = {"a": np.zeros(3 * BLOCK + 1, np.uint8), "b": np.zeros(5, np.uint8)}
    seen: list[tuple[str, int, int | None]] = []
    container = Container.from_buffer(written(data))
    container.check(lambda *step: seen.append(step))
    done = [d for _, d, _ in seen]
    assert done == sorted(done) and len(done) == 6 and done[-1] == container.nbytes
    assert {(step, total) for step, _, total in seen} == {("check", container.nbytes)}


def test_checksum_depends_on_all() -> None:
    one = Container.from_buffer(written(all_dtypes())).checksum
    other = all_dtypes() | {"u4": all_dtypes()["u4"] + 1}
    assert Container.from_buffer(written(other)).checksum != one
    assert Container.from_buffer(written(all_dtypes(), {})).checksum != one


def test_opening_loads_nothing_heavy() -> None:
    code = (
        "import sys; import linkage.segment.container; "
        "print(*{'pyarrow', 'numba', 'scipy', 'rich', 'typer'} & {m.split('.')[0] for m in sys.modules})"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


# Version 1, for good


def test_golden_file_opens() -> None:
    for load in LOADS:
        container = Container.open(GOLDEN, cast(Any, load))
        container.check()
        assert_holds(container, all_dtypes())
        assert container.meta == META


def test_golden_file_is_what_is_written() -> None:
    assert written(all_dtypes()) == GOLDEN.read_bytes()


def test_opening_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"cannot open {tmp_path}/a: No such file"):
        Container.open(tmp_path / "a")
    with pytest.raises(SegmentError, match="is not a file"):
        Container.open(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SegmentError, match="is not a file"):
        Container.open(tmp_path / "pipe")
    with pytest.raises(InputError, match="'disk'"):
        Container.open(GOLDEN, cast(Any, "disk"))
    with pytest.raises(SegmentError, match="has no section 'x'"):
        Container.open(GOLDEN).array("x")
    assert linkage.SegmentError is SegmentError
