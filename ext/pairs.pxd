# A set of pairs of rows: open addressing, one 64-bit word a pair (left << 32 | right, never 0). Header-only.
from libc.stddef cimport size_t
from libc.stdint cimport uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <stdlib.h>
    typedef struct { uint64_t *slots; uint64_t mask, n; int shift; } linkage_pair_set;
    static inline uint64_t linkage_both_rows(uint32_t left, uint32_t right) {
        return left < right ? (uint64_t)left << 32 | right : (uint64_t)right << 32 | left;
    }
    static inline uint64_t linkage_pair_slot(const linkage_pair_set *s, uint64_t pair) {
        return pair * 0x9E3779B97F4A7C15ULL >> s->shift;
    }
    static inline void linkage_prefetch_pair(const linkage_pair_set *s, uint64_t pair) {
        if (s->n) __builtin_prefetch(&s->slots[linkage_pair_slot(s, pair)], 0, 2);
    }
    static inline int linkage_has_pair(const linkage_pair_set *s, uint64_t pair) {
        uint64_t at;
        if (!s->n) return 0;
        for (at = linkage_pair_slot(s, pair); s->slots[at]; at = (at + 1) & s->mask)
            if (s->slots[at] == pair) return 1;
        return 0;
    }
    static inline void linkage_put_pair(linkage_pair_set *s, uint64_t pair) {
        uint64_t at = linkage_pair_slot(s, pair);
        while (s->slots[at] && s->slots[at] != pair) at = (at + 1) & s->mask;
        s->n += !s->slots[at];
        s->slots[at] = pair;
    }
    /* Room for so many pairs more, at most half full; -1 without memory, and the set is as it was. */
    static inline int linkage_reserve_pairs(linkage_pair_set *s, uint64_t more) {
        linkage_pair_set old = *s;
        uint64_t size = s->slots ? s->mask + 1 : 1024, i;
        while (size < 2 * (s->n + more)) size *= 2;
        if (s->slots && size == s->mask + 1) return 0;
        s->slots = (uint64_t *)calloc(size, 8);
        if (!s->slots) { *s = old; return -1; }
        s->mask = size - 1;
        s->shift = 64 - __builtin_ctzll(size);
        s->n = 0;
        for (i = 0; old.slots && i <= old.mask; i++) if (old.slots[i]) linkage_put_pair(s, old.slots[i]);
        free(old.slots);
        return 0;
    }
    """
    ctypedef struct PairSet "linkage_pair_set":
        uint64_t *slots
        uint64_t n
    uint64_t pair_of "linkage_both_rows"(uint32_t left, uint32_t right) noexcept nogil
    void prefetch_pair "linkage_prefetch_pair"(const PairSet *s, uint64_t pair) noexcept nogil
    bint has_pair "linkage_has_pair"(const PairSet *s, uint64_t pair) noexcept nogil
    # The set must have room for it.
    void put_pair "linkage_put_pair"(PairSet *s, uint64_t pair) noexcept nogil
    int reserve_pairs "linkage_reserve_pairs"(PairSet *s, uint64_t more) noexcept nogil
