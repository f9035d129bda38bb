# Raw texts of one field -> its distinct values and tokens, in tables that grow. Header-only.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from compact cimport set_letters, set_token_text
from dtypes cimport MAX_TOKENS, Token, Value
from hash_table cimport Slot, Table, is_full, table_drop, table_find, table_grow, table_init
from hashing cimport hash_bytes, prefetch
from known_words cimport KnownWord, drop_words, no_words
from normalise cimport Normalised, normalise_name, normalise_place, normalise_text, phonetic_hash
from pages cimport grown, release, zeroed

cdef enum:
    CAPACITY = 512
    AHEAD = 16            # rows whose hashes are known before the tables are probed: cache misses overlap
    PADDING = 64          # bytes readable behind every text, for SIMD compares
    TEXT_NAME = 0
    TEXT_PLAIN = 1
    TEXT_EMAIL = 2
    TEXT_PLACE = 3

cdef struct Distinct:
    Table raw             # hash of a raw text -> value
    Table exact           # hash of a value -> value
    Table vocabulary      # hash of a token -> token
    KnownWord *words
    Value *value_items
    Token *token_items
    uint8_t *arena        # folded texts
    uint64_t n_value
    uint64_t value_capacity
    uint64_t n_token
    uint64_t token_capacity
    uint64_t arena_used
    uint64_t arena_capacity
    int kind

# One text in its forms, and the hash of the exact one (0 = nothing is left of it).
cdef struct Form:
    uint8_t exact[CAPACITY + PADDING]
    uint8_t spelling[CAPACITY + PADDING]
    uint8_t folded[CAPACITY + PADDING]
    Normalised sizes
    uint64_t hash


cdef inline int init_distinct(Distinct *d, int kind) noexcept nogil:
    """Entry 0 of values and tokens is the missing one; -1 without memory."""
    d.kind = kind
    d.value_capacity = d.token_capacity = 1024
    d.arena_capacity = 1 << 17
    d.value_items = <Value *> zeroed(d.value_capacity * sizeof(Value))
    d.token_items = <Token *> zeroed(d.token_capacity * sizeof(Token))
    d.arena = <uint8_t *> zeroed(d.arena_capacity)
    d.words = no_words()
    if (table_init(&d.raw, 4096) or table_init(&d.exact, 4096) or table_init(&d.vocabulary, 4096)
            or d.value_items == NULL or d.token_items == NULL or d.arena == NULL or d.words == NULL):
        return -1
    d.n_value = d.n_token = 1
    memset(&d.value_items[0], 0, sizeof(Value))
    memset(&d.token_items[0], 0, sizeof(Token))
    return 0


cdef inline void drop_tables(Distinct *d) noexcept nogil:
    table_drop(&d.raw)
    table_drop(&d.exact)
    table_drop(&d.vocabulary)
    drop_words(d.words)
    d.words = NULL


cdef inline void drop_distinct(Distinct *d) noexcept nogil:
    drop_tables(d)
    release(d.value_items, d.value_capacity * sizeof(Value))
    release(d.token_items, d.token_capacity * sizeof(Token))
    release(d.arena, d.arena_capacity)


cdef inline int reserve(Distinct *d) noexcept nogil:
    """Make room for AHEAD more raw texts, their values and their tokens; -1 without memory."""
    cdef uint64_t n
    cdef void *p
    # Ids and offsets have 32 bits.
    if (d.n_value + AHEAD | d.n_token + AHEAD * MAX_TOKENS | d.arena_used + AHEAD * CAPACITY) >> 32:
        return -1
    if d.n_value + AHEAD >= d.value_capacity:
        n = d.value_capacity + (d.value_capacity >> 1)
        p = grown(d.value_items, d.value_capacity * sizeof(Value), n * sizeof(Value))
        if p == NULL:
            return -1
        d.value_items = <Value *> p
        d.value_capacity = n
    if d.n_token + AHEAD * MAX_TOKENS >= d.token_capacity:
        n = d.token_capacity * 2
        p = grown(d.token_items, d.token_capacity * sizeof(Token), n * sizeof(Token))
        if p == NULL:
            return -1
        d.token_items = <Token *> p
        d.token_capacity = n
    if d.arena_used + AHEAD * CAPACITY + PADDING >= d.arena_capacity:
        n = d.arena_capacity + (d.arena_capacity >> 1)
        p = grown(d.arena, d.arena_capacity, n)
        if p == NULL:
            return -1
        d.arena = <uint8_t *> p
        d.arena_capacity = n
    if is_full(&d.raw, AHEAD) and table_grow(&d.raw):
        return -1
    if is_full(&d.exact, AHEAD) and table_grow(&d.exact):
        return -1
    if is_full(&d.vocabulary, AHEAD * MAX_TOKENS) and table_grow(&d.vocabulary):
        return -1
    return 0


