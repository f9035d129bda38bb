# Bytes of a Parquet column chunk -> headers of its pages, where its texts lie in a page, numbers of its dictionary.
"""Pages of a Parquet file: their headers, texts where they lie, places in a dictionary. Every byte may be hostile."""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from runs cimport Runs, init_runs, next_number, next_run, take_numbers

cdef enum:
    DEEPEST = 16          # structs within structs of a header, at most
    PREFIX = 4            # bytes of a text's length in front of it
    LARGEST = 2147483000  # bytes of a page: places in it have 32 bits
    SHORT = 1             # the bytes end before the header does
    DAMAGED = 2

# Thrift's compact protocol, as far as headers of pages need it.
cdef struct Header:
    const uint8_t *p
    Py_ssize_t at, n
    int fault


cdef uint64_t varint(Header *h) noexcept nogil:
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


cdef void skip(Header *h, int kind, bint in_list, int depth) noexcept nogil:
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


cdef void read_kind(Header *h, Page *page, long of) noexcept nogil:
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


def page_header(const uint8_t[::1] data not None):
    """The header of the page that begins here.

    Returns
    -------
    tuple or None
        Bytes of the header, kind (0 data, 2 dictionary, 3 data of the second form), bytes of the page unpacked
        and as it is, values, encoding, encoding of levels, bytes of levels and of repetition (second form),
        whether the values are compressed; None where the bytes end before the header does.

    Raises
    ------
    ValueError
        This is no header.
    """
    cdef Header h
    cdef Page page
    cdef long number = 0
    cdef int kind
    h.p = &data[0] if data.shape[0] else NULL
    h.n = data.shape[0]
    h.at = h.fault = 0
    page.kind = page.n_unpacked = page.n_packed = page.n_values = page.encoding = -1
    page.level_encoding = 3
    page.n_level_bytes = page.n_repeat_bytes = 0
    page.is_packed = True
    with nogil:
        kind = next_field(&h, &number)
        while kind and not h.fault:
            if kind == 5 and number == 1:
                page.kind = zigzag(&h)
            elif kind == 5 and number == 2:
                page.n_unpacked = zigzag(&h)
            elif kind == 5 and number == 3:
                page.n_packed = zigzag(&h)
            elif kind == 12 and (number == 5 or number == 7 or number == 8):
                read_kind(&h, &page, number)
            else:
                skip(&h, kind, False, 1)
            kind = next_field(&h, &number)
    if h.fault == SHORT:
        return None
    if h.fault or min(page.kind, page.n_unpacked, page.n_packed, page.n_level_bytes, page.n_repeat_bytes) < 0:
        raise ValueError("expected the header of a page")
    return (h.at, page.kind, page.n_unpacked, page.n_packed, page.n_values, page.encoding,
            page.level_encoding, page.n_level_bytes, page.n_repeat_bytes, bool(page.is_packed))


def text_places(const uint8_t[::1] levels, const uint8_t[::1] values not None, Py_ssize_t n):
    """Where each text of a page begins, behind its length; int32[n + 1].

    One ends PREFIX bytes before the next begins, and the last so many before the last number. A null takes no
    byte: it ends before it begins.

    Parameters
    ----------
    levels : uint8 or None
        The page's levels of definition, 1 = there; None where every value is.
    values : uint8
        Each with its length in four bytes in front.
    n : int
        Values and nulls.

    Raises
    ------
    ValueError
        The page holds less than it says.
    """
    cdef Py_ssize_t i = 0, at = 0, size = values.shape[0], end = n
    cdef uint32_t length
    cdef bint has_levels = levels is not None, ok = True
    cdef const uint8_t *text = &values[0] if size else NULL
    cdef Runs runs
    if n < 0 or size > LARGEST:
        raise ValueError("a page does not hold what its header says")
    found = np.empty(n + 1, np.int32)
    cdef int32_t[::1] view = found
    cdef int32_t *to = &view[0]
    if has_levels:
        init_runs(&runs, &levels[0] if levels.shape[0] else NULL, levels.shape[0], 1)
    with nogil:
        while i < n and ok:
            if has_levels:
                ok = next_run(&runs)
                end = i + (runs.left if runs.left < n - i else n - i)
            while i < end and ok:
                to[i] = <int32_t> (at + PREFIX)
                if not has_levels or next_number(&runs):
                    ok = size - at >= PREFIX
                    if ok:
                        memcpy(&length, text + at, PREFIX)
                        ok = length <= <uint64_t> (size - at - PREFIX)
                        at += PREFIX + <Py_ssize_t> length
                i += 1
        to[n] = <int32_t> (at + PREFIX)
    if not ok:
        raise ValueError("a page does not hold what its header says")
    return found


