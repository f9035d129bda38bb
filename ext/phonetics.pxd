# Folded token -> hash of its class: what Vietnamese speakers confuse is equal, and what is short for a given name.
# Header-only, no state. The classes of sounds are those of linkage/vietnam/phonetics.py, their readable twin.
from libc.stdint cimport uint8_t, uint64_t

from hashing cimport mix
from short_names cimport class_word

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    /* Folded vowel groups of Vietnamese, y written i. */
    static const char linkage_nuclei[32][4] = {
        "a", "e", "i", "o", "u", "ai", "ao", "au", "eo", "eu", "ia", "ie", "iu", "oa", "oe", "oi", "oo", "ua",
        "ue", "ui", "uo", "uu", "ieu", "oai", "oao", "oeo", "uai", "uau", "uia", "uie", "uoi", "uou"
    };
    static inline int linkage_nucleus(const uint8_t *p, long length) {
        uint32_t word = 0, other;
        if (length > 3) return 0;
        memcpy(&word, p, length);
        for (int i = 0; i < 32; i++) { memcpy(&other, linkage_nuclei[i], 4); if (other == word) return 1; }
        return 0;
    }
    """
    int is_nucleus "linkage_nucleus"(const uint8_t *p, long length) noexcept nogil


cdef inline uint64_t add_code(uint64_t h, int c) noexcept nogil:
    return mix(h ^ <uint64_t> c, 0x9FB21C651E98DF25)


cdef inline bint is_vowel(uint8_t c) noexcept nogil:
    return c == c"a" or c == c"e" or c == c"i" or c == c"o" or c == c"u" or c == c"y"


# Onset of a folded syllable -> its dialect class, 0 = none begins there. Sets the bytes it takes.
cdef inline int onset_class(const uint8_t *t, int n, int *size) noexcept nogil:
    cdef uint8_t a = t[0], b = t[1] if n > 1 else 0, third = t[2] if n > 2 else 0
    size[0] = 1
    if is_vowel(a):
        size[0] = 0
        return c"-"
    if a == c"l" or a == c"n":
        if a == c"n" and b == c"g":
            size[0] = 3 if third == c"h" else 2
            return c"N"
        if a == c"n" and b == c"h":
            size[0] = 2
            return c"J"
        return c"l"
    if a == c"t" and b == c"r" or a == c"c" and b == c"h":
        size[0] = 2
        return c"C"
    if a == c"s" or a == c"x":
        return c"s"
    if a == c"g":
        if b == c"i":
            size[0] = 2 if n > 2 and is_vowel(third) else 1
            return c"d"
        size[0] = 2 if b == c"h" else 1
        return c"g"
    if a == c"d" or a == c"r" or a == c"v":
        return c"d"
    if (a == c"k" or a == c"p" or a == c"t") and b == c"h":
        size[0] = 2
        return a - 32
    if a == c"c" or a == c"k" or a == c"q":
        return c"k"
    if a == c"b" or a == c"h" or a == c"m" or a == c"p" or a == c"t":
        return a
    return 0


# Final of a folded syllable -> its dialect class, 0 = it is none.
cdef inline int final_class(const uint8_t *t, int n) noexcept nogil:
    if n == 0:
        return c"-"
    if n == 1 and (t[0] == c"m" or t[0] == c"p"):
        return t[0]
    if n == 1 and t[0] == c"n" or n == 2 and t[0] == c"n" and (t[1] == c"g" or t[1] == c"h"):
        return c"n"
    if n == 1 and (t[0] == c"t" or t[0] == c"c") or n == 2 and t[0] == c"c" and t[1] == c"h":
        return c"t"
    return 0


# Vowel group, y written i, -> code; south and centre say -ieu, -uou, -uoi as -iu, -uu, -ui. -1 = it is none.
cdef inline int nucleus_class(const uint8_t *t, int n) noexcept nogil:
    cdef uint8_t vowels[4]
    cdef int i
    if n < 1 or n > 3:
        return -1
    for i in range(n):
        vowels[i] = c"i" if t[i] == c"y" else t[i]
    if not is_nucleus(vowels, n):
        return -1
    if n == 3 and (vowels[0] == c"i" and vowels[1] == c"e" or vowels[0] == c"u" and vowels[1] == c"o"):
        return vowels[0] << 8 | vowels[2]
    if n == 3:
        return vowels[0] << 16 | vowels[1] << 8 | vowels[2]
    if n == 2:
        return vowels[0] << 8 | vowels[1]
    return vowels[0]


# Other languages: first letter and the consonants behind it, c q z ph as k k s f, doubled ones once.
cdef inline uint64_t skeleton_hash(const uint8_t *t, int n) noexcept nogil:
    cdef uint64_t h = 0x5851F42D4C957F2D
    cdef int i = 0, c, last = 0
    while i < n:
        c = t[i]
        if c == c"p" and i + 1 < n and t[i + 1] == c"h":
            c = c"f"
            i += 1
        elif c == c"c" or c == c"q":
            c = c"k"
        elif c == c"z":
            c = c"s"
        if last == 0 or c != last and not (is_vowel(c) or c == c"h" or c == c"w"):
            h = add_code(h, c)
        last = c
        i += 1
    return h


cdef inline uint64_t phonetic_hash(const uint8_t *folded_token, int n) noexcept nogil:
    """Hash of a folded token's class; tokens that sound alike somewhere in Vietnam, or short for one name, are equal."""
    cdef int onset, size = 0, vowels, nucleus, final
    cdef uint64_t h = 0x2127599BF4325C37
    if n <= 0:
        return 0
    folded_token = class_word(folded_token, &n)
    if n <= 7:
        onset = onset_class(folded_token, n, &size)
        vowels = size
        while vowels < n and is_vowel(folded_token[vowels]):
            vowels += 1
        nucleus = nucleus_class(folded_token + size, vowels - size)
        final = final_class(folded_token + vowels, n - vowels)
        if onset and nucleus > 0 and final:
            return add_code(add_code(add_code(h, onset), nucleus), final)
    return skeleton_hash(folded_token, n)
