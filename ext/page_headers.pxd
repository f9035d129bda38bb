# Bytes -> the header of a Parquet page: what the page is, and how long. Every byte may be hostile. Header-only.
from libc.stdint cimport uint8_t, uint64_t

cdef enum:
    DEEPEST = 16          # structs within structs of a header, at most
    SHORT = 1             # the bytes end before the header does
    DAMAGED = 2

# Thrift's compact protocol, as far as headers of pages need it.
cdef struct Header:
    const uint8_t *p
    Py_ssize_t at, n
    int fault

cdef inline uint64_t varint(Header *h) noexcept nogil:
    cdef uint64_t value = 0
    cdef int shift = 0
    while shift < 70:
        if h.at >= h.n:
            h.fault = h.fault or SHORT
            return 0
        value |= <uint64_t> (h.p[h.at] & 127) << (shift if shift < 64 else 63)
        h.at += 1
        if h.p[h.at - 1] < 128:
            return value
        shift += 7
    h.fault = DAMAGED
    return 0

cdef inline long zigzag(Header *h) noexcept nogil:
    cdef uint64_t value = varint(h)
    return <long> (value >> 1) ^ -<long> (value & 1)

cdef inline int next_byte(Header *h) noexcept nogil:
    if h.at >= h.n:
        h.fault = h.fault or SHORT
        return 0
    h.at += 1
    return h.p[h.at - 1]

cdef inline void leave_out(Header *h, uint64_t n) noexcept nogil:
    if n > <uint64_t> 1 << 31:
        h.fault = DAMAGED
    elif n > <uint64_t> (h.n - h.at):
        h.fault = h.fault or SHORT
    else:
        h.at += <Py_ssize_t> n

# The type of a struct's next field, 0 at its end; `number` counts on.
cdef inline int next_field(Header *h, long *number) noexcept nogil:
    cdef int byte = next_byte(h)
    if h.fault or byte & 15 == 0:
        return 0
    number[0] = number[0] + (byte >> 4) if byte >> 4 else zigzag(h)
    return byte & 15

cdef inline void skip(Header *h, int kind, bint in_list, int depth) noexcept nogil:
    """Go past a value of some type."""
    cdef uint64_t i, n
    cdef int byte
    cdef long number = 0
    if depth > DEEPEST:
        h.fault = DAMAGED
    elif kind == 1 or kind == 2:
        if in_list:
            leave_out(h, 1)
    elif kind == 3:
        leave_out(h, 1)
    elif kind <= 6:
        varint(h)
    elif kind == 7:
        leave_out(h, 8)
    elif kind == 8:
        leave_out(h, varint(h))
    elif kind == 9 or kind == 10:
        byte = next_byte(h)
        n = byte >> 4 if byte >> 4 < 15 else varint(h)
        i = 0
        while i < n and not h.fault:
            skip(h, byte & 15, True, depth + 1)
            i += 1
    elif kind == 11:
        n = varint(h)
        byte = next_byte(h) if n else 0
        i = 0
        while i < n and not h.fault:
            skip(h, byte >> 4, True, depth + 1)
            skip(h, byte & 15, True, depth + 1)
            i += 1
    elif kind == 12:
        kind = next_field(h, &number)
        while kind and not h.fault:
            skip(h, kind, False, depth + 1)
            kind = next_field(h, &number)
    else:
        h.fault = DAMAGED

# What a page is: numbers as the format names them.
cdef struct Page:
    long kind, n_unpacked, n_packed, n_values, encoding, level_encoding, n_level_bytes, n_repeat_bytes
    bint is_packed

cdef inline void read_kind(Header *h, Page *page, long of) noexcept nogil:
    """The part of a header that one kind of page has: of data (5), of a dictionary (7), of data anew (8)."""
    cdef long number = 0
    cdef int kind = next_field(h, &number)
    while kind and not h.fault:
        if kind == 1 or kind == 2:
            if of == 8 and number == 7:
                page.is_packed = kind == 1
        elif kind != 5:
            skip(h, kind, False, 1)
        elif number == 1:
            page.n_values = zigzag(h)
        elif number == (4 if of == 8 else 2):
            page.encoding = zigzag(h)
        elif of == 5 and number == 3:
            page.level_encoding = zigzag(h)
        elif of == 8 and number == 5:
            page.n_level_bytes = zigzag(h)
        elif of == 8 and number == 6:
            page.n_repeat_bytes = zigzag(h)
        else:
            zigzag(h)
        kind = next_field(h, &number)

cdef inline int read_header(const uint8_t *p, Py_ssize_t n, Page *page, Py_ssize_t *n_header) noexcept nogil:
    """Fill the page and the bytes of its header; SHORT, DAMAGED or 0."""
    cdef Header h
    cdef long number = 0
    cdef int kind
    h.p, h.n, h.at, h.fault = p, n, 0, 0
    page.kind = page.n_unpacked = page.n_packed = page.n_values = page.encoding = -1
    page.level_encoding = 3
    page.n_level_bytes = page.n_repeat_bytes = 0
    page.is_packed = True
    kind = next_field(&h, &number)
    while kind and not h.fault:
        if kind == 5 and number == 1:
            page.kind = zigzag(&h)
        elif kind == 5 and number == 2:
            page.n_unpacked = zigzag(&h)
        elif kind == 5 and number == 3:
            page.n_packed = zigzag(&h)
        elif kind == 12 and (number == 5 or number == 7 or number == 8):
            read_kind(&h, page, number)
        else:
            skip(&h, kind, False, 1)
        kind = next_field(&h, &number)
    n_header[0] = h.at
    if not h.fault and (page.kind < 0 or page.n_unpacked < 0 or page.n_packed < 0 or
                        page.n_level_bytes < 0 or page.n_repeat_bytes < 0):
        return DAMAGED
    return h.fault
