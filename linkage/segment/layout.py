"""Header, section table and footer of a container: bytes -> checked values, and values -> bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from math import prod
from struct import Struct
from typing import Any, NamedTuple, NoReturn

import msgpack
import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from linkage.errors import SegmentError

MAGIC = b"\x93LINKAGE"
END_MAGIC = MAGIC[::-1]
FORMAT_VERSION = 1
BYTE_ORDER = 0x01020304
HEADER = Struct("<8sII40sQ")
FOOTER = Struct("<7Q8s")

BLOCK = 1 << 20
ALIGNMENT = 64  # a cache line, and the widest SIMD register
PAGE = 4096
# One terabyte of block checksums fits. What msgpack makes of this many hostile bytes is at most 64 times as
# much memory, so the limit also bounds what opening a file can take.
TABLE_LIMIT = 1 << 23

DTYPES = frozenset(("|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"))
NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
MAX_DIMENSIONS = 8
MAX_EXTENT = 1 << 62
MAX_DEPTH = 32


class Section(NamedTuple):
    """Where one array lies in the file, what it is, and what its bytes must hash to."""

    name: str
    offset: int
    size: int
    dtype: str
    shape: tuple[int, ...]
    checksum: int
    blocks: bytes  # little-endian uint64 for each block


class Footer(NamedTuple):
    """Where the table lies, and what table and file must be."""

    table_offset: int
    table_size: int
    table_checksum: int
    length: int
    checksum: int
    n_sections: int


class Layout(NamedTuple):
    """All that is known of a file once it is open."""

    sections: tuple[Section, ...]
    meta: dict[str, Any]
    footer: Footer


def aligned(offset: int, alignment: int = ALIGNMENT) -> int:
    """Round up to a multiple."""
    return -(-offset // alignment) * alignment


def aligned_bytes(size: int) -> NDArray[np.uint8]:
    """Memory that begins at a multiple of 64, as sections do in the file."""
    memory = np.empty(size + ALIGNMENT, np.uint8)
    begin = -memory.ctypes.data % ALIGNMENT
    return memory[begin : begin + size]


def is_too_large(itemsize: int, shape: Sequence[int]) -> bool:
    """Whether NumPy would refuse a shape, be it because of dimensions beside one that is 0."""
    return itemsize * prod(n or 1 for n in shape) > MAX_EXTENT


def section_checksum(blocks: bytes | bytearray) -> int:
    """Hash a section's block checksums into one."""
    return xxh3_64_intdigest(blocks)


def file_checksum(sections: Iterable[Section], table_checksum: int) -> int:
    """Hash the checksums of header, sections and table: 8 bytes that stand for the whole file."""
    numbers = [_header_checksum(), *(s.checksum for s in sections), table_checksum]
    return xxh3_64_intdigest(b"".join(n.to_bytes(8, "little") for n in numbers))


def pack_header() -> bytes:
    """Make the first 64 bytes of every container."""
    return HEADER.pack(MAGIC, FORMAT_VERSION, BYTE_ORDER, bytes(40), _header_checksum())


def _header_checksum() -> int:
    return xxh3_64_intdigest(HEADER.pack(MAGIC, FORMAT_VERSION, BYTE_ORDER, bytes(40), 0)[:56])


def pack_table(sections: Sequence[Section], meta: dict[str, Any]) -> bytes:
    """Encode the section table."""
    packed: bytes = msgpack.packb({"meta": meta, "sections": [list(section) for section in sections]})
    return packed


def pack_footer(sections: Sequence[Section], table: bytes, table_offset: int) -> bytes:
    """Make the last 64 bytes."""
    checksum = xxh3_64_intdigest(table)
    length = aligned(table_offset + len(table)) + FOOTER.size
    footer = Footer(
        table_offset, len(table), checksum, length, file_checksum(sections, checksum), len(sections)
    )
    body = FOOTER.pack(*footer, 0, END_MAGIC)[:48]
    return FOOTER.pack(*footer, xxh3_64_intdigest(body), END_MAGIC)


def find_unplain(value: object, depth: int = 0) -> str | None:
    """Look for what a table cannot hold.

    Parameters
    ----------
    value : object
        None, bool, int of 64 bits, float, str, bytes, or lists and dicts (with str keys) of these.
    depth : int
        How many lists and dicts it lies in.

    Returns
    -------
    str or None
        What is wrong; never a value itself.
    """
    if depth > MAX_DEPTH:
        return f"lists and dicts nested more than {MAX_DEPTH} deep"
    if isinstance(value, dict):
        if not all(type(key) is str for key in value):
            return "a key that is not a str"
        inner: Iterable[object] = value.values()
    elif isinstance(value, list | tuple):
        inner = value
    elif type(value) is int:
        return None if -(1 << 63) <= value < 1 << 64 else "an int of more than 64 bits"
    else:
        plain = value is None or type(value) in (bool, float, str, bytes)
        return None if plain else f"a {type(value).__name__}"
    return next((wrong for wrong in (find_unplain(v, depth + 1) for v in inner) if wrong), None)


