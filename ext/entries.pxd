# Queries and the records that may hold their values, query << 32 | row, as they are met -> each once, in order.
# Header-only.
from libc.stdint cimport uint64_t
from libc.stdlib cimport qsort, realloc

cdef struct Entries:
    uint64_t *items
    Py_ssize_t n, capacity

cdef inline int add_entry(Entries *c, uint64_t item) noexcept nogil:
    """Put one at the end; -1 = out of memory."""
    cdef void *p
    if c.n == c.capacity:
        p = realloc(c.items, (2 * c.capacity + 256) * sizeof(uint64_t))
        if p == NULL:
            return -1
        c.items = <uint64_t *> p
        c.capacity = 2 * c.capacity + 256
    c.items[c.n] = item
    c.n += 1
    return 0

cdef inline int compare_entries(const void *a, const void *b) noexcept nogil:
    """As `qsort` asks."""
    cdef uint64_t x = (<const uint64_t *> a)[0], y = (<const uint64_t *> b)[0]
    return (x > y) - (x < y)

cdef inline void settle_entries(Entries *c) noexcept nogil:
    """Each once, ascending. The two places of one value may both have led to a record."""
    cdef Py_ssize_t i, kept = 0
    cdef bint sorted = True
    for i in range(1, c.n):
        sorted = sorted and c.items[i - 1] < c.items[i]
    if sorted:
        return
    qsort(c.items, c.n, sizeof(uint64_t), compare_entries)
    for i in range(c.n):
        if i == 0 or c.items[i] != c.items[i - 1]:
            c.items[kept] = c.items[i]
            kept += 1
    c.n = kept
