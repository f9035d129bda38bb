# Base letter and combining marks -> composed UTF-8 (NFC), by the tables of letters.pxd. Header-only.
from libc.stdint cimport uint8_t, uint16_t, uint32_t

from letters cimport mark_class, n_pairs, pairs


# Splits a composed letter into its base and marks (appended), by the pair table.
cdef inline int decompose(uint32_t code, uint16_t *marks, int *n_marks) noexcept nogil:
    cdef int i = 0, j
    while i < n_pairs:
        if pairs[i].composed == code:
            for j in range(n_marks[0], 0, -1):
                marks[j] = marks[j - 1]
            marks[0] = pairs[i].mark
            n_marks[0] += 1
            code = pairs[i].first
            i = 0
        else:
            i += 1
    return code


cdef inline int encode_utf8(uint32_t code, uint8_t *to) noexcept nogil:
    """Write a code point below 0x10000; bytes written."""
    if code < 0x80:
        to[0] = code
        return 1
    if code < 0x800:
        to[0] = 0xC0 | code >> 6
        to[1] = 0x80 | (code & 0x3F)
        return 2
    to[0] = 0xE0 | code >> 12
    to[1] = 0x80 | (code >> 6 & 0x3F)
    to[2] = 0x80 | (code & 0x3F)
    return 3


# Canonical order and composition of a base with its marks; bytes written to `to`.
cdef inline int compose(uint32_t base, uint16_t *marks, int n_marks, uint8_t *to) noexcept nogil:
    cdef int i, j, k, n, last = 0, n_kept = 0
    cdef uint16_t mark
    cdef bint joined
    for i in range(1, n_marks):
        mark = marks[i]
        j = i
        while j and mark_class[marks[j - 1] - 0x300] > mark_class[mark - 0x300]:
            marks[j] = marks[j - 1]
            j -= 1
        marks[j] = mark
    for i in range(n_marks):
        joined = False
        if not n_kept or last < mark_class[marks[i] - 0x300]:
            for k in range(n_pairs):
                if pairs[k].first == base and pairs[k].mark == marks[i]:
                    base = pairs[k].composed
                    joined = True
                    break
        if not joined:
            last = mark_class[marks[i] - 0x300]
            marks[n_kept] = marks[i]
            n_kept += 1
    n = encode_utf8(base, to)
    for i in range(n_kept):
        n += encode_utf8(marks[i], to + n)
    return n


cdef inline bint is_mark(const uint8_t *p, const uint8_t *end) noexcept nogil:
    return end - p >= 2 and (p[0] == 0xCC and p[1] & 0xC0 == 0x80 or p[0] == 0xCD and 0x80 <= p[1] < 0xB0)
