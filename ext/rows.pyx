# Raw texts of identifiers and dates -> fixed-width words of the rows, and columns of words -> whole rows.
"""Columns without a dictionary -> row words; columns of words -> rows."""

import numpy as np

from dates cimport parse_date
from identifiers cimport pack_identifier
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from linkage._kernels.row_pages cimport settle_pages


cdef enum:
    ROWS_BETWEEN = 1 << 12    # of a pass over all, between two looks at what the process holds


cdef check_text(const int32_t[::1] offsets, const uint8_t[::1] data, Py_ssize_t n, int gap):
    if offsets.shape[0] != n + 1:
        raise ValueError(f"expected {n + 1} offsets, got {offsets.shape[0]}")
    if n and (offsets[0] < 0 or gap < 0 or <int64_t> offsets[n] - gap > data.shape[0]):
        raise ValueError("offsets leave the data")


def encode_identifiers(const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
                       const uint8_t[::1] valid, int kind, uint32_t[:, :] out not None,
                       uint8_t[::1] status not None, int gap=0):
    """Fill two words a row with the packed identifier (low, high; 0 = missing) and its status code.

    Of `gap` bytes between one text and the next none belongs to either. Returns the number of missing ones.
    """
    cdef Py_ssize_t i, length, n = out.shape[0], n_missing = 0
    cdef uint64_t packed
    cdef int code
    cdef bint all_valid = valid is None
    cdef const uint8_t *text = &data[0] if data.shape[0] else NULL
    check_text(offsets, data, n, gap)
    if out.shape[1] != 2 or status.shape[0] != n:
        raise ValueError("expected two words and one status a row")
    with nogil:
        for i in range(n):
            packed = 0
            code = 1
            length = offsets[i + 1] - gap - offsets[i]
            if (all_valid or valid[i]) and length > 0:
                packed = pack_identifier(text + offsets[i], length, kind, &code)
            n_missing += packed == 0
            out[i, 0] = <uint32_t> packed
            out[i, 1] = <uint32_t> (packed >> 32)
            status[i] = <uint8_t> code
    return n_missing


