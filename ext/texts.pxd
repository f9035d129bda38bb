# Memory that grows, and distinct texts with their numbers: what counting words and writing blobs share. Header-only.
from hash_table cimport Slot, Table, table_drop, table_find, table_init, table_room
from hashing cimport hash_bytes
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset
from pages cimport grown, release

cdef enum:
    LONGEST_WORD = 255        # bytes of a word that a vocabulary may hold

cdef struct Bytes:
    uint8_t *p
    uint64_t n, capacity

cdef inline int reserve(Bytes *b, uint64_t more) noexcept nogil:
    cdef uint64_t capacity = b.capacity
    cdef void *p
    if b.n + more <= capacity:
        return 0
    while capacity < b.n + more:
        capacity = capacity + (capacity >> 1) + 4096
    p = grown(b.p, b.capacity, capacity)
    if p == NULL:
        return -1
    b.p = <uint8_t *> p
    b.capacity = capacity
    return 0

cdef inline void bytes_free(Bytes *b) noexcept nogil:
    release(b.p, b.capacity)
    memset(b, 0, sizeof(Bytes))

cdef inline void put_varint(Bytes *b, uint32_t value) noexcept nogil:
    while value >= 128:
        b.p[b.n] = <uint8_t> (value | 128)
        b.n += 1
        value >>= 7
    b.p[b.n] = <uint8_t> value
    b.n += 1

cdef inline void put_bytes(Bytes *b, const void *p, uint64_t n) noexcept nogil:
    if n:  # an empty text may have no address, which memcpy must not be given
        memcpy(b.p + b.n, p, n)
    b.n += n

# Distinct texts, numbered in order of first appearance, and how often each was added.
cdef struct Texts:
    Table table
    Bytes texts
    Bytes offsets             # uint32 each

cdef inline int texts_init(Texts *t) noexcept nogil:
    memset(t, 0, sizeof(Texts))
    if table_init(&t.table, 1024) or reserve(&t.offsets, 4):
        return -1
    memset(t.offsets.p, 0, 4)
    t.offsets.n = 4
    return 0

cdef inline void texts_free(Texts *t) noexcept nogil:
    if t.table.slots != NULL:
        table_drop(&t.table)
    bytes_free(&t.texts)
    bytes_free(&t.offsets)
    memset(t, 0, sizeof(Texts))

cdef inline int append_text(Texts *t, const uint8_t *text, uint64_t n) noexcept nogil:
    cdef uint32_t end
    if reserve(&t.texts, n) or reserve(&t.offsets, 4) or (t.texts.n + n) >> 32:
        return -1
    put_bytes(&t.texts, text, n)
    end = <uint32_t> t.texts.n
    put_bytes(&t.offsets, &end, 4)
    return 0

# The text's slot, added where it is new; NULL without memory.
cdef inline Slot *texts_add(Texts *t, const uint8_t *text, uint64_t n) noexcept nogil:
    cdef uint64_t h = hash_bytes(text, n)
    cdef Slot *slot
    if table_room(&t.table):
        return NULL
    slot = table_find(&t.table, h)
    if slot.hash == 0:
        if append_text(t, text, n):
            return NULL
        slot.hash = h
        slot.id = <uint32_t> t.table.n
        t.table.n += 1
    slot.count += 1
    return slot

# Offsets (uint32[n + 1]) and bytes (uint8) of these texts, in this order.
cdef inline taken(const Texts *t, const uint32_t[::1] chosen):
    import numpy
    cdef Py_ssize_t i, n = chosen.shape[0]
    cdef const uint32_t *at = <const uint32_t *> t.offsets.p
    cdef uint64_t total = 0, n_texts = t.offsets.n // 4 - 1
    for i in range(n):
        if chosen[i] >= n_texts:
            raise ValueError("a number beyond the texts")
        total += at[chosen[i] + 1] - at[chosen[i]]
    offsets = numpy.zeros(n + 1, numpy.uint32)
    texts = numpy.zeros(total, numpy.uint8)
    cdef uint32_t[::1] ends = offsets
    cdef uint8_t[::1] out = texts
    cdef uint32_t k, end = 0
    for i in range(n):
        k = at[chosen[i] + 1] - at[chosen[i]]
        if k:
            memcpy(&out[end], t.texts.p + at[chosen[i]], k)
        end += k
        ends[i + 1] = end
    return offsets, texts

cdef inline all_of(const Texts *t):
    import numpy
    return taken(t, numpy.arange(t.offsets.n // 4 - 1, dtype=numpy.uint32))
