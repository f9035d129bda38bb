"""Containers for tests: a small one of all dtypes, and tables sealed under right checksums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from linkage.segment.container import Container, ContainerWriter
from linkage.segment.layout import DTYPES, END_MAGIC, FOOTER, HEADER, Section

META = {
    "kind": "test",
    "counts": [1, -2, 1 << 63],
    "share": 0.5,
    "raw": b"\x00\xff",
    "none": None,
    "ok": True,
}


def all_dtypes() -> dict[str, NDArray[Any]]:
    """One array of each dtype, of several dimensions, two of them empty."""
    made = {
        dtype.strip("|<"): np.arange(6 + k).astype(dtype).reshape((2, -1) if k % 2 == 0 else (6 + k,))
        for k, dtype in enumerate(sorted(DTYPES))
    }
    made["scalar"] = np.array(-7, np.int16)
    made["empty"] = np.empty(0, np.uint32)
    made["empty/rows"] = np.empty((0, 24), np.uint32)
    return made


def written(arrays: dict[str, NDArray[Any]], meta: dict[str, Any] | None = None) -> bytes:
    """Write to memory."""
    with ContainerWriter(None) as writer:
        for name, array in arrays.items():
            writer.add(name, array)
        writer.finish(META if meta is None else meta)
    return bytes(writer.getvalue())


def opened_table(data: bytes) -> dict[str, Any]:
    """Decode the section table of a sound container."""
    offset, size = FOOTER.unpack(data[-FOOTER.size :])[:2]
    return msgpack.unpackb(data[offset : offset + size])


def sealed(data: bytes, table: bytes, **changed: int) -> bytes:
    """Put another table, and a footer with changes, behind a container's sections, all checksums right."""
    offset = FOOTER.unpack(data[-FOOTER.size :])[0]
    try:
        sums = [entry[5] for entry in msgpack.unpackb(table)["sections"]]
        parts = [int.from_bytes(data[56 : HEADER.size], "little"), *sums, xxh3_64_intdigest(table)]
        whole = xxh3_64_intdigest(b"".join(n.to_bytes(8, "little") for n in parts))
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, msgpack.UnpackException):
        sums, whole = [], 0
    body = data[:offset] + table + bytes(-(offset + len(table)) % 64)
    numbers = {
        "table_offset": offset,
        "table_size": len(table),
        "table_checksum": xxh3_64_intdigest(table),
        "length": len(body) + FOOTER.size,
        "checksum": whole,
        "n_sections": len(sums),
    } | changed
    packed = FOOTER.pack(*numbers.values(), 0, END_MAGIC)
    return body + FOOTER.pack(*numbers.values(), xxh3_64_intdigest(packed[:48]), END_MAGIC)


def resummed(entry: list[Any]) -> list[Any]:
    """Give a table's entry the checksum of its blocks' checksums."""
    position = Section._fields.index("checksum")
    return [*entry[:position], xxh3_64_intdigest(entry[-1]), *entry[position + 1 :]]


def assert_consistent(data: bytes, reopen: Callable[[bytes], Container] = Container.from_buffer) -> None:
    """Whatever was opened can be read to its last byte without leaving the file."""
    container = reopen(data)
    base = np.frombuffer(container._opened(), np.uint8).ctypes.data
    end = HEADER.size
    for name in container.names:
        array = container.array(name)
        assert not array.flags.writeable and array.flags.aligned and array.flags.c_contiguous
        begin = array.ctypes.data - base
        assert array.nbytes == container.sizes()[name]
        if array.nbytes:
            assert begin % 64 == 0 and end <= begin and begin + array.nbytes <= container.nbytes - FOOTER.size
            end = begin + array.nbytes
        array.tobytes()
