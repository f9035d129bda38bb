# Two encoded texts (places, streets, free text), or e-mail addresses -> level code: 0 = missing, 1 = all others, highest = equal.
# The codes are named in linkage/comparison/levels.py, in this order. Header-only.
from compact cimport COMPARED_ROOM, compared_text
from dtypes cimport MAIL_NEARLY, MAIL_OF_NAME, MAIL_PARTLY, MAX_TOKENS, Token, Value
from libc.stdint cimport uint8_t, uint32_t
from similarity cimport larger, osa_within, popcount

cdef enum:
    TEXT_ELSE = 1, TEXT_OVERLAP = 2, TEXT_SIMILAR = 3, TEXT_NEAR = 4, TEXT_FOLDED = 5, TEXT_EXACT = 6

cdef inline int text_level(const Value *a, const Value *b, const Token *tokens,
                           const uint8_t *texts) noexcept nogil:
    cdef int distance, longest
    cdef uint8_t room_a[COMPARED_ROOM]
    cdef uint8_t room_b[COMPARED_ROOM]
    cdef const uint8_t *text_a
    cdef const uint8_t *text_b
    cdef int length_a, length_b
    cdef int na, nb, i, j, n_common = 0
    cdef uint32_t used = 0
    if a.folded == b.folded:
        return TEXT_FOLDED
    text_a, text_b = compared_text(a, texts, room_a, &length_a), compared_text(b, texts, room_b, &length_b)
    longest = length_a if length_a > length_b else length_b
    if longest <= 64 and popcount(a.letters ^ b.letters) <= 2 * (1 + longest // 4):
        distance = osa_within(text_a, length_a, text_b, length_b, larger(1, longest // 4))
        if distance <= 1 or distance * 10 <= longest:
            return TEXT_NEAR
        if distance * 4 <= longest:
            return TEXT_SIMILAR
    na = a.n_tokens if a.n_tokens < MAX_TOKENS else MAX_TOKENS
    nb = b.n_tokens if b.n_tokens < MAX_TOKENS else MAX_TOKENS
    if na == 1 and nb == 1:
        return TEXT_ELSE
    for i in range(na):
        for j in range(nb):
            if a.tokens[i] == b.tokens[j] and not used & (1u << j):
                used |= 1u << j
                n_common += 1
                break
    if n_common == na and n_common == nb:
        return TEXT_NEAR
    longest = na if na > nb else nb
    return TEXT_OVERLAP if n_common * 2 >= longest else TEXT_ELSE

cdef inline bint is_digit(uint8_t c) noexcept nogil:
    return c"0" <= c <= c"9"

cdef enum:
    EMAIL_ELSE = 1, EMAIL_SIMILAR = 2, EMAIL_NEAR = 3, EMAIL_LOCAL = 4, EMAIL_OF_NAME = 5, EMAIL_EXACT = 6

# The numbers in two addresses: rossi39 and rossi16 are two addresses, alike because names are.
cdef inline bint same_digits(const uint8_t *a, int na, const uint8_t *b, int nb) noexcept nogil:
    cdef int i = 0, j = 0
    while True:
        while i < na and not is_digit(a[i]):
            i += 1
        while j < nb and not is_digit(b[j]):
            j += 1
        if i == na or j == nb:
            return i == na and j == nb
        if a[i] != b[j]:
            return False
        i += 1
        j += 1

# Two addresses that are each made of their own record's name are alike as the names are: that says nothing more.
cdef inline int email_level(const Value *a, const Value *b, const uint8_t *texts) noexcept nogil:
    cdef bint of_names = a.flags & b.flags & MAIL_OF_NAME != 0
    cdef int distance, longest
    cdef uint8_t room_a[COMPARED_ROOM]
    cdef uint8_t room_b[COMPARED_ROOM]
    cdef const uint8_t *text_a
    cdef const uint8_t *text_b
    cdef int length_a, length_b
    if a.folded == b.folded:
        return EMAIL_OF_NAME if of_names else EMAIL_EXACT
    if of_names and (a.spelling == b.spelling or not (a.flags | b.flags) & MAIL_NEARLY):
        return EMAIL_ELSE
    if a.spelling == b.spelling:
        return EMAIL_LOCAL
    text_a, text_b = compared_text(a, texts, room_a, &length_a), compared_text(b, texts, room_b, &length_b)
    longest = length_a if length_a > length_b else length_b
    if longest <= 64 and popcount(a.letters ^ b.letters) <= 2 * (1 + longest // 4):
        if not same_digits(text_a, length_a, text_b, length_b):
            return EMAIL_ELSE
        distance = osa_within(text_a, length_a, text_b, length_b, larger(2, longest // 4))
        if distance <= 2:
            return EMAIL_NEAR
        # What alike names make alike says no more than they do.
        if distance * 4 <= longest and not a.flags & b.flags & MAIL_PARTLY:
            return EMAIL_SIMILAR
    return EMAIL_ELSE
