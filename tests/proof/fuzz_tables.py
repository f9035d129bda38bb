"""Bytes that a fuzzer draws -> a damaged file of records, read: its records or an `InputError`."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv as pc
from pyarrow import feather

from linkage.errors import InputError
from linkage.fields.page_texts import as_array
from linkage.fields.text import as_text, has_texts, text_buffers
from linkage.tables.opening import open_source
from tests.fields.people import people

ENDINGS = (".csv", ".csv.gz", ".jsonl", ".arrow")
"""Parquet files and workbooks are damaged in tests/tables/test_parquet_pages.py and test_workbooks.py."""
MARKS = (
    b'"', b"\n", b"\r", b"\0", b",", b"\t", b"{", b"}", b"[", b"]", b"null", b"NaN", b"1e999", b"9" * 400,
    b"[" * 300, b"\\ud800", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1b[31m", b"\xff" * 8, b"\0" * 8, b'"x":1,',
    b"\xff\xff\xff\x7f",
)  # fmt: skip


class Drawing(Protocol):
    """What draws numbers from bytes."""

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""

    def choice(self, options: Any) -> Any:
        """One of several."""


@cache
def whole(ending: str) -> bytes:
    """Sixty-six people as a file."""
    rows = people(60)
    table = pa.Table.from_pylist(rows)
    sink = io.BytesIO()
    if ending == ".jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    if ending == ".arrow":
        coded = table.set_column(4, "sex", table["sex"].combine_chunks().dictionary_encode())
        feather.write_feather(coded, sink, compression="uncompressed")
        return sink.getvalue()
    pc.write_csv(table, sink)
    return gzip.compress(sink.getvalue()) if ending == ".csv.gz" else sink.getvalue()


def damaged(data: bytes, draws: Drawing) -> bytes:
    """The same with bytes exchanged, put in, taken out, or its end cut off."""
    found = bytearray(data)
    for _ in range(1 + draws.below(3)):
        at = draws.choice((0, 0, max(len(found) - 600, 0))) + draws.below(max(len(found), 1) + 600)
        at %= len(found) + 1
        mark = draws.choice(MARKS)
        action = draws.below(5)
        if action == 0:
            found[at : at + len(mark)] = mark
        elif action == 1:
            found[at:at] = mark
        elif action == 2:
            del found[at : at + 1 + draws.below(300)]
        elif action == 3:
            found[at : at + 1] = bytes([draws.below(256)])
        else:
            del found[at:]
    return bytes(found)


def tables(draws: Drawing) -> None:
    """A damaged file, read to its end as the kernels read it."""
    ending = draws.choice(ENDINGS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{ending}"
        path.write_bytes(damaged(whole(ending), draws))
        try:
            source = open_source(path)
            for block in source.blocks(source.columns):
                for name in source.columns:
                    for array in map(as_array, block.read(name)):
                        if has_texts(array.type):
                            text_buffers(as_text(array))
        except InputError as error:
            said = str(error)
            assert said.isprintable() and "An" not in said.split(), "an error is one line without values"
