# A segment's searcher, for kernels that score records against queries of their own.
from libc.stdint cimport int32_t, uint32_t
from linkage._kernels.score cimport Scorer
from linkage._kernels.store cimport RecordStore
from search cimport Search


cdef class Searcher:
    cdef RecordStore store
    cdef Scorer scorer
    cdef list alive
    cdef uint32_t[:, ::1] rows
    cdef Search state

    cdef prepare(self, int limit, int32_t floor, int32_t least, int32_t window, hidden, allowed, bint exhaustive, bint eases)
