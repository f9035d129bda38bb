"""Dates against their naive twin."""

import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage._kernels.dates import GUESSED_CENTURY, IMPOSSIBLE, detect_order, parse_one
from tests.reference.dates import parse

NUMBERS = st.one_of(
    st.integers(0, 40).map(str),
    st.integers(0, 40).map("{:02d}".format),
    st.integers(1240, 2710).map(str),
    st.integers(4090, 10_000).map(str),
    st.text("0123456789", min_size=1, max_size=16),
    st.dates(date(1850, 1, 1), date(2030, 1, 1)).map("{:%Y%m%d}".format),
    st.dates(date(1850, 1, 1), date(2030, 1, 1)).map("{:%d%m%Y}".format),
)
GAPS = st.sampled_from(
    ["/", "-", ".", " ", ":", "T", " Sep ", "May", "-IX-", ".v.", ", ", " thang ", " ngay ", " nam "]
)


@st.composite
def texts(draw):
    parts = draw(st.lists(st.tuples(NUMBERS, GAPS), max_size=6))
    text = "".join(number + gap for number, gap in parts)
    return draw(st.sampled_from(["", "", "ngay ", "Sep ", "S", "H ", "r"])) + (
        text if draw(st.booleans()) else text[:-1]
    )


def read(packed):
    return packed >> 9 & 0x3FFF, packed >> 5 & 15, packed & 31


@given(texts(), st.sampled_from([0, 1, 2, 4, 5, 6]))
@example("1:2:3", 0)
@example("12/5/1990 10:00", 1)
@example("", 0)
@example("S55.3.1", 0)
@example("S550301", 1)
@example("13700503", 0)
@example("03051370", 0)
@example("25210503", 0)
@example("190305", 6)
def test_equals_twin(text, order):
    assert parse_one(text.encode(), order) == parse(text, order)


@given(st.binary(max_size=40), st.integers(0, 7))
def test_hostile_bytes(data, order):
    day, month, year = (n for n in reversed(read(parse_one(data, order))))
    assert day <= 31 and month <= 12 and year <= 9999


@given(texts(), st.binary(max_size=8), st.integers(0, 7))
def test_reads_nothing_behind_the_text(text, behind, order):
    data = text.encode()
    assert parse_one(data + behind, order, length=len(data)) == parse_one(data, order)


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
def test_round_trip(day):
    for form in (
        "%d/%m/%Y",
        "%Y-%m-%d",
        "%Y%m%d",
        "%d-%m-%Y 10:30:00",
        "%Y-%m-%dT00:00:00Z",
        "%d %b %Y",
    ):
        assert read(parse_one(day.strftime(form).encode())) == (day.year, day.month, day.day)
    assert read(parse_one(day.strftime("%m/%d/%Y").encode(), 1)) == (day.year, day.month, day.day)
    if 10000 <= (serial := (day - date(1899, 12, 30)).days) <= 60000:
        assert read(parse_one(str(serial).encode())) == (day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("2/9/1990", (1990, 9, 2)), ("2.9.1990", (1990, 9, 2)), ("02 09 1990", (1990, 9, 2))),
        *(("02091990", (1990, 9, 2)), ("2091990", (1990, 9, 2)), ("199009020830", (1990, 9, 2))),
        *(("199000000000", (1990, 0, 0)), ("1990", (1990, 0, 0)), ("1990.0", (1990, 0, 0))),
        *(("09/1990", (1990, 9, 0)), ("1990-09", (1990, 9, 0)), ("00/00/1950", (1950, 0, 0))),
        *(("01/00/1950", (1950, 0, 0)), ("00/05/1950", (1950, 5, 0)), ("32874.0", (1990, 1, 1))),
        *(("ngày 2 tháng 9 năm 1990", (1990, 9, 2)), ("tháng 9 năm 1990", (1990, 9, 0))),
        *(
            ("2 Sep 1990", (1990, 9, 2)),
            ("September 2, 1990", (1990, 9, 2)),
            ("Sep 1990", (1990, 9, 0)),
        ),
        *(("9/25/1990", (1990, 9, 25)), ("２/９/１９９０", (1990, 9, 2)), ("null", (0, 0, 0))),
        *(
            ("1/1/1900 12:00:00 AM", (1900, 1, 1)),
            ("35 tuổi", (0, 0, 0)),
            ("0912345678", (0, 0, 0)),
        ),
    ],
)
def test_forms(text, expected):
    assert read(parse_one(text.encode())) == expected


