# Hot rows -> those that pass a test of their categories, or of their words: loops without a branch. Header-only.
# As C: the compiler keeps its pointers in registers only where they are arguments.
from libc.stdint cimport uint16_t, uint32_t, uint8_t

cdef extern from *:
    """
    #include <stdint.h>

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

    /* Rows at to stop whose four categories all pass, each by a table of its own. */
    static int linkage_category_rows(const uint8_t *restrict categories, uint32_t at, uint32_t stop,
                                     const uint8_t *restrict passes, uint32_t *restrict out) {
        const uint8_t *c = categories + (uint64_t)at * 4;
        int n = 0;
        for (; at < stop; at++, c += 4) {
            out[n] = at;
            n += passes[c[0]] & passes[256 + c[1]] & passes[512 + c[2]] & passes[768 + c[3]];
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
