# Two encoded identifiers, dates, categories or numbers -> level code: 0 = missing, 1 = all others, highest = equal.
# The codes are named in linkage/comparison/levels.py, in this order. Header-only.
from libc.stdint cimport int32_t, uint32_t, uint64_t
from long_codes cimport slips_of_long
from similarity cimport ctz, popcount

# ---- identifiers
cdef enum:
    ID_ELSE = 1, ID_TWO_EDITS = 2, ID_NEAR = 3, ID_EXACT = 4

# Both words packed alike: digits in nibbles (top nibble 0), characters in six bits (top nibble 1), or long.
cdef inline int identifier_level(uint64_t a, uint64_t b) noexcept nogil:
    cdef uint64_t x, y, step_mask, unit, longer, shorter
    cdef int n, low, width
    if a == b:
        return ID_EXACT
    x = a ^ b
    if (a | b) >> 61:
        return ID_EXACT - slips_of_long(a, b)
    if x >> 60:                  # of different alphabets
        return ID_ELSE
    if a >> 60:
        width = 6
        y = x | x >> 1 | x >> 2 | x >> 3 | x >> 4 | x >> 5
        y &= 0x0041041041041041u
        unit = 63
    else:
        width = 4
        y = x | x >> 1 | x >> 2 | x >> 3
        y &= 0x1111111111111111u
        unit = 15
    n = popcount(y)
    low = ctz(y)
    if n == 1:
        return ID_NEAR
    if n == 2 and y >> low == (1u << width | 1u) and ((a >> low) & unit) == ((b >> (low + width)) & unit) \
            and ((b >> low) & unit) == ((a >> (low + width)) & unit):
        return ID_NEAR
    longer = a if a > b else b
    shorter = b if a > b else a
    step_mask = (longer >> (low + width)) ^ (shorter >> low)
    if longer >> 60:             # keep the alphabet tag out of the shifted comparison
        step_mask = ((longer & 0x0FFFFFFFFFFFFFFFu) >> (low + width)) ^ ((shorter & 0x0FFFFFFFFFFFFFFFu) >> low)
    if step_mask == 0:           # a digit more or less, also where equal digits hide all but two changes
        return ID_NEAR
    return ID_TWO_EDITS if n == 2 else ID_ELSE

# The same with 0 = missing, and without a branch for the usual pair: numbers that have nothing in common.
cdef inline int identifier_code(uint64_t a, uint64_t b) noexcept nogil:
    cdef uint64_t x = a ^ b, y = (x | x >> 1 | x >> 2 | x >> 3) & 0x1111111111111111u
    cdef uint64_t longer = a if a > b else b, shorter = b if a > b else a
    cdef int n = popcount(y), low = ctz(y | <uint64_t> 1 << 60), code = ID_EXACT if n == 0 else ID_ELSE
    cdef bint one_longer = (longer >> low) >> 4 == shorter >> low
    if (a | b) >> 60 or (n != 0 and (n <= 2 or one_longer)):
        code = identifier_level(a, b)
    return 0 if a == 0 or b == 0 else code

# ---- dates
cdef enum:
    DATE_ELSE = 1, DATE_NEAR_YEAR = 2, DATE_YEAR = 3, DATE_TWO_SLIPS = 4, DATE_YEAR_PART = 5, DATE_YEAR_ONLY = 6
    DATE_MONTH_ONLY = 7, DATE_SHIFTED_YEAR = 8, DATE_ONE_SLIP = 9, DATE_SWAPPED = 10, DATE_EXACT = 11

cdef inline int bcd_year(uint32_t d) noexcept nogil:
    return ((d >> 28) * 10 + ((d >> 24) & 15)) * 100 + ((d >> 20) & 15) * 10 + ((d >> 16) & 15)

# Whether a date may tell no more than its year: day or month are unknown, or the first of January by default.
cdef inline bint is_vague(uint32_t d) noexcept nogil:
    return not d & 0xFF or not d & 0xFF00 or (d & 0xFFFF) == 0x0101

cdef inline int bcd_two(uint32_t d) noexcept nogil:
    return ((d >> 4) & 15) * 10 + (d & 15)

# Whether two whole dates are at most two months of 31 days apart: another calendar, or a late registration, moves a
# birth so far, and across the turn of a year.
cdef inline bint is_within_two_months(uint32_t a, uint32_t b) noexcept nogil:
    cdef int days = (bcd_year(a) - bcd_year(b)) * 372 + (bcd_two(a >> 8) - bcd_two(b >> 8)) * 31 + bcd_two(a) - bcd_two(b)
    return -62 <= days <= 62

