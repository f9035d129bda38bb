# Text of one date -> packed day, month, year. Header-only, no state, without the GIL.
#
# The text is cut into numbers and words; what the numbers mean follows from how many there are, from their
# lengths and from the order that the column is written in. A part that is unknown or 00 is 0. Day and month
# that no calendar has (30/2, 31/4: they stand in legal papers) are kept and flagged, and so is a year that is
# a slip away from one of people's (9149). Of a date with a slip in its writing (17/0r5/1966, 25/0/82013) what
# is certain is read, and the rest is unknown.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from date_texts cimport FIRST_MINGUO, MAX_DIGITS, DateText, SlippedText, read_date_text, read_slipped
from digits cimport are_digits, load8, nibbles

cdef enum:
    DATE_MONTH_SHIFT = 5
    DATE_YEAR_SHIFT = 9
    DATE_IMPOSSIBLE = 1 << 23
    DATE_GUESSED_CENTURY = 1 << 24

cdef enum:
    DAY_FIRST = 0
    MONTH_FIRST = 1
    YEAR_FIRST = 2            # 85-03-01, 850301
    ORDER = 3
    SIX_ARE_WHOLE = 4         # six digits are a day, never a year and a month

cdef enum:
    FIRST_YEAR = 1800         # a run of digits is only read as a year between these
    LAST_YEAR = 2199
    FIRST_JALALI = 1250       # 1871 to 2072: kept as written, its days are as many
    LAST_JALALI = 1450
    FIRST_BUDDHIST = 2300     # 543 years ahead of the common calendar
    LAST_BUDDHIST = 2699
    LAST_WRITTEN = 4095       # a year beyond may be a slip, of a date whose day is known
    LAST_MINGUO = 130         # Taiwan's years: three digits in front, 077/09/27
    PIVOT = 26                # two-digit years up to here are 20xx
    FIRST_SERIAL = 10000      # spreadsheet day numbers: 1927-05-18
    LAST_SERIAL = 60000       # 2064-04-08

cdef inline int days_in_month(int month, int year) noexcept nogil:
    """Days of a month; an unknown year may be a leap year."""
    if month == 2:
        return 29 if year == 0 or year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


# A year beyond `LAST_WRITTEN`, of a whole date -> whether one slip, a digit or the first two exchanged, makes it one of
# people's: 9149 is 1949. Four equal digits, the first and the last of a year stand for no date.
cdef inline bint is_slip_of_year(int64_t day, int64_t month, int64_t year) noexcept nogil:
    cdef int64_t hundreds = year / 100 % 10
    if year > 9999 or year % 1111 == 0 or not (0 < month <= 12 and 0 < day <= 31) or day == month == 1 or day == 31 and month == 12:
        return False
    return hundreds == 8 or hundreds == 9 or hundreds <= 1


# Day, month, year as read (0 = unknown) -> packed; swaps day and month when only that is possible.
cdef inline uint32_t pack_date(int64_t day, int64_t month, int64_t year, int flags) noexcept nogil:
    cdef int64_t other
    if year > LAST_WRITTEN:
        if not is_slip_of_year(day, month, year):
            return 0
        flags |= DATE_IMPOSSIBLE
    if FIRST_BUDDHIST <= year <= LAST_BUDDHIST:
        year -= 543
    if month > 12 and 0 < day <= 12:
        other = day
        day = month
        month = other
    if month > 12:
        flags |= DATE_IMPOSSIBLE
        day = month = 0
    if month == 0:
        day = 0
    if day > 31:
        flags |= DATE_IMPOSSIBLE
        day = 0
    if month and day > days_in_month(<int> month, <int> year):
        flags |= DATE_IMPOSSIBLE
    if day == 0 and month == 0 and year == 0:
        return 0
    return <uint32_t> (day | month << DATE_MONTH_SHIFT | year << DATE_YEAR_SHIFT | flags)


# Days since 1899-12-30 -> packed (Gregorian; 400-year cycle of 146,097 days, years counted from March).
cdef inline uint32_t pack_serial(int64_t serial) noexcept nogil:
    cdef int64_t z = serial + 693899, cycle = z / 146097, day_of_cycle = z % 146097
    cdef int64_t year = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) / 365
    cdef int64_t day_of_year = day_of_cycle - (365 * year + year / 4 - year / 100)
    cdef int64_t shifted = (5 * day_of_year + 2) / 153
    cdef int64_t month = shifted + 3 if shifted < 10 else shifted - 9
    return pack_date(day_of_year - (153 * shifted + 2) / 5 + 1, month, year + cycle * 400 + (month <= 2), 0)


