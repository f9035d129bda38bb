# What a small index holds open: its distinct values field by field, and which records hold each. Structures and their
# memory only; `hold.pxd` fills them, `by_values.pxd` asks them. Header-only.
from blobs cimport MAX_FIELDS
from dtypes cimport MAX_TOKENS, Token, Value
from hash_table cimport Table, table_drop
from libc.stdint cimport int16_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free

cdef enum:
    HOLDERS = 32              # searchers that may ask one; each has room of its own for its query's words
    HELD_ROOM = 640           # bytes of a query's text and of what may be read behind it
    FIRST_TOKEN = 1 + HOLDERS * MAX_TOKENS

# What mostly tells that a text is unlike the query's: a third of the line that its Value takes.
cdef struct Brief:
    uint64_t letters
    uint64_t words            # bits of its words; of a name its first and last one, of an e-mail address what is before its @
    uint16_t phonetic         # of its first word
    uint8_t length            # of the form that is compared, 255 = more than 64
    uint8_t n_tokens
    uint8_t first[3]          # of the same form
    uint8_t unused

# One field's distinct values, from 1 on; 0 = missing.
cdef struct HeldField:
    uint32_t n_values, room
    uint64_t *contents        # [room] words of a row, or the hash of a text
    uint32_t *of_row          # [n_records] each record's value
    uint32_t *starts          # [n_values + 2] where each value's records begin in
    uint32_t *rows            # [n_records]
    Table by_content
    # of texts
    bint is_whole_name
    Brief *briefs
    Value *values
    int16_t *tf               # [room, 4]
    uint32_t *next_folded     # the next value that is equal but for diacritics, 0 = none
    Table by_folded           # the first of them
    Token *tokens             # those of queries first
    uint32_t n_tokens, tokens_room
    Table by_token
    uint8_t *texts            # those of queries first
    uint64_t n_bytes, texts_room

cdef struct Held:
    HeldField fields[MAX_FIELDS]
    int n_fields, n_holders
    uint32_t n_records
    uint64_t first_level[MAX_FIELDS]    # where a field's levels begin among those of all fields,
    uint64_t n_levels                   # so many
    uint64_t *patterns                  # which fields a record holds, a bit each; each pattern once
    uint32_t *pattern_of_row
    uint32_t n_patterns
    Table by_pattern

# A content as a hash that is another for each content, and 0 for 0 only.
cdef inline uint64_t spread(uint64_t content) noexcept nogil:
    content ^= content >> 32
    content *= 0x9E3779B97F4A7C15u
    return content ^ content >> 32

cdef inline void free_held(Held *h) noexcept nogil:
    cdef int i
    cdef HeldField *f
    for i in range(MAX_FIELDS):
        f = &h.fields[i]
        free(f.contents)
        free(f.of_row)
        free(f.starts)
        free(f.rows)
        free(f.briefs)
        free(f.values)
        free(f.tf)
        free(f.next_folded)
        free(f.tokens)
        free(f.texts)
        drop_made(&f.by_content)
        drop_made(&f.by_folded)
        drop_made(&f.by_token)
    free(h.patterns)
    free(h.pattern_of_row)
    drop_made(&h.by_pattern)

cdef inline void drop_made(Table *t) noexcept nogil:
    if t.slots != NULL:
        table_drop(t)
