# Two encoded values -> level code of one comparison: 0 = missing, 1 = all others, highest = equal.
# The codes of each operation are named in linkage/comparison/levels.py, in this order.
from compact cimport COMPARED_ROOM, compared_text
from dtypes cimport MAX_TOKENS, TOKEN_TEXT, Token, Value
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from long_codes cimport slips_of_long
from similarity cimport ctz, osa_within, popcount

cdef enum:
    ACCENTED = 1

cdef inline int larger(int a, int b) noexcept nogil:
    return a if a > b else b

cdef inline bint is_digit(uint8_t c) noexcept nogil:
    return c"0" <= c <= c"9"

# ------------------------------------------------------------------------------------------- tokens
# 3 = near (one slip, or one dialect class), 2 = initial of, 1 = similar, 0 = different.
cdef inline int token_likeness(const Token *a, const Token *b) noexcept nogil:
    cdef int distance, longest, shortest
    if a.length == 1 or b.length == 1:
        return 2 if a.text[0] == b.text[0] else 0
    if a.phonetic == b.phonetic and a.text[0] == b.text[0]:
        return 3
    longest = a.length if a.length > b.length else b.length
    shortest = a.length + b.length - longest
    if popcount(a.letters ^ b.letters) > 2 * (1 + longest // 4):
        return 3 if a.phonetic == b.phonetic else 0
    distance = osa_within(a.text, a.length if a.length < TOKEN_TEXT else TOKEN_TEXT,
                          b.text, b.length if b.length < TOKEN_TEXT else TOKEN_TEXT, larger(2, longest // 4))
    if distance <= 1 or (distance == 2 and shortest >= 6) or a.phonetic == b.phonetic:
        return 3
    return 1 if distance * 4 <= longest else 0

# -------------------------------------------------------------------------------- whole person names
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

# ------------------------------------------------------- one part of a name: given or family, apart
cdef enum:
    PART_ELSE = 1, PART_INITIAL = 2, PART_SIMILAR = 3, PART_SWAPPED = 4, PART_NEAR = 5
    PART_FOLDED = 6, PART_EXACT = 7

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

# ------------------------------------------------------------------------ places, streets, free text
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

cdef enum:
    EMAIL_ELSE = 1, EMAIL_SIMILAR = 2, EMAIL_NEAR = 3, EMAIL_LOCAL = 4, EMAIL_EXACT = 5

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

cdef inline int email_level(const Value *a, const Value *b, const uint8_t *texts) noexcept nogil:
    cdef int distance, longest
    cdef uint8_t room_a[COMPARED_ROOM]
    cdef uint8_t room_b[COMPARED_ROOM]
    cdef const uint8_t *text_a
    cdef const uint8_t *text_b
    cdef int length_a, length_b
    if a.folded == b.folded:
        return EMAIL_EXACT
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
        if distance * 4 <= longest:
            return EMAIL_SIMILAR
    return EMAIL_ELSE

# ----------------------------------------------------------------------------------------- identifiers
cdef enum:
    ID_ELSE = 1, ID_TWO_EDITS = 2, ID_NEAR = 3, ID_EXACT = 4

# Both words packed alike: digits in nibbles (top nibble 0), characters in six bits (top nibble 1), or long.
cdef inline int identifier_level(uint64_t a, uint64_t b) noexcept nogil:
    cdef uint64_t x, y, step_mask, unit, longer, shorter
    cdef int n, low, width
    if a == b:
        return ID_EXACT
    x = a ^ b
    if (a | b) >> 61:
        return ID_EXACT - slips_of_long(a, b)
    if x >> 60:                  # of different alphabets
        return ID_ELSE
    if a >> 60:
        width = 6
        y = x | x >> 1 | x >> 2 | x >> 3 | x >> 4 | x >> 5
        y &= 0x0041041041041041u
        unit = 63
    else:
        width = 4
        y = x | x >> 1 | x >> 2 | x >> 3
        y &= 0x1111111111111111u
        unit = 15
    n = popcount(y)
    low = ctz(y)
    if n == 1:
        return ID_NEAR
    if n == 2 and y >> low == (1u << width | 1u) and ((a >> low) & unit) == ((b >> (low + width)) & unit) \
            and ((b >> low) & unit) == ((a >> (low + width)) & unit):
        return ID_NEAR
    longer = a if a > b else b
    shorter = b if a > b else a
    step_mask = (longer >> (low + width)) ^ (shorter >> low)
    if longer >> 60:             # keep the alphabet tag out of the shifted comparison
        step_mask = ((longer & 0x0FFFFFFFFFFFFFFFu) >> (low + width)) ^ ((shorter & 0x0FFFFFFFFFFFFFFFu) >> low)
    if step_mask == 0:           # a digit more or less, also where equal digits hide all but two changes
        return ID_NEAR
    return ID_TWO_EDITS if n == 2 else ID_ELSE

# The same with 0 = missing, and without a branch for the usual pair: numbers that have nothing in common.
cdef inline int identifier_code(uint64_t a, uint64_t b) noexcept nogil:
    cdef uint64_t x = a ^ b, y = (x | x >> 1 | x >> 2 | x >> 3) & 0x1111111111111111u
    cdef uint64_t longer = a if a > b else b, shorter = b if a > b else a
    cdef int n = popcount(y), low = ctz(y | <uint64_t> 1 << 60), code = ID_EXACT if n == 0 else ID_ELSE
    cdef bint one_longer = (longer >> low) >> 4 == shorter >> low
    if (a | b) >> 60 or (n != 0 and (n <= 2 or one_longer)):
        code = identifier_level(a, b)
    return 0 if a == 0 or b == 0 else code

# ----------------------------------------------------------------------------------------------- dates
cdef enum:
    DATE_ELSE = 1, DATE_NEAR_YEAR = 2, DATE_YEAR = 3, DATE_YEAR_PART = 4, DATE_YEAR_ONLY = 5
    DATE_MONTH_ONLY = 6, DATE_SHIFTED_YEAR = 7, DATE_ONE_SLIP = 8, DATE_SWAPPED = 9, DATE_EXACT = 10

cdef inline int bcd_year(uint32_t d) noexcept nogil:
    return ((d >> 28) * 10 + ((d >> 24) & 15)) * 100 + ((d >> 20) & 15) * 10 + ((d >> 16) & 15)

# Dates as binary coded decimal 0xYYYYMMDD; a part that is not known is 0.
cdef inline int date_level(uint32_t a, uint32_t b) noexcept nogil:
    cdef uint32_t x = a ^ b, y, ya = a >> 16, yb = b >> 16
    cdef uint32_t ma = (a >> 8) & 255, mb = (b >> 8) & 255, da = a & 255, db = b & 255
    cdef int n, low, years
    y = (x | x >> 1 | x >> 2 | x >> 3) & 0x11111111u
    n = popcount(y)
    if n > 2 and ya != yb and x & 0xFFFF and da and db and ma and mb and ya and yb:
        return DATE_ELSE
    if not (da and db and ma and mb and ya and yb):
        if ya and yb:
            if ya == yb:
                if ma and mb:
                    if ma != mb and ((a & 0xFFFF) == 0x0101 or (b & 0xFFFF) == 0x0101):
                        return DATE_YEAR_ONLY
                    return DATE_MONTH_ONLY if ma == mb else DATE_YEAR
                return DATE_YEAR_ONLY
            years = bcd_year(a) - bcd_year(b)
            return DATE_NEAR_YEAR if -1 <= years <= 1 else DATE_ELSE
        return DATE_NEAR_YEAR if ma and ma == mb and (da == db or not da or not db) else DATE_ELSE
    if x == 0:
        return DATE_EXACT
    if ya == yb and ma == db and da == mb:
        return DATE_SWAPPED
    if n == 1:
        return DATE_ONE_SLIP
    low = ctz(y)
    if n == 2 and y >> low == 17 and ((a >> low) & 15) == ((b >> (low + 4)) & 15) \
            and ((b >> low) & 15) == ((a >> (low + 4)) & 15):
        return DATE_ONE_SLIP
    if ma == mb and da == db:
        years = bcd_year(a) - bcd_year(b)
        return DATE_SHIFTED_YEAR if -3 <= years <= 3 else DATE_NEAR_YEAR
    if ya == yb:
        if (a & 0xFFFF) == 0x0101 or (b & 0xFFFF) == 0x0101:
            return DATE_YEAR_ONLY
        return DATE_YEAR_PART if ma == mb or da == db else DATE_YEAR
    if n == 2:
        return DATE_YEAR_PART
    return DATE_ELSE

# -------------------------------------------------------------------------------- categories, numbers
cdef enum:
    CATEGORY_ELSE = 1, CATEGORY_COMPATIBLE = 2, CATEGORY_EXACT = 3

# Upper 16 bits: group (the province after a merger), lower 16: the value, 0 when only the group is known.
cdef inline int category_level(uint32_t a, uint32_t b) noexcept nogil:
    if a == b:
        return CATEGORY_EXACT
    return CATEGORY_COMPATIBLE if a >> 16 and a >> 16 == b >> 16 else CATEGORY_ELSE

cdef enum:
    NUMBER_ELSE = 1, NUMBER_TENTH = 2, NUMBER_HUNDREDTH = 3, NUMBER_EXACT = 4

cdef inline int number_level(float a, float b) noexcept nogil:
    cdef float size = (a if a > 0 else -a), other = (b if b > 0 else -b), gap = a - b
    if a == b:
        return NUMBER_EXACT
    size = size if size > other else other
    gap = gap if gap > 0 else -gap
    if gap <= size * 0.01:
        return NUMBER_HUNDREDTH
    return NUMBER_TENTH if gap <= size * 0.1 else NUMBER_ELSE
