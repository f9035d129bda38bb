# A set of pairs of rows: open addressing, one 64-bit word a pair (left << 32 | right, never 0); and which rows are in
# any of them, a bit each. Header-only.
from libc.stdint cimport uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <stdlib.h>
    #include <string.h>
    typedef struct { uint64_t *slots, *rows; uint64_t mask, n; int shift; } linkage_pair_set;
    static inline uint64_t linkage_both_rows(uint32_t left, uint32_t right) {
        return left < right ? (uint64_t)left << 32 | right : (uint64_t)right << 32 | left;
    }
    static inline uint64_t linkage_pair_slot(const linkage_pair_set *s, uint64_t pair) {
        return pair * 0x9E3779B97F4A7C15ULL >> s->shift;
    }
    static inline void linkage_prefetch_pair(const linkage_pair_set *s, uint64_t pair) {
        if (s->n) __builtin_prefetch(&s->slots[linkage_pair_slot(s, pair)], 0, 2);
    }
    static inline int linkage_has_row(const linkage_pair_set *s, uint32_t row) { return s->rows[row >> 6] >> (row & 63) & 1; }
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
        s->rows[(uint32_t)pair >> 6] |= 1ULL << (pair & 63);
        s->rows[pair >> 38] |= 1ULL << (pair >> 32 & 63);
    }
    /* Room for so many pairs more of n_rows rows, at most half full; -1 without memory, and the set is as it was. */
    static inline int linkage_reserve_pairs(linkage_pair_set *s, uint64_t more, uint64_t n_rows) {
        if (!s->rows) s->rows = (uint64_t *)calloc(n_rows / 64 + 1, 8);
        if (!s->rows) return -1;
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
    static inline void linkage_forget_pairs(linkage_pair_set *s) {
        free(s->slots);
        free(s->rows);
        memset(s, 0, sizeof *s);
    }
    """
    ctypedef struct PairSet "linkage_pair_set":
        uint64_t n
    uint64_t pair_of "linkage_both_rows"(uint32_t left, uint32_t right) noexcept nogil
    void prefetch_pair "linkage_prefetch_pair"(const PairSet *s, uint64_t pair) noexcept nogil
    # Whether a row is in any pair of a set that is not empty.
    bint has_row "linkage_has_row"(const PairSet *s, uint32_t row) noexcept nogil
    bint has_pair "linkage_has_pair"(const PairSet *s, uint64_t pair) noexcept nogil
    # The set must have room for it.
    void put_pair "linkage_put_pair"(PairSet *s, uint64_t pair) noexcept nogil
    # All pairs are of these rows.
    int reserve_pairs "linkage_reserve_pairs"(PairSet *s, uint64_t more, uint64_t n_rows) noexcept nogil
    void forget_pairs "linkage_forget_pairs"(PairSet *s) noexcept nogil
