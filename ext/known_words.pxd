# A word as written -> what the letters of tokens.pxd make of it, kept for when it is met again: the names of a country
# are made of some thousand words, and copying three short texts takes a fifth of building them. Header-only.
#
# A word is what stands up to a space or the end of the text, and nothing around it changes it. Held are words of at
# most WORD_BYTES that are letters and digits throughout, each where its hash says; a newer one takes the place.
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

from hashing cimport mix
from pages cimport release, zeroed
from tokens cimport Builder, begin_token

cdef enum:
    WORD_BYTES = 16
    N_WORDS = 2048            # 144 KiB: the caches hold them
    ROOM = 64                 # bytes that a form needs for one more word, its space and a letter beyond

# The bytes of a word, zeroes behind, and how many there are; 0 = no word that could be held.
cdef struct Word:
    uint64_t low
    uint64_t high
    int n

cdef struct KnownWord:
    uint64_t low
    uint64_t high
    uint8_t exact[WORD_BYTES]
    uint8_t spelling[WORD_BYTES]
    uint8_t folded[WORD_BYTES]
    uint8_t n                 # 0 = free
    uint8_t n_exact           # the spelling has as many
    uint8_t n_folded
    uint8_t flags
    uint8_t telex

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    /* n < 16 bytes, zeroes behind; never a byte behind them is read. */
    static inline void linkage_few_bytes(const uint8_t *p, long n, uint64_t *low, uint64_t *high) {
        uint64_t a = 0, b = 0;
        uint32_t c, d;
        if (n >= 8) { memcpy(&a, p, 8); memcpy(&b, p + n - 8, 8); b = n > 8 ? b >> (128 - 8 * n) : 0; }
        else if (n >= 4) { memcpy(&c, p, 4); memcpy(&d, p + n - 4, 4); a = c | (uint64_t)d << (8 * n - 32); }
        else if (n > 0) a = p[0] | (uint64_t)p[n >> 1] << 8 * (n >> 1) | (uint64_t)p[n - 1] << 8 * (n - 1);
        *low = a; *high = b;
    }
    /* How many bytes stand before the first space of eight; 8 = there is none. */
    static inline int linkage_before_space(uint64_t v) {
        uint64_t x = v ^ 0x2020202020202020ULL, zero = (x - 0x0101010101010101ULL) & ~x & 0x8080808080808080ULL;
        return zero ? __builtin_ctzll(zero) >> 3 : 8;
    }
    static inline uint64_t linkage_first_bytes(uint64_t v, int n) { return n >= 8 ? v : v & ((1ULL << 8 * n) - 1); }
    """
    void few_bytes "linkage_few_bytes"(const uint8_t *p, long n, uint64_t *low, uint64_t *high) noexcept nogil
    int before_space "linkage_before_space"(uint64_t v) noexcept nogil
    uint64_t first_bytes "linkage_first_bytes"(uint64_t v, int n) noexcept nogil


cdef inline KnownWord *no_words() noexcept nogil:
    """Room for words, none held yet; NULL without memory."""
    return <KnownWord *> zeroed(N_WORDS * sizeof(KnownWord))


cdef inline void drop_words(KnownWord *words) noexcept nogil:
    release(words, N_WORDS * sizeof(KnownWord))


# The word at p, where a token begins, of a text up to `end`.
cdef inline Word word_at(const uint8_t *p, const uint8_t *end) noexcept nogil:
    cdef Word word
    cdef Py_ssize_t left = end - p
    if left >= WORD_BYTES:
        memcpy(&word.low, p, 8)
        memcpy(&word.high, p + 8, 8)
    else:
        few_bytes(p, left, &word.low, &word.high)
    word.n = before_space(word.low)
    if word.n == 8:
        word.n += before_space(word.high)
    if word.n > left:
        word.n = <int> left
    elif word.n == WORD_BYTES and left > WORD_BYTES and p[WORD_BYTES] != c" ":
        word.n = 0
    word.high = first_bytes(word.high, word.n - 8) if word.n > 8 else 0
    word.low = first_bytes(word.low, word.n)
    return word


cdef inline KnownWord *word_place(KnownWord *words, Word *word) noexcept nogil:
    return &words[mix(word.low, word.high ^ <uint64_t> word.n) & (N_WORDS - 1)]


cdef inline bint is_known(const KnownWord *known, Word *word) noexcept nogil:
    return known.low == word.low and known.high == word.high and known.n == word.n and known.n


# The next token is this word: as if its letters had been added and the token ended.
cdef inline void add_known(Builder *b, const KnownWord *known) noexcept nogil:
    begin_token(b)
    memcpy(b.exact + b.n_exact, known.exact, WORD_BYTES)
    memcpy(b.spelling + b.n_spelling, known.spelling, WORD_BYTES)
    memcpy(b.folded + b.n_folded, known.folded, WORD_BYTES)
    b.n_exact += known.n_exact
    b.n_spelling += known.n_exact
    b.n_folded += known.n_folded
    b.flags |= known.flags
    b.telex |= known.telex
    b.n_tokens += 1


# Hold a word that has just become the token behind forms of these lengths, with its own flags only.
cdef inline void hold_word(KnownWord *known, Word *word, const Builder *b, int exact, int folded) noexcept nogil:
    if b.n_exact - exact > WORD_BYTES or b.n_folded - folded > WORD_BYTES:
        return
    known.low, known.high, known.n = word.low, word.high, <uint8_t> word.n
    known.n_exact, known.n_folded = <uint8_t> (b.n_exact - exact), <uint8_t> (b.n_folded - folded)
    known.flags, known.telex = <uint8_t> b.flags, <uint8_t> b.telex
    memcpy(known.exact, b.exact + exact, known.n_exact)
    memcpy(known.spelling, b.spelling + b.n_spelling - known.n_exact, known.n_exact)
    memcpy(known.folded, b.folded + folded, known.n_folded)