def test_flags():
    for text in (b"30/02/1990", b"31/4/1990", b"29/02/1991"):
        assert parse_one(text) & IMPOSSIBLE
        assert read(parse_one(text))[2]
    assert not parse_one(b"29/02/1992") & IMPOSSIBLE
    assert parse_one(b"2/9/90") == parse_one(b"2/9/1990") | GUESSED_CENTURY
    assert read(parse_one(b"2/9/05"))[0] == 2005


@pytest.mark.parametrize(
    "text", ["9149-05-17", "17/05/9149", "17.5.9149 00:00:00", "9149-05-17T00:00:00", "17 May 9149"]
)
def test_a_slip_of_the_year_leaves_the_day(text):
    # Its first two digits exchanged, or the first another one: nobody lives then, but digits can be compared.
    packed = parse_one(text.encode())
    assert read(packed) == (9149, 5, 17)
    assert packed & IMPOSSIBLE


@pytest.mark.parametrize(
    "text",
    ["9999-12-31", "9999-05-17", "8888-08-08", "9000-01-01", "9000-12-31", "5362-05-17", "9149", "05/9149"],
)
def test_a_year_that_is_no_slip_or_stands_for_none_is_no_date(text):
    assert parse_one(text.encode()) == 0


def test_vietnamese_words_overrule_the_order():
    assert read(parse_one("ngày 2 tháng 9 năm 1990".encode(), 1)) == (1990, 9, 2)


def test_order():
    assert detect_order(["13/02/1990", "02/13/1990", "14/5/90", "1990-05-14"]) == (0, 2, 1)
    assert detect_order([b"02/13/1990", b"05/06/1990"]) == (1, 0, 1)
    assert detect_order([]) == (0, 0, 0)
    assert detect_order(["05081948", "12311950", "2281960"])[0] == 1
    assert detect_order(["05081948", "31121950", "19480508"])[0] == 0
    assert detect_order(["19480508", "19501231", "20012001"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("S55.3.1", (1980, 3, 1)), ("昭和55年3月1日", (1980, 3, 1)), ("平成元年4月2日", (1989, 4, 2))),
        *(("㍼55年3月1日", (1980, 3, 1)), ("令和5年", (2023, 0, 0)), ("1980年3月1日", (1980, 3, 1))),
        *(("๐๕/๐๖/๒๔๗๘", (1935, 6, 5)), ("5 ม.ค. 2521", (1978, 1, 5)), ("5 พฤศจิกายน 2521", (1978, 11, 5))),
        *(("٢٩/٠٨/١٩٧١", (1971, 8, 29)), ("۱۳۳۵/۱۲/۲۷", (1335, 12, 27)), ("२५/१२/१९८०", (1980, 12, 25))),
        *(("5 mars 1980", (1980, 3, 5)), ("1er août 1975", (1975, 8, 1)), ("12 März 1975", (1975, 3, 12))),
        *(("12 ЯНВ 1980", (1980, 1, 12)), ("12 Ağu 1980", (1980, 8, 12)), ("12 مايو 1980", (1980, 5, 12))),
        *(("3 de março de 1985", (1985, 3, 3)), ("7 července 1980", (1980, 7, 7))),
        *(("7 června 1980", (1980, 6, 7)), ("25. Dez. 1975", (1975, 12, 25))),
        *(("8-V-1948", (1948, 5, 8)), ("12.XII.1985", (1985, 12, 12)), ("3 ix 1985 r.", (1985, 9, 3))),
        *(
            ("民國37年5月8日", (1948, 5, 8)),
            ("中華民國101年2月3日", (2012, 2, 3)),
            ("民國70年", (1981, 0, 0)),
        ),
        *(
            ("8 июня 1948 г.", (1948, 6, 8)),
            ("8 maja 1948 r.", (1948, 5, 8)),
            ("8 kwietnia 1948", (1948, 4, 8)),
        ),
        *(("8/fev/1948", (1948, 2, 8)), ("8 غشت 1948", (1948, 8, 8)), ("8 Απριλίου 1948", (1948, 4, 8))),
        *(("Budapest, 1970.05.03.", (1970, 5, 3)), ("mồng 2 tháng 9 năm 1990", (1990, 9, 2))),
    ],
)
def test_forms_of_many_countries(text, expected):
    assert read(parse_one(text.encode())) == expected


