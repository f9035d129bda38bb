# Hot rows -> those that pass a test of their categories, or of their words: loops without a branch. Header-only.
# As C: the compiler keeps its pointers in registers only where they are arguments.
from libc.stdint cimport uint16_t, uint32_t, uint8_t

cdef extern from *:
    """
    #include <stdint.h>
    #if defined(__AVX2__) && defined(__BMI2__)
    #include <immintrin.h>
    #endif

    /* Rows at to stop whose four words' sum passes; how many. */
    static int linkage_quick_rows(const uint16_t *restrict words, uint32_t at, uint32_t stop,
                                  const uint8_t *restrict quick, const uint8_t *restrict passes,
                                  uint32_t *restrict out) {
        const uint16_t *w = words + (uint64_t)at * 4;
        int n = 0;
        for (; at < stop; at++, w += 4) {
            out[n] = at;
            n += passes[(uint32_t)quick[w[0]] + quick[w[1]] + quick[w[2]] + quick[w[3]]];
        }
        return n;
    }

    /* Rows at to stop whose four categories all pass, each by a set of its own; out has room for all of them.
       A set is 32 bytes: number x is in it where bit (x >> 4 & 7) of byte (x & 15) + 16 * (x >> 7) is set. */
    static int linkage_category_rows(const uint8_t *restrict categories, uint32_t at, uint32_t stop,
                                     const uint8_t *restrict passes, uint32_t *restrict out) {
        const uint8_t *c = categories + (uint64_t)at * 4;
        int n = 0;
    #if defined(__AVX2__) && defined(__BMI2__)
        /* Eight rows at once: each byte looks up its set's byte, and its bit in it. */
        const __m256i top = _mm256_set1_epi8((char)0x80), low = _mm256_set1_epi8(7), none = _mm256_setzero_si256();
        const __m256i bits = _mm256_broadcastsi128_si256(_mm_set1_epi64x((long long)0x8040201008040201ULL));
        __m256i below[4], above[4], mine[4], all = none;
        int k, n_sets = 0;
        for (k = 0; k < 4; k++) {
            __m256i byte = _mm256_set1_epi32((int)(0xFFu << 8 * k));
            __m256i set = _mm256_loadu_si256((const __m256i *)(passes + 32 * k));
            if (_mm256_movemask_epi8(_mm256_cmpeq_epi8(set, _mm256_set1_epi8(-1))) == -1) {
                all = _mm256_or_si256(all, byte);       /* all numbers pass */
                continue;
            }
            below[n_sets] = _mm256_permute4x64_epi64(set, 0x44);
            above[n_sets] = _mm256_permute4x64_epi64(set, 0xEE);
            mine[n_sets++] = byte;
        }
        for (; stop - at >= 8; at += 8, c += 32) {
            __m256i x = _mm256_loadu_si256((const __m256i *)c), y = _mm256_xor_si256(x, top), held = all;
            __m256i bit = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(x, 4), low));
            for (k = 0; k < n_sets; k++)
                held = _mm256_or_si256(held, _mm256_and_si256(mine[k], _mm256_or_si256(
                    _mm256_shuffle_epi8(below[k], x), _mm256_shuffle_epi8(above[k], y))));
            __m256i fails = _mm256_cmpeq_epi8(_mm256_and_si256(held, bit), none);
            unsigned passed = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(fails, none)));
            uint64_t places = _pext_u64(0x0706050403020100ULL, _pdep_u64(passed, 0x0101010101010101ULL) * 255);
            __m256i rows = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)places));
            _mm256_storeu_si256((__m256i *)(out + n), _mm256_add_epi32(rows, _mm256_set1_epi32((int)at)));
            n += __builtin_popcount(passed);
        }
    #endif
        for (; at < stop; at++, c += 4) {
            int held = 1;
            for (int i = 0; i < 4; i++)
                held &= passes[32 * i + (c[i] & 15) + 16 * (c[i] >> 7)] >> (c[i] >> 4 & 7);
            out[n] = at;
            n += held & 1;
        }
        return n;
    }

    /* Of n rows those whose four words' sum passes, in their place. */
    static int linkage_quick_chosen(const uint16_t *restrict words, uint32_t *rows, int n,
                                    const uint8_t *restrict quick, const uint8_t *restrict passes) {
        int kept = 0;
        for (int i = 0; i < n; i++) {
            const uint16_t *w = words + (uint64_t)rows[i] * 4;
            rows[kept] = rows[i];
            kept += passes[(uint32_t)quick[w[0]] + quick[w[1]] + quick[w[2]] + quick[w[3]]];
        }
        return kept;
    }

    static int linkage_shaped_chosen(const uint16_t *restrict words, uint32_t *rows, int n,
                                     const uint16_t *restrict shapes, const uint8_t *restrict passes) {
        int kept = 0;
        for (int i = 0; i < n; i++) {
            const uint16_t *w = words + (uint64_t)rows[i] * 4;
            rows[kept] = rows[i];
            kept += passes[(uint32_t)shapes[w[0]] + shapes[w[1]] + shapes[w[2]] + shapes[w[3]]];
        }
        return kept;
    }
    """
    int quick_rows "linkage_quick_rows"(const uint16_t *words, uint32_t at, uint32_t stop, const uint8_t *quick,
                                        const uint8_t *passes, uint32_t *out) noexcept nogil
    int category_rows "linkage_category_rows"(const uint8_t *categories, uint32_t at, uint32_t stop,
                                              const uint8_t *passes, uint32_t *out) noexcept nogil
    int quick_chosen "linkage_quick_chosen"(const uint16_t *words, uint32_t *rows, int n, const uint8_t *quick,
                                            const uint8_t *passes) noexcept nogil
    int shaped_chosen "linkage_shaped_chosen"(const uint16_t *words, uint32_t *rows, int n, const uint16_t *shapes,
                                              const uint8_t *passes) noexcept nogil
