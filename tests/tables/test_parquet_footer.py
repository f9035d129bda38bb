"""Footers of Parquet files: chunks are what pyarrow tells of them; what is made to do harm is refused."""

import io
import random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.parquet_footer import column_chunks
from linkage.errors import InputError
from linkage.fields.page_texts import as_array
from linkage.tables.opening import open_source
from linkage.tables.parquet_footer import Footer
from tests.tables.thrift import BINARY, I32, I64, LIST, STRUCT, footer_of, with_footer

NUMBERS = (0, 1, -1, 3, 100, 2**31 - 1, -(2**31), 2**62, -(2**62))
CODECS = {"UNCOMPRESSED": 0, "SNAPPY": 1, "GZIP": 2, "BROTLI": 4, "ZSTD": 6, "LZ4": 7}
ENCODINGS = {"PLAIN": 0, "PLAIN_DICTIONARY": 2, "RLE": 3, "BIT_PACKED": 4, "RLE_DICTIONARY": 8}


def written(n=60, **how):
    columns = {
        "a": [("x", None, "yy")[i % 3] for i in range(n)],
        "b": list(range(n)),
        "c": [(["a"], [], None)[i % 3] for i in range(n)],
        "d": pa.array([5] * n, pa.timestamp("us")),
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, **{"row_group_size": 25, **how})
    return sink.getvalue()


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "brotli", "zstd", "lz4"])
@pytest.mark.parametrize(("n", "dictionary"), [(0, True), (60, ["a"]), (60, False)])
def test_chunks_are_what_pyarrow_tells_of_them(tmp_path, codec, n, dictionary):
    path = tmp_path / "x.parquet"
    path.write_bytes(written(n, compression=codec, use_dictionary=dictionary))
    metadata = pq.ParquetFile(path).metadata
    footer = Footer(path, metadata)
    for group in range(metadata.num_row_groups):
        assert footer.group(group) == [footer.column(at)[group] for at in range(metadata.num_columns)]
        for at, found in enumerate(footer.group(group)):
            chunk = metadata.row_group(group).column(at)
            assert found == (
                1,
                CODECS[chunk.compression],
                sum(1 << ENCODINGS[e] for e in chunk.encodings),
                chunk.num_values,
                chunk.total_uncompressed_size,
                chunk.total_compressed_size,
                chunk.data_page_offset,
                chunk.dictionary_page_offset or 0,
            )


def test_sizes_that_do_not_fit_do_not_end_the_process(tmp_path):
    data = written()
    footer = footer_of(data)
    for levels in (2, 3):
        for n in (1, 40):
            changed = footer_of(data)
            first = changed[4][1][1][0][1][1][1][0][3][1]
            first[16] = (STRUCT, {levels: (LIST, (I64, [1] * n))})
            path = tmp_path / "x.parquet"
            path.write_bytes(with_footer(data, changed))
            source = open_source(path)
            try:
                found = [text for part in source.batches(["b"]) for text in part.column(0).to_pylist()]
            except InputError:
                continue
            assert found == list(range(60))
    assert with_footer(data, footer) == data


def slots(kind, value):
    """Every place of a tree: what holds it, its key there, its type."""
    if kind == STRUCT:
        for number, (of, held) in value.items():
            yield value, number, of
            yield from slots(of, held)
    elif kind == LIST:
        for i, held in enumerate(value[1]):
            yield value[1], i, value[0]
            yield from slots(value[0], held)


def change(footer, draws):
    """Change one place of a footer."""
    holder, at, kind = draws.choice(list(slots(STRUCT, footer)))
    in_list = isinstance(holder, list)
    if draws.random() < 0.3:
        del holder[at]
        return
    held = holder[at] if in_list else holder[at][1]
    if kind in (I32, I64):
        held = draws.choice(NUMBERS)
    elif kind == BINARY:
        held = draws.choice([b"", b"\xff" * 9, held * 2])
    elif kind == LIST:
        held = (held[0], held[1] * draws.choice([0, 2, 20]))
    holder[at] = held if in_list else (kind, held)


@pytest.mark.parametrize("seed", range(60))
def test_a_changed_footer_is_read_or_refused(tmp_path, seed):
    data, draws = written(), random.Random(seed)
    footer = footer_of(data)
    change(footer, draws)
    path = tmp_path / "x.parquet"
    path.write_bytes(with_footer(data, footer))
    try:
        source = open_source(path)
        for block in source.blocks(source.columns):
            for name in source.columns:
                list(map(as_array, block.read(name)))
    except InputError as error:
        assert str(error).startswith(str(path)) and str(error).isprintable()


def test_a_chunk_in_another_file_is_not_here(tmp_path):
    data = written()
    footer = footer_of(data)
    footer[4][1][1][0][1][1][1][0][1] = (BINARY, b"other.parquet")
    path = tmp_path / "x.parquet"
    path.write_bytes(with_footer(data, footer))
    found = Footer(path, pq.ParquetFile(path).metadata)
    assert [chunk.is_here for chunk in found.column(0)] == [0, 1, 1]


@given(st.binary(max_size=80), st.integers(-1, 4), st.integers(-1, 4))
def test_any_bytes_are_chunks_or_refused(data, n_groups, n_columns):
    try:
        found = column_chunks(np.frombuffer(data, np.uint8), n_groups, n_columns)
    except ValueError:
        return
    assert found.shape == (n_groups, n_columns, 8)


def test_groups_and_columns_must_be_as_many_as_arrow_found():
    data = written()
    n = int.from_bytes(data[-8:-4], "little")
    footer = np.frombuffer(data, np.uint8)[-8 - n : -8]
    assert column_chunks(footer, 3, 4).shape == (3, 4, 8)
    for wrong in ((2, 4), (4, 4), (3, 3), (3, 5), (-1, -1)):
        with pytest.raises(ValueError, match="footer"):
            column_chunks(footer, *wrong)
