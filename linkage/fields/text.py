"""Arrow arrays -> the plain buffers that kernels read; NumPy arrays -> Arrow arrays over the same memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.fields import compute as pc

MOST_SHORT = 2**31 - 1
"""Bytes of text up to which Arrow's offsets have 32 bits."""
Buffers = tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8], npt.NDArray[np.uint8] | None]


_ARROW = {
    np.dtype(np.int8): pa.int8(),
    np.dtype(np.uint8): pa.uint8(),
    np.dtype(np.int32): pa.int32(),
    np.dtype(np.uint32): pa.uint32(),
    np.dtype(np.int64): pa.int64(),
    np.dtype(np.float64): pa.float64(),
}


def as_arrow(values: npt.NDArray[Any]) -> pa.Array:
    """Numbers as an Arrow array over the same memory.

    `pa.array` imports pandas where it is installed: a quarter of a second of a short run.
    """
    plain = np.ascontiguousarray(values)
    return pa.Array.from_buffers(_ARROW[plain.dtype], len(plain), [None, pa.py_buffer(plain)])


def few_texts(texts: Sequence[str]) -> pa.Array:
    """Texts as an Arrow array of strings; see `as_arrow`."""
    raw = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, raw)], dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(raw))]
    return pa.Array.from_buffers(pa.string(), len(raw), buffers)


def as_text(array: pa.Array) -> pa.Array:
    """Any array as Arrow ``string``: numbers and dates as they are written plainly; null for null and NaN."""
    kind = array.type
    if pa.types.is_string(kind):
        return array
    if isinstance(kind, pa.BaseExtensionType):
        return _uuid_text(array.storage) if kind.extension_name == "arrow.uuid" else as_text(array.storage)
    if pa.types.is_dictionary(kind):
        return pc.take(as_text(array.dictionary), array.indices)
    if pa.types.is_floating(kind):
        array = array.cast(pa.float32()) if pa.types.is_float16(kind) else array
        array = pc.if_else(pc.is_finite(array), array, None)
        whole = pc.equal(array, pc.floor(array))
        if pc.all(whole, min_count=0).as_py():
            return array.cast(pa.int64(), safe=False).cast(pa.string())
        return array.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return array.cast(pa.date32(), safe=False).cast(pa.string())
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        # Invalid UTF-8 is the kernels' matter; they treat every byte as hostile.
        return array.cast(pa.binary()).view(pa.string())
    return array.cast(pa.string())


def _uuid_text(raw: pa.Array) -> pa.Array:
    """16 bytes each -> 8-4-4-4-12 digits, as UUIDs are written."""
    digits = [None if item is None else item.hex() for item in raw.to_pylist()]
    texts = [d and "-".join((d[:8], d[8:12], d[12:16], d[16:20], d[20:])) for d in digits]
    return pa.array(texts, pa.string())


def rewritten(array: pa.Array, rewrite: Callable[[str], str]) -> pa.Array:
    """Any array's texts, each distinct one rewritten once; nulls kept."""
    coded = pc.dictionary_encode(as_text(array))
    texts = [rewrite(text) for text in readable(coded.dictionary).to_pylist()]
    return pc.take(pa.array(texts, pa.string()), coded.indices)


_ZEROS = "٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐０"
_DIGITS = {ord(zero) + value: str(value) for zero in _ZEROS for value in range(10)}


def with_plain_digits(texts: pa.Array) -> pa.Array:
    """Texts with the digits of any script as 0 to 9."""
    if not pc.any(pc.match_substring_regex(texts, r"[^\x00-\x7F]")).as_py():
        return texts
    plain = [text and text.translate(_DIGITS) for text in texts.to_pylist()]
    return pa.array(plain, pa.string())


def has_texts(kind: pa.DataType) -> bool:
    """Whether `as_text` can write values of a type: not lists, structs and spans of time."""
    try:
        as_text(pa.nulls(0, kind))
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return False
    return True


NO_YEAR, NO_DAY = r"^(0|0000|8888|999[89])(\.0)?$|\.0$|^\D*$", r"^(0|00|88|9[89])(\.0)?$|\.0$|^\D*$"
NO_MONTH = r"^(0|00|88|9[89])(\.0)?$|\.0$|^([^\pL\d]*|[xX]+|(?i:unk|unknown|n/?a|none|null|nil|nan))$"
"""What censuses and surveys write for a year, a month or a day that nobody knows, and what floats add."""


