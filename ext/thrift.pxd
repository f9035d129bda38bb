# Bytes of Thrift's compact protocol -> numbers, fields, what is gone past. Every byte may be hostile. Header-only.
from libc.stdint cimport uint8_t, uint64_t

cdef enum:
    DEEPEST = 16          # structs within structs, at most
    SHORT = 1             # the bytes end before the value does
    DAMAGED = 2

cdef struct Thrift:
    const uint8_t *p
    Py_ssize_t at, n
    int fault

cdef inline uint64_t varint(Thrift *t) noexcept nogil:
    cdef uint64_t value = 0
    cdef int shift = 0
    while shift < 70:
        if t.at >= t.n:
            t.fault = t.fault or SHORT
            return 0
        value |= <uint64_t> (t.p[t.at] & 127) << (shift if shift < 64 else 63)
        t.at += 1
        if t.p[t.at - 1] < 128:
            return value
        shift += 7
    t.fault = DAMAGED
    return 0

cdef inline long zigzag(Thrift *t) noexcept nogil:
    cdef uint64_t value = varint(t)
    return <long> (value >> 1) ^ -<long> (value & 1)

cdef inline int next_byte(Thrift *t) noexcept nogil:
    if t.at >= t.n:
        t.fault = t.fault or SHORT
        return 0
    t.at += 1
    return t.p[t.at - 1]

cdef inline void leave_out(Thrift *t, uint64_t n) noexcept nogil:
    if n > <uint64_t> 1 << 31:
        t.fault = DAMAGED
    elif n > <uint64_t> (t.n - t.at):
        t.fault = t.fault or SHORT
    else:
        t.at += <Py_ssize_t> n

cdef inline int list_head(Thrift *t, uint64_t *n) noexcept nogil:
    """Go past the head of a list: the type of its values, and how many there are."""
    cdef int byte = next_byte(t)
    n[0] = byte >> 4 if byte >> 4 < 15 else varint(t)
    return byte & 15

# The type of a struct's next field, 0 at its end; `number` counts on.
cdef inline int next_field(Thrift *t, long *number) noexcept nogil:
    cdef int byte = next_byte(t)
    if t.fault or byte & 15 == 0:
        return 0
    number[0] = number[0] + (byte >> 4) if byte >> 4 else zigzag(t)
    return byte & 15

cdef inline void skip(Thrift *t, int kind, bint in_list, int depth) noexcept nogil:
    """Go past a value of some type."""
    cdef uint64_t i, n
    cdef int byte
    cdef long number = 0
    if depth > DEEPEST:
        t.fault = DAMAGED
    elif kind == 1 or kind == 2:
        if in_list:
            leave_out(t, 1)
    elif kind == 3:
        leave_out(t, 1)
    elif kind <= 6:
        varint(t)
    elif kind == 7:
        leave_out(t, 8)
    elif kind == 8:
        leave_out(t, varint(t))
    elif kind == 9 or kind == 10:
        kind = list_head(t, &n)
        i = 0
        while i < n and not t.fault:
            skip(t, kind, True, depth + 1)
            i += 1
    elif kind == 11:
        n = varint(t)
        byte = next_byte(t) if n else 0
        i = 0
        while i < n and not t.fault:
            skip(t, byte >> 4, True, depth + 1)
            skip(t, byte & 15, True, depth + 1)
            i += 1
    elif kind == 12:
        kind = next_field(t, &number)
        while kind and not t.fault:
            skip(t, kind, False, depth + 1)
            kind = next_field(t, &number)
    else:
        t.fault = DAMAGED
