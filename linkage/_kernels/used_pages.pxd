# Memory as arrays, and memory that one kernel leaves to another.

cdef enum:
    MOST_PIECES = 128

cdef class Memory:
    cdef void *p
    cdef size_t n_bytes, capacity

cdef object memory_array(void *p, size_t n, size_t capacity)

cdef class UsedPages:
    cdef void *pieces[MOST_PIECES]
    cdef size_t sizes[MOST_PIECES]
    cdef int n_pieces
    cdef void keep(self, void *p, size_t n) noexcept
    cdef void drop(self) noexcept
