"""What does not fit is refused; whatever call fails, nothing half-written stays."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from linkage.errors import InputError
from linkage.segment.container import Container, ContainerWriter
from linkage.segment.storage import LOCAL, Storage
from tests.segment.containers import META
from tests.segment.simulated_storage import FailingStorage, PowerCut, SimulatedStorage

GOLDEN = Path(__file__).with_name("golden") / "container-v1.segment"


@pytest.mark.parametrize(
    ("name", "data", "dtype", "shape", "problem"),
    [
        ("a", b"abc", "u1", (4,), "expected 4 bytes"),
        ("a", b"abcde", "u1", (4,), "expected 4 bytes"),
        ("a", b"abc", "u2", (-1,), "a multiple of 2"),
        ("a", b"", "u2", (-1, 0), "counts as shape"),
        ("a", b"", "u2", (1, -1), "counts as shape"),
        ("a", b"", "u2", (0,) * 9, "at most 8"),
        ("a", b"", "u2", (0, 1 << 62), "too large"),
        ("a", b"ab", "bool", (2,), "expected a dtype"),
        ("a", b"ab", ">u2", (1,), "expected a dtype"),
        ("a", b"ab", "S2", (1,), "expected a dtype"),
        ("", b"ab", "u2", (1,), "a new name"),
        ("a b", b"ab", "u2", (1,), "a new name"),
        ("there", b"ab", "u2", (1,), "a new name"),
        ("a", b"ab", None, None, "are needed"),
        ("a", np.zeros(2, np.uint16), "u4", (1,), "expected uint32, got uint16"),
        ("a", np.zeros((4, 4), np.uint8)[:, 1], "u1", (4,), "C-contiguous"),
        ("a", "text", "u1", (4,), "got str"),
        ("a", 5, "u1", (4,), "got int"),
    ],
)
def test_wrong_sections(name: str, data: Any, dtype: Any, shape: Any, problem: str) -> None:
    with ContainerWriter(None) as writer:
        writer.add("there", b"", "u1", (0,))
        with pytest.raises(InputError, match=problem):
            writer.add(name, data, dtype, shape)
        with pytest.raises(InputError, match="closed"):
            writer.finish({})


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ({"a": 1 << 64}, "more than 64 bits"),
        ({"a": [{"b": {1, 2}}]}, "a set"),
        ({1: 2}, "not a str"),
        ({"a": np.int64(1)}, "a int64"),
        ({"a": "x" * (1 << 23)}, "the most is 8388608"),
    ],
)
def test_wrong_meta(meta: Any, problem: str) -> None:
    with ContainerWriter(None) as writer, pytest.raises(InputError, match=problem):
        writer.finish(meta)


def test_deep_meta() -> None:
    meta: Any = {}
    for _ in range(31):
        meta = {"a": [meta]} if len(str(meta)) % 2 else {"a": meta}
    with ContainerWriter(None) as writer, pytest.raises(InputError, match="nested more than 32"):
        writer.finish(meta)


def test_a_writer_used_out_of_order() -> None:
    writer = ContainerWriter(None)
    with pytest.raises(InputError, match="with block"):
        writer.add("a", b"", "u1", (0,))
    with pytest.raises(InputError, match=r"without finish\(\)"), writer:
        pass
    with pytest.raises(InputError, match="no finished container"):
        writer.getvalue()


def write_container(path: Path, storage: Storage) -> None:
    with ContainerWriter(path, storage) as writer:
        writer.add("rows", np.arange(100, dtype=np.uint32))
        writer.add("more", (bytes(300_000) for _ in range(5)), "u1", (1_500_000,))
        writer.finish(META)


def count_calls() -> int:
    counting = FailingStorage(SimulatedStorage(), 1 << 30, OSError())
    write_container(Path("/a/b"), cast(Storage, counting))
    return len(counting.calls)


N_CALLS = count_calls()
ERRORS: list[BaseException] = [OSError(28, "No space left"), OSError(5, "I/O error"), OSError(24, "Too many")]


@pytest.mark.parametrize("n", range(N_CALLS))
@pytest.mark.parametrize("error", [*ERRORS, KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("exists", [False, True])
def test_any_failing_call(tmp_path: Path, n: int, error: BaseException, exists: bool) -> None:
    target = tmp_path / "a.segment"
    if exists:
        target.write_bytes(GOLDEN.read_bytes())
    with pytest.raises((InputError, KeyboardInterrupt)):
        write_container(target, cast(Storage, FailingStorage(LOCAL, n, error)))
    if n == N_CALLS - 1:  # all is done but the folder's sync
        Container.open(target).check()
        assert LOCAL.names(tmp_path) == [target.name]
    else:
        assert LOCAL.names(tmp_path) == ([target.name] if exists else [])
        assert not exists or target.read_bytes() == GOLDEN.read_bytes()


def test_power_cut_at_any_call() -> None:
    target = Path("/index/a.segment")
    for n in range(N_CALLS + 1):
        disk = SimulatedStorage(n, short=False)
        cut = FailingStorage(disk, n, PowerCut(), for_good=True)
        with suppress(PowerCut):
            write_container(target, cast(Storage, cut))
        for seed in range(20):
            left = disk.after_power_cut(seed)
            if target.name in left.names(target.parent):
                Container.from_buffer(left.read(target)).check()
            else:
                assert cut.failed


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, ZeroDivisionError])
@pytest.mark.parametrize("where", ["in the block", "in a series"])
def test_errors_of_the_caller(tmp_path: Path, error: type[BaseException], where: str) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def series() -> Iterator[bytes]:
        yield bytes(10)
        raise error

    with pytest.raises(error), ContainerWriter(target) as writer:
        assert len(LOCAL.names(tmp_path)) == 2
        if where == "in a series":
            writer.add("a", series(), "u1", (20,))
        raise error
    assert LOCAL.names(tmp_path) == ["a"] and target.read_bytes() == b"old"
