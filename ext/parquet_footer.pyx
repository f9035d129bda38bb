# The footer of a Parquet file -> where the values of each column lie, and how they are packed.
"""Column chunks of a Parquet file, as its footer tells of them. Every byte may be hostile.

pyarrow ends the process at some footers that Arrow opens: its own objects for a chunk let no error through.
"""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint64_t
from thrift cimport DAMAGED, Thrift, list_head, next_field, skip, zigzag

cdef enum:
    I32 = 5               # types of Thrift
    I64 = 6
    LIST = 9
    STRUCT = 12

cdef struct Chunk:
    int64_t is_here, codec, encodings, n_values, n_unpacked, n_packed, begin, dictionary


def column_chunks(const uint8_t[::1] footer not None, Py_ssize_t n_groups, Py_ssize_t n_columns):
    """The chunks of all row groups.

    Parameters
    ----------
    footer : uint8
        What Thrift holds of the file.
    n_groups, n_columns : int
        Row groups, and columns without others in them; the footer must have so many.

    Returns
    -------
    int64[n_groups, n_columns, 8]
        Whether it lies in this file and plainly (1 or 0), codec, encodings (a bit each, the sign for unknown ones),
        values, bytes unpacked and as they are, where its pages of data begin, and its dictionary (0: it has none).

    Raises
    ------
    ValueError
        This is no such footer.
    """
    cdef Thrift t
    cdef long number = 0
    cdef int kind
    if n_groups < 0 or n_columns < 0 or n_groups * n_columns > footer.shape[0]:
        raise ValueError("expected the footer of a Parquet file")
    found = np.zeros((n_groups, n_columns, sizeof(Chunk) // sizeof(int64_t)), np.int64)
    cdef int64_t[:, :, ::1] view = found
    cdef Chunk *to = <Chunk *> &view[0, 0, 0] if n_groups * n_columns else NULL
    t.p, t.n, t.at, t.fault = &footer[0] if footer.shape[0] else NULL, footer.shape[0], 0, 0
    with nogil:
        kind = next_field(&t, &number)
        while kind and not t.fault:
            if kind == LIST and number == 4:
                read_groups(&t, to, <uint64_t> n_groups, <uint64_t> n_columns)
            else:
                skip(&t, kind, False, 1)
            kind = next_field(&t, &number)
    if t.fault:
        raise ValueError("expected the footer of a Parquet file")
    return found


cdef void read_groups(Thrift *t, Chunk *to, uint64_t n_groups, uint64_t n_columns) noexcept nogil:
    """The row groups, each with a chunk of every column."""
    cdef uint64_t group, k, n
    cdef long number
    cdef int kind
    if list_head(t, &n) != STRUCT and n or n != n_groups:
        t.fault = DAMAGED
    for group in range(n_groups):
        number = 0
        kind = next_field(t, &number)
        while kind and not t.fault:
            if kind == LIST and number == 1:
                if list_head(t, &n) != STRUCT and n or n != n_columns:
                    t.fault = DAMAGED
                for k in range(n_columns):
                    if t.fault:
                        return
                    read_chunk(t, &to[group * n_columns + k])
            else:
                skip(t, kind, False, 1)
            kind = next_field(t, &number)
        if t.fault:
            return


cdef void read_chunk(Thrift *t, Chunk *to) noexcept nogil:
    """One column of a row group; it is not here if it names another file or a key."""
    cdef long number = 0
    cdef int kind = next_field(t, &number)
    cdef bint is_told = False, is_elsewhere = False
    while kind and not t.fault:
        if kind == STRUCT and number == 3:
            is_told = True
            read_contents(t, to)
        else:
            is_elsewhere = is_elsewhere or number == 1 or number == 8 or number == 9
            skip(t, kind, False, 1)
        kind = next_field(t, &number)
    to.is_here = is_told and not is_elsewhere


cdef void read_contents(Thrift *t, Chunk *to) noexcept nogil:
    """What a chunk holds, and where."""
    cdef long number = 0
    cdef int kind = next_field(t, &number)
    while kind and not t.fault:
        if kind == LIST and number == 2:
            to.encodings = read_encodings(t)
        elif kind == I32 and number == 4:
            to.codec = zigzag(t)
        elif kind == I64 and number == 5:
            to.n_values = zigzag(t)
        elif kind == I64 and number == 6:
            to.n_unpacked = zigzag(t)
        elif kind == I64 and number == 7:
            to.n_packed = zigzag(t)
        elif kind == I64 and number == 9:
            to.begin = zigzag(t)
        elif kind == I64 and number == 11:
            to.dictionary = zigzag(t)
        else:
            skip(t, kind, False, 1)
        kind = next_field(t, &number)


cdef int64_t read_encodings(Thrift *t) noexcept nogil:
    """A list of numbers below 63, each as a bit; the sign where one is another."""
    cdef uint64_t i = 0, n, found = 0
    cdef int kind = list_head(t, &n)
    cdef long encoding
    while i < n and not t.fault:
        encoding = -1
        if kind == I32:
            encoding = zigzag(t)
        else:
            skip(t, kind, True, 1)
        found |= <uint64_t> 1 << (encoding if 0 <= encoding < 63 else 63)
        i += 1
    return <int64_t> found
