"""Naive twin of ext/dates.pxd: the same reading of a date's numbers, with regular expressions."""

import calendar
import re
from datetime import date, timedelta

MONTHS = [date(2000, month, 1).strftime("%b").lower() for month in range(1, 13)]

ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]


def pack(day, month, year, length=4):
    flags = 0
    if length <= 2:
        year += 2000 if year <= 26 else 1900
        flags = 1 << 24
    if year > 4095:
        if not is_slip(day, month, year):
            return 0
        flags |= 1 << 23
    if 2300 <= year <= 2699:  # the Buddhist calendar
        year -= 543
    if month > 12 and 0 < day <= 12:
        day, month = month, day
    if month > 12:
        day = month = 0
        flags |= 1 << 23
    if month == 0:
        day = 0
    if day > 31:
        day = 0
        flags |= 1 << 23
    if month and day > (
        calendar.monthrange(year, month)[1]
        if year
        else [29, 31, 30][0 if month == 2 else 2 if month in (4, 6, 9, 11) else 1]
    ):
        flags |= 1 << 23
    return day | month << 5 | year << 9 | flags if day or month or year else 0


def is_slip(day, month, year):
    """Whether a year that nobody lives in is one digit, or an exchange of the first two, from another."""
    digits = f"{year:04}"
    if len(digits) > 4 or len(set(digits)) == 1 or not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    slips = {digits[1] + digits[0] + digits[2:]} | {first + digits[1:] for first in "12"}
    return (day, month) not in ((1, 1), (31, 12)) and any(is_year(other) for other in slips)


def is_year(text):
    return 1800 <= int(text) <= 2199


def is_any_year(text):
    return is_year(text) or 1250 <= int(text) <= 1450 or 2300 <= int(text) <= 2699


def in_order(first, second, third, length, order):
    if order & 3 == 2 and length <= 2:
        return pack(third, second, first, 2)
    return pack(second, first, third, length) if order & 3 == 1 else pack(first, second, third, length)


def read_digits(digits, has_words, order):
    n = len(digits)
    if n > 14 or n in (1, 3, 9):
        return 0
    if n == 2:
        return 0 if has_words else pack(0, 0, int(digits), 2)
    if n == 4:
        return pack(0, 0, int(digits)) if is_any_year(digits) else 0
    if n == 5:
        if not 10000 <= int(digits) <= 60000:
            return 0
        day = date(1899, 12, 30) + timedelta(int(digits))
        return pack(day.day, day.month, day.year)
    if n >= 10:
        fits = is_year(digits[:4]) and int(digits[4:6]) <= 12
        return pack(int(digits[6:8]), int(digits[4:6]), int(digits[:4])) if fits else 0
    if n == 8 and int(digits[4:6]) <= 12 and int(digits[6:]) <= 31:
        other = is_any_year(digits[:4]) and not is_any_year(digits[4:])
        if is_year(digits[:4]) or other:
            return pack(int(digits[6:]), int(digits[4:6]), int(digits[:4]))
    whole = order & 4
    if n == 6 and not whole and is_year(digits[:4]) and int(digits[4:]) <= 12:
        return pack(0, int(digits[4:]), int(digits[:4]))
    if n == 6 and not whole and is_year(digits[2:]) and int(digits[:2]) <= 12:
        return pack(0, int(digits[:2]), int(digits[2:]))
    if n == 7 and not is_any_year(digits[3:]):
        return minguo(int(digits[5:]), int(digits[3:5]), int(digits[:3]))
    digits = "0" * (n == 7) + digits
    if len(digits) == 8 and not is_any_year(digits[4:]):
        return 0
    first, second, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    return in_order(first, second, year, len(digits[4:]), order)


ERAS = {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}


def read_era(text, numbers):
    """A Japanese era by its letter; the names of eras are in the tests."""
    words = re.findall(r"[A-Za-z]+|\d+", text)
    if not words or words[0].lower() not in ERAS:
        return 0
    first = ERAS[words[0].lower()]
    if len(numbers) == 1 and len(numbers[0]) == 6:
        year, month, day = (int(numbers[0][i : i + 2]) for i in (0, 2, 4))
        return pack(day, month, year + first) if 0 < month <= 12 and day <= 31 else 0
    if len(numbers) != 3 or len(numbers[0]) > 2:
        return 0
    year, month, day = (int(number[:14]) for number in numbers)
    return pack(day, month, year + first) if 0 < year < 65 and month <= 12 and day <= 31 else 0


def minguo(day, month, year):
    """A day of Taiwan's calendar."""
    return pack(day, month, year + 1911) if 0 < year <= 130 and 0 < month <= 12 and 0 < day <= 31 else 0


