# Keys of postings and rarity by content hash; the twin over arrays is linkage/segment/hashing.py. Header-only.
from libc.stdint cimport int32_t, uint32_t, uint64_t

cdef enum:
    MISSING = 1               # content of a value that is missing, where postings by word have it

cdef struct Postings:
    const uint32_t *buckets
    const uint32_t *entries
    uint64_t n_buckets, n_entries

cdef struct Rarity:
    const uint32_t *buckets
    const uint64_t *entries
    uint64_t n_buckets, n_entries
    int32_t rarest

cdef inline uint64_t mixed(uint64_t x) noexcept nogil:
    x ^= x >> 33
    x *= <uint64_t> 0xFF51AFD7ED558CCDu
    x ^= x >> 33
    x *= <uint64_t> 0xC4CEB9FE1A85EC53u
    return x ^ (x >> 33)

cdef inline uint32_t posting_key(uint64_t content, int family) noexcept nogil:
    cdef uint32_t key = <uint32_t> (mixed(content ^ <uint64_t> (family + 1) * <uint64_t> 0x9E3779B97F4A7C15u) >> 32)
    return 0 if content == 0 else key if key else 1

cdef inline uint64_t token_part(uint32_t phonetic) noexcept nogil:
    return mixed(phonetic + <uint64_t> 0x9E3779B97F4A7C15u)

cdef inline uint64_t pair_hash(uint64_t first, uint64_t last) noexcept nogil:
    return mixed(mixed(first + <uint64_t> 0x9E3779B97F4A7C15u) ^ last)

# The bucket of a key; entries [begin, end), never beyond the entries there are.
cdef inline void bucket_of(const Postings *p, uint32_t key, uint64_t *begin, uint64_t *end) noexcept nogil:
    cdef uint64_t b = <uint64_t> key * p.n_buckets >> 32
    begin[0] = p.buckets[b]
    end[0] = p.buckets[b + 1]
    if end[0] > p.n_entries:
        end[0] = p.n_entries
    if begin[0] > end[0]:
        begin[0] = end[0]

# Surprisal (1/256 bit) of a value by its content hash.
cdef inline int32_t rarity_of(const Rarity *r, uint64_t content) noexcept nogil:
    cdef uint64_t b, i, end
    if r.n_entries == 0:
        return r.rarest
    b = (content >> 32) * r.n_buckets >> 32
    i = r.buckets[b]
    end = r.buckets[b + 1]
    if end > r.n_entries:
        end = r.n_entries
    while i < end:
        if (r.entries[i] ^ content) >> 16 == 0:
            return <int32_t> (r.entries[i] & 0xFFFF)
        i += 1
    return r.rarest
