# Two encoded names, or parts of names -> level code: 0 = missing, 1 = all others, highest = equal.
# The codes are named in linkage/comparison/levels.py, in this order. Header-only.
from compact cimport COMPARED_ROOM, compared_text
from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token, Value
from libc.stdint cimport uint8_t, uint32_t
from similarity cimport larger, osa_within, popcount

cdef enum:
    ACCENTED = 1

# Two words of names: 3 = near (one slip, two of six letters, or one dialect class), 2 = initial of, 0 = different. A slip
# flips at most two bits of the letters' signatures: most words that differ are told apart by those.
cdef inline int token_likeness(const Token *a, const Token *b) noexcept nogil:
    cdef int longest, slips
    if a.length == 1 or b.length == 1:
        return 2 if a.text[0] == b.text[0] else 0
    if a.phonetic == b.phonetic:
        return 3
    longest = a.length if a.length > b.length else b.length
    slips = 2 if a.length >= 6 and b.length >= 6 else 1
    # Of longer words only the begin is compared, while their signatures are of the whole.
    if popcount(a.letters ^ b.letters) > 2 * (slips if longest <= TOKEN_TEXT else 1 + longest // 4):
        return 0
    return 3 if osa_within(a.text, a.length if a.length < TOKEN_TEXT else TOKEN_TEXT,
                           b.text, b.length if b.length < TOKEN_TEXT else TOKEN_TEXT, slips) <= slips else 0

# ---- whole names
cdef enum:
    NAME_ELSE = 1, NAME_FIRST = 2, NAME_LAST = 3, NAME_ENDS = 4, NAME_STRUCTURE = 5
    NAME_NEAR = 6, NAME_FOLDED = 7, NAME_UNACCENTED = 8, NAME_SPELLING = 9, NAME_EXACT = 10

cdef inline bint same_without_spaces(const uint8_t *a, int na, const uint8_t *b, int nb) noexcept nogil:
    cdef int i = 0, j = 0
    while True:
        while i < na and a[i] == c" ":
            i += 1
        while j < nb and b[j] == c" ":
            j += 1
        if i == na or j == nb:
            return i == na and j == nb
        if a[i] != b[j]:
            return False
        i += 1
        j += 1

cdef inline int name_level(const Value *a, const Value *b, const Token *tokens,
                           const uint8_t *texts) noexcept nogil:
    cdef const Value *swap
    cdef int na, nb, i, j, likeness, n_equal = 0, n_near = 0, n_initial = 0
    cdef uint32_t used = 0
    cdef bint first, last, aligned = True
    cdef uint8_t room_a[COMPARED_ROOM]
    cdef uint8_t room_b[COMPARED_ROOM]
    cdef const uint8_t *text_a
    cdef const uint8_t *text_b
    cdef int length_a, length_b
    if a.spelling == b.spelling:
        return NAME_SPELLING
    if a.folded == b.folded:
        return NAME_FOLDED if a.flags & b.flags & ACCENTED else NAME_UNACCENTED
    if a.n_tokens > b.n_tokens:
        swap = a
        a = b
        b = swap
    na = a.n_tokens if a.n_tokens < MAX_TOKENS else MAX_TOKENS
    nb = b.n_tokens if b.n_tokens < MAX_TOKENS else MAX_TOKENS
    first = a.tokens[0] == b.tokens[0]
    last = a.tokens[na - 1] == b.tokens[nb - 1]
    if not first and not last and popcount(a.letters ^ b.letters) > 8:
        return NAME_ELSE
    for i in range(na):          # equal tokens first, so that a near one cannot take their place
        for j in range(nb):
            if a.tokens[i] == b.tokens[j] and not used & (1u << j):
                used |= 1u << j
                used |= 1u << (16 + i)
                n_equal += 1
                aligned = aligned and i == j
                break
    if n_equal < na:
        for i in range(na):
            if used & (1u << (16 + i)):
                continue
            for j in range(nb):
                if used & (1u << j):
                    continue
                likeness = token_likeness(&tokens[a.tokens[i]], &tokens[b.tokens[j]])
                if likeness >= 2:
                    used |= 1u << j
                    used |= 1u << (16 + i)
                    n_initial += likeness == 2
                    n_near += likeness == 3
                    aligned = aligned and i == j
                    if i == 0 and j == 0:
                        first = True
                    if i == na - 1 and j == nb - 1:
                        last = True
                    break
    if n_equal + n_near + n_initial == na and na >= 2:
        if n_near == 0:
            return NAME_STRUCTURE
        if n_near == 1 and na == nb and n_initial == 0 and aligned:
            return NAME_NEAR
        return NAME_ENDS
    if a.letters == b.letters and same_without_spaces(texts + a.text, a.length, texts + b.text, b.length):
        return NAME_NEAR
    if na == 1 and nb == 1:
        return NAME_NEAR if n_near else NAME_ELSE
    if first and last and na >= 2:
        return NAME_ENDS
    if popcount(a.letters ^ b.letters) <= 4 and a.length >= 8 and b.length >= 8:
        text_a, text_b = compared_text(a, texts, room_a, &length_a), compared_text(b, texts, room_b, &length_b)
        if 8 <= length_a <= 64 and 8 <= length_b <= 64 and osa_within(text_a, length_a, text_b, length_b, 2) <= 2:
            return NAME_ENDS
    if last:
        return NAME_LAST
    return NAME_FIRST if first else NAME_ELSE

# ---- one part of a name: given or family, apart
cdef enum:
    PART_ELSE = 1, PART_INITIAL = 2, PART_SIMILAR = 3, PART_SWAPPED = 4, PART_NEAR = 5
    PART_FOLDED = 6, PART_EXACT = 7
    FIRST_WORD = 3            # letters from which a word is no particle: de, Al, Md

cdef inline int shared_prefix(const uint8_t *a, int na, const uint8_t *b, int nb) noexcept nogil:
    cdef int i = 0
    while i < na and i < nb and a[i] == b[i]:
        i += 1
    return i

cdef inline bint slip_apart(const Value *a, const uint8_t *texts_a, const Value *b, const uint8_t *texts_b) noexcept nogil:
    cdef uint8_t room_a[COMPARED_ROOM]
    cdef uint8_t room_b[COMPARED_ROOM]
    cdef const uint8_t *text_a
    cdef const uint8_t *text_b
    cdef int distance, length_a, length_b
    if popcount(a.letters ^ b.letters) > 4:
        return False
    text_a, text_b = compared_text(a, texts_a, room_a, &length_a), compared_text(b, texts_b, room_b, &length_b)
    if length_a > 64 or length_b > 64:
        return False
    distance = osa_within(text_a, length_a, text_b, length_b, 2)
    return distance <= 1 or distance == 2 and (length_a if length_a < length_b else length_b) >= 6

# Whether two parts have the same first word and then the same ones, as far as both go; an initial is a word, too.
cdef inline bint is_begin_of(const Value *a, const Value *b, const Token *tokens) noexcept nogil:
    cdef int i, n = a.n_tokens if a.n_tokens < b.n_tokens else b.n_tokens
    cdef const Token *t
    cdef const Token *u
    if a.tokens[0] != b.tokens[0] or tokens[a.tokens[0]].length < FIRST_WORD:
        return False
    for i in range(1, n if n < MAX_TOKENS else MAX_TOKENS):
        if a.tokens[i] == b.tokens[i]:
            continue
        t, u = &tokens[a.tokens[i]], &tokens[b.tokens[i]]
        if (t.length > 1 and u.length > 1) or t.text[0] != u.text[0]:
            return False
    return True

cdef inline int part_level(const Value *a, const Value *b, const Token *tokens,
                           const uint8_t *texts) noexcept nogil:
    cdef int distance, longest, shortest, likeness, i, j, na, nb
    cdef uint8_t room_a[COMPARED_ROOM]
    cdef uint8_t room_b[COMPARED_ROOM]
    cdef const uint8_t *text_a
    cdef const uint8_t *text_b
    cdef int length_a, length_b
    if a.folded == b.folded:
        return PART_FOLDED
    text_a, text_b = compared_text(a, texts, room_a, &length_a), compared_text(b, texts, room_b, &length_b)
    longest = length_a if length_a > length_b else length_b
    shortest = length_a + length_b - longest
    if shortest == 1:
        return PART_INITIAL if text_a[0] == text_b[0] else PART_ELSE
    if a.n_tokens == 1 and b.n_tokens == 1:
        likeness = token_likeness(&tokens[a.tokens[0]], &tokens[b.tokens[0]])
        if likeness == 3:
            return PART_NEAR
    elif is_begin_of(a, b, tokens):
        return PART_NEAR
    elif a.letters == b.letters and same_without_spaces(texts + a.text, a.length, texts + b.text, b.length):
        return PART_NEAR
    if longest <= 64 and popcount(a.letters ^ b.letters) <= 2 * (1 + longest * 2 // 5):
        distance = osa_within(text_a, length_a, text_b, length_b, larger(2, longest * 2 // 5))
        if distance <= 1 or (distance == 2 and shortest >= 6):
            return PART_NEAR
        if distance * 5 <= longest * 2:
            return PART_SIMILAR
    if shortest >= 3 and shared_prefix(text_a, length_a, text_b, length_b) >= 3:
        return PART_SIMILAR
    if a.n_tokens > 1 or b.n_tokens > 1:
        na = a.n_tokens if a.n_tokens < MAX_TOKENS else MAX_TOKENS
        nb = b.n_tokens if b.n_tokens < MAX_TOKENS else MAX_TOKENS
        for i in range(na):
            for j in range(nb):
                if a.tokens[i] == b.tokens[j] and tokens[a.tokens[i]].length > 1:
                    return PART_SIMILAR
    return PART_ELSE
