# 64-bit hashes -> numbers: open addressing, a power of two in size, at most three quarters full. Header-only.
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memset

from pages cimport grown, is_big, release, zeroed

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

# The slot of a hash: the one that holds it, or the free one where it belongs.
cdef inline Slot *table_find(Table *t, uint64_t h) noexcept nogil:
    cdef uint64_t i = h & t.mask
    while t.slots[i].hash and t.slots[i].hash != h:
        i = (i + 1) & t.mask
    return &t.slots[i]

# Twice the slots, in place: half of the memory is there and in use, and no other has to be cleared.
cdef inline int table_grow(Table *t) noexcept nogil:
    cdef uint64_t n = t.mask + 1, first = 0, i, k
    cdef Slot *slots = <Slot *> grown(t.slots, n * sizeof(Slot), 2 * n * sizeof(Slot))
    cdef Slot moved
    if slots == NULL:
        return -1
    if not is_big(2 * n * sizeof(Slot)):
        memset(slots + n, 0, n * sizeof(Slot))
    t.slots = slots
    t.mask = 2 * n - 1
    # From a free slot on, around: what lies before an entry in its run has been moved when its turn comes, so
    # that it finds a place there, in its own slot, or in the same one of the other half.
    while slots[first].hash:
        first += 1
    for k in range(1, n):
        i = (first + k) & (n - 1)
        if slots[i].hash:
            moved = slots[i]
            memset(&slots[i], 0, sizeof(Slot))
            table_find(t, moved.hash)[0] = moved
    return 0

cdef inline int table_room(Table *t) noexcept nogil:
    """Room for one more entry; -1 without memory."""
    return table_grow(t) if is_full(t, 1) else 0
