# A segment's searcher, for kernels that score records against queries of their own.
from libc.stdint cimport int32_t, uint32_t
from linkage._kernels.score cimport Scorer
from linkage._kernels.store cimport RecordStore
from search cimport Column, Field, Given, Search


cdef class Searcher:
    cdef RecordStore store
    cdef Scorer scorer
    cdef list alive
    cdef uint32_t[:, ::1] rows
    cdef Search state

    cdef size_t pointer(self, array, dtype, Py_ssize_t size) except? 0
    cdef fill_tokens(self, dict sections)
    cdef dict read_odd_words(self, list odd)
    cdef fill_field(self, Field *f, dict spec)
    cdef prepare(self, int limit, int32_t floor, int32_t least, int32_t window, hidden, allowed, bint exhaustive, bint eases)
    cdef fill_given(self, Given *given, list texts, list words)
    cdef fill_columns(self, Column *column, list columns, list words, Py_ssize_t n)
