"""Files appear whole or not at all: whatever call fails, whatever a disk forgets."""

import errno
import itertools
import os
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from linkage.errors import InputError
from linkage.segment.storage import (
    LOCAL,
    LocalStorage,
    NewFile,
    Storage,
    is_partial,
    read_file,
    write_all,
    write_file,
)
from tests.segment.simulated_storage import FailingStorage, PowerCut, SimulatedStorage

FOLDER = Path("/index")
TARGET = FOLDER / "segment"
OLD, NEW = b"old" * 5, bytes(range(256)) * 3
PIECE = 300
STEPS = ["create", "write", "write", "write", "sync", "close", "rename", "sync_folder"]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 768 bytes is written in three."""
    monkeypatch.setattr("linkage.segment.storage.PIECE", PIECE)


def write_new(target: Path, storage: Storage, *, replace: bool = True) -> None:
    with NewFile(target, storage, replace=replace) as file:
        file.write(NEW[:100])
        file.write(memoryview(NEW)[100:])
        file.publish()


def simulated(*, exists: bool, short: bool = False) -> SimulatedStorage:
    storage = SimulatedStorage(short=short)
    if exists:
        write_file(TARGET, OLD, storage)
    return storage


def failing(inner: Storage, n: int, error: BaseException, **how: bool) -> tuple[FailingStorage, Storage]:
    storage = FailingStorage(inner, n, error, **how)
    return storage, cast(Storage, storage)


def test_local_storage(tmp_path: Path) -> None:
    storage = LocalStorage()
    folder = tmp_path / "deep"
    storage.make_folder(folder)
    handle = storage.create(folder / "a")
    assert storage.write(handle, memoryview(b"abcdef")) == 6
    storage.sync(handle)
    storage.close(handle)
    with pytest.raises(FileExistsError):
        storage.create(folder / "a")
    handle = storage.append(folder / "a")
    storage.truncate(handle, 4)
    storage.write(handle, memoryview(b"xy"))
    storage.close(handle)
    assert storage.read(folder / "a") == b"abcdxy"
    storage.link(folder / "a", folder / "b")
    with pytest.raises(FileExistsError):
        storage.link(folder / "a", folder / "b")
    storage.rename(folder / "a", folder / "c")
    storage.sync_folder(folder)
    assert storage.names(folder) == ["b", "c"]
    storage.unlink(folder / "b")
    assert storage.names(folder) == ["c"]
    with pytest.raises(FileNotFoundError):
        storage.append(folder / "b")


@pytest.mark.parametrize("replace", [True, False])
def test_new_file(tmp_path: Path, replace: bool) -> None:
    write_new(tmp_path / "a", LOCAL, replace=replace)
    assert (tmp_path / "a").read_bytes() == NEW
    assert LOCAL.names(tmp_path) == ["a"]
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~mask


def test_replaces_only_when_told(tmp_path: Path) -> None:
    target = tmp_path / "a"
    write_file(target, OLD)
    with pytest.raises(InputError, match=f"cannot write {target}: File exists"):
        write_file(target, NEW, replace=False)
    assert read_file(target) == OLD
    write_file(target, NEW)
    assert read_file(target) == NEW
    assert LOCAL.names(tmp_path) == ["a"]


def test_partial_files_are_known_by_their_names(tmp_path: Path) -> None:
    with NewFile(tmp_path / "segment") as file:
        file.write(b"abc")
        (name,) = LOCAL.names(tmp_path)
        assert is_partial(name) and not is_partial("segment") and not is_partial("a.partial")
    assert LOCAL.names(tmp_path) == []
    with pytest.raises(InputError, match="closed"):
        file.write(b"")


def test_errors_name_the_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"cannot read {tmp_path}/a: No such file"):
        read_file(tmp_path / "a")
    with pytest.raises(InputError, match=f"cannot write {tmp_path}/a/b: No such file"):
        write_file(tmp_path / "a" / "b", b"")


def test_steps_are_in_this_order() -> None:
    counting, storage = failing(simulated(exists=False), 99, OSError())
    write_new(TARGET, storage)
    assert counting.calls == STEPS


@pytest.mark.parametrize("exists", [False, True])
def test_short_and_interrupted_writes(exists: bool) -> None:
    inner = simulated(exists=exists, short=True)
    counting, storage = failing(inner, 3, InterruptedError(errno.EINTR, "Interrupted"))
    write_new(TARGET, storage)
    assert inner.read(TARGET) == NEW
    assert counting.calls[3] == "write" and len(counting.calls) > len(STEPS)


def test_a_write_of_nothing_does_not_go_on_forever() -> None:
    class Stuck(SimulatedStorage):
        def write(self, handle: int, data: memoryview) -> int:
            return 0

    storage = Stuck()
    with pytest.raises(OSError, match="nothing was written"):
        write_all(storage, storage.create(TARGET), b"abc")


ERRORS = [OSError(n, os.strerror(n)) for n in (errno.ENOSPC, errno.EIO, errno.EMFILE)]


@pytest.mark.parametrize("n", range(len(STEPS)))
@pytest.mark.parametrize("error", [*ERRORS, KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("exists", [False, True])
def test_any_failing_call(tmp_path: Path, n: int, error: BaseException, after: bool, exists: bool) -> None:
    target = tmp_path / "segment"
    if exists:
        target.write_bytes(OLD)
    _, storage = failing(LOCAL, n, error, after=after)
    with pytest.raises((InputError, KeyboardInterrupt)) as caught:
        write_new(target, storage)
    assert isinstance(error, KeyboardInterrupt) or str(target) in str(caught.value)
    is_renamed = STEPS[n] == "sync_folder" or (after and STEPS[n] == "rename")
    if is_renamed:
        assert target.read_bytes() == NEW
    elif exists:
        assert target.read_bytes() == OLD
    assert LOCAL.names(tmp_path) == (["segment"] if exists or is_renamed else [])


@pytest.mark.parametrize("n", range(len(STEPS) + 1))
@pytest.mark.parametrize("error", [ERRORS[0], KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("after", [False, True])
def test_any_failing_call_without_replacing(
    tmp_path: Path, n: int, error: BaseException, after: bool
) -> None:
    """Where nothing is replaced, a failure always leaves nothing, but for a link made as Ctrl-C came."""
    counting, storage = failing(LOCAL, n, error, after=after)
    with pytest.raises((InputError, KeyboardInterrupt)):
        write_new(tmp_path / "segment", storage, replace=False)
    assert LOCAL.names(tmp_path) == (["segment"] if after and counting.calls[n] == "link" else [])


def test_storage_that_fails_for_good(tmp_path: Path) -> None:
    """Then nothing can be removed either, but the first error is told."""
    for n in range(len(STEPS)):
        target = tmp_path / str(n)
        _, storage = failing(LOCAL, n, ERRORS[1], for_good=True)
        with pytest.raises(InputError, match=f"cannot write {target}: Input/output error"):
            write_new(target, storage)


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("replace", [False, True])
def test_power_cut_at_any_call(exists: bool, replace: bool) -> None:
    if exists and not replace:
        return
    before = OLD if exists else None
    found = set()
    for n in range(len(STEPS) + 2):
        inner = simulated(exists=exists)
        cut, storage = failing(inner, n, PowerCut(), for_good=True)
        with suppress(PowerCut):
            write_new(TARGET, storage, replace=replace)
        states = {state_after(inner, seed) for seed in range(60)}
        found |= states
        assert states <= {before, NEW}
        if not cut.failed:
            assert states == {NEW}
    assert found == {before, NEW}


def state_after(storage: SimulatedStorage, seed: int) -> bytes | None:
    left = storage.after_power_cut(seed)
    assert all(is_partial(name) or name == TARGET.name for name in left.names(FOLDER))
    return left.read(TARGET) if TARGET.name in left.names(FOLDER) else None


@pytest.mark.parametrize("forgotten", ["sync", "sync_folder"])
def test_the_simulated_disk_finds_a_forgotten_sync(forgotten: str) -> None:
    class Forgetful(SimulatedStorage):
        pass

    setattr(Forgetful, forgotten, lambda self, what: None)
    storage = Forgetful()
    write_new(TARGET, storage)
    assert storage.read(TARGET) == NEW and storage.n_open == 0
    assert {state_after(storage, seed) for seed in range(60)} - {NEW}


@pytest.mark.parametrize("cuts", [(), (1,), (299, 300, 301), (10, 700), (600,), (650, 651)])
def test_what_is_written_in_any_parts_goes_out_in_whole_pieces(cuts: tuple[int, ...]) -> None:
    """Pieces that begin at a multiple of their size lie in large pages."""
    sizes: list[int] = []

    class Noting(SimulatedStorage):
        def write(self, handle: int, data: memoryview) -> int:
            sizes.append(len(data))
            return super().write(handle, data)

    storage = Noting()
    with NewFile(TARGET, storage) as file:
        for begin, end in itertools.pairwise((0, *cuts, len(NEW))):
            file.write(NEW[begin:end])
        file.publish()
    assert storage.read(TARGET) == NEW
    assert sizes == [PIECE, PIECE, len(NEW) - 2 * PIECE]
