# Bytes -> code points, and which of these are decimal digits, in any script. Header-only.
from libc.stdint cimport uint8_t, uint32_t

cdef extern from *:
    """
    #include <stdint.h>
    /* The zeros of all scripts but ASCII's, as the Unicode database has them (category Nd). */
    static const uint32_t linkage_zeros[65] = {
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
        0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50,
        0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
        0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
        0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
        0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0
    };
    static inline int linkage_digit_of(uint32_t code) {
        int low = 0, high = 65;
        if (code < 0x660) return 48 <= code && code <= 57 ? (int) code - 48 : -1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (linkage_zeros[middle] <= code) low = middle + 1; else high = middle;
        }
        return code - linkage_zeros[low - 1] < 10 ? (int) (code - linkage_zeros[low - 1]) : -1;
    }
    """
    # A code point -> 0 to 9, -1 = no decimal digit.
    int digit_of "linkage_digit_of"(uint32_t code) noexcept nogil


cdef inline int decode_utf8(const uint8_t *p, const uint8_t *end, uint32_t *code) noexcept nogil:
    """One code point -> bytes it takes; an invalid byte is U+FFFD and takes one. Needs p < end."""
    cdef Py_ssize_t left = end - p
    cdef uint32_t a = p[0], b
    if a < 0x80:
        code[0] = a
        return 1
    code[0] = 0xFFFD
    if a < 0xC2 or a > 0xF4 or left < 2 or (p[1] & 0xC0) != 0x80:
        return 1
    b = p[1] & 0x3F
    if a < 0xE0:
        code[0] = (a & 0x1F) << 6 | b
        return 2
    if left < 3 or (p[2] & 0xC0) != 0x80:
        return 1
    if a < 0xF0:
        b = (a & 0x0F) << 12 | b << 6 | (p[2] & 0x3F)
        if b < 0x800 or 0xD800 <= b < 0xE000:
            return 1
        code[0] = b
        return 3
    if left < 4 or (p[3] & 0xC0) != 0x80:
        return 1
    b = (a & 0x07) << 18 | b << 12 | <uint32_t> (p[2] & 0x3F) << 6 | (p[3] & 0x3F)
    if b < 0x10000 or b > 0x10FFFF:
        return 1
    code[0] = b
    return 4