def read_slipped(text, order):
    """A date with one letter between its digits, a lost digit of the year, or signs at the wrong place."""
    if not 8 <= len(text) <= 12 or not re.fullmatch(r"[\d./-]*[A-Za-z]?[\d./-]*", text, re.ASCII):
        return None
    groups = re.findall(r"[0-9A-Za-z]+", text)
    digits = [re.sub(r"\D", "", group) for group in groups]
    if not all(digits) or len(groups) > 4:
        return None
    lengths = [len(d) for d in digits]
    lettered = next((k for k, group in enumerate(groups) if not group.isdigit()), None)
    shape = "".join(map(str, lengths))
    values = [int(d) for d in digits]
    if lettered is not None and re.fullmatch("[12][12]4|4[12][12]", shape):
        year = 2 if shape[2] == "4" else 0
        if is_any_year(digits[year]):
            if lengths[lettered] == 1:
                values[lettered] = 0
            return pack(*reversed(values)) if year == 0 else in_order(*values, 4, order)
    if re.fullmatch("3[12][12]", shape) and lettered is None and (packed := minguo(*reversed(values))):
        return packed
    if re.fullmatch("[12][12]3|3[12][12]", shape):
        year = 2 if shape[2] == "3" else 0
        if lettered in (None, year):
            values[year] = 0
            return pack(*reversed(values)) if year == 0 else in_order(*values, 4, order)
    if sum(lengths) != 8 or (lettered is None and shape in ("8", "224", "422")):
        return None
    packed = read_digits("".join(digits), False, order)
    return packed if packed & 31 and packed >> 5 & 15 and not packed & 1 << 23 else None


def parse(text, order):
    """ASCII text without months of other languages -> packed date; see ext/dates.pxd."""
    if (slipped := read_slipped(text, order)) is not None:
        return slipped
    numbers, end = [], len(text)
    for found in re.finditer(r"\d+", text):
        if numbers and text[found.end() : found.end() + 1] == ":":
            end = found.start()
            break
        numbers.append(found)
    words = [word.lower() for word in re.findall(r"[A-Za-z]+", text[:end])]
    named = month_of(text[:end], numbers)
    if any(word.startswith("ng") and len(word) >= 4 for word in words):
        order = 0
    point = bool(numbers) and text[numbers[0].end() : numbers[0].end() + 1] == "."
    numbers = [found.group() for found in numbers][:4]
    if named:
        return read_named(numbers, named)
    if not numbers:
        return 0
    if era := read_era(text[:end], numbers):
        return era
    n, first = len(numbers), numbers[0]
    if n == 1 or (n == 2 and point and len(first) >= 4) or len(first) >= 8:
        return read_digits(first, bool(words), order)
    a, b = int(first), int(numbers[1])
    if n == 2:
        if len(first) == 4:
            return pack(0, b, a)
        if len(numbers[1]) == 4:
            return pack(0, a, b)
        if max(len(first), len(numbers[1])) > 2:
            return 0
        if b > 31:
            return pack(0, a, b, 2)
        if a > 31 or order & 3 == 2:
            return pack(0, b, a, 2)
        return pack(b, a, 0) if order & 3 == 1 else pack(a, b, 0)
    c, n_c = int(numbers[2][:14]), len(numbers[2])
    if len(first) == 4 or (len(first) == 2 and a > 31 and n_c <= 2):
        return pack(c, b, a, len(first))
    if len(first) == 3 and len(numbers[1]) <= 2 and n_c <= 2:
        return minguo(c, b, a)
    if len(first) > 2 or len(numbers[1]) > 2 or n_c == 3 or (n_c <= 2 and not (a or b or c)):
        return 0
    return in_order(a, b, c, n_c, order)


def month_of(text, numbers):
    """The month of the first word that names one; behind a day alone also by a Roman numeral."""
    for found in re.finditer(r"[A-Za-z]+", text):
        word = found.group().lower()
        if word[:3] in MONTHS:
            return 1 + MONTHS.index(word[:3])
        before = [n.group() for n in numbers if n.end() <= found.start()]
        if word in ROMAN and len(before) == 1 and len(before[0]) <= 2 and int(before[0]) <= 31:
            return 1 + ROMAN.index(word)
    return 0


def read_named(numbers, month):
    if not numbers:
        return pack(0, month, 0)
    year_first = len(numbers[0]) > 2 or int(numbers[0]) > 31
    if len(numbers) == 1:
        value = int(numbers[0][:14])
        return pack(0, month, value, len(numbers[0])) if year_first else pack(value, month, 0)
    values = [int(number[:14]) for number in numbers]
    year = 0 if year_first else 1
    return pack(values[1 - year], month, values[year], len(numbers[year]))
