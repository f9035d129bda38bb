"""Every wrong byte of a container is found, and named; none is survived by luck."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from linkage.errors import SegmentError
from linkage.segment.container import Container
from linkage.segment.layout import BLOCK, PAGE
from tests.segment.containers import META, all_dtypes, written

GOLDEN = Path(__file__).with_name("golden") / "container-v1.segment"


def open_file(path: Path) -> Callable[[bytes], Container]:
    def reopen(data: bytes) -> Container:
        path.write_bytes(data)
        return Container.open(path)

    return reopen


def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    data = bytearray(GOLDEN.read_bytes())
    by_path = open_file(tmp_path / "a")
    for k in range(len(data)):
        for flip in (1 << k % 8, 255):
            data[k] ^= flip
            reopen = by_path if flip == 255 else Container.from_buffer
            with pytest.raises(SegmentError):
                reopen(bytes(data)).check()
            data[k] ^= flip
    Container.from_buffer(bytes(data)).check()


def test_every_truncation_and_extension_is_found(tmp_path: Path) -> None:
    data = GOLDEN.read_bytes()
    path = tmp_path / "a"
    by_path = open_file(path)
    by_path(data)
    for length in reversed(range(len(data))):
        os.truncate(path, length)
        with pytest.raises(SegmentError):
            Container.open(path)
        with pytest.raises(SegmentError):
            Container.from_buffer(data[:length])
    for reopen in (by_path, Container.from_buffer):
        for more in (b"\0", b"\0" * 64, b"x" * 5000, data[-64:], data):
            with pytest.raises(SegmentError):
                reopen(data + more)
        with pytest.raises(SegmentError):
            reopen(data[64:])


def test_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.segment"
    path.write_bytes(written({"small": np.ones(9, np.uint8), "big": np.zeros(3 * BLOCK, np.uint8)}))
    container = Container.open(path)
    container.check()
    with path.open("r+b") as file:
        file.seek(PAGE + BLOCK + 7)
        file.write(b"!")
    for check in (container.check, lambda: container.check_section("big")):
        with pytest.raises(SegmentError, match=rf"{path}: section 'big': damaged in bytes {PAGE + BLOCK} to"):
            check()
    container.check_section("small")
    with path.open("r+b") as file:
        file.seek(64 + 10)
        file.write(b"!")
    with pytest.raises(SegmentError, match="padding in bytes 73 to 4096"):
        container.check()


def test_changes_under_an_open_container(tmp_path: Path) -> None:
    """`check` tells of a file that was cut or exchanged in place, and does not die of it."""
    path = tmp_path / "a"
    path.write_bytes(written(all_dtypes()))
    with Container.open(path) as container:
        path.write_bytes(written(all_dtypes(), {**META, "share": 0.25}))
        with pytest.raises(SegmentError, match="is not the file that was opened"):
            container.check()
        os.truncate(path, 100)
        with pytest.raises(SegmentError, match=r"had \d+ bytes when opened, has 100 now"):
            container.check()


def test_other_versions_are_told_from_damage() -> None:
    from xxhash import xxh3_64_intdigest

    data = bytearray(GOLDEN.read_bytes())
    data[8:12] = (2).to_bytes(4, "little")
    with pytest.raises(SegmentError, match="header is damaged"):
        Container.from_buffer(data)
    data[56:64] = xxh3_64_intdigest(data[:56]).to_bytes(8, "little")
    with pytest.raises(SegmentError, match="has format version 2, this linkage reads version 1"):
        Container.from_buffer(data)