def read_layout(read: Callable[[int, int], bytes | memoryview], length: int, where: str) -> Layout:
    """Read and check everything but the sections' own bytes.

    Parameters
    ----------
    read : callable
        ``read(begin, end)`` returns these bytes of the file.
    length : int
        The file's length in bytes.
    where : str
        The file's name, for messages.

    Returns
    -------
    Layout
        Every section lies within the file, aligned, overlapping no other, of a known dtype and of a shape
        that fits its size.

    Raises
    ------
    SegmentError
        Something is not as it must be.
    """
    if length < HEADER.size + FOOTER.size:
        _refuse(where, f"is cut off: {length} bytes, the least is {HEADER.size + FOOTER.size}")
    _check_header(bytes(read(0, HEADER.size)), where)
    footer = _read_footer(bytes(read(length - FOOTER.size, length)), length, where)
    table_end = footer.table_offset + footer.table_size
    table = read(footer.table_offset, table_end)
    if xxh3_64_intdigest(table) != footer.table_checksum:
        _refuse(where, "the section table is damaged (checksum)")
    sections, meta = _read_table(table, where)
    _check_places(sections, footer.table_offset, where)
    if len(sections) != footer.n_sections:
        _refuse(where, f"the table has {len(sections)} sections, the footer says {footer.n_sections}")
    if file_checksum(sections, footer.table_checksum) != footer.checksum:
        _refuse(where, "the file's checksum is not that of its sections and table")
    return Layout(sections, meta, footer)


def _refuse(where: str, problem: str) -> NoReturn:
    raise SegmentError(f"{where}: {problem}")


def _check_header(raw: bytes, where: str) -> None:
    magic, version, order, reserved, checksum = HEADER.unpack(raw)
    if magic != MAGIC:
        _refuse(where, "is not a segment: the first 8 bytes are not those of one")
    if xxh3_64_intdigest(raw[:56]) != checksum:
        _refuse(where, "the header is damaged (checksum)")
    if version != FORMAT_VERSION:
        _refuse(where, f"has format version {version}, this linkage reads version {FORMAT_VERSION}")
    if order != BYTE_ORDER or any(reserved):
        _refuse(where, "the header's byte order mark or reserved bytes are not those of version 1")


def _read_footer(raw: bytes, length: int, where: str) -> Footer:
    *numbers, checksum, magic = FOOTER.unpack(raw)
    if magic != END_MAGIC:
        _refuse(where, "is cut off or overlong: the last 8 bytes are not those of a segment")
    if xxh3_64_intdigest(raw[:48]) != checksum:
        _refuse(where, "the footer is damaged (checksum)")
    footer = Footer(*numbers)
    if footer.length != length:
        _refuse(where, f"has {length} bytes, expected {footer.length}")
    if footer.table_size > TABLE_LIMIT:
        _refuse(where, f"the section table has {footer.table_size} bytes, the most is {TABLE_LIMIT}")
    end = footer.table_offset + footer.table_size
    if footer.table_offset < HEADER.size or aligned(end) + FOOTER.size != length:
        _refuse(where, "the section table is not where it must be, before the footer")
    return footer


def _read_table(raw: bytes | memoryview, where: str) -> tuple[tuple[Section, ...], dict[str, Any]]:
    try:
        table = msgpack.unpackb(raw, ext_hook=_no_extensions)
    except (ValueError, msgpack.UnpackException) as error:
        raise SegmentError(f"{where}: the section table is not msgpack") from error
    if type(table) is not dict or set(table) != {"meta", "sections"}:
        _refuse(where, "the section table does not consist of meta and sections")
    meta, entries = table["meta"], table["sections"]
    wrong = find_unplain(meta)
    if type(meta) is not dict or wrong:
        _refuse(where, f"the section table's meta is not plain: {wrong or 'not a dict'}")
    if type(entries) is not list:
        _refuse(where, "the section table's sections are not a list")
    return tuple(_read_section(entry, where) for entry in entries), meta


def _no_extensions(code: int, data: bytes) -> NoReturn:
    raise ValueError(f"msgpack extension {code}")


def _read_section(entry: object, where: str) -> Section:
    """One entry of the table, each number checked by itself and against the shape."""
    if type(entry) is not list or len(entry) != len(Section._fields):
        _refuse(where, f"a section's entry does not have {len(Section._fields)} parts")
    name, offset, size, dtype, shape, checksum, blocks = entry
    if type(name) is not str or not NAME.fullmatch(name):
        _refuse(where, "a section's name is not one")
    where = f"{where}: section {name!r}"
    if type(dtype) is not str or dtype not in DTYPES:
        _refuse(where, f"its dtype is none of {', '.join(sorted(DTYPES))}")
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS or not all(map(_is_count, shape)):
        _refuse(where, "its shape is not a short list of counts")
    if not all(map(_is_count, (offset, size, checksum))):
        _refuse(where, "its offset, size or checksum is not a count")
    itemsize = np.dtype(dtype).itemsize
    if size != itemsize * prod(shape) or is_too_large(itemsize, shape):
        _refuse(where, f"{size} bytes do not fit dtype {dtype} and shape {tuple(shape)}")
    if type(blocks) is not bytes or len(blocks) != 8 * -(-size // BLOCK):
        _refuse(where, f"{size} bytes need one checksum for each MiB")
    if section_checksum(blocks) != checksum:
        _refuse(where, "its checksum is not that of its blocks' checksums")
    return Section(name, offset, size, dtype, tuple(shape), checksum, blocks)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _check_places(sections: Sequence[Section], table_offset: int, where: str) -> None:
    """Sections follow each other in the table's order, each at the next place that is aligned for it."""
    end = HEADER.size
    for section in sections:
        place = aligned(end, PAGE if section.size >= BLOCK else ALIGNMENT)
        if section.offset != place:
            _refuse(where, f"section {section.name!r}: expected offset {place}, got {section.offset}")
        end = section.offset + section.size
    if table_offset != aligned(end):
        _refuse(where, "the section table is not where it must be, behind the sections")
    if len({section.name for section in sections}) != len(sections):
        _refuse(where, "two sections have the same name")
