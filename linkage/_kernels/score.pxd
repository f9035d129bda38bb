# The scorer's face, for kernels that score rows of their own; what it knows is `program` (ext/batches.pxd).
cimport cython
from batches cimport Batch, Program
from comparisons cimport MAX_COMPARISONS
from libc.stdint cimport int32_t, uint32_t
from pairs cimport PairSet
from scoring cimport Scoring


@cython.final
cdef class Scorer:
    cdef Program program
    cdef const uint32_t[:, ::1] rows
    cdef int32_t[:, ::1] weights
    cdef list alive
    cdef readonly object sketch_bytes
    cdef list value_tables
    cdef int32_t[:, ::1] lane_rows    # of the bounds in lanes
    cdef PairSet known            # found by rules before
    cdef Py_ssize_t n_values[MAX_COMPARISONS]

    cdef int score_batch(self, Batch *batch, int32_t floor) noexcept nogil
    cdef begin(self, Scoring *s, int32_t floor, bint sketched, Py_ssize_t n_places)


# So many bytes as an array of their own; uint8.
cdef copy_of(void *p, Py_ssize_t n_bytes)