def joined_date(parts: list[pa.Array]) -> pa.Array:
    """Columns of years, months and days -> texts like ``1990-05-17``, as far as they are known."""
    year, month, day = (
        pc.replace_substring_regex(pc.utf8_trim_whitespace(as_text(part)), none, "")
        for part, none in zip(parts, (NO_YEAR, NO_MONTH, NO_DAY), strict=True)
    )
    month, day = (pc.if_else(pc.equal(part, ""), None, pc.utf8_lpad(part, 2, "0")) for part in (month, day))
    upto_month = pc.binary_join_element_wise(year, month, "-")
    whole = pc.binary_join_element_wise(upto_month, day, "-")
    known = pc.coalesce(whole, upto_month, year)
    return pc.if_else(pc.equal(year, ""), None, known)


def joined_name(parts: list[pa.Array]) -> pa.Array:
    """Columns of given, middle and family names -> whole names, of what there is."""
    texts = [pc.utf8_trim_whitespace(pc.fill_null(as_text(part), "")) for part in parts]
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*texts, " "))


def first_of(parts: list[pa.Array]) -> pa.Array:
    """Columns of which one holds what another lacks -> the first text of each row that says something."""
    texts = [as_text(part) for part in parts]
    held = [pc.if_else(pc.equal(pc.utf8_trim_whitespace(text), ""), None, text) for text in texts]
    return pc.coalesce(*held)


def whole_numbers(texts: pa.Array) -> npt.NDArray[np.float64]:
    """The numbers of texts such as ``41`` and ``41.0``; NaN where there is none."""
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), r"\.0+$", "")
    bare = pc.if_else(pc.match_substring_regex(bare, r"^\d{1,9}$"), bare, None)
    return np.asarray(bare.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def year_of_birth(parts: list[pa.Array], told: int | None) -> pa.Array:
    """Ages and when they were told, a year for all or the years of a column -> years of birth as texts."""
    from linkage.fields.meaning.content import years_of

    years = told if told is not None else years_of(readable(as_text(parts[1])))
    born = years - whole_numbers(readable(as_text(parts[0])))
    return pa.array([None if y != y else str(int(y)) for y in born.tolist()], pa.string())


def python_text(array: pa.Array, row: int) -> str | None:
    """One text of a string array as str; bytes that are no UTF-8 become U+FFFD."""
    raw = array[row].as_buffer()
    return None if raw is None else raw.to_pybytes().decode("utf-8", "replace")


def readable(array: pa.Array) -> pa.Array:
    """The same array, with U+FFFD for bytes that are no UTF-8: such texts could not be shown."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array([python_text(array, i) for i in range(len(array))], pa.string())
    return array


def text_buffers(array: pa.Array) -> Buffers:
    """Offsets (int32[n + 1]), bytes (uint8) and validity (uint8[n], None = all valid) of a string array.

    Raises
    ------
    TypeError
        The array is of another type: its buffers would be read as what they are not.
    """
    if not pa.types.is_string(array.type):
        raise TypeError(f"expected an array of string, got {array.type}")
    bitmap, offsets, data = array.buffers()
    n, start = len(array), array.offset
    if n == 0:
        return np.zeros(1, np.int32), np.empty(0, np.uint8), None
    positions = np.frombuffer(offsets, np.int32)[start : start + n + 1]
    text = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    return positions, text, _validity(array, bitmap)


def index_buffers(array: pa.DictionaryArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8] | None]:
    """Positions in the dictionary (int32[n]) and validity (uint8[n], None = all valid) of any index type."""
    indices = array.indices if pa.types.is_int32(array.indices.type) else array.indices.cast(pa.int32())
    bitmap, data = indices.buffers()
    n, start = len(indices), indices.offset
    if n == 0:
        return np.empty(0, np.int32), None
    return np.frombuffer(data, np.int32)[start : start + n], _validity(indices, bitmap)


def _validity(array: pa.Array, bitmap: pa.Buffer | None) -> npt.NDArray[np.uint8] | None:
    """One byte a row, 0 = null; None = all valid."""
    if bitmap is None or not array.null_count:
        return None
    n, start = len(array), array.offset
    skip = start % 8
    bits = np.frombuffer(bitmap, np.uint8)[start // 8 : (start + n + 7) // 8]
    return np.unpackbits(bits, bitorder="little", count=skip + n)[skip:]
