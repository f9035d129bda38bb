"""First rows of files: headers, or a record like the others."""

import pytest

from linkage.tables.header_row import holds_headers, named

RECORDS = [
    ["Smith", "Anna", "1980-01-02", "0612345678", "12 Church Street"],
    ["Jones", "Mark", "1971-11-30", "0687654321", "3 Mill Road"],
    ["Brown", "Name", "1955-05-05", "", "1 High Street"],
]


def test_a_record_is_no_header():
    assert not holds_headers(RECORDS[0], RECORDS[1:])


@pytest.mark.parametrize(
    "first",
    [
        ["surname", "given", "dob", "phone", "address"],
        ["A", "B", "C", "D", "E"],
        ["0", "1", "2", "3", "4"],
        ["2019", "2020", "2021", "2022", "2023"],
        ["x1", "x2", "v_2024_01", "q_7", "r"],
        ["", "", "", "", ""],
        ["name", "given name", "1980-01-02", "d", "e"],  # what is known by name decides against one date
    ],
)
def test_headers_are_headers(first):
    assert holds_headers(first, RECORDS)


def test_columns_of_numbers_keep_their_years_as_headers():
    assert holds_headers(["town", "2019", "2020"], [["Hue", "12", "13"], ["Vinh", "9", "8"]])


def test_each_column_has_a_name_of_its_own():
    assert named(["a", "", "a", "a 2", "a"]) == ["a", "column 2", "a 3", "a 2", "a 4"]
