"""A column's sampled values -> what kind of field they look like, where the header does not tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage._kernels.dates import detect_order
from linkage._kernels.rows import encode_dates
from linkage.fields import compute as pc
from linkage.fields.categories import SEXES, fold_category
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import WORDS, is_of_institution
from linkage.fields.meaning.names import are_names
from linkage.fields.text import text_buffers
from linkage.schema import Field
from linkage.vietnam.identifiers import PROVINCE_PREFIXES

ENOUGH = 30
"""Fewer values than this tell nothing; the header is believed."""
GENERATIONS = 35
"""Years over which births spread, even those of people who work; entries, visits and changes do not."""
LEAST_WORDS = 1.5
"""Words that an address has on average: a street and its number, one of which may be lacking."""
LEAST_EQUAL = 2.5
"""As many values, counted as equally frequent, has a category under a header that says nothing."""
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_PHONE = r"^\s*(\+|00|\(?0)?[0-9()./ x-]{7,20}\s*$"
_DIALLED = r"^\s*(\+|0|\()"
_DATE = (
    r"^\D*\d{1,4}\s*[-/. ,年년]\s*\w{1,10}\s*[-/. ,月월]\s*\d{1,4}"
    r"|^\s*(1[89]|20)\d{6}(\.0)?\s*$|^\s*\d{3,4}(1[89]|20)\d\d(\.0)?\s*$"
)
"""Whole dates as people write them, and where a zero was lost; six digits, or behind letters, are any's."""
_MONTH_FIRST = r"^\s*\pL{3,9}\.? \d{1,2},? \d{4}"
_BEHIND_MONTH = r" \d{1,2},? \d{4}"
"""What the former ends with: nine letters of any alphabet take 3 ms to compile, which few columns need."""
_NAMED = r"^\D*\d{1,2}\D+\d{4}(\D|$)"
"""A day, words and a year, "8 de mayo de 1948", which are a date where they can be read as one."""
_YEAR = r"^\s*(1[89]|20)\d\d\s*$"
_ABOUT = r"^\s*(\pL{1,8}\.? ){0,2}\pL{0,8}[.~≈]?\s*(1[89]|20)\d\d\s*\??\s*$"
"""A year with a word or two in front, as in "about 1950"."""
_SIX = r"^\s*((0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d|\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))\s*$"
"""Six digits that are a day: of any numbers one in twenty is."""
_IN_ALPHABETS = r"A-Za-z\p{Cyrillic}\p{Greek}\p{Armenian}\p{Georgian}\p{Hebrew}\p{Arabic}"
_CODE = rf"^\s*[{_IN_ALPHABETS}\d][{_IN_ALPHABETS}\d./-]*\s*$"
"""One word of digits and of letters that spell sounds: of signs one word may be a whole address."""
_DECIMAL = r"^\s*-?\d+[.]\d+(e[+-]?\d+)?\s*$"
_PERSONAL = rf"^\s*({'|'.join(f'{int(code):03d}' for code in PROVINCE_PREFIXES)}|1\d\d|2\d\d)[0-3]"
"""Province or country of registration, then sex and century of birth."""
_BEGUN = (
    r"^\s*(19|20)?\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[-+ ]?[\dXx*#]{4,7}\s*$"
    r"|^\s*(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d[-+ A-F]?[\dXx*#]{3,5}[0-9A-Y]?\s*$"
)
"""A person's number that begins with the birth, also with hidden digits; of any one in fourteen does."""
_MANY_DIGITS = r"\d\D*\d\D*\d\D*\d"
"""Four digits and more: a time, a number, no name of anybody."""
_COUNTED = r"^\s*\d+(\.0)?\s*$"
"""A number alone: of a line, a house, a page; an address has a word or a stroke besides."""
_MASKED = r"^[Xx*#\pP\s\d]*\d$"
"""Numbers of which the first digits are hidden."""
NOTHING = frozenset(WORDS["nothing"])
"""Words of headers for what happens to a record, not to a person."""
_LETTER = r"^\pL[^_@/\\{}\[\]<>=]*$"


def fitted(item: Field, values: pa.Array) -> Field | None:
    """The field that a header named, as its values allow; None where they say nothing.

    Parameters
    ----------
    item : Field
    values : string array without nulls
    """
    distinct = len(pc.unique(values))
    if distinct < (2 if len(values) >= ENOUGH else 1):  # of a few records, all may say the same
        return None
    if item.kind == "category" and distinct > 400:
        return Field(item.name, "text", shared=item.shared)
    if len(values) < ENOUGH:
        return item
    if item.kind == "date" and date_share(values) < 0.3:
        return _by_content(item.name, values)
    if item.kind in ("text", "address", "person_name") and share(values, _EMAIL) > 0.8:
        return Field(item.name, "email")
    if item.kind == "person_name" and max(share(values, _MASKED), share(values, _MANY_DIGITS)) > 0.5:
        return _by_content(item.name, values)
    if item.kind == "address" and share(values, _COUNTED) > 0.8:
        return _by_content(item.name, values)
    if item.kind == "person_name" and (share(values, r"\pL") < 0.5 or (distinct < 6 and len(values) >= 200)):
        return _by_content(item.name, values)
    if item.kind == "email" and share(values, "@") < 0.3:
        return _by_content(item.name, values)
    if item.kind == "identifier" and item.format is None and are_personal_numbers(values):
        return replace(item, format="personal_number")
    if item.kind == "number" and share(values, r"^[+-]?[0-9]+([.,][0-9]+)?$") < 0.5:
        return Field(item.name, "text", shared=item.shared)
    return item