def entry_places(const uint8_t[::1] levels, const uint8_t[::1] values not None, Py_ssize_t n, Py_ssize_t n_entries):
    """The dictionary's entry that each value of a page is; int32[n], -1 = null.

    Parameters
    ----------
    levels : uint8 or None
        As for `text_places`.
    values : uint8
        The width of an entry's number in bits, then these numbers.
    n, n_entries : int
        Values and nulls; entries of the dictionary.

    Raises
    ------
    ValueError
        The page holds less than it says, or names an entry that is not there.
    """
    cdef Py_ssize_t i = 0, k, size = values.shape[0], end = n
    cdef bint has_levels = levels is not None, ok = n >= 0 and (size == 0 or values[0] <= 32)
    cdef Runs runs, entries
    if not ok:
        raise ValueError("a page does not hold what its header says")
    found = np.empty(n + 1, np.int32)
    cdef int32_t[::1] to = found
    if has_levels:
        init_runs(&runs, &levels[0] if levels.shape[0] else NULL, levels.shape[0], 1)
    init_runs(&entries, &values[1] if size > 1 else NULL, size - 1 if size else 0, values[0] if size else 0)
    with nogil:
        while i < n and ok:
            if has_levels:
                ok = next_run(&runs)
                end = i + (runs.left if runs.left < n - i else n - i)
                if not runs.is_packed:
                    runs.left = 0
                    if runs.value == 0:
                        for k in range(i, end):
                            to[k] = -1
                        i = end
            if not has_levels or not runs.is_packed:
                while i < end and ok:       # all of them are there
                    ok = next_run(&entries)
                    k = entries.left if entries.left < end - i else end - i
                    ok = ok and take_numbers(&entries, k, &to[i]) < <uint64_t> n_entries
                    i += k
            while i < end and ok:
                to[i] = -1
                if next_number(&runs):
                    ok = next_run(&entries) and take_numbers(&entries, 1, &to[i]) < <uint64_t> n_entries
                i += 1
    if not ok:
        raise ValueError("a page does not hold what its header says")
    return found[:n]


def copied_texts(const int32_t[::1] offsets not None, const uint8_t[::1] data not None, Py_ssize_t gap,
                 const int32_t[::1] rows):
    """Some texts, one behind the other, as Arrow holds them.

    Parameters
    ----------
    offsets : int32[n + 1]
        Where each text begins in `data`; it ends `gap` bytes before the next. A null ends before it begins.
    rows : int32 or None
        Which ones; None for all.

    Returns
    -------
    tuple of (int32[n + 1], uint8, uint8 or None)
        Offsets, texts, and a bit for each that is no null; None where none is.
    """
    cdef Py_ssize_t i, k, n = rows.shape[0] if rows is not None else offsets.shape[0] - 1, n_null = 0
    cdef Py_ssize_t n_all = offsets.shape[0] - 1
    cdef int64_t total = 0, length
    cdef bint takes_all = rows is None, ok = True
    starts, held = np.zeros(n + 1, np.int32), np.zeros((n + 7) // 8, np.uint8)
    cdef int32_t[::1] to = starts
    cdef uint8_t[::1] bits = held
    with nogil:
        for i in range(n):
            k = i if takes_all else rows[i]
            if k < 0 or k >= n_all:
                ok = False
                break
            length = <int64_t> offsets[k + 1] - gap - offsets[k]
            if length >= 0:
                if offsets[k] < 0 or offsets[k] + length > data.shape[0]:
                    ok = False
                    break
                bits[i >> 3] |= 1 << (i & 7)
                total += length
            else:
                n_null += 1
            if total > LARGEST:
                ok = False
                break
            to[i + 1] = <int32_t> total
    if not ok:
        raise ValueError("rows or offsets leave the data")
    copied = np.empty(total, np.uint8)
    cdef uint8_t[::1] texts = copied
    if total:
        with nogil:
            for i in range(n):
                if to[i + 1] > to[i]:
                    k = i if takes_all else rows[i]
                    memcpy(&texts[to[i]], &data[offsets[k]], to[i + 1] - to[i])
    return starts, copied, held if n_null else None


def new_entries(const int32_t[::1] entries not None, uint8_t[::1] seen not None):
    """The entries that were not seen before, in order of first appearance, and mark them as seen; int32."""
    cdef Py_ssize_t i, n_found = 0
    cdef int32_t entry
    found = np.empty(min(entries.shape[0], seen.shape[0]), np.int32)
    cdef int32_t[::1] to = found
    with nogil:
        for i in range(entries.shape[0]):
            entry = entries[i]
            if entry >= 0 and entry < seen.shape[0] and not seen[entry]:
                seen[entry] = 1
                to[n_found] = entry
                n_found += 1
    return found[:n_found]
