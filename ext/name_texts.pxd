# A hot row's tokens -> its name's text without diacritics, and what that tells of it. Header-only.
from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token
from hashing cimport hash_bytes, letter_signature
from libc.stdint cimport uint16_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memcpy
from postings cimport pair_hash
from search cimport Search
from similarity cimport popcount

cdef inline int folded_name(Search *s, const uint16_t *tokens, int n_tokens, uint8_t *text) noexcept nogil:
    """Write a name of these tokens without diacritics, as `value_id` does; its length, 0 = not told."""
    cdef const Token *token
    cdef int k, n = 0
    for k in range(n_tokens):
        if s.token_of[tokens[k]] >= s.n_hot_tokens:
            return 0
        token = &s.hot_tokens[s.token_of[tokens[k]]]
        if token.length > TOKEN_TEXT:
            return 0
        if k:
            text[n] = c" "
            n += 1
        memcpy(text + n, token.text, token.length)
        n += token.length
    return n

cdef inline uint64_t form_of_name(Search *s, const uint16_t *tokens, int n_tokens, int form) noexcept nogil:
    """The content hash of one form of a name (as in `ask_rarity`); 0 = not told."""
    cdef uint8_t text[MAX_TOKENS * (TOKEN_TEXT + 1) + 64]
    cdef uint32_t first = s.token_of[tokens[0]], last = s.token_of[tokens[n_tokens - 1]]
    cdef int i, n
    if form == 1:
        n = folded_name(s, tokens, n_tokens, text)
        for i in range(n):
            if text[i] >= 0x80:      # tokens of other scripts hold what is compared, not their text (compact.pxd)
                return 0
        return hash_bytes(text, n) if n else 0
    if form != 2 or first >= s.n_hot_tokens or last >= s.n_hot_tokens:
        return 0
    return pair_hash(s.hot_tokens[first].folded, s.hot_tokens[last].folded)

cdef inline bint has_other_letters(Search *s, const uint16_t *tokens, int n_tokens) noexcept nogil:
    """Whether a name is written so unlike the query's that only its tokens decide on its level (`name_level`)."""
    cdef uint8_t text[MAX_TOKENS * (TOKEN_TEXT + 1) + 64]
    cdef int n = folded_name(s, tokens, n_tokens, text)
    return n and popcount(letter_signature(text, n) ^ s.fields[s.hot_field].values[1].letters) > 4
