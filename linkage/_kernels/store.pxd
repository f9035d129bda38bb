# The reader of a segment's stored texts, for kernels that decode records themselves.
cimport cython
from blobs cimport Store


@cython.final
cdef class RecordStore:
    cdef Store store
    cdef list alive
