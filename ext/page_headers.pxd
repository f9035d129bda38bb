# Bytes -> the header of a Parquet page: what the page is, and how long. Every byte may be hostile. Header-only.
from libc.stdint cimport uint8_t
from thrift cimport DAMAGED, Thrift, next_field, skip, zigzag

# What a page is: numbers as the format names them.
cdef struct Page:
    long kind, n_unpacked, n_packed, n_values, encoding, level_encoding, n_level_bytes, n_repeat_bytes
    bint is_packed

cdef inline void read_kind(Thrift *t, Page *page, long of) noexcept nogil:
    """The part of a header that one kind of page has: of data (5), of a dictionary (7), of data anew (8)."""
    cdef long number = 0
    cdef int kind = next_field(t, &number)
    while kind and not t.fault:
        if kind == 1 or kind == 2:
            if of == 8 and number == 7:
                page.is_packed = kind == 1
        elif kind != 5:
            skip(t, kind, False, 1)
        elif number == 1:
            page.n_values = zigzag(t)
        elif number == (4 if of == 8 else 2):
            page.encoding = zigzag(t)
        elif of == 5 and number == 3:
            page.level_encoding = zigzag(t)
        elif of == 8 and number == 5:
            page.n_level_bytes = zigzag(t)
        elif of == 8 and number == 6:
            page.n_repeat_bytes = zigzag(t)
        else:
            zigzag(t)
        kind = next_field(t, &number)

cdef inline int read_header(const uint8_t *p, Py_ssize_t n, Page *page, Py_ssize_t *n_header) noexcept nogil:
    """Fill the page and the bytes of its header; SHORT, DAMAGED or 0."""
    cdef Thrift t
    cdef long number = 0
    cdef int kind
    t.p, t.n, t.at, t.fault = p, n, 0, 0
    page.kind = page.n_unpacked = page.n_packed = page.n_values = page.encoding = -1
    page.level_encoding = 3
    page.n_level_bytes = page.n_repeat_bytes = 0
    page.is_packed = True
    kind = next_field(&t, &number)
    while kind and not t.fault:
        if kind == 5 and number == 1:
            page.kind = zigzag(&t)
        elif kind == 5 and number == 2:
            page.n_unpacked = zigzag(&t)
        elif kind == 5 and number == 3:
            page.n_packed = zigzag(&t)
        elif kind == 12 and (number == 5 or number == 7 or number == 8):
            read_kind(&t, page, number)
        else:
            skip(&t, kind, False, 1)
        kind = next_field(&t, &number)
    n_header[0] = t.at
    if not t.fault and (page.kind < 0 or page.n_unpacked < 0 or page.n_packed < 0 or
                        page.n_level_bytes < 0 or page.n_repeat_bytes < 0):
        return DAMAGED
    return t.fault