cdef inline uint32_t token_id(Distinct *d, const uint8_t *text, long n) noexcept nogil:
    cdef uint64_t h = hash_bytes(text, n)
    cdef Slot *slot = table_find(&d.vocabulary, h)
    cdef Token *token
    if slot.hash == 0:
        slot.hash = h
        slot.id = <uint32_t> d.n_token
        d.vocabulary.n += 1
        token = &d.token_items[d.n_token]
        d.n_token += 1
        memset(token, 0, sizeof(Token))
        token.folded = h
        token.phonetic = <uint32_t> phonetic_hash(text, <int> n)
        set_token_text(token, text, n)
    d.token_items[slot.id].count += 1
    return slot.id


cdef inline void make_form(Distinct *d, const uint8_t *text, long n, Form *f) noexcept nogil:
    """Normalise a text, and have its place among the values fetched."""
    if d.kind == TEXT_NAME:
        normalise_name(text, n, f.exact, f.spelling, f.folded, CAPACITY, &f.sizes, d.words)
    elif d.kind == TEXT_PLACE:
        normalise_place(text, n, f.exact, f.spelling, f.folded, CAPACITY, &f.sizes, d.words)
    else:
        normalise_text(text, n, f.exact, f.spelling, f.folded, CAPACITY, &f.sizes, d.words)
    f.hash = 0
    if f.sizes.n_exact and f.sizes.n_folded:
        f.hash = hash_bytes(f.exact, f.sizes.n_exact)
        prefetch(&d.exact.slots[f.hash & d.exact.mask])


# The signature of the letters of two texts together, from those of both: what is in each is there twice.
cdef inline uint64_t joined_letters(uint64_t a, uint64_t b) noexcept nogil:
    return a | b | (a & b & 0x3FFFFFF) << 36


cdef inline bint is_ascii(const uint8_t *text, long n) noexcept nogil:
    cdef uint64_t seen = 0, part
    cdef long i = 0
    while i + 8 <= n:
        memcpy(&part, text + i, 8)
        seen |= part
        i += 8
    while i < n:
        seen |= text[i]
        i += 1
    return not seen & <uint64_t> 0x8080808080808080u


cdef inline uint32_t value_id(Distinct *d, Form *f, const uint8_t *text, long n) noexcept nogil:
    """The id of a text's value, added when it is new; 0 for a text of which nothing is left."""
    cdef Normalised local_sizes
    cdef Slot *slot
    cdef Value *value
    cdef const uint8_t *folded = f.folded
    cdef long n_folded = f.sizes.n_folded, begin = 0, end, local = 0
    cdef uint64_t letters = 0
    cdef uint32_t token
    if f.hash == 0:
        return 0
    slot = table_find(&d.exact, f.hash)
    if slot.hash:
        return slot.id
    slot.hash = f.hash
    slot.id = <uint32_t> d.n_value
    d.exact.n += 1
    value = &d.value_items[d.n_value]
    d.n_value += 1
    memset(value, 0, sizeof(Value))
    value.folded = hash_bytes(folded, n_folded)
    value.spelling = hash_bytes(f.spelling, f.sizes.n_spelling)
    value.flags = <uint8_t> f.sizes.flags
    value.text = <uint32_t> d.arena_used
    value.length = <uint16_t> n_folded
    memcpy(d.arena + d.arena_used, folded, n_folded)
    d.arena_used += n_folded
    while begin < n_folded:
        end = begin
        while end < n_folded and folded[end] != c" ":
            end += 1
        if end > begin:
            if value.n_tokens < MAX_TOKENS:
                token = token_id(d, folded + begin, end - begin)
                value.tokens[value.n_tokens] = token
                letters = joined_letters(letters, d.token_items[token].letters)
            if value.n_tokens < 255:
                value.n_tokens += 1
        begin = end + 1
    # Those of its tokens, which are known: letter by letter they take a fifth of the time of a new value.
    if value.n_tokens <= MAX_TOKENS and is_ascii(folded, n_folded):
        value.letters = letters
    else:
        set_letters(value, folded)
    if d.kind == TEXT_EMAIL:
        while local < n and text[local] != c"@":
            local += 1
        value.spelling = value.folded
        if local < n:
            normalise_text(text, local, f.exact, f.spelling, f.folded, CAPACITY, &local_sizes, NULL)
            if local_sizes.n_folded:
                value.spelling = hash_bytes(f.folded, local_sizes.n_folded)
    return slot.id
