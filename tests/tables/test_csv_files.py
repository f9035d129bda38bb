"""CSV files: what stands above the headers changes nothing, and any bytes are a table or refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.tables.opening import open_source

HEADERS = ["Họ và tên", "Ngày sinh", "SĐT", "x"]
RECORDS = [["Lê An", "01/02/1990", "0912345678", "1"], ["Võ Hà; bà", "", "", ""]] * 3
titles = st.lists(st.sampled_from(["BẢNG KÊ", "Ngày 1/2/2024", "", '"hai\ndòng"']), max_size=9)


def quoted(cells, delimiter):
    return delimiter.join(f'"{cell}"' if set(";,|\t") & set(cell) else cell for cell in cells)


def read(path):
    source = open_source(path)
    return [row for batch in source.batches(source.columns) for row in batch.to_pylist()]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("csv") / "x.csv"


@given(
    titles,
    st.sampled_from(";,|\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_titles_above_the_headers_change_nothing(path, above, delimiter, end, is_padded, encoding):
    padding = delimiter * 3 if is_padded else ""  # as spreadsheets write them
    lines = [title + padding for title in above]
    lines += [quoted(cells, delimiter) for cells in (HEADERS, *RECORDS)]
    path.write_bytes("".join(line.replace("\n", end) + end for line in lines).encode(encoding))
    assert read(path) == [
        {name: cell or None for name, cell in zip(HEADERS, row, strict=True)} for row in RECORDS
    ]


def test_a_row_that_does_not_fit_is_told_by_its_place_in_the_file(path):
    path.write_text("Danh sách\n\nHọ và tên,Ngày sinh\nLê An,1/2/1990\nVõ Hà\n", "utf-8")
    with pytest.raises(InputError, match="row 5: cannot be read as csv: expected 2 columns, got 1"):
        read(path)


def test_records_without_headers_are_no_titles(path):
    path.write_text("Lê An,,0912345678\nVõ Hà,1/2/1990,0912345679\n" * 9, "utf-8")
    assert len(read(path)) == 18


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='a1;,"\n\r\t |é\0', max_size=120).map(str.encode),
        st.text(alphabet='a;,"\n', max_size=40).map(lambda t: f"{t}\nname;phone\nAn;1\n".encode()),
    )
)
def test_any_bytes_are_a_table_or_refused(path, data):
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        read(path)
