"""Identity numbers: structure, contradictions, check digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.identifiers import MALFORMED, OK, pack_one
from linkage.vietnam.identifiers import (
    CMND_PREFIXES,
    find_cmnd_provinces,
    read_personal_number,
    tax_check_digit,
    validate_personal_number,
)
from linkage.vietnam.provinces import MERGED_INTO


def codes(text, **known):
    return [(finding.level, finding.code) for finding in validate_personal_number(text, **known)]


def test_findings():
    good = {"sex": "M", "birth_year": 2003, "province": 79}
    assert codes("079203071834", **good) == []
    assert codes("07920307183", **good) == [("error", "format")]
    assert codes("0" * 12) == [("error", "placeholder")]
    assert codes("099203071834") == [("error", "prefix")]
    assert codes("079203071834", sex="F", birth_year=1990, province=1) == [
        ("warning", "sex"),
        ("warning", "birth_year"),
        ("warning", "province"),
    ]
    assert codes("079203123456") == [("warning", "tail")]
    assert codes("079850071834") == [("warning", "implausible_year")]
    assert codes("０79203071834") == [("error", "format")]


@given(st.text("0123456789", min_size=12, max_size=12))
def test_kernel_and_validation_agree(text):
    has_error = any(level == "error" for level, _ in codes(text))
    status = pack_one(text.encode(), "personal")[1]
    assert has_error == (status == MALFORMED or len(set(text)) == 1)


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 9))
def test_tax_check_digit(nine, last):
    status = pack_one(f"{nine}{last}".encode(), "tax")[1]
    if len(set(nine + str(last))) > 1:
        assert (status == OK) == (tax_check_digit(nine) == last)


def test_parts():
    number = read_personal_number("001185000777")
    assert (number.prefix, number.sex, number.birth_year) == ("001", "F", 1985)
    with pytest.raises(ValueError, match="nine digits"):
        tax_check_digit("12")


def test_old_prefixes():
    assert set().union(*CMND_PREFIXES.values()) == set(MERGED_INTO)
    assert find_cmnd_provinces("271460000") == (75, 77)
    assert find_cmnd_provinces("012345678") == (1,)
