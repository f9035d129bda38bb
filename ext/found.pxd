# Scored pairs one after the other -> growing arrays of them. Header-only.
from batches cimport Batch
from libc.stdint cimport int32_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc

# Scored pairs, growing.
cdef struct Found:
    Py_ssize_t n, capacity, n_known
    uint32_t *left
    uint32_t *right
    int32_t *weight
    uint64_t *gamma

cdef inline int longer(void **p, Py_ssize_t n) noexcept nogil:
    """Make an array n bytes long; -1 without memory, and it is as it was."""
    cdef void *new = realloc(p[0], n)
    if new == NULL:
        return -1
    p[0] = new
    return 0

cdef inline int found_grow(Found *f) noexcept nogil:
    cdef Py_ssize_t capacity = f.capacity * 2 if f.capacity else 4096
    if longer(<void **> &f.left, capacity * 4) or longer(<void **> &f.right, capacity * 4) \
            or longer(<void **> &f.weight, capacity * 4) or longer(<void **> &f.gamma, capacity * 8):
        return -1
    f.capacity = capacity
    return 0

cdef inline void found_free(Found *f) noexcept nogil:
    free(f.left)
    free(f.right)
    free(f.weight)
    free(f.gamma)

# Note pair k of a batch; -1 where memory ends.
cdef inline int note_found(Found *f, const Batch *batch, int k) noexcept nogil:
    if f.n == f.capacity and found_grow(f):
        return -1
    f.left[f.n] = batch.left[k]
    f.right[f.n] = batch.right[k]
    f.weight[f.n] = batch.weight[k]
    f.gamma[f.n] = batch.gamma[k]
    f.n += 1
    return 0