cdef inline bint is_year(int64_t value) noexcept nogil:
    return FIRST_YEAR <= value <= LAST_YEAR


# Four digits of eight, or alone: also a year of the Persian or the Buddhist calendar.
cdef inline bint is_any_year(int64_t value) noexcept nogil:
    return is_year(value) or FIRST_JALALI <= value <= LAST_JALALI or FIRST_BUDDHIST <= value <= LAST_BUDDHIST


# As pack_date, for a year that is written with `length` digits: one or two digits leave the century to a guess.
cdef inline uint32_t pack_short(int64_t day, int64_t month, int64_t year, int length) noexcept nogil:
    if length > 2:
        return pack_date(day, month, year, 0)
    return pack_date(day, month, year + (2000 if year <= PIVOT else 1900), DATE_GUESSED_CENTURY)


# Three numbers in the column's order, the year last unless that says otherwise and it is a short one.
cdef inline uint32_t pack_ordered(int64_t first, int64_t second, int64_t third, int length, int order) noexcept nogil:
    if order & ORDER == YEAR_FIRST and length <= 2:
        return pack_short(third, second, first, 2)
    if order & ORDER == MONTH_FIRST:
        return pack_short(second, first, third, length)
    return pack_short(first, second, third, length)


# A year of a Japanese era, with a month and a day or without, or the six digits of the three.
cdef inline uint32_t pack_era(DateText *t) noexcept nogil:
    cdef int64_t v = t.value[0]
    if t.n == 1 and t.length[0] == 6:
        return pack_date(v % 100, v / 100 % 100, v / 10000 + t.era, 0) if 0 < v / 100 % 100 <= 12 and v % 100 <= 31 else 0
    if t.length[0] > 2 and t.era != FIRST_MINGUO or not 0 < v < (LAST_MINGUO if t.era == FIRST_MINGUO else 65) or t.value[1] > 12 or t.value[2] > 31 or not (t.n == 3 or t.written_out):
        return 0
    return pack_date(t.value[2], t.value[1], v + t.era, 0)


# A day of Taiwan's calendar, whose years have three digits; 0 = it is none.
cdef inline uint32_t pack_minguo(int64_t day, int64_t month, int64_t year) noexcept nogil:
    if not (0 < year <= LAST_MINGUO and 0 < month <= 12 and 0 < day <= 31):
        return 0
    return pack_date(day, month, year + FIRST_MINGUO, 0)


# One run of digits.
cdef inline uint32_t pack_digits(int64_t v, int length, int n_words, int order) noexcept nogil:
    cdef int year_length = 4
    cdef int64_t first, second, year
    if length > MAX_DIGITS:
        return 0
    if length >= 10:                                   # yyyymmddHH[MM[SS]]
        while length > 8:
            v /= 10
            length -= 1
        return pack_date(v % 100, v / 100 % 100, v / 10000, 0) if is_year(v / 10000) and v / 100 % 100 <= 12 else 0
    if length == 8 and v / 100 % 100 <= 12 and v % 100 <= 31 and (
            is_year(v / 10000) or is_any_year(v / 10000) and not is_any_year(v % 10000)):
        return pack_date(v % 100, v / 100 % 100, v / 10000, 0)
    if length == 7 and not is_any_year(v % 10000):
        return pack_minguo(v % 100, v / 100 % 100, v / 10000)
    if length == 7 or length == 8:                     # 7: a leading zero was lost
        if not is_any_year(v % 10000):
            return 0
        first, second, year = v / 1000000, v / 10000 % 100, v % 10000
    elif length == 6 and not order & SIX_ARE_WHOLE and is_year(v / 100) and v % 100 <= 12:
        return pack_date(0, v % 100, v / 100, 0)
    elif length == 6 and not order & SIX_ARE_WHOLE and is_year(v % 10000) and v / 10000 <= 12:
        return pack_date(0, v / 10000, v % 10000, 0)
    elif length == 6:
        first, second, year = v / 10000, v / 100 % 100, v % 100
        year_length = 2
    elif length == 5:
        return pack_serial(v) if FIRST_SERIAL <= v <= LAST_SERIAL else 0
    elif length == 4:
        return pack_date(0, 0, v, 0) if is_any_year(v) else 0
    elif length == 2 and n_words == 0:
        return pack_short(0, 0, v, 2)
    else:
        return 0
    return pack_ordered(first, second, year, year_length, order)


