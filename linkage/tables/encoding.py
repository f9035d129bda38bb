"""The first bytes of a text file -> the encoding it is most likely written in."""

from __future__ import annotations

from codecs import getincrementaldecoder
from pathlib import Path

import pyarrow as pa

from linkage.tables.code_pages import code_page_of

SAMPLE = 1 << 20
_WIDEST = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
LEAST_ZEROS = 0.1
"""Of every second byte of a UTF-16 text at least this share is 0: of digits, delimiters, ends of lines."""


def detect_encoding(path: Path) -> str:
    """Name the encoding of a text file; str that Python and Arrow know.

    A byte order mark decides; then zeros in every second byte; then (nearly) valid UTF-8; then the code page
    in which the bytes make words. Vietnamese text in encodings that Python does not know (TCVN3, VNI, VISCII)
    arrives as mojibake, by way of Windows-1258, and is mended per name.
    """
    with pa.input_stream(path) as file:  # decompressed, where the file's ending says so
        head = file.read(SAMPLE)
    if head.startswith(_WIDEST):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if unmarked := _unmarked(head):
        return unmarked
    # Not final: the sample may end inside a letter.
    text = getincrementaldecoder("utf-8")("replace").decode(head)
    n_bad = text.count("\ufffd")
    n_good = len(text.encode()) - len(text) - 2 * n_bad
    if n_bad == 0 or n_good > 10 * n_bad:
        return "utf-8"  # a few damaged bytes do not make it another encoding
    if page := code_page_of(head):
        return page
    try:
        head.decode("cp1258")
    except UnicodeDecodeError:
        return "utf-8"
    return "cp1258"


def _unmarked(head: bytes) -> str | None:
    """UTF-16 without a byte order mark, which its zeros show: all of them are first bytes, or all second."""
    pairs = len(head) // 2
    high, low = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if max(high, low) < max(LEAST_ZEROS * pairs, 1) or min(high, low) > max(high, low) // 100:
        return None
    name = "utf-16-be" if high > low else "utf-16-le"
    try:
        getincrementaldecoder(name)("strict").decode(head)
    except UnicodeDecodeError:
        return None
    return name
