# Two values of one comparison, as rows hold them -> their level; a value -> what those that are near it share with it.
# Header-only.
#
# A value is a number of 64 bits: an identifier's two words, or the one word of any other field; 0 = missing. Two texts
# can only be more than "all others" if few of their letters differ, or if they share a key: a word, how they begin.
from batches cimport Program
from compact cimport COMPARED_ROOM, compared_text
from comparisons cimport (
    OP_CATEGORY,
    OP_DATE,
    OP_EMAIL,
    OP_IDENTIFIER,
    OP_NAME,
    OP_NUMBER,
    OP_PART,
    OP_TEXT,
    Comparison,
    code_of_values,
)
from dtypes cimport MAX_TOKENS, Value
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy
from number_levels cimport category_level, date_level, identifier_code, number_level

cdef enum:
    MOST_KEYS = MAX_TOKENS + 5
    # What a key is of; it is the key's top byte.
    KEY_WORD = 1, KEY_FIRST = 2, KEY_LAST = 3, KEY_SOUND = 4, KEY_BEGIN = 5, KEY_INITIAL = 6, KEY_LETTER = 7, KEY_LOCAL = 8

cdef inline bint has_letters(const Comparison *c) noexcept nogil:
    return c.op == OP_NAME or c.op == OP_PART or c.op == OP_TEXT or c.op == OP_EMAIL

# The level of two values that are both held.
cdef inline int level_of_values(const Comparison *c, uint64_t x, uint64_t y) noexcept nogil:
    cdef float f, g
    cdef uint32_t a = <uint32_t> x, b = <uint32_t> y
    if c.op == OP_IDENTIFIER:
        return identifier_code(x, y)
    if c.op == OP_DATE:
        return date_level(a, b)
    if c.op == OP_CATEGORY:
        return category_level(a, b)
    if c.op == OP_NUMBER:
        memcpy(&f, &a, 4)
        memcpy(&g, &b, 4)
        return number_level(f, g)
    return code_of_values(c, a, b)

# Bits of the signatures in which two texts may differ that share no key and are not all others, the longer one being this.
cdef inline int most_letters(const Comparison *c, const Value *v) noexcept nogil:
    cdef uint8_t room[COMPARED_ROOM]
    cdef int n
    if c.op == OP_NAME:
        return 8
    compared_text(v, c.texts, room, &n)
    return 2 * (1 + n * 2 // 5) if c.op == OP_PART else 2 * (1 + n // 4)

cdef inline uint64_t key_of(int kind, uint64_t what) noexcept nogil:
    return <uint64_t> kind << 56 | what >> 8 if kind == KEY_LOCAL else <uint64_t> kind << 56 | what

# A part of a name that is one letter is an initial of all that begin with it, which ask for it by that letter.
cdef inline int part_keys(const Comparison *c, const Value *v, bint asks, uint64_t *keys) noexcept nogil:
    cdef uint8_t room[COMPARED_ROOM]
    cdef const uint8_t *text
    cdef int length, n = 0
    text = compared_text(v, c.texts, room, &length)
    if v.n_tokens == 1:
        keys[n] = key_of(KEY_SOUND, c.tokens[v.tokens[0]].phonetic)
        n += 1
    if length >= 3:
        keys[n] = key_of(KEY_BEGIN, text[0] | <uint64_t> text[1] << 8 | <uint64_t> text[2] << 16)
        n += 1
    if length and (length == 1 or not asks):
        keys[n] = key_of(KEY_LETTER, text[0])
        n += 1
    if length and (length == 1 or asks):
        keys[n] = key_of(KEY_INITIAL, text[0])
        n += 1
    return n

# The keys of a text into keys[MOST_KEYS]; how many. Two that share one may be near; one of them asks.
cdef inline int keys_of(const Comparison *c, const Value *v, bint asks, uint64_t *keys) noexcept nogil:
    cdef int k, n, n_tokens = v.n_tokens if v.n_tokens < MAX_TOKENS else MAX_TOKENS
    if c.op == OP_EMAIL:
        keys[0] = key_of(KEY_LOCAL, v.spelling)
        return 1
    if n_tokens == 0:
        return 0
    if c.op == OP_NAME:
        keys[0] = key_of(KEY_FIRST, v.tokens[0])
        keys[1] = key_of(KEY_LAST, v.tokens[n_tokens - 1])
        return 2
    n = part_keys(c, v, asks, keys) if c.op == OP_PART else 0
    for k in range(n_tokens):
        keys[n + k] = key_of(KEY_WORD, v.tokens[k])
    return n + n_tokens