def are_personal_numbers(values: pa.Array) -> bool:
    """Whether numbers are Vietnam's personal ones, or these beside old ones of nine digits.

    Of any numbers of twelve digits one in ten begins with a province or country and a century of births.
    """
    long = values.filter(pc.match_substring_regex(values, r"^\s*\d{12}\s*$"))
    others = share(values, r"^\s*(\d{9}|\d{11,12})\s*$")
    return len(long) >= ENOUGH and others > 0.8 and share(long, _PERSONAL) > 0.9


def looks_like(name: str, values: pa.Array) -> Field | None:
    """The field that values show by themselves, under a header that says nothing; None in doubt."""
    if len(values) < ENOUGH:
        return None
    found = _by_content(name, values)
    if found and found.kind in ("text", "address") and NOTHING.intersection(fold_header(name).split()):
        return None
    return found


def _by_content(name: str, values: pa.Array) -> Field | None:
    unique = pc.unique(values)
    distinct, n = len(unique), len(values)
    if distinct < 2:
        return None
    if share(values, _EMAIL) > 0.8:
        return Field(name, "email")
    if distinct <= 12 and _are_sexes(unique, values):
        return Field(name, "category", format="sex")
    # Years recur, serial numbers do not.
    whole, years = _are_whole_dates(values), pc.match_substring_regex(values, _YEAR)
    is_date = _mean(whole) > 0.9 or (_mean(years) > 0.9 and distinct < n)
    # Some know the day, some the year alone.
    if not is_date and 0.5 < _mean(pc.or_(whole, years)) <= 0.9:
        years = pc.match_substring_regex(values, _ABOUT)
    is_date = is_date or (_mean(whole) > 0.1 and _mean(pc.or_(whole, years)) > 0.9)
    is_date = is_date or (share(values, _SIX) > 0.9 and distinct < n)
    is_named = share(values, _NAMED) > 0.9 and share(values, r"\pL{3}") > 0.9
    is_date = is_date or (is_named and day_share(values) > 0.9)
    if is_date and date_share(values) > 0.9:
        return Field(name, "date") if spread_of_years(values) >= GENERATIONS else None
    if distinct == n:
        return _of_distinct(name, values)
    if distinct < 12:
        return _of_few(name, values)
    if are_personal_numbers(values):
        return Field(name, "identifier", format="personal_number")
    if share(values, _BEGUN) > 0.9 and distinct > 0.3 * n:
        return Field(name, "identifier")
    if _are_long_numbers(values):
        # Repeated and of one length or with the signs of a telephone: it may tell people apart.
        return Field(name, "phone" if share(values, _DIALLED) > 0.5 else "identifier")
    if share(values, r"\d") > 0.9 and share(values, _CODE) > 0.9:
        if share(values, _DECIMAL) > 0.5:
            return None  # measures: amounts, places on the map
        return _of_codes(name, values, distinct)
    words = _mean_words(values)
    if share(values, r"\pL{2}") > 0.8 and share(values, r"\d") > 0.5:
        # A street and a number, of which some values lack one; Chinese and Japanese write no spaces.
        long = words >= LEAST_WORDS or share(values, r"^[^\x00-\x{2fff}\s]{4}") > 0.8
        if not long or words > 10:
            return None
        return Field(name, "text" if is_of_institution(name) else "address")  # a person does not live there
    return Field(name, "text") if share(values, _LETTER) > 0.9 and words <= 5 else None


def _of_few(name: str, values: pa.Array) -> Field | None:
    """A column of a few words: a trade, a subject, a department; what nearly all share tells nobody apart."""
    if share(values, _LETTER) < 0.9 or NOTHING.intersection(fold_header(name).split()):
        return None
    counts = values.value_counts().field(1).to_numpy().astype(np.float64)
    return Field(name, "category") if counts.sum() ** 2 / (counts**2).sum() >= LEAST_EQUAL else None


def _of_distinct(name: str, values: pa.Array) -> Field | None:
    """A column of as many values as records: it names them, or tells people of a table without doubles."""
    if _are_long_numbers(values) and share(values, _DIALLED) > 0.5 and not _are_serial(values):
        return Field(name, "phone")
    if share(values, _LETTER) > 0.9 and are_names(values.to_pylist()):
        return Field(name, "text")
    return None


def _are_long_numbers(values: pa.Array) -> bool:
    digits = pc.mean(pc.utf8_length(pc.replace_substring_regex(values, r"[^0-9]", ""))).as_py()
    return bool(digits >= 8 and share(values, _PHONE) > 0.9 and not _are_measures(values))


