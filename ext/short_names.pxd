# A folded word -> the word by whose sound it is classed: of a given name's short forms (short_names.json) all have one,
# so that Bill is as near to William as a slip is, for levels, blocking keys and look-ups alike. Header-only, no state.
from libc.stdint cimport uint8_t

cdef extern from *:
    """
    #include <string.h>
    #include "short_names_table.h"
    /* Words of the table are looked for from their hash on; most others end at once, at a slot that is empty. */
    static inline const uint8_t *linkage_class_word(const uint8_t *word, int *n) {
        uint32_t h = 0x811C9DC5u, at, number;
        if (*n < 2 || *n > linkage_given_longest) return word;
        for (int i = 0; i < *n; i++) h = (h ^ word[i]) * 0x01000193u;
        for (at = (h ^ h >> 16) % linkage_given_n_slots; (number = linkage_given_slots[at]); at = (at + 1) % linkage_given_n_slots) {
            const uint16_t *begin = linkage_given_begin + number;
            if (begin[1] - begin[0] == *n && memcmp(linkage_given_text + begin[0], word, *n) == 0) {
                begin = linkage_given_begin + linkage_given_class[number];
                *n = begin[1] - begin[0];
                return linkage_given_text + begin[0];
            }
        }
        return word;
    }
    """
    # The word itself where it is no such name; sets its length.
    const uint8_t *class_word "linkage_class_word"(const uint8_t *word, int *n) noexcept nogil