cdef inline uint32_t bcd(uint32_t n) noexcept nogil:
    return (n // 1000) << 12 | (n // 100 % 10) << 8 | (n // 10 % 10) << 4 | n % 10


def encode_dates(const int32_t[::1] offsets not None, const uint8_t[::1] data not None,
                 const uint8_t[::1] valid, int order, uint32_t[:] out not None, uint8_t[::1] status not None,
                 int gap=0):
    """Fill one word a row with the date as 0xYYYYMMDD in decimal digits (unknown parts 0; 0 = missing).

    status: 0 parsed, 1 missing, 2 impossible in the calendar, 3 two-digit year, 4 not parsed.
    Returns the number of rows without a date.
    """
    cdef Py_ssize_t i, length, n = out.shape[0], n_missing = 0
    cdef uint32_t packed
    cdef bint all_valid = valid is None
    cdef const uint8_t *text = &data[0] if data.shape[0] else NULL
    check_text(offsets, data, n, gap)
    with nogil:
        for i in range(n):
            length = offsets[i + 1] - gap - offsets[i]
            if not (all_valid or valid[i]) or length <= 0:
                out[i] = 0
                status[i] = 1
                n_missing += 1
                continue
            packed = parse_date(text + offsets[i], length, order)
            status[i] = 4 if packed == 0 else 2 if packed >> 23 & 1 else 3 if packed >> 24 & 1 else 0
            out[i] = bcd(packed >> 9 & 0x3FFF) << 16 | bcd(packed >> 5 & 15) << 8 | bcd(packed & 31)
            n_missing += packed == 0
    return n_missing


def encode_coded(const int32_t[::1] indices not None, const uint8_t[::1] valid, const uint32_t[::1] words not None,
                 uint32_t[:] out not None):
    """Fill out with each row's word by its index in a column's own dictionary; null rows get 0.

    Returns the number of rows that are null or whose word is 0.
    """
    cdef Py_ssize_t i, n = out.shape[0], n_missing = 0
    cdef uint32_t word, n_words = <uint32_t> words.shape[0]
    cdef bint all_valid = valid is None
    if indices.shape[0] != n or not all_valid and valid.shape[0] != n:
        raise ValueError(f"expected {n} indices, got {indices.shape[0]}")
    with nogil:
        for i in range(n):
            word = 0
            # An index that points nowhere is a broken file's: missing.
            if (all_valid or valid[i]) and <uint32_t> indices[i] < n_words:
                word = words[indices[i]]
            n_missing += word == 0
            out[i] = word
    return n_missing


def entries_in_order(const int32_t[::1] indices not None, const uint8_t[::1] valid, Py_ssize_t n_entries):
    """The entries of a column's own dictionary that its rows use, in order of first appearance; int32."""
    cdef Py_ssize_t i, n = indices.shape[0], n_found = 0
    cdef bint all_valid = valid is None
    cdef uint32_t entry
    if not all_valid and valid.shape[0] != n:
        raise ValueError(f"expected {n} validities, got {valid.shape[0]}")
    found = np.empty(n_entries, np.int32)
    cdef int32_t[::1] to = found
    cdef uint8_t[::1] seen = np.zeros(n_entries, np.uint8)
    with nogil:
        for i in range(n):
            if n_found == n_entries:
                break
            entry = <uint32_t> indices[i]
            if (all_valid or valid[i]) and entry < n_entries and not seen[entry]:
                seen[entry] = 1
                to[n_found] = <int32_t> entry
                n_found += 1
    return found[:n_found]


def count_held(const uint32_t[:, ::1] rows not None):
    """How many rows hold something in each word; int64[n_words]. One pass, where a column alone takes as long."""
    cdef Py_ssize_t i, n = rows.shape[0]
    cdef int k, width = <int> rows.shape[1]
    cdef const uint32_t *row
    counts = np.zeros(width, np.int64)
    cdef int64_t[::1] held = counts
    cdef int64_t *to = &held[0] if width else NULL
    with nogil:
        for i in range(n):
            if i % ROWS_BETWEEN == 0:
                settle_pages()
            row = &rows[i, 0]
            for k in range(width):
                to[k] += row[k] != 0
    return counts


cdef enum:
    TILE = 128            # rows put together at a time: they stay in the first cache


def assemble_rows(list columns not None, uint32_t[:, ::1] rows not None):
    """Put columns side by side: rows[i] = the words of each column for row i, in their order.

    columns : list of uint32[n, n_words], contiguous, whose words fill the rows exactly
    """
    cdef const uint32_t *starts[256]
    cdef int widths[256]
    cdef Py_ssize_t n = rows.shape[0], i, begin, end
    cdef int k, n_columns = len(columns), width = <int> rows.shape[1], total = 0
    cdef const uint32_t[:, ::1] column
    cdef const uint32_t *source
    cdef uint32_t *to
    if n_columns > 256:
        raise ValueError(f"expected at most 256 columns, got {n_columns}")
    for k in range(n_columns):
        column = columns[k]
        if column.shape[0] != n:
            raise ValueError(f"expected {n} rows in column {k}, got {column.shape[0]}")
        widths[k] = <int> column.shape[1]
        if n:
            starts[k] = &column[0, 0]
        total += widths[k]
    if total != width:
        raise ValueError(f"expected {width} words in all, got {total}")
    if n == 0:
        return
    with nogil:
        begin = 0
        while begin < n:
            end = begin + TILE if begin + TILE < n else n
            to = &rows[begin, 0]
            for k in range(n_columns):
                source = starts[k] + begin * widths[k]
                if widths[k] == 1:
                    for i in range(end - begin):
                        to[i * width] = source[i]
                else:
                    for i in range(end - begin):
                        memcpy(to + i * width, source + i * widths[k], widths[k] * sizeof(uint32_t))
                to += widths[k]
            begin = end
