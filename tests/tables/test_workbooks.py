"""Sheets of workbooks: which one, what stands above its headers; runs that name one where there is none."""

import re
import zipfile

import openpyxl
import pyarrow as pa
import pytest

import linkage
from linkage.errors import InputError
from linkage.tables.opening import open_source
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


def edited(path, part, edit):
    """A workbook with one of its parts, XML, changed; None leaves it out."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            changed = edit(data) if name == part else data
            if changed is not None:
                book.writestr(name, changed)
    return path


def with_row(cells):
    """One more row of a sheet, whatever it holds."""
    return lambda xml: xml.replace(b"</sheetData>", b"<row>%s</row></sheetData>" % cells)


def with_cell(place):
    """One more cell, wherever it says it is."""
    return with_row(b'<c r="%s" t="n"><v>1</v></c>' % place)


SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


@pytest.mark.parametrize(
    ("part", "edit", "told"),
    [
        # The reader keeps a sheet as a rectangle: these would take more memory than any machine has.
        (SHEET, with_cell(b"XFD1048576"), "takes more than the memory that is free"),
        (SHEET, with_cell(b"ZZZZ4294967295"), "takes more than the memory that is free"),
        (SHEET, with_cell(b"FZZ2"), "expected at most 4,096 columns, got 4,758"),
        (SHEET, lambda xml: xml.replace(b'r="A2"', b'r="A0"'), "cannot be read as a workbook"),
        (SHEET, with_row(b'<c t="inlineStr"><is><t>&Secret;</t></is></c>'), "its XML is damaged"),
        (SHEET, lambda xml: xml[: len(xml) // 2], "cannot be read as a workbook"),
        (SHEET, lambda xml: None, "cannot be read as a workbook"),
        (BOOK, lambda xml: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", xml), "it has no sheet"),
    ],
    ids=[
        "far cell",
        "farther cell",
        "wide",
        "row 0",
        "unknown entity",
        "cut off",
        "no sheet's part",
        "no sheet",
    ],
)
def test_damaged_and_hostile_sheets(tmp_path, part, edit, told):
    rows = [PEOPLE[0], *(row.values() for row in PEOPLE)]
    path = edited(workbook(tmp_path / "x.xlsx", rows), part, edit)
    with pytest.raises(InputError, match=rf"x\.xlsx.*{told}") as caught:
        open_source(path)
    assert "Secret" not in str(caught.value)
