# 64-bit hashes -> numbers: open addressing, a power of two in size, at most three quarters full. Header-only.
from libc.stdint cimport uint32_t, uint64_t

from pages cimport release, zeroed

cdef struct Slot:
    uint64_t hash         # 0 = free
    uint32_t id
    uint32_t count        # how often it was met, for those who count

cdef struct Table:
    Slot *slots
    uint64_t mask
    uint64_t n


cdef inline int table_init(Table *t, uint64_t size) noexcept nogil:
    t.slots = <Slot *> zeroed(size * sizeof(Slot))
    t.mask = size - 1
    t.n = 0
    return -1 if t.slots == NULL else 0

cdef inline void table_drop(Table *t) noexcept nogil:
    release(t.slots, (t.mask + 1) * sizeof(Slot))
    t.slots = NULL

cdef inline bint is_full(Table *t, uint64_t n_more) noexcept nogil:
    return (t.n + n_more) * 4 > (t.mask + 1) * 3

cdef inline int table_grow(Table *t) noexcept nogil:
    cdef uint64_t size = (t.mask + 1) * 2, i, j
    cdef Slot *slots = <Slot *> zeroed(size * sizeof(Slot))
    if slots == NULL:
        return -1
    for i in range(t.mask + 1):
        if t.slots[i].hash:
            j = t.slots[i].hash & (size - 1)
            while slots[j].hash:
                j = (j + 1) & (size - 1)
            slots[j] = t.slots[i]
    table_drop(t)
    t.slots = slots
    t.mask = size - 1
    return 0

# The slot of a hash: the one that holds it, or the free one where it belongs.
cdef inline Slot *table_find(Table *t, uint64_t h) noexcept nogil:
    cdef uint64_t i = h & t.mask
    while t.slots[i].hash and t.slots[i].hash != h:
        i = (i + 1) & t.mask
    return &t.slots[i]

cdef inline int table_room(Table *t) noexcept nogil:
    """Room for one more entry; -1 without memory."""
    return table_grow(t) if is_full(t, 1) else 0