def test_every_decimal_digit_of_unicode():
    for zero in range(0x110000):
        if unicodedata.category(chr(zero)) == "Nd" and unicodedata.digit(chr(zero)) == 0:
            text = "".join(c if c == "/" else chr(zero + int(c)) for c in "02/09/1990")
            assert read(parse_one(text.encode())) == (1990, 9, 2), hex(zero)


@st.composite
def slips(draw):
    day = draw(st.dates(date(1850, 1, 1), date(2030, 1, 1)))
    text = day.strftime(draw(st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"])))
    for _ in range(draw(st.integers(1, 2))):
        at, put = draw(st.integers(0, len(text) - 1)), draw(st.sampled_from(["", "x", "7", "/", "H"]))
        text = text[:at] + put + text[at + draw(st.integers(0, 1)) :]
    return text


@given(slips(), st.sampled_from([0, 1, 2, 4]))
def test_slips_equal_twin(text, order):
    assert parse_one(text.encode(), order) == parse(text, order)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("17/0r5/1966", (1966, 5, 17)), ("21/04/1r978", (1978, 4, 21)), ("0o3.07.1993", (1993, 7, 3))),
        *(("1703/2018", (2018, 3, 17)), ("25/0/82013", (2013, 8, 25)), ("26/011/942", (1942, 1, 26))),
        *(("1504.2005", (2005, 4, 15)), ("17/05q1966", (1966, 5, 17)), ("1990-0512", (1990, 5, 12))),
        *(("04.071.980", (1980, 7, 4)), ("19x90-05-12", (1990, 5, 12)), ("120/4/1945", (1945, 4, 12))),
        # The letter stands for a digit, or one is lost: what is not known is not guessed.
        *(("2o.04.2014", (2014, 4, 0)), ("24.j9.1984", (1984, 0, 0)), ("22/09/193j", (0, 9, 22))),
        *(("15/09/190", (0, 9, 15)), ("190-09-15", (0, 9, 15)), ("19x5-09-15", (0, 9, 15))),
        # Taiwan's years, of which three digits are whole.
        *(("077/09/27", (1988, 9, 27)), ("0770927", (1988, 9, 27)), ("1010605", (2012, 6, 5))),
        *(("102/8/7", (2013, 8, 7)), ("1121990", (1990, 12, 1)), ("077/13/27", (0, 0, 0))),
        # Something else.
        *(("S55.03.1", (1980, 3, 1)), ("5.V.1990", (1990, 5, 5)), ("32874.0", (1990, 1, 1))),
    ],
)
def test_slips(text, expected):
    assert read(parse_one(text.encode())) == expected


def test_short_years_first():
    order, *_ = detect_order(["850301", "790412", "010203", "190305"])
    assert read(parse_one(b"850301", order)) == (1985, 3, 1)
    assert read(parse_one(b"190305", order)) == (2019, 3, 5)
    order, *_ = detect_order(["311290", "200512", "280277"])
    assert read(parse_one(b"200512", order)) == (2012, 5, 20)
    assert detect_order(["199005", "198512"])[0] == 0


def test_of_a_cell_of_megabytes_the_begin_is_read():
    remark = " as it was told, " * 600_000
    assert read(parse_one(f"17/05/1966{remark}".encode())) == (1966, 5, 17)
    assert parse_one(f"{' ' * 512}17/05/1966".encode()) == 0
    assert detect_order([f"17/05/1966{remark}"] * 5) == detect_order(["17/05/1966"] * 5)
