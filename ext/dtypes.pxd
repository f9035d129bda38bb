# The fixed-width structures that all kernels share: one distinct value, one distinct token.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    MAX_TOKENS = 8        # tokens kept of one value; more only count in n_tokens and the hashes
    TOKEN_TEXT = 32       # bytes kept of one token for similarity; equality is by id
    MAIL_OF_NAME = 16     # flag of an e-mail address that is made of its own record's name
    MAIL_NEARLY = 32      # but for a slip
    MAIL_PARTLY = 64      # of one that holds a word of its own record's name

# A distinct value of a text-like field: one cache line, so that a comparison costs at most one miss a side.
cdef struct Value:
    uint64_t folded       # hash of the text without diacritics, 0 never occurs for a held value
    uint64_t spelling     # hash of the text with spelling classes unified (for e-mail: of the local part)
    uint64_t letters      # signature: each edit flips at most two bits
    uint32_t text         # offset of the folded text in the arena
    uint16_t length       # bytes of the folded text
    uint8_t n_tokens      # all tokens, also those beyond MAX_TOKENS
    uint8_t flags         # NAME_ACCENTED ...
    uint32_t tokens[MAX_TOKENS]

cdef struct Token:
    uint64_t letters
    uint64_t folded       # hash of the token's text
    uint32_t phonetic     # hash of the dialect class
    uint32_t length       # bytes, at most TOKEN_TEXT are kept
    uint32_t count        # values (not records) that hold it
    uint32_t unused
    uint8_t text[TOKEN_TEXT]