# A month name and its numbers: day, year, or both in either order.
cdef inline uint32_t pack_named(DateText *t) noexcept nogil:
    cdef int year = 1
    if t.n == 0:
        return pack_date(0, t.month, 0, 0)
    if t.n == 1:
        if t.length[0] > 2 or t.value[0] > 31:
            return pack_short(0, t.month, t.value[0], t.length[0])
        return pack_date(t.value[0], t.month, 0, 0)
    if t.length[0] > 2 or t.value[0] > 31:
        year = 0
    return pack_short(t.value[1 - year], t.month, t.value[year], t.length[year])


cdef inline uint32_t pack_two(DateText *t, int order) noexcept nogil:
    if t.length[0] == 4:
        return pack_date(0, t.value[1], t.value[0], 0)
    if t.length[1] == 4:
        return pack_date(0, t.value[0], t.value[1], 0)
    if t.length[0] > 2 or t.length[1] > 2:
        return 0
    if t.value[1] > 31:
        return pack_short(0, t.value[0], t.value[1], 2)
    if t.value[0] > 31 or order & ORDER == YEAR_FIRST:
        return pack_short(0, t.value[1], t.value[0], 2)
    if order & ORDER == MONTH_FIRST:
        return pack_date(t.value[1], t.value[0], 0, 0)
    return pack_date(t.value[0], t.value[1], 0, 0)


# Two decimal digits of a packed date, one a nibble.
cdef inline uint32_t two_digits(uint64_t pair) noexcept nogil:
    return <uint32_t> ((pair >> 4) * 10 + (pair & 15))


# A date as nearly all are written: dd/mm/yyyy or yyyy-mm-dd with one of / - . twice, and a day that every year
# has; 0 = look closer.
cdef inline uint32_t parse_usual(const uint8_t *text, Py_ssize_t n, int order) noexcept nogil:
    cdef uint64_t head, tail, v
    cdef uint32_t day, month, year, other
    cdef int sign
    if n != 10:
        return 0
    head = load8(text)
    tail = load8(text + 2)
    # The eight digits in their order, the signs squeezed out.
    if text[2] == text[5]:
        sign = text[2]
        v = head & 0xFFFF | (head >> 24 & 0xFFFF) << 16 | tail >> 32 << 32
    elif text[4] == text[7]:
        sign = text[4]
        v = head << 32 >> 32 | (head >> 40 & 0xFFFF) << 32 | tail >> 48 << 48
    else:
        return 0
    if not are_digits(v) or not (sign == c"/" or sign == c"-" or sign == c"."):
        return 0
    v = nibbles(v)
    if text[2] == sign:
        year = two_digits(v >> 8 & 0xFF) * 100 + two_digits(v & 0xFF)
        day, month = two_digits(v >> 24), two_digits(v >> 16 & 0xFF)
        if order & ORDER == MONTH_FIRST:
            other = day
            day = month
            month = other
    else:
        year = two_digits(v >> 24) * 100 + two_digits(v >> 16 & 0xFF)
        day, month = two_digits(v & 0xFF), two_digits(v >> 8 & 0xFF)
    if month == 0 or month > 12 or day == 0 or day > 30 or day > 28 and month == 2 or year == 0 or year >= FIRST_BUDDHIST:
        return 0
    return day | month << DATE_MONTH_SHIFT | year << DATE_YEAR_SHIFT


# A date with one letter between its digits, a digit of its year lost, or its signs at the wrong place -> 1, and
# the date as it can still be read; 0 = nothing of this kind.
cdef inline bint slipped_date(const uint8_t *text, Py_ssize_t n, int order, uint32_t *out) noexcept nogil:
    cdef SlippedText t
    cdef int64_t *v = t.value
    cdef int year
    if not read_slipped(text, n, &t):
        return False
    if t.n == 3 and t.length[1] <= 2:
        year = 2 if t.length[0] <= 2 and 3 <= t.length[2] <= 4 else 0 if 3 <= t.length[0] <= 4 and t.length[2] <= 2 else -1
        if year >= 0 and t.length[year] == 4 and t.lettered >= 0 and is_any_year(v[year]):
            if t.length[t.lettered] == 1:              # it stands for a digit
                v[t.lettered] = 0
            out[0] = pack_date(v[2], v[1], v[0], 0) if year == 0 else pack_ordered(v[0], v[1], v[2], 4, order)
            return True
        if year == 0 and t.length[0] == 3 and t.lettered < 0 and pack_minguo(v[2], v[1], v[0]):
            out[0] = pack_minguo(v[2], v[1], v[0])
            return True
        if year >= 0 and t.length[year] == 3 and (t.lettered < 0 or t.lettered == year):
            out[0] = pack_date(v[2], v[1], 0, 0) if year == 0 else pack_ordered(v[0], v[1], 0, 4, order)
            return True
    if t.n_digits != 8 or t.n == 1 and t.lettered < 0 or t.n == 3 and t.lettered < 0 and t.length[1] == 2 and (
            t.length[0] == 2 or t.length[0] == 4):
        return False
    out[0] = pack_digits(t.digits, 8, 0, order)
    return out[0] & 31 and out[0] >> DATE_MONTH_SHIFT & 15 and not out[0] & DATE_IMPOSSIBLE


