# Eight weights side by side, one a lane of the scorer: sums and their smallest lane; eight numbers against one.
# Header-only.
from libc.stdint cimport int32_t, uint32_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #if defined(__AVX2__)
    #include <immintrin.h>
    #endif
    typedef struct { int32_t v[8]; } linkage_eight;
    typedef int32_t linkage_eight_vector __attribute__((vector_size(32), aligned(4), may_alias));
    static inline void linkage_add_eight(linkage_eight *to, const linkage_eight *by) {
        *(linkage_eight_vector *)to->v += *(const linkage_eight_vector *)by->v;
    }
    static inline void linkage_sum_eight(linkage_eight *to, const linkage_eight *a, const linkage_eight *b) {
        *(linkage_eight_vector *)to->v = *(const linkage_eight_vector *)a->v + *(const linkage_eight_vector *)b->v;
    }
    static inline void linkage_take_eight(linkage_eight *to, const linkage_eight *by) {
        *(linkage_eight_vector *)to->v -= *(const linkage_eight_vector *)by->v;
    }
    static inline void linkage_raise_eight(linkage_eight *to, const linkage_eight *by) {
        for (int i = 0; i < 8; i++) if (by->v[i] > to->v[i]) to->v[i] = by->v[i];
    }
    static inline int32_t linkage_least_of_eight(const linkage_eight *a) {
        int32_t least = a->v[0];
        for (int i = 1; i < 8; i++) least = a->v[i] < least ? a->v[i] : least;
        return least;
    }
    /* Which of eight numbers are x: a bit each. */
    static inline unsigned linkage_equal_of_eight(const uint32_t *v, uint32_t x) {
        unsigned bits = 0;
    #if defined(__AVX2__)
        __m256i equal = _mm256_cmpeq_epi32(_mm256_loadu_si256((const __m256i *)v), _mm256_set1_epi32((int)x));
        bits = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(equal));
    #else
        for (int i = 0; i < 8; i++) bits |= (unsigned)(v[i] == x) << i;
    #endif
        return bits;
    }
    """
    ctypedef struct Eight "linkage_eight":
        int32_t v[8]
    void add_eight "linkage_add_eight"(Eight *to, const Eight *by) noexcept nogil
    void sum_eight "linkage_sum_eight"(Eight *to, const Eight *a, const Eight *b) noexcept nogil
    void take_eight "linkage_take_eight"(Eight *to, const Eight *by) noexcept nogil
    void raise_eight "linkage_raise_eight"(Eight *to, const Eight *by) noexcept nogil
    int32_t least_of_eight "linkage_least_of_eight"(const Eight *a) noexcept nogil
    unsigned int equal_of_eight "linkage_equal_of_eight"(const uint32_t *v, uint32_t x) noexcept nogil
