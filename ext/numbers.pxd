# A number's text -> the number, as NumberColumn (linkage/fields/columns.py) reads it. Header-only.
from libc.stdint cimport uint32_t, uint8_t
from libc.stdlib cimport strtod
from search cimport MOST_DIGITS

cdef inline bint is_blank(uint8_t c) noexcept nogil:
    return c == 32 or 9 <= c <= 13

cdef inline float number_of(const uint8_t *text, uint32_t n, bint *is_number) noexcept nogil:
    """The number as NumberColumn reads it: digits with a sign and one point or comma."""
    cdef char buffer[2 * MOST_DIGITS + 3]
    cdef uint32_t i = 0, k = 0, n_digits = 0
    cdef bint has_point = False
    is_number[0] = False
    while n and is_blank(text[n - 1]):
        n -= 1
    while i < n and is_blank(text[i]):
        i += 1
    if i < n and (text[i] == c"+" or text[i] == c"-"):
        buffer[k] = text[i]
        k += 1
        i += 1
    while i < n:
        if c"0" <= text[i] <= c"9" and n_digits < MOST_DIGITS:
            buffer[k] = text[i]
            n_digits += 1
        elif (text[i] == c"." or text[i] == c",") and n_digits and not has_point:
            buffer[k] = c"."
            has_point = True
            n_digits = 0
        else:
            return 0
        k += 1
        i += 1
    if n_digits == 0:
        return 0
    buffer[k] = 0
    is_number[0] = True
    return <float> strtod(buffer, NULL)
