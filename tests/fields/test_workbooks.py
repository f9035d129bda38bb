"""Sheets of workbooks: which one, what stands above its headers; runs that name one where there is none."""

import openpyxl
import pyarrow as pa
import pytest

import linkage
from linkage.errors import InputError
from linkage.fields.opening import open_source
from tests.fields.people import TRUE, matches, people

PEOPLE = people()


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def test_workbooks(tmp_path):
    path = workbook(tmp_path / "x.xlsx", [PEOPLE[0], *(row.values() for row in PEOPLE)])
    assert matches(linkage.dedupe(path)) == TRUE
    assert matches(linkage.dedupe(path, sheet="Sheet")) == TRUE
    with pytest.raises(InputError, match="no sheet 'Other'; it has Sheet"):
        linkage.dedupe(path, sheet="Other")


def test_a_sheet_is_for_tables_that_have_sheets(tmp_path):
    (tmp_path / "books").mkdir()
    book = workbook(tmp_path / "books/x.xlsx", [PEOPLE[0], *(row.values() for row in PEOPLE)])
    rows = [",".join(PEOPLE[0]), *(",".join(map(str, row.values())) for row in PEOPLE)]
    (plain := tmp_path / "x.csv").write_text("\n".join(rows), "utf-8")
    model = linkage.train(PEOPLE)
    with pytest.raises(
        InputError, match=r"sheet: expected an Excel or OpenDocument file that has sheets, got"
    ):
        linkage.dedupe(plain, sheet="Sheet")
    with pytest.raises(InputError, match=r"sheet: expected .* got table and .*x.csv"):
        linkage.link(pa.Table.from_pylist(PEOPLE), plain, sheet="Sheet")
    with pytest.raises(InputError, match=r"sheet: expected"):
        linkage.build_index(tmp_path / "x.idx", plain, model, sheet="Sheet")
    assert linkage.link(book, plain, sheet="Sheet").resolution.records.n_records == 2 * len(PEOPLE)
    assert open_source(book.parent, sheet="Sheet").n_records == len(PEOPLE)
    with pytest.raises(InputError, match="no sheet 'Other'"):
        open_source(book.parent, sheet="Other")


def test_cells_that_are_numbers_or_dates_read_as_they_are_written(tmp_path):
    import datetime

    rows = [["a", None, "c"], [79203001234, 1, datetime.date(1990, 2, 1)], [None, 2.5, None]]
    source = open_source(workbook(tmp_path / "x.xlsx", rows))
    assert source.columns == ["a", "column 2", "c"]
    batch = pa.Table.from_batches(list(source.batches(source.columns)))
    assert batch.to_pylist() == [
        {"a": "79203001234", "column 2": "1", "c": "1990-02-01"},
        {"a": None, "column 2": "2.5", "c": None},
    ]


@pytest.mark.parametrize(
    "above",
    [
        [["Khách hàng năm 2024"]],
        [["Customers"], [], ["as of", "2024-01-31"]],
        [["", "Person", "", "", "Number"]],
    ],
    ids=["title", "title, space, date", "headers over headers"],
)
def test_titles_above_the_headers_of_a_sheet_are_no_records(tmp_path, above):
    path = workbook(tmp_path / "x.xlsx", [*above, PEOPLE[0], *(row.values() for row in PEOPLE)])
    source = open_source(path)
    assert (source.columns, source.n_records) == (list(PEOPLE[0]), len(PEOPLE))
    assert matches(linkage.dedupe(path)) == TRUE


def test_a_full_first_row_of_a_sheet_is_never_left_out(tmp_path):
    rows = [["x", "y", "z"], ["name", "phone", ""], ["a", "b", "c"]]
    assert open_source(workbook(tmp_path / "x.xlsx", rows)).columns == ["x", "y", "z"]


def test_workbooks_that_do_not_fit(tmp_path):
    with pytest.raises(InputError, match="the sheet is empty"):
        linkage.dedupe(workbook(tmp_path / "x.xlsx", []))