def _are_measures(values: pa.Array) -> bool:
    """Whether numbers have a fraction, as places on the map do; not 912345678.0, nor 555.1234 all the way."""
    decimal = values.filter(pc.match_substring_regex(values, _DECIMAL))
    if len(decimal) <= 0.5 * len(values):
        return False
    fractions = pc.utf8_length(pc.replace_substring_regex(decimal, r"^.*[.]|\s+$", ""))
    lengths = set(pc.unique(fractions).to_pylist())
    return len(lengths) > 1 or not lengths <= {1, 3, 4}


def _are_serial(values: pa.Array) -> bool:
    """Whether numbers follow one another so densely that somebody counted."""
    digits = pc.utf8_slice_codeunits(pc.replace_substring_regex(values, r"[^0-9]", ""), -18)
    numbers = pc.filter(digits, pc.not_equal(digits, "")).cast(pa.int64())
    bounds = pc.min_max(numbers).as_py()
    return bool(bounds["max"] - bounds["min"] < 100 * len(numbers))


def _of_codes(name: str, values: pa.Array, distinct: int) -> Field | None:
    """A column of single words with digits: a person's number, a post code, a house number, or neither."""
    length = pc.utf8_length(pc.utf8_trim_whitespace(values))
    usual = int(pc.mode(length)[0]["mode"].as_py())
    alike = float(pc.mean(pc.equal(length, usual).cast(pa.float64())).as_py())
    if usual >= 6 and alike > 0.8 and distinct > 0.3 * len(values):
        return Field(name, "identifier")
    # What recurs may be a place's or a person's; what does not tells nothing, and weighs nothing.
    return Field(name, "text") if distinct < 0.5 * len(values) and usual <= 12 else None


def share(values: pa.Array, pattern: str) -> float:
    """The share of the values that hold the pattern."""
    return _mean(pc.match_substring_regex(values, pattern))


def _mean(held: pa.Array) -> float:
    return float(pc.mean(held.cast(pa.float64())).as_py() or 0)


def _are_whole_dates(values: pa.Array) -> pa.Array:
    whole = pc.match_substring_regex(values, _DATE)
    if pc.any(pc.match_substring_regex(values, _BEHIND_MONTH)).as_py():
        whole = pc.or_(whole, pc.match_substring_regex(values, _MONTH_FIRST))
    return whole


def _dates(values: pa.Array) -> tuple[Any, Any]:
    sample = values.slice(0, 2_000)
    out, status = np.empty(len(sample), np.uint32), np.empty(len(sample), np.uint8)
    encode_dates(*text_buffers(sample), detect_order(pc.drop_null(sample).to_pylist())[0], out, status)
    return out, status


def are_days(values: pa.Array) -> bool:
    """Whether nearly all values are whole dates, of however few years."""
    return len(values) >= ENOUGH and _mean(_are_whole_dates(values)) > 0.9 and day_share(values) > 0.9


def date_share(values: pa.Array) -> float:
    """The share of the values that are dates, whole or in part."""
    out, status = _dates(values)
    return float(np.mean((out != 0) & (status != 4))) if len(out) else 0.0


def day_share(values: pa.Array) -> float:
    """The share of the values that are whole dates."""
    out, _ = _dates(values)
    return float(np.mean((out & 0xFF) != 0)) if len(out) else 0.0


def days_of(values: pa.Array) -> npt.NDArray[np.uint32]:
    """Dates as their decimal digits, ``0x19900517``, 0 for what is not known of them."""
    out, status = np.empty(len(values), np.uint32), np.empty(len(values), np.uint8)
    sample = pc.drop_null(values.slice(0, 2_000)).to_pylist()
    encode_dates(*text_buffers(values), detect_order(sample)[0], out, status)
    return out


def years_of(values: pa.Array) -> npt.NDArray[np.float64]:
    """The years of dates; NaN where there is none."""
    digits = days_of(values) >> 16
    years = np.sum([((digits >> (4 * k)) & 15) * 10**k for k in range(4)], axis=0)
    return np.where(years > 0, years, np.nan).astype(np.float64)


def spread_of_years(values: pa.Array) -> int:
    """Years between the twentieth part of the dates and the nineteenth."""
    years = years_of(values.slice(0, 2_000))
    years = np.sort(years[~np.isnan(years)])
    return int(years[len(years) * 19 // 20] - years[len(years) // 20]) if len(years) else 0


def _are_sexes(unique: pa.Array, values: pa.Array) -> bool:
    """Whether words for both sexes are there, and hardly another: M, S and W are a marital status."""
    words = {fold_category(v) for v in unique.to_pylist()}
    known = SEXES.keys() | {"h", "w", "v", "k", "d", "x"}
    if len(words & known) < 2 or len(words - known) > 2 or words <= {"0", "1", "2"}:
        return False
    others = pa.array([v for v in unique.to_pylist() if fold_category(v) not in known], pa.string())
    return bool(pc.sum(pc.is_in(values, others)).as_py() * 20 < len(values))


def _mean_words(values: pa.Array) -> float:
    return float(pc.mean(pc.count_substring_regex(values, r"\S+")).as_py())