cdef inline uint32_t parse_date(const uint8_t *text, Py_ssize_t n, int order) noexcept nogil:
    """Bits 0-4 day, 5-8 month, 9-22 year (each 0 = unknown), 23 impossible, 24 century guessed; 0 = no date.

    `order` is DAY_FIRST or MONTH_FIRST and speaks for numbers that fit both; a year in front shows itself.
    """
    cdef DateText t
    cdef uint32_t usual = parse_usual(text, n, order)
    if usual:
        return usual
    if slipped_date(text, n, order, &usual):
        return usual
    read_date_text(text, n, &t)
    if t.vietnamese:
        order = DAY_FIRST
    if t.month:
        return pack_named(&t)
    if t.n == 0:
        return 0
    if t.era:
        usual = pack_era(&t)
        if usual:
            return usual
    if t.n == 1 or t.n == 2 and t.point and t.length[0] >= 4 or t.length[0] >= 8:
        return pack_digits(t.value[0], t.length[0], t.n_words, order)
    if t.n == 2:
        return pack_two(&t, order)
    if t.length[0] == 4 or t.length[0] == 2 and t.value[0] > 31 and t.length[2] <= 2:
        return pack_short(t.value[2], t.value[1], t.value[0], t.length[0])
    if t.length[0] == 3 and t.length[1] <= 2 and t.length[2] <= 2:
        return pack_minguo(t.value[2], t.value[1], t.value[0])
    if t.length[0] > 2 or t.length[1] > 2 or t.length[2] == 3:
        return 0
    if t.length[2] <= 2 and t.value[0] == 0 and t.value[1] == 0 and t.value[2] == 0:
        return 0
    return pack_ordered(t.value[0], t.value[1], t.value[2], t.length[2], order)


cdef enum:
    ONLY_DAY_FIRST = 1
    ONLY_MONTH_FIRST = 2
    ONLY_YEAR_FIRST = 3
    NO_YEAR_AND_MONTH = 4     # six digits that are none, whatever else they are


# Which order three numbers leave, the year a short one or not.
cdef inline int only_order(int64_t a, int64_t b, int64_t c, int length) noexcept nogil:
    cdef bint day_first = 0 < a <= 31 and 0 < b <= 12, month_first = 0 < b <= 31 and 0 < a <= 12
    cdef bint year_first = length <= 2 and 0 < b <= 12 and 0 < c <= 31
    if year_first:
        return 0 if day_first or month_first else ONLY_YEAR_FIRST
    if day_first:
        return 0 if month_first else ONLY_DAY_FIRST
    return ONLY_MONTH_FIRST if month_first else 0


cdef inline int order_evidence(const uint8_t *text, Py_ssize_t n) noexcept nogil:
    """ONLY_DAY_FIRST and so on, perhaps with NO_YEAR_AND_MONTH; 0 = the text says nothing about the order."""
    cdef DateText t
    cdef int64_t v
    cdef int found
    read_date_text(text, n, &t)
    if t.month or t.vietnamese or t.era:
        return 0
    if t.n == 1 and t.length[0] == 6:
        v = t.value[0]
        found = only_order(v / 10000, v / 100 % 100, v % 100, 2)
        if is_year(v / 100) and v % 100 <= 12 or is_year(v % 10000) and v / 10000 <= 12:
            return 0
        return found | NO_YEAR_AND_MONTH
    if t.n == 1 and 7 <= t.length[0] <= 8:
        v = t.value[0]
        if not is_any_year(v % 10000) or t.length[0] == 8 and is_any_year(v / 10000):
            return 0
        return only_order(v / 1000000, v / 10000 % 100, v % 10000, 4)
    if t.n < 3 or t.length[0] > 2 or t.length[1] > 2 or t.length[2] == 3:
        return 0
    return only_order(t.value[0], t.value[1], t.value[2], t.length[2])
