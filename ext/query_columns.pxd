# Queries as Python holds them, one as lists, many as columns -> what a Search reads, checked. Header-only.
from blobs cimport MAX_FIELDS
from libc.stdint cimport int32_t, uint32_t, uint8_t
from libc.string cimport memset
from search cimport Column, Given, Search

cdef inline int fill_given(const Search *s, Given *given, list texts, list words) except -1:
    """One query of texts and words; what it points to is the lists'."""
    cdef int i
    cdef bytes text
    if len(texts) != s.n_fields or len(words) != s.n_fields:
        raise ValueError(f"expected {s.n_fields} fields")
    memset(given, 0, MAX_FIELDS * sizeof(Given))
    for i in range(s.n_fields):
        if texts[i] is not None:
            text = texts[i]
            given[i].text = <const uint8_t *> <const char *> text
            given[i].n = <uint32_t> len(text)
        given[i].word = words[i]
    return 0

cdef inline int fill_columns(const Search *s, Column *column, list columns, list words, Py_ssize_t n) except -1:
    """Many queries, a column a field; what they point to is the arrays'."""
    import numpy

    cdef const int32_t[::1] offsets
    cdef const uint8_t[::1] data, valid
    cdef const uint32_t[::1] numbers
    cdef int i
    if len(columns) != s.n_fields or len(words) != s.n_fields:
        raise ValueError(f"expected {s.n_fields} fields")
    memset(column, 0, MAX_FIELDS * sizeof(Column))
    for i in range(s.n_fields):
        if words[i] is not None:
            numbers = words[i]
            if numbers.shape[0] != n:
                raise ValueError(f"expected {n} words, got {numbers.shape[0]}")
            column[i].words = &numbers[0] if n else NULL
        if columns[i] is None or n == 0:
            continue
        offsets, data, valid = columns[i]
        if offsets.shape[0] != n + 1 or valid is not None and valid.shape[0] != n:
            raise ValueError(f"expected {n + 1} offsets, got {offsets.shape[0]}")
        if offsets[0] < 0 or offsets[n] > data.shape[0] or not bool(numpy.all(numpy.diff(columns[i][0]) >= 0)):
            raise ValueError("offsets that leave the texts")
        if data.shape[0]:
            column[i].offsets = &offsets[0]
            column[i].data = &data[0]
            column[i].valid = &valid[0] if valid is not None else NULL
    return 0

cdef inline const uint8_t *bits_of_rows(array, Py_ssize_t n_records) except? NULL:
    """A bit a record, held by the caller; NULL for None."""
    cdef const uint8_t[::1] bits
    if array is None:
        return NULL
    bits = array
    if bits.shape[0] < (n_records + 7) // 8:
        raise ValueError(f"expected a bit each of {n_records} rows, got {bits.shape[0]} bytes")
    return &bits[0] if bits.shape[0] else NULL
