# Two byte strings of at most 64 bytes -> optimal string alignment distance up to a limit, bit-parallel.
# Hyyro 2003 (bit-vector algorithm with transpositions); the match masks come from SIMD compares, so no
# table of patterns is built. Both buffers must be readable for 64 bytes.
from libc.stdint cimport uint8_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #if defined(__SSE2__)
    #include <emmintrin.h>
    static inline uint64_t linkage_match_mask(const uint8_t *p, long n, uint8_t c) {
        __m128i v = _mm_set1_epi8((char)c);
        uint64_t m = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_loadu_si128((const __m128i *)p)));
        if (n > 16) m |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_loadu_si128((const __m128i *)(p + 16)))) << 16;
        if (n > 32) m |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_loadu_si128((const __m128i *)(p + 32)))) << 32;
        if (n > 48) m |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_loadu_si128((const __m128i *)(p + 48)))) << 48;
        return m;
    }
    #else
    static inline uint64_t linkage_match_mask(const uint8_t *p, long n, uint8_t c) {
        uint64_t m = 0;
        for (long i = 0; i < n && i < 64; i++) m |= (uint64_t)(p[i] == c) << i;
        return m;
    }
    #endif
    /* Eight bytes of each: at how many of the first, or of the last, they agree. */
    static inline long linkage_alike_first(const uint8_t *a, const uint8_t *b) {
        uint64_t x, y;
        memcpy(&x, a, 8); memcpy(&y, b, 8);
        return x == y ? 8 : __builtin_ctzll(x ^ y) >> 3;
    }
    static inline long linkage_alike_last(const uint8_t *a, const uint8_t *b) {
        uint64_t x, y;
        memcpy(&x, a, 8); memcpy(&y, b, 8);
        return x == y ? 8 : __builtin_clzll(x ^ y) >> 3;
    }
    static inline int linkage_osa(const uint8_t *a, long na, const uint8_t *b, long nb, int most) {
        if (na > 64) na = 64;
        if (nb > 64) nb = 64;
        long n = na < nb ? na : nb, k;
        if (na + nb - 2 * n > most) return most + 1;
        /* What both begin or end with changes no distance; most texts that are near are equal but for the middle. */
        if (n >= 8) {
            k = linkage_alike_last(a + na - 8, b + nb - 8);
            na -= k; nb -= k; n -= k;
        }
        k = linkage_alike_first(a, b);
        if (k > n) k = n;
        b += k; nb -= k;
        if (na == k) return (int)nb;
        uint64_t vp = ~0ULL, vn = 0, d0 = 0, pm_old = 0, last = 1ULL << (na - k - 1);
        int distance = (int)(na - k);
        for (long i = 0; i < nb; i++) {
            uint64_t pm = linkage_match_mask(a, na, b[i]) >> k;
            uint64_t tr = (((~d0) & pm) << 1) & pm_old;
            d0 = (((pm & vp) + vp) ^ vp) | pm | vn | tr;
            uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;
            distance += (hp & last) != 0;
            distance -= (hn & last) != 0;
            hp = (hp << 1) | 1; hn <<= 1;
            vp = hn | ~(d0 | hp); vn = hp & d0; pm_old = pm;
            /* Each further byte takes at most one away. */
            if (distance - (int)(nb - 1 - i) > most) return most + 1;
        }
        return distance;
    }
    static inline int linkage_popcount(uint64_t x) { return __builtin_popcountll(x); }
    static inline int linkage_ctz(uint64_t x) { return __builtin_ctzll(x); }
    static inline int linkage_clz(uint64_t x) { return __builtin_clzll(x); }
    """
    # The distance, or some number above `most` where it is larger.
    int osa_within "linkage_osa"(const uint8_t *a, long na, const uint8_t *b, long nb, int most) noexcept nogil
    int popcount "linkage_popcount"(uint64_t x) noexcept nogil
    int ctz "linkage_ctz"(uint64_t x) noexcept nogil
    int leading_zeros "linkage_clz"(uint64_t x) noexcept nogil

cdef inline int larger(int a, int b) noexcept nogil:
    return a if a > b else b