# Whether two whole dates are all others at a glance, without a branch: more than two digits differ, neither the year nor
# day and month are the same, nor these exchanged, and no turn of a year lies between them.
cdef inline bint are_far_dates(uint32_t a, uint32_t b) noexcept nogil:
    cdef uint32_t x = a ^ b, y = (x | x >> 1 | x >> 2 | x >> 3) & 0x11111111u
    cdef uint32_t ma = (a >> 8) & 255, mb = (b >> 8) & 255, da = a & 255, db = b & 255
    cdef bint across = (ma > 0x10) & (mb < 3) | (mb > 0x10) & (ma < 3)
    return (popcount(y) > 2) & (x >> 16 != 0) & (x & 0xFFFF != 0) & ((ma != db) | (da != mb)) & (not across)

cdef inline bint is_whole_date(uint32_t d) noexcept nogil:
    return d >> 16 and d & 0xFF00 and d & 0xFF

# Dates as binary coded decimal 0xYYYYMMDD; a part that is not known is 0. Two slips are two digits, or day and month
# exchanged and a digit of the year; of two dates of which only the year is known, one digit is as much, and the year
# beside it is what two months are of whole dates: ages and counted years are off by one.
cdef inline int date_level(uint32_t a, uint32_t b) noexcept nogil:
    cdef uint32_t x = a ^ b, y, ya = a >> 16, yb = b >> 16
    cdef uint32_t ma = (a >> 8) & 255, mb = (b >> 8) & 255, da = a & 255, db = b & 255
    cdef int n, low, years
    y = (x | x >> 1 | x >> 2 | x >> 3) & 0x11111111u
    n = popcount(y)
    if are_far_dates(a, b) and da and db and ma and mb and ya and yb:
        return DATE_ELSE
    if not (da and db and ma and mb and ya and yb):
        if ya and yb:
            if ya == yb:
                if ma and mb:
                    if ma != mb and ((a & 0xFFFF) == 0x0101 or (b & 0xFFFF) == 0x0101):
                        return DATE_YEAR_ONLY
                    return DATE_MONTH_ONLY if ma == mb else DATE_YEAR
                return DATE_YEAR_ONLY
            years = bcd_year(a) - bcd_year(b)
            if is_vague(a) and is_vague(b) and (-1 <= years <= 1 or popcount(y >> 16) == 1):
                return DATE_YEAR if -1 <= years <= 1 else DATE_TWO_SLIPS
            return DATE_NEAR_YEAR if -1 <= years <= 1 else DATE_ELSE
        return DATE_NEAR_YEAR if ma and ma == mb and (da == db or not da or not db) else DATE_ELSE
    if x == 0:
        return DATE_EXACT
    if ya == yb and ma == db and da == mb:
        return DATE_SWAPPED
    if n == 1:
        return DATE_ONE_SLIP
    low = ctz(y)
    if n == 2 and y >> low == 17 and ((a >> low) & 15) == ((b >> (low + 4)) & 15) \
            and ((b >> low) & 15) == ((a >> (low + 4)) & 15):
        return DATE_ONE_SLIP
    if ma == mb and da == db:
        years = bcd_year(a) - bcd_year(b)
        return DATE_SHIFTED_YEAR if -3 <= years <= 3 else DATE_NEAR_YEAR
    if ya == yb:
        if (a & 0xFFFF) == 0x0101 or (b & 0xFFFF) == 0x0101:
            return DATE_YEAR_ONLY
        return DATE_YEAR_PART if ma == mb or da == db else DATE_YEAR
    if n == 2 or ma == db and da == mb and popcount(y >> 16) == 1:
        return DATE_TWO_SLIPS
    return DATE_YEAR if is_within_two_months(a, b) else DATE_ELSE

# ---- categories, numbers
cdef enum:
    CATEGORY_ELSE = 1, CATEGORY_COMPATIBLE = 2, CATEGORY_EXACT = 3

# Upper 16 bits: group (the province after a merger), lower 16: the value, 0 when only the group is known.
cdef inline int category_level(uint32_t a, uint32_t b) noexcept nogil:
    if a == b:
        return CATEGORY_EXACT
    return CATEGORY_COMPATIBLE if a >> 16 and a >> 16 == b >> 16 else CATEGORY_ELSE

cdef enum:
    NUMBER_ELSE = 1, NUMBER_TENTH = 2, NUMBER_HUNDREDTH = 3, NUMBER_EXACT = 4

cdef inline int number_level(float a, float b) noexcept nogil:
    cdef float size = (a if a > 0 else -a), other = (b if b > 0 else -b), gap = a - b
    if a == b:
        return NUMBER_EXACT
    size = size if size > other else other
    gap = gap if gap > 0 else -gap
    if gap <= size * 0.01:
        return NUMBER_HUNDREDTH
    return NUMBER_TENTH if gap <= size * 0.1 else NUMBER_ELSE
