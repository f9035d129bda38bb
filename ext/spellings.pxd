# One token -> keys of its spellings: two tokens that one slip, or two of longer ones, parts share one. Header-only.
#
# A letter more, less or exchanged, or two neighbours in the other order: leaving out one letter of each makes them
# equal. So a token's keys are those of what is left of it without a letter, and, where it is long enough for two
# slips to count as near (token_likeness), without two.
from dtypes cimport TOKEN_TEXT, Token
from hashing cimport hash_bytes
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcpy
from postings cimport posting_key

cdef enum:
    TWO_SLIPS = 6             # letters from which on two slips are near,
    LONGEST_TWO = 16          # and up to which they are looked for
    MOST_SPELLINGS = 160      # 1 + 16 + 120, or 1 + 32

cdef inline int spelling_keys(const Token *t, uint32_t *keys) noexcept nogil:
    """The keys of a token's spellings; how many."""
    cdef uint8_t once[TOKEN_TEXT]
    cdef uint8_t twice[TOKEN_TEXT]
    cdef int n = <int> t.length if t.length < TOKEN_TEXT else TOKEN_TEXT, i, j, count = 1
    keys[0] = posting_key(hash_bytes(t.text, n), 0)
    if n < 2:
        return 1
    for i in range(n):
        if i and t.text[i] == t.text[i - 1]:
            continue
        memcpy(once, t.text, i)
        memcpy(once + i, t.text + i + 1, n - 1 - i)
        keys[count] = posting_key(hash_bytes(once, n - 1), 0)
        count += 1
        if not TWO_SLIPS <= n <= LONGEST_TWO:
            continue
        for j in range(i, n - 1):
            memcpy(twice, once, j)
            memcpy(twice + j, once + j + 1, n - 2 - j)
            keys[count] = posting_key(hash_bytes(twice, n - 2), 0)
            count += 1
    return count
